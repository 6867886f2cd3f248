use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::arrow::array::AsArray;
use crate::data::Items;

/// What a file is read as.
#[derive(Debug)]
struct Found {
    /// Name and values of each column; a missing value is `-`.
    columns: Vec<(String, Vec<String>)>,
    notes: Vec<String>,
}

impl Found {
    fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let found = self.columns.iter().find(|(column, _)| column == name);
        found.unwrap_or_else(|| panic!("{name}: {:?}", self.names())).1.iter().map(String::as_str).collect()
    }

    #[track_caller]
    fn assert_said(&self, words: &str) {
        assert!(self.notes.iter().any(|note| note.contains(words)), "{words:?}: {:?}", self.notes);
    }
}

fn read_with(name: &str, content: impl AsRef<[u8]>, options: &Options) -> Result<Found> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let mut source = crate::input::open(&path, options)?;
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    for chunk in source.by_ref() {
        let Items::Rows(batch) = chunk?.items else { continue };
        for (place, field) in batch.schema().fields().iter().enumerate() {
            if columns.len() <= place {
                columns.push((field.name().clone(), Vec::new()));
            }
            let cells = batch.column(place).as_string::<i32>().iter();
            columns[place].1.extend(cells.map(|cell| cell.unwrap_or("-").to_owned()));
        }
    }
    Ok(Found { columns, notes: source.notes() })
}

#[track_caller]
fn read(name: &str, content: impl AsRef<[u8]>) -> Found {
    read_with(name, content, &Options { chunk: 2, ..Options::default() }).unwrap()
}

#[track_caller]
fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    read_with(name, content, &Options::default()).unwrap_err().to_string()
}

/// `count` times what `element` makes of its number.
fn repeat(count: usize, element: impl Fn(usize) -> String) -> String {
    (0..count).map(element).collect()
}

fn point(i: usize) -> String {
    format!(
        "<trkpt lat=\"48.1{i}\" lon=\"11.5\"><ele>5{i}0</ele><extensions><gpxtpx:TrackPointExtension>\
         <gpxtpx:hr>12{i}</gpxtpx:hr></gpxtpx:TrackPointExtension></extensions></trkpt>\n"
    )
}

fn tracks(count: usize) -> String {
    let track = |i| format!("<trk><name>Run {i}</name><trkseg>{}</trkseg></trk>", repeat(5, point));
    format!(
        "<?xml version=\"1.0\"?>\n<gpx version=\"1.1\" xmlns=\"http://www.topografix.com/GPX/1/1\" \
         xmlns:gpxtpx=\"x\"><metadata><time>2024-05-01T10:00:00Z</time></metadata>\
         <wpt lat=\"1\" lon=\"2\"/><wpt lat=\"3\" lon=\"4\"/>{}</gpx>",
        repeat(count, track)
    )
}

#[test]
fn the_points_of_tracks_are_rows() {
    for count in [1, 2, 7] {
        let found = read("run.gpx", tracks(count));
        assert_eq!(found.names(), ["lat", "lon", "ele", "extensions.TrackPointExtension.hr"]);
        assert_eq!(found.column("ele")[..3], ["500", "510", "520"]);
        assert_eq!(found.column("extensions.TrackPointExtension.hr").len(), 5 * count);
        found.assert_said("each element `gpx/trk/trkseg/trkpt` is a row");
        found.assert_said("passed over elements of other kinds");
        found.assert_said("`wpt` 2");
    }
}

#[test]
fn the_points_of_a_training_are_rows() {
    let point = |i| {
        format!(
            "<Trackpoint><Time>2024-05-01T10:00:0{i}Z</Time><Position><LatitudeDegrees>48.{i}</LatitudeDegrees></Position>\
             <HeartRateBpm xsi:type=\"x\"><Value>12{i}</Value></HeartRateBpm></Trackpoint>"
        )
    };
    let lap = |i| {
        format!(
            "<Lap StartTime=\"{i}\"><TotalTimeSeconds>60</TotalTimeSeconds><Track>{}</Track></Lap>",
            repeat(9, point)
        )
    };
    let file = format!(
        "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\"><Id>7</Id>{}</Activity></Activities>\
         </TrainingCenterDatabase>",
        repeat(3, lap)
    );
    let found = read("run.tcx", file);
    assert_eq!(found.names(), ["Time", "Position.LatitudeDegrees", "HeartRateBpm.Value"]);
    assert_eq!((found.column("Time").len(), found.column("HeartRateBpm.Value")[8]), (27, "128"));
    found.assert_said("`Lap` 3");
}

#[test]
fn placemarks_are_rows_whatever_folders_they_are_in() {
    let mark = |i| {
        format!(
            "<Placemark><name>P{i}</name><ExtendedData><Data name=\"beds\"><value>{i}</value></Data>\
             <Data name=\"kind\"><value>hut</value></Data></ExtendedData>\
             <Point><coordinates> 13.{i},52.5,0\n</coordinates></Point></Placemark>"
        )
    };
    let file = format!(
        "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>Huts</name><Style id=\"s\"><scale>1</scale></Style>\
         <Folder><name>a</name>{}<Folder><name>b</name>{}</Folder></Folder></Document></kml>",
        repeat(4, mark),
        repeat(2, mark)
    );
    let found = read("huts.kml", &file);
    assert_eq!(
        found.names(),
        [
            "name",
            "ExtendedData.beds",
            "ExtendedData.kind",
            "Point.coordinates.longitude",
            "Point.coordinates.latitude",
            "Point.coordinates.altitude"
        ]
    );
    assert_eq!(found.column("ExtendedData.beds"), ["0", "1", "2", "3", "0", "1"]);
    assert_eq!(found.column("Point.coordinates.longitude")[1], "13.1");
    found.assert_said("each element `kml/Document/Folder/Placemark` is a row");
    found.assert_said("passed over elements of other kinds: `name` 3, `Style` 1");
    let line = file.replace("13.1,52.5,0", "13.1,52.5,0 13.2,52.5,0");
    assert_eq!(read("huts.kml", line).column("Point.coordinates")[1], "13.1,52.5,0 13.2,52.5,0");
}

/// The export of a phone.
fn health() -> String {
    let record = |i: usize| {
        format!(
            "<Record type=\"Steps\" unit=\"count\" startDate=\"2024-05-0{} 10:00:00 +0200\" value=\"{}\">\
             <MetadataEntry key=\"Zone\" value=\"Berlin\"/><MetadataEntry key=\"Manual\" value=\"{}\"/></Record>\n",
            i % 9 + 1,
            100 + i,
            i % 2
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n<!-- Version: 11 -->\n\
         <!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>\n<!ATTLIST HealthData\n  locale CDATA #REQUIRED\n>\n]>\n\
         <HealthData locale=\"de_DE\"><ExportDate value=\"2024-06-01\"/>{}{}<Correlation type=\"x\">{}</Correlation></HealthData>",
        repeat(20, record),
        repeat(12, |i| format!(
            "<Workout duration=\"{i}\"><WorkoutStatistics type=\"a\" sum=\"1\"/></Workout>"
        )),
        repeat(2, record)
    )
}

#[test]
fn records_of_health_are_rows_and_others_are_told() {
    let found = read("export.xml", health());
    assert_eq!(found.names(), ["type", "unit", "startDate", "value", "Zone", "Manual"]);
    assert_eq!(found.column("value").len(), 20);
    assert_eq!(found.column("Manual")[..3], ["0", "1", "0"]);
    found.assert_said("each element `HealthData/Record` is a row");
    found.assert_said("passed over elements of other kinds: `Workout` 12, `Correlation` 1, `ExportDate` 1");
}

#[test]
fn the_export_of_a_phone_is_found_in_its_archive() {
    let zip = |names: &[&str]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            let content = if name.ends_with("xport.xml") { health() } else { "<a/>".into() };
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let folder = "apple_health_export";
    let names = [
        "export_cda.xml",
        "Export.xml",
        "electrocardiograms/ecg_1.csv",
        "workout-routes/route_1.gpx",
        "workout-routes/route_2.gpx",
    ];
    let names = names.map(|name| format!("{folder}/{name}"));
    let found = read("export.zip", zip(&names.each_ref().map(String::as_str)));
    assert_eq!(found.column("value").len(), 20);
    found.assert_said("`apple_health_export/Export.xml` in the archive is read");
    let found = read("one.zip", zip(&["export.xml"]));
    assert!(!found.notes.iter().any(|note| note.contains("archive")), "{:?}", found.notes);
    assert!(refused("two.zip", zip(&["export.xml", "b.xml"])).contains("several tables: b.xml, export.xml"));
    read("two.zip", zip(&["export.xml", "readme.txt"])).assert_said("`export.xml` in the archive");
}

#[test]
fn entries_of_bank_statements_are_rows() {
    let entry = |i: usize| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">1{i}.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2024-05-0{}</Dt></BookgDt>\
             <NtryDtls>{}</NtryDtls></Ntry>",
            i + 1,
            repeat(if i == 2 { 3 } else { 1 }, |i| format!(
                "<TxDtls><Refs><EndToEndId>E{i}</EndToEndId></Refs><RmtInf><Ustrd>Miete</Ustrd></RmtInf></TxDtls>"
            ))
        )
    };
    let balance =
        "<Bal><Tp>OPBD</Tp><Amt Ccy=\"EUR\">9.00</Amt><Dt>2024-05-01</Dt><CdtDbtInd>CRDT</CdtDbtInd></Bal>";
    let file = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>\
         <Stmt><Id>7</Id>{}{}</Stmt></BkToCstmrStmt></Document>",
        balance.repeat(2),
        repeat(6, entry)
    );
    let found = read("camt.xml", file);
    assert_eq!(found.column("Amt")[..2], ["10.50", "11.50"]);
    assert_eq!(found.column("Amt.Ccy"), ["EUR"; 6]);
    assert_eq!(found.column("BookgDt.Dt")[5], "2024-05-06");
    assert_eq!(found.column("NtryDtls.TxDtls.Refs.EndToEndId"), ["E0"; 6]);
    assert_eq!(found.column("NtryDtls.TxDtls.2.Refs.EndToEndId")[2], "E2");
    found.assert_said("each element `Document/BkToCstmrStmt/Stmt/Ntry` is a row");
    found.assert_said("`Bal` 2");
}

#[test]
fn items_of_feeds_are_rows() {
    let item = |i| {
        format!(
            "<item><title>News {i} &amp; more</title><description><![CDATA[<p>a < b</p>]]></description>\
             <category>x</category><category>y</category><guid isPermaLink=\"false\">{i}</guid></item>"
        )
    };
    let feed = format!(
        "<rss version=\"2.0\"><channel><title>All</title><link>http://x</link>{}</channel></rss>",
        repeat(3, item)
    );
    let found = read("news.rss", feed);
    assert_eq!(found.names(), ["title", "description", "category", "category.1", "guid.isPermaLink", "guid"]);
    assert_eq!(found.column("title")[1], "News 1 & more");
    assert_eq!(found.column("description")[0], "<p>a < b</p>");

    let entry = |i| {
        format!(
            "<entry><title>T{i}</title><link rel=\"self\" href=\"a\"/><link rel=\"edit\" href=\"b\"/><link rel=\"up\" href=\"c\"/>\
             <content type=\"xhtml\"><div><p>one <b>bold</b> word</p><p>and <i>two</i></p></div></content></entry>"
        )
    };
    let feed =
        format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>All</title>{}</feed>", repeat(3, entry));
    let found = read("news.atom", feed);
    assert_eq!(found.column("link.2.href"), ["c"; 3]);
    assert_eq!(found.column("content.div")[0], "one bold word and two");
    found.assert_said("read as one text, with the elements in it: `div`");
}

#[test]
fn messages_of_a_backup_are_rows() {
    let sms =
        |i| format!("<sms address=\"+49{i}\" type=\"1\" subject=\"null\" body=\"Hi &#128512; &lt;3\"/>\n");
    let mms = "<mms date=\"1\"><parts><part seq=\"0\"/><part seq=\"1\"/></parts></mms>";
    let file =
        format!("<?xml version='1.0'?>\n<smses count=\"6\">\n{}{}</smses>", repeat(5, sms), mms.repeat(2));
    let found = read("sms.xml", file);
    assert_eq!(found.names(), ["address", "type", "subject", "body"]);
    assert_eq!(found.column("body")[0], "Hi \u{1f600} <3");
    found.assert_said("`mms` 2");
}

#[test]
fn attributes_and_elements_are_columns_named_by_their_path() {
    let found = read(
        "t.xml",
        "<rows><row a=\"1\"><b>2</b></row><row a=\"3\"><b/><c><d x=\"\">4</d></c><b> 5 </b></row><row/></rows>",
    );
    assert_eq!(found.names(), ["a", "b", "c.d.x", "c.d", "b.1"]);
    assert_eq!(found.column("a"), ["1", "3", "-"]);
    assert_eq!(found.column("b"), ["2", "-", "-"]);
    assert_eq!(found.column("c.d"), ["-", "4", "-"]);
    assert_eq!(found.column("b.1"), ["-", "5", "-"]);
    let found = read("q.xml", "<quotes><quote by=\"a\">one</quote><quote by=\"b\">two</quote></quotes>");
    assert_eq!((found.names(), found.column("quote")), (vec!["by", "quote"], vec!["one", "two"]));
    let found = read("f.xml", "<e><v>1</v></e>\n<e><v>2</v></e>\n");
    assert_eq!(found.column("v"), ["1", "2"], "records without a root");
}

#[test]
fn an_attribute_may_name_a_value() {
    let row = |i| {
        format!(
            "<row><field name=\"id\">{i}</field><field name=\"city\">Bonn</field><field name=\"age\" xsi:nil=\"true\"/></row>"
        )
    };
    let dump = format!("<resultset statement=\"x\" xmlns:xsi=\"s\">{}</resultset>", repeat(4, row));
    let found = read("dump.xml", dump);
    assert_eq!(found.names(), ["id", "city", "age"]);
    assert_eq!((found.column("id"), found.column("age")[0]), (vec!["0", "1", "2", "3"], "-"));
    let player = |i: usize| {
        format!("<game>{}</game>", repeat(3, |k| format!("<score name=\"{}\" value=\"1\"/>", 9 * i + k)))
    };
    let found = read("many.xml", format!("<games>{}</games>", repeat(200, player)));
    assert_eq!(found.names(), ["name", "value"], "too many names to be columns");
    let cell = |i| format!("<Row><Cell><Data>{i}</Data></Cell><Cell><Data>x</Data></Cell></Row>");
    let found = read("cells.xml", format!("<Table>{}</Table>", repeat(3, cell)));
    assert_eq!(found.names(), ["Cell.Data", "Cell.1.Data"]);
}

#[test]
fn groups_stay_in_their_record() {
    let order = |i| {
        format!(
            "<order id=\"{i}\"><customer>A</customer><date>2024-05-01</date><total>5</total><items>\
             <item sku=\"1\" n=\"2\"/><item sku=\"2\" n=\"1\"/></items></order>"
        )
    };
    let found = read("orders.xml", format!("<orders>{}</orders>", repeat(3, order)));
    assert_eq!(
        found.names(),
        [
            "id",
            "customer",
            "date",
            "total",
            "items.item.sku",
            "items.item.n",
            "items.item.1.sku",
            "items.item.1.n"
        ]
    );
}

#[test]
fn documents_of_text_are_no_tables() {
    let para = |i| format!("<para>A text {i} with <emphasis>elements</emphasis> in it.</para>");
    let section = |i| format!("<section id=\"s{i}\"><title>T</title>{}</section>", repeat(3, para));
    let book = format!("<?xml version=\"1.0\"?><book><title>B</title>{}</book>", repeat(3, section));
    assert!(refused("book.xml", &book).contains("--kind text"));
    let described = format!(
        "<article><info><author n=\"1\"/><author n=\"2\"/></info><body>{}</body></article>",
        repeat(9, para)
    );
    assert!(refused("article.xml", described).contains("a document of text"));
    assert!(refused("page.xml", "<html><body><p>a</p><p>b</p></body></html>").contains("a web page"));
    assert!(refused("one.xml", "<config><a>1</a><b>2</b></config>").contains("comes several times"));
    assert!(refused("empty.xml", "<?xml version='1.0'?>\n").contains("comes several times"));
    assert!(refused("p.xml", "<plist><dict/></plist>").contains("a property list"));
    for name in ["old.xml", "old.xls"] {
        let workbook =
            "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><ss:Workbook xmlns:ss=\"s\"/>";
        assert!(refused(name, workbook).contains("save it as .xlsx"), "{name}");
    }
}

#[test]
fn encodings_are_those_of_the_declaration_or_the_mark() {
    let file = |name: &str| {
        format!("<?xml version=\"1.0\" encoding=\"{name}\"?><r><x v=\"Müller\"/><x v=\"Weiß\"/></r>")
    };
    let latin = |name: &str| encoding_rs::WINDOWS_1252.encode(&file(name)).0.into_owned();
    assert_eq!(read("a.xml", latin("ISO-8859-1")).column("v"), ["Müller", "Weiß"]);
    let wide: Vec<u8> =
        format!("\u{feff}{}", file("UTF-16")).encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read("a.xml", wide).column("v"), ["Müller", "Weiß"]);
    assert_eq!(read("a.xml", file("utf-16")).column("v"), ["Müller", "Weiß"], "converted to UTF-8");
    let found = read("a.xml", latin("UTF-8"));
    found.assert_said("not valid UTF-8");
    let options = Options { encoding: Some("latin1".into()), ..Options::default() };
    let found = read_with("a.xml", latin("UTF-8"), &options).unwrap();
    assert_eq!(found.column("v"), ["Müller", "Weiß"]);
}

#[test]
fn damage_is_an_error_with_its_line() {
    let rows = "<r>\n<x a=\"1\"/>\n<x a=\"2\"/>\n";
    for (end, words) in [
        ("", "in line 4: the file ends within an element"),
        ("<x a=\"3", "in line 4"),
        ("<x a=\"3\"></y></r>", "in line 4: expected `</x>`, but `</y>` was found"),
        ("</r></q>", "in line 4"),
        ("</r>\n\nmore", "in line 6: a text outside"),
        ("<x a=3/></r>", "in line 4"),
        ("<></></r>", "an element with no name"),
        ("<!-- ", "comment not closed"),
    ] {
        let message = refused("a.xml", format!("{rows}{end}"));
        assert!(message.contains("a.xml") && message.contains(words), "{end:?}: {message}");
    }
}

#[test]
fn only_references_of_xml_are_replaced() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\">\
                  <!ENTITY c SYSTEM \"file:///etc/passwd\">]><r><x>&b;</x><x>&c; &#65;&#x42;&lt;</x><x y=\"&b;&quot;\"/></r>";
    let found = read("a.xml", laughs);
    assert_eq!(found.column("x"), ["&b;", "&c; AB<", "-"]);
    assert_eq!(found.column("y")[2], "&b;\"");
    found.assert_said("such as &nbsp;, are kept as written: 3");
    assert_eq!(read("a.xml", "<r><x>a & b</x><x>&#0;&;</x></r>").column("x"), ["a & b", "&#0;&;"]);
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    let deep = format!("<r>{}{}</r>", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert!(refused("a.xml", deep).contains("nested deeper than 64"));
    let wide = format!("<r><x/><x><v/>{}</x></r>", "<v>1</v>".repeat(100_001));
    assert!(refused("a.xml", wide).contains("the number of values in one record"));
    let kinds = format!("<r>{}</r>", repeat(100_001, |i| format!("<k{i}/>")));
    assert!(refused("a.xml", kinds).contains("the number of kinds of elements"));
    let name = "n".repeat(70_000);
    assert!(refused("a.xml", format!("<r><{name}/></r>")).contains("over 64 KiB"));
    let long = format!("<r><x a=\"1\"/><!--{}--></r>", "x".repeat(65 << 20));
    assert!(refused("a.xml", long).contains("longer than 64 MiB"));
}

#[test]
fn a_model_finds_its_elements_again() {
    let file =
        "<d><w a=\"1\" b=\"2\"/><w a=\"1\" b=\"2\"/><w a=\"1\" b=\"2\"/><r><v>7</v><t k=\"9\">8</t></r></d>";
    let options = |columns: &[&str]| {
        let columns = columns.iter().map(|&name| name.to_owned()).collect();
        let known = crate::input::Known { columns, ..Default::default() };
        Options { known, ..Options::default() }
    };
    let columns = |known: &[&str]| {
        let found = read_with("a.xml", file, &options(known)).unwrap();
        (found.names().join(" "), found.columns[0].1.len())
    };
    assert_eq!(columns(&[]), ("a b".into(), 3));
    assert_eq!(columns(&["a"]), ("a b".into(), 3));
    assert_eq!(columns(&["v", "t.k"]), ("v t.k t".into(), 1));
    assert_eq!(columns(&["t.k", "t.1.k"]), ("v t.k t".into(), 1));
    assert_eq!(columns(&["nothing"]), ("a b".into(), 3));
}

#[test]
fn other_elements_are_read_when_asked_for() {
    let file = "<d><w a=\"1\" b=\"2\"/><w a=\"1\" b=\"2\"/><r><v>7</v></r><r><v>8</v></r><r><v>9</v></r><s><q c=\"1\"/></s></d>";
    let columns = |sheet: &str| {
        let options = Options { sheet: Some(sheet.into()), ..Options::default() };
        read_with("a.xml", file, &options).map(|found| (found.names().join(" "), found.columns[0].1.len()))
    };
    assert_eq!(columns("w").unwrap(), ("a b".into(), 2));
    assert_eq!(columns("r").unwrap(), ("v".into(), 3));
    assert_eq!(columns("d/s/q").unwrap(), ("c".into(), 1));
    let message = columns("x").unwrap_err().to_string();
    assert!(message.contains("no element of") && message.contains("sheet"), "{message}");
}

#[test]
fn texts_come_from_a_column() {
    let feed = "<rss><item><title>a</title><body>one text</body></item><item><title>b</title></item></rss>";
    let options = Options { text: Some("body".into()), max_bad_fraction: 1.0, ..Options::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    std::fs::write(&path, feed).unwrap();
    let chunk = crate::input::open(&path, &options).unwrap().next().unwrap().unwrap();
    assert!(matches!(chunk.items, Items::Documents(texts) if texts == ["one text"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_it_panic(content in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_with("a.xml", &content, &Options::default());
        let _ = read_with("a.xml", [b"<r>", content.as_slice()].concat(), &Options::default());
    }

    #[test]
    fn no_xml_makes_it_panic(content in "<r>(<a>|</a>|<b x=\"1\">|</b>|<a/>|<b k=\"x\" v=\"2\"/>|t|&lt;|&|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|\\?>|<!DOCTYPE|\\[|>){0,40}</r>") {
        let _ = read_with("a.xml", &content, &Options::default());
    }

    #[test]
    fn rows_are_read_as_written(rows in prop::collection::vec(("[a-z<&\"' ]{0,6}", "[0-9]{1,4}"), 2..9)) {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let row = |(text, number): &(String, String)| format!("<row n=\"{number}\"><t>{}</t></row>", escaped(text));
        let file = format!("<rows>{}</rows>", rows.iter().map(row).collect::<String>());
        let found = read_with("a.xml", file, &Options::default()).unwrap();
        let texts: Vec<&str> = rows.iter().map(|(text, _)| match text.trim() { "" => "-", text => text }).collect();
        prop_assert_eq!(found.column("t"), texts);
        let numbers: Vec<&str> = rows.iter().map(|(_, number)| number.as_str()).collect();
        prop_assert_eq!(found.column("n"), numbers);
    }
}
