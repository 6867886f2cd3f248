//! Elements of XML that come again and again are the rows of a table, and the odd one comes first.

use std::io::Write;

use crate::fixture::Place;

/// Ranks the file `name` with `flags` and checks that number 17 of forty comes first, that `word` was said, and no warning
/// but of columns that say nothing.
#[track_caller]
fn assert_first(name: &str, flags: &str, content: impl AsRef<[u8]>, word: &str) {
    let (ids, said) = Place::with(name, content).ranking(&format!("{name} {flags}"));
    assert_eq!((ids.len(), ids[0].as_str()), (40, "17"), "{name}: {said}");
    let alarm = |line: &str| line.contains("warning") && !line.contains("left out");
    assert!(said.contains(word) && !said.lines().any(alarm), "{name}: {said}");
}

/// Forty times what `element` makes of its number and of a value, which is large in number 17.
fn elements(element: impl Fn(usize, usize) -> String) -> String {
    (0..40).map(|i| element(i, if i == 17 { 9000 } else { 100 + i * 7 % 13 })).collect()
}

#[test]
fn points_of_tracks_are_ranked() {
    let point = |i, x| {
        format!(
            "<trkpt lat=\"48.1{i:02}\" lon=\"11.5{i:02}\"><ele>{x}.5</ele><time>2024-05-01T10:{i:02}:00Z</time></trkpt>\n"
        )
    };
    let head =
        "<?xml version=\"1.0\"?>\n<gpx xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><name>Run</name>";
    let gpx = format!("{head}<trkseg>{}</trkseg></trk></gpx>", elements(point));
    assert_first("run.gpx", "", gpx, "note: read as XML; each element `gpx/trk/trkseg/trkpt` is a row");
    let point = |i, x| {
        format!(
            "<Trackpoint><Time>2024-05-01T10:{i:02}:00Z</Time><AltitudeMeters>5{:02}.0</AltitudeMeters>\
             <HeartRateBpm><Value>{x}</Value></HeartRateBpm></Trackpoint>",
            i % 10
        )
    };
    let tcx = format!(
        "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\"><Lap StartTime=\"2024-05-01T10:00:00Z\"><Track>{}\
         </Track></Lap></Activity></Activities></TrainingCenterDatabase>",
        elements(point)
    );
    assert_first("run.tcx", "", tcx, "Track/Trackpoint` is a row");
}

#[test]
fn placemarks_are_ranked_by_their_places() {
    let mark = |i: usize, _| {
        let longitude = if i == 17 { -120.5 } else { 13.0 + (i * 7 % 13) as f64 / 10.0 };
        format!(
            "<Placemark><name>Hut {i}</name><Point><coordinates>{longitude},52.{},0</coordinates></Point></Placemark>",
            10 + i * 3 % 11
        )
    };
    let kml = format!("<kml><Document><Folder>{}</Folder></Document></kml>", elements(mark));
    assert_first("huts.kml", "", &kml, "Placemark` is a row");
    let columns = Place::with("huts.kml", kml).lfr("columns huts.kml").ok();
    assert!(columns.contains("Point.coordinates.longitude") && columns.contains("-120.5"), "{columns}");
}

#[test]
fn records_of_health_are_ranked_packed_or_not() {
    let record = |i, x| {
        format!(
            "<Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"Phone\" unit=\"count\" \
             startDate=\"2024-05-{:02} 10:{i:02}:00 +0200\" value=\"{x}\"/>\n",
            i % 28 + 1
        )
    };
    let workouts = "<Workout duration=\"30\" type=\"a\"/>".repeat(12);
    let export = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record*)>\n]>\n\
         <HealthData locale=\"de_DE\"><ExportDate value=\"2024-06-01\"/>{}{workouts}</HealthData>",
        elements(record)
    );
    assert_first("export.xml", "", &export, "passed over elements of other kinds: `Workout` 12");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        ("export.xml", export.as_str()),
        ("export_cda.xml", "<ClinicalDocument/>"),
        ("electrocardiograms/ecg_2024-05-01.csv", "Name,\n1,2\n"),
        ("workout-routes/route.gpx", "<gpx/>"),
    ] {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("apple_health_export/{name}"), options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    assert_first("export.zip", "", zip, "note: `apple_health_export/export.xml` in the archive is read");
}

#[test]
fn entries_of_statements_are_ranked() {
    let entry = |i, x| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{x}.50</Amt><CdtDbtInd>{}</CdtDbtInd><BookgDt><Dt>2024-05-{:02}</Dt></BookgDt></Ntry>",
            ["DBIT", "CRDT"][i % 2],
            i % 28 + 1
        )
    };
    let camt = format!(
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>\
         <Id>1</Id>{}</Stmt></BkToCstmrStmt></Document>",
        elements(entry)
    );
    assert_first("camt.xml", "", camt, "Stmt/Ntry` is a row");
}

#[test]
fn texts_of_feeds_and_messages_are_ranked() {
    let text = |i: usize| match i {
        17 => "claim your crypto lottery jackpot".to_owned(),
        _ => {
            format!("see you {} in the {}", ["monday", "friday"][i % 2], ["office", "garden", "hall"][i % 3])
        }
    };
    let item = |i, _| {
        format!("<item><title>News {i}</title><description><![CDATA[{}]]></description></item>", text(i))
    };
    let rss = format!("<rss version=\"2.0\"><channel><title>All</title>{}</channel></rss>", elements(item));
    assert_first("news.rss", "--text description", rss, "channel/item` is a row");
    let entry = |i, _| {
        format!("<entry><title>News {i}</title><content><p>{} <b>soon</b></p></content></entry>", text(i))
    };
    let atom = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{}</feed>", elements(entry));
    assert_first("news.atom", "--text content.p", atom, "read as one text, with the elements in it: `p`");
    let sms =
        |i, _| format!("<sms address=\"+49 170\" date=\"17{i:02}\" type=\"1\" body=\"{}\" />\n", text(i));
    let sms = format!("<?xml version='1.0'?>\n<smses count=\"40\">{}</smses>", elements(sms));
    assert_first("sms.xml", "--text body", sms, "smses/sms` is a row");
}

#[test]
fn rows_of_any_name_are_ranked_and_scored() {
    let row = |i, x| format!("<row a=\"{}\"><b>{x}</b><c>{}</c></row>", i % 5, ["x", "y"][i % 2]);
    let file = format!("<rows>{}<note>n</note></rows>", elements(row));
    assert_first("t.xml", "", &file, "passed over elements of other kinds: `note` 1");
    let place = Place::with("t.xml", &file);
    place.lfr("fit t.xml -o m.safetensors --method knn").ok();
    place.write(
        "new.xml",
        "<rows><row a=\"1\"><b>9000</b><c>x</c></row><log t=\"1\" u=\"2\"/><log t=\"1\" u=\"2\"/></rows>",
    );
    let scores = place.lfr("score m.safetensors new.xml").ok();
    assert_eq!(scores.lines().count(), 2, "the one element that the model knows: {scores}");
    let dump = |i, x| format!("<row><field name=\"id\">{i}</field><field name=\"sum\">{x}</field></row>\n");
    let dump = format!("<?xml version=\"1.0\"?>\n<resultset>{}</resultset>", elements(dump));
    assert_first("dump.xml", "--id id", dump, "resultset/row` is a row");
}

#[test]
fn what_is_no_table_is_refused_with_advice() {
    let refused = |name: &str, content: &str, words: &str| {
        Place::with(name, content).lfr(&format!("rank {name}")).refused(words);
    };
    let workbook =
        "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>";
    refused("a.xml", workbook, "save it as .xlsx");
    refused("a.xls", workbook, "save it as .xlsx");
    let para = "<para>A text with <b>elements</b> in it.</para>".repeat(9);
    refused("book.xml", &format!("<book><title>T</title>{para}</book>"), "--kind text");
    refused("cut.gpx", "<gpx>\n<wpt lat=\"1\"/>\n<wpt", "damaged or cut short in line 3");
    refused("deep.xml", &"<a>".repeat(100_000), "nested deeper than 64 levels");
}

#[test]
fn a_folder_of_documents_in_xml_is_one_of_texts() {
    let place = Place::new();
    std::fs::create_dir(place.path("pile")).unwrap();
    for i in 0..30 {
        let text =
            if i == 17 { "claim your crypto lottery jackpot" } else { "see you in the office on monday" };
        place.write(&format!("pile/{i:02}.xml"), format!("<doc><p>{text} <b>soon</b></p></doc>"));
    }
    let (ids, said) = place.ranking("pile --kind text");
    assert_eq!((ids.len(), ids[0].as_str()), (30, "17.xml"), "{said}");
}
