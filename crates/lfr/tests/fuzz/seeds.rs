//! Sound inputs to begin with.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lfr::Data;
use lfr::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    StringDictionaryBuilder,
};
use lfr::arrow::datatypes::{Int32Type, Int64Type};
use lfr::output::Format;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::mutate::{gzip, zip};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

/// The files in `folder`, by name.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Inputs of a target that failed once.
pub fn found(name: &str) -> Vec<Vec<u8>> {
    files(&here().join("found").join(name))
}

/// Files that the tests of the program use.
fn data(names: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lfr-cli/tests/data");
    names.iter().map(|name| fs::read(folder.join(name)).unwrap()).collect()
}

fn all(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn array(header: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{header:117}\n");
    [b"\x93NUMPY\x01\x00", (header.len() as u16).to_le_bytes().as_slice(), header.as_bytes(), values].concat()
}

pub fn npy() -> Vec<Vec<u8>> {
    let bytes: Vec<u8> = (0..192).collect();
    [
        ("<f8", false, "(6, 4)"),
        (">f4", false, "(12, 4)"),
        ("|u1", false, "(3, 8, 8)"),
        ("|u1", false, "(2, 4, 8, 3)"),
        ("<i2", true, "(12, 8)"),
        ("|b1", false, "(48, 4)"),
        ("<f2", false, "(96,)"),
        ("<U4", false, "(12,)"),
        ("<c8", false, "(12, 2)"),
    ]
    .iter()
    .map(|(kind, fortran, shape)| {
        let fortran = if *fortran { "True" } else { "False" };
        array(&format!("{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {shape}, }}"), &bytes)
    })
    .collect()
}

pub fn npz() -> Vec<Vec<u8>> {
    let arrays = npy();
    let part = |name: &str, place: usize| (format!("{name}.npy"), arrays[place].clone());
    vec![zip(&[part("x", 0)]), zip(&[part("x", 2), part("y", 6)]), zip(&[part("data", 4), part("ids", 7)])]
}

pub fn idx() -> Vec<Vec<u8>> {
    let pictures = [&[0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 8, 0, 0, 0, 8][..], &[7; 192]].concat();
    let numbers = [&[0, 0, 13, 2, 0, 0, 0, 4, 0, 0, 0, 3][..], &[1; 48]].concat();
    vec![pictures.clone(), numbers, gzip(&pictures)]
}

pub fn csv() -> Vec<Vec<u8>> {
    let mut seeds = data(&["formats/visits.csv", "formats/visits.tsv"]);
    seeds.extend(all(&[
        "a,b\n1,2\n3,4\n5,6\n",
        "sep=;\na;b;c\n1,5;x;01.02.2024\n2,5;y;02.02.2024\n3,0;x;\nSumme;;\n",
        "Report\n\nname,,x,x\n\"a \"\"b\"\"\",1,2,3\n\"two\nlines\",4,5,6\n",
        "# made\n# here\nx y z\n1 2 3\n4 5 6\n7 8 9\n",
        ",a,b\n0,1.5,red\n1,2.5,green\n2,,red\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n",
        "a;b\n<0,5;120/80\n1,5;118/76\n2 kg;130/90\n3 x 4;12k\n",
        "t;v\n[s];[m]\n1;2\n2;3\n3;4\n",
        "1,2,3\n4,5,6\n7,8,9\nTotal,15,18\n",
        "a,b\n1,caf\u{e9}\n2,\u{20ac}5\n",
        "a\tb\t\n1\t2\t\n3\t4\t\n",
    ]));
    let wide: Vec<u8> = "\u{feff}a,b\n1,é\n2,ü\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    seeds.extend([wide, b"a,b\n1,caf\xe9\n2,x\n".to_vec()]);
    seeds
}

pub fn packed() -> Vec<Vec<u8>> {
    csv().iter().map(|text| gzip(text)).collect()
}

pub fn jsonl() -> Vec<Vec<u8>> {
    let mut seeds = data(&["formats/visits.jsonl"]);
    seeds.extend(all(&[
        "{\"a\": 1, \"b\": {\"c\": [1, 2, {\"d\": null}]}}\n{\"a\": 2.5e3, \"e\": \"x\\u00e9\\n\"}\n\n{\"a\": true}\n",
        "{\"a\": 1}\n{\"a\": \nnull\n[1]\n{\"a\": 2}\n",
        "[{\"a\": 1}, {\"a\": 2}]",
    ]));
    seeds
}

pub fn json() -> Vec<Vec<u8>> {
    let mut seeds = data(&["formats/visits.json", "formats/split.json"]);
    seeds.extend(all(&[
        "[\n {\"a\": 1, \"b\": \"x\"},\n {\"a\": 2, \"b\": \"y\"}\n]\n",
        "{\"count\": 2, \"data\": [{\"a\": 1}, {\"a\": 2}]}",
        "[[\"a\", \"b\"], [1, 2], [3, 4]]",
        "{\"0\": {\"a\": 1, \"b\": \"x\"}, \"1\": {\"a\": 2, \"b\": null}}",
        "{\"schema\": {\"fields\": [], \"primaryKey\": [\"i\"]}, \"data\": [{\"i\": \"k\", \"a\": 1}]}",
        "{\"a\": {\"x\": 1}, \"b\": 2}",
    ]));
    seeds
}

pub fn xml() -> Vec<Vec<u8>> {
    let wide = "\u{feff}<?xml version='1.0' encoding='UTF-16'?><r><x v='1'/><x v='2'/></r>";
    let mut seeds = all(&[
        "<?xml version=\"1.0\"?>\n<gpx><trk><trkseg><trkpt lat=\"1\" lon=\"2\"><ele>3</ele></trkpt><trkpt lat=\"4\" lon=\"5\"/>\
         </trkseg></trk></gpx>",
        "<!DOCTYPE r [<!ENTITY a \"b\">]><r><row a=\"1\"><b>&a;&#65;&lt;</b></row><row><b/><b><![CDATA[<x>]]></b></row></r>",
        "<d><row><field name=\"a\">1</field><field name=\"b\">x</field></row><row><field name=\"a\">2</field></row></d>",
        "<kml><Folder><Placemark><coordinates>1.5,2.5,0</coordinates></Placemark><Placemark/><Folder><Placemark/></Folder></Folder></kml>",
        "<f><e><c>one <b>bold</b> word</c><n>1</n></e><e><c>two</c><n>2</n></e><!-- x --><?y z?></f>",
        "<r><x><a>1</a></x><x><a>2</a></x></r><r><x><a>3</a></x></r>",
    ]);
    seeds.push(wide.encode_utf16().flat_map(u16::to_le_bytes).collect());
    seeds.push(b"<?xml version='1.0' encoding='latin1'?><r><x v='\xe9'/><x v='2'/></r>".to_vec());
    seeds
}

fn table() -> RecordBatch {
    let mut dictionary = StringDictionaryBuilder::<Int32Type>::new();
    [Some("x"), Some("y"), None, Some("x")].into_iter().for_each(|text| dictionary.append_option(text));
    let lists = [Some(vec![Some(1), None]), None, Some(vec![]), Some(vec![Some(3)])];
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("a", Arc::new(Float64Array::from(vec![Some(1.5), None, Some(2.5), Some(9e9)]))),
        ("b", Arc::new(StringArray::from(vec![Some("red"), Some("green"), None, Some("red")]))),
        ("c", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
        ("d", Arc::new(Date32Array::from(vec![19_000, 19_001, 19_002, 19_003]))),
        ("e", Arc::new(BooleanArray::from(vec![true, false, true, true]))),
        ("f", Arc::new(dictionary.finish())),
        ("g", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

pub fn parquet() -> Vec<Vec<u8>> {
    let table = table();
    let written = |properties: WriterProperties| {
        let mut writer = ArrowWriter::try_new(Vec::new(), table.schema(), Some(properties)).unwrap();
        writer.write(&table).unwrap();
        writer.into_inner().unwrap()
    };
    let mut seeds = data(&["formats/visits.parquet", "dates.parquet", "kids.parquet", "nest311.parquet"]);
    seeds.push(written(WriterProperties::builder().build()));
    seeds.push(written(WriterProperties::builder().set_dictionary_enabled(false).build()));
    seeds.push(written(WriterProperties::builder().set_compression(Compression::SNAPPY).build()));
    seeds.push(written(
        WriterProperties::builder()
            .set_writer_version(parquet::file::properties::WriterVersion::PARQUET_2_0)
            .build(),
    ));
    seeds
}

pub fn old_workbook() -> Vec<Vec<u8>> {
    data(&["orders.xls"])
}

pub fn workbook() -> Vec<Vec<u8>> {
    data(&["formats/visits.xlsx", "orders.xlsx"])
}

pub fn opendocument() -> Vec<Vec<u8>> {
    data(&["orders.ods", "formats/visits.ods"])
}

pub fn pictures() -> Vec<Vec<u8>> {
    use image::{DynamicImage, ImageFormat};
    let grey = image::GrayImage::from_fn(6, 5, |x, y| image::Luma([(x * 40 + y) as u8]));
    let wide = image::ImageBuffer::from_fn(5, 4, |x, y| image::Rgb([x as u16 * 9000, y as u16 * 9000, 7]));
    let colour = image::RgbaImage::from_fn(7, 6, |x, y| image::Rgba([x as u8 * 30, y as u8 * 30, 9, 200]));
    let (grey, colour): (DynamicImage, DynamicImage) = (grey.into(), colour.into());
    let wide = DynamicImage::ImageRgb16(wide);
    let written = |image: &DynamicImage, format: ImageFormat| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let rgb = DynamicImage::ImageRgb8(colour.to_rgb8());
    let mut seeds = vec![
        written(&grey, ImageFormat::Png),
        written(&wide, ImageFormat::Png),
        written(&colour, ImageFormat::Png),
        written(&rgb, ImageFormat::Jpeg),
        written(&rgb, ImageFormat::Bmp),
        written(&colour, ImageFormat::Gif),
        written(&colour, ImageFormat::WebP),
        written(&wide, ImageFormat::Tiff),
        written(&grey, ImageFormat::Tiff),
        written(&rgb, ImageFormat::Pnm),
    ];
    seeds.extend(data(&["motion/00.jpg", "palette_of_4.png", "counts/0.png"]));
    seeds
}

pub fn text() -> Vec<Vec<u8>> {
    all(&[
        "the first document is short\nthe second one is about something else\n\na third\n",
        "红色 蓝色\nこれは文章です\nภาษาไทย\n🙂 smile\n",
        "a b c\n1 2 3\n4 5 6\n7 8 9\n",
    ])
}

pub fn lines() -> Vec<Vec<u8>> {
    let card =
        "BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE:=C3=96;a=\n=20b\nTEL;HOME:1\n 2\nEND:VCARD\n";
    let event = "BEGIN:VEVENT\nDTSTART:20240108T090000Z\nDTEND;VALUE=DATE:20240109\nSUMMARY:a\\, b\nATTENDEE:c\nATTENDEE:d\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\n";
    let request =
        "1.2.3.4 - bob [10/Oct/2023:13:55:36 -0700] \"GET /a?x=1 HTTP/1.1\" 200 23 \"-\" \"Moz \\\"5\" 0.1\n";
    all(&[
        &mails().map(|mail| format!("From a@x Mon\n{mail}\n\n")).concat(),
        &card.repeat(3),
        &format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", event.repeat(3)),
        &"a=1 b=\"x \\\"y\\\"\" c=\n".repeat(5),
        &request.repeat(5),
    ])
}

/// One of plain text, and one of parts.
fn mails() -> [String; 2] {
    let part = |kind: &str, body: &str| {
        format!("--x\nContent-Type: {kind}\nContent-Transfer-Encoding: quoted-printable\n\n{body}\n")
    };
    let parts = part("text/html; charset=iso-8859-1", "<p>caf=E9</p><script>x</script>")
        + &part("image/png; name=a.png", "x");
    [
        "From: =?utf-8?q?C=C3=A9?= <a@x>\nSubject: =?utf-8?b?w7w=?=\n\nthe text\n".into(),
        format!("Subject: two\nContent-Type: multipart/mixed; boundary=x\n\n{parts}--x--\n"),
    ]
}

pub fn tar() -> Vec<Vec<u8>> {
    let tar = |files: &[(&str, &[u8])]| {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            tar.append_data(&mut header, name, *content).unwrap();
        }
        tar.into_inner().unwrap()
    };
    let long = format!("{}/a.txt", "x".repeat(120));
    vec![
        tar(&[("a/b.csv", b"a,b\n1,2\n3,4\n5,6\n")]),
        tar(&[("a.txt", b"one line"), ("b.txt", b"another line"), (&long, b"a third")]),
    ]
}

pub fn archive() -> Vec<Vec<u8>> {
    let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    vec![
        zip(&[part("a.csv", "a,b\n1,2\n3,4\n5,6\n")]),
        zip(&[part("x/a.jsonl", "{\"a\": 1}\n{\"a\": 2}\n"), part("README", "words")]),
        zip(&[part("a.txt", "one line\nanother line\n")]),
        zip(&mails().map(|mail| part(&format!("{}.eml", mail.len()), &mail))),
        zip(&[
            part("apple_health_export/export.xml", "<r><x v='1'/><x v='2'/></r>"),
            part("b.csv", "a\n1\n"),
        ]),
        zip(&[part("a.html", "<html><p>caf&eacute;</p>"), part("b.html", "<!-- x --><td>a<td>b")]),
        zip(&[("a.png".into(), pictures()[0].clone()), ("b.png".into(), pictures()[1].clone())]),
    ]
}

/// A fit on twenty rows.
fn run(method: &str) -> lfr::Run {
    let values: Vec<f32> = (0..60).map(|i| (i * 7 % 13) as f32 + (i % 3) as f32 * 0.5).collect();
    lfr::Fit::new(lfr::Method::named(method, None).unwrap()).run(Data::rows(3, &values).unwrap()).unwrap()
}

/// What `write` puts at the path of the file `name`.
fn written(name: &str, write: impl FnOnce(&Path)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write(&path);
    fs::read(path).unwrap()
}

pub fn models() -> Vec<Vec<u8>> {
    let of = |method: &str| written("m.safetensors", |path| run(method).save_model(path).unwrap());
    ["knn", "isolation-forest", "pca", "lof", "ecod", "centroid"].map(of).to_vec()
}

pub fn scores() -> Vec<Vec<u8>> {
    vec![written("a.csv", |path| run("knn").score_table().write(path, Format::Csv).unwrap())]
}

pub fn scores_parquet() -> Vec<Vec<u8>> {
    vec![written("a.parquet", |path| run("knn").score_table().write(path, Format::Parquet).unwrap())]
}

pub fn labels() -> Vec<Vec<u8>> {
    all(&["id,label\na,0\nb,1\n", "0\n1\n0\n", "id;outlier\nx;yes\ny;no\n"])
}

pub fn grids() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let entries = fs::read_dir(folder).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).filter(|grid| grid.len() < 10_000).collect()
}

pub fn records() -> Vec<Vec<u8>> {
    vec![written("run.json", |path| run("knn").write_record(path).unwrap())]
}
