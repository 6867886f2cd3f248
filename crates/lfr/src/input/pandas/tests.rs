use super::*;
use crate::Data;
use crate::data::Items;
use proptest::prelude::*;

fn read_with(content: &str, options: &Options) -> Result<Data> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, content).unwrap();
    Data::read(&path, options)
}

/// The names, identifiers and rows of a table.
fn read(content: &str) -> (String, String, String) {
    let data = read_with(content, &Options::default()).unwrap();
    let Items::Rows(rows) = &data.items[0] else { panic!("{content}") };
    let schema = rows.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let columns: Vec<_> = rows
        .columns()
        .iter()
        .map(|column| {
            crate::arrow::array::AsArray::as_string::<i32>(column)
                .iter()
                .map(|c| c.unwrap_or("-"))
                .collect::<Vec<_>>()
        })
        .collect();
    let row = |i: usize| columns.iter().map(|column| column[i]).collect::<Vec<_>>().join(" ");
    let rows: Vec<_> = (0..rows.num_rows()).map(row).collect();
    (names.join(" "), data.ids.join(" "), rows.join(", "))
}

#[test]
fn every_orient_of_pandas_gives_the_same_table() {
    let (names, rows) = ("a b", "1 x, 2.50 -, 3 z");
    for (content, ids) in [
        (r#"{"a":{"0":1,"1":2.50,"2":3},"b":{"0":"x","1":null,"2":"z"}}"#, "0 1 2"),
        (r#"{"a":{"k":1,"l":2.50,"m":3},"b":{"k":"x","l":null,"m":"z"}}"#, "k l m"),
        (r#"{"columns":["a","b"],"index":["k","l","m"],"data":[[1,"x"],[2.50,null],[3,"z"]]}"#, "k l m"),
        (r#"{"columns":["a","b"],"data":[[1,"x"],[2.50,null],[3,"z"]]}"#, "0 1 2"),
        (r#"{"0":{"a":1,"b":"x"},"1":{"a":2.50,"b":null},"2":{"b":"z","a":3}}"#, "0 1 2"),
        (r#"{"k":{"a":1,"b":"x"},"l":{"a":2.50,"b":null},"m":{"a":3,"b":"z"}}"#, "k l m"),
        (
            r#"{"schema":{"fields":[{"name":"index","type":"string"},{"name":"a","type":"number"},{"name":"b","type":"string"}],"primaryKey":["index"],"pandas_version":"1.4.0"},"data":[{"index":"k","a":1,"b":"x"},{"index":"l","a":2.50,"b":null},{"index":"m","a":3,"b":"z"}]}"#,
            "k l m",
        ),
        (r#"[["a","b"],[1,"x"],[2.50,null],[3,"z"]]"#, "0 1 2"),
    ] {
        assert_eq!(read(content), (names.into(), ids.into(), rows.into()), "{content}");
        let pretty = content.replace('{', "{\n  ").replace("},", "\n},\n");
        assert_eq!(read(&pretty).2, rows, "{pretty}");
    }
    assert_eq!(read("[[1,\"x\"],[2,\"y\"]]"), ("f0 f1".into(), "0 1".into(), "1 x, 2 y".into()));
    assert_eq!(
        read(r#"{"0":{"0":1,"1":2},"1":{"0":3,"1":4}}"#).2,
        "1 3, 2 4",
        "by columns as it is the default"
    );
}

#[test]
fn what_could_be_rows_or_columns_is_refused_unless_it_is_known() {
    let content = r#"{"p":{"u":1,"v":2},"q":{"u":3,"v":4}}"#;
    let problem = read_with(content, &Options::default()).unwrap_err().to_string();
    assert!(
        problem.contains("p, q could be columns or rows") && problem.contains("orient=\"records\""),
        "{problem}"
    );
    for (names, rows) in [(&["p", "q"][..], 2), (&["v"], 2), (&["p.u", "q.v"], 1)] {
        let columns = names.iter().map(|&name| name.to_owned()).collect();
        let options = Options { known: Known { columns, ..Known::default() }, ..Options::default() };
        assert_eq!(read_with(content, &options).unwrap().len(), rows, "{names:?}");
    }
}

#[test]
fn records_stay_records() {
    assert_eq!(read("{\"a\": {\"x\": 1}, \"b\": 2}\n").0, "a.x b");
    assert_eq!(read("{\n\"a\": {\"x\": 1}, \"b\": {\"y\": 2}}\n").0, "a.x b.y");
    assert_eq!(read("{\"a\": {\"x\": 1}}\n{\"a\": {\"x\": 2}}\n").2, "1, 2");
    let problem = read_with("[[1,2],[3]]", &Options::default()).unwrap_err().to_string();
    assert!(problem.contains("rows of one length"), "{problem}");
}

#[test]
fn lists_of_one_length_are_columns() {
    for content in [
        r#"{"a":[1,2.50,3],"b":["x",null,"z"]}"#,
        r#"{"at":48.1,"units":{"a":"kg","b":""},"hourly":{"a":[1,2.50,3],"b":["x",null,"z"]}}"#,
    ] {
        assert_eq!(read(content), ("a b".into(), "0 1 2".into(), "1 x, 2.50 -, 3 z".into()), "{content}");
    }
    assert_eq!(read("{\n\"a\":[1,2],\"b\":[3,4,5]}").2, "1 2 3 4 5", "one record");
}

#[test]
fn many_objects_in_an_object_are_rows() {
    let rows: Vec<String> = (0..12).map(|i| format!(r#""-N{i}":{{"t":{i},"h":{}}}"#, i * i)).collect();
    let (names, ids, cells) = read(&format!("{{{}}}", rows.join(",")));
    assert_eq!((names.as_str(), &ids[..7]), ("t h", "-N0 -N1"));
    assert!(cells.starts_with("0 0, 1 1, 2 4"), "{cells}");
    let ragged = |i: usize| match i % 4 {
        0 => format!(r#""k{i}":{{"t":{i},"place":{{"x":1}}}}"#),
        _ => format!(r#""k{i}":{{"t":{i}}}"#),
    };
    let rows: Vec<String> = (0..12).map(ragged).collect();
    let (names, _, cells) = read(&format!("{{{}}}", rows.join(",")));
    assert!(names == "t place.x" && cells.starts_with("0 1, 1 -, 2 -"), "{names}: {cells}");
}

#[test]
fn texts_in_an_array_are_documents() {
    let data = read_with("[\"one\", \"two\", \"\u{e9}\"]", &Options::default()).unwrap();
    assert!(matches!(&data.items[0], Items::Documents(texts) if texts[2] == "é"));
}

#[test]
fn numbers_of_python_that_json_lacks_are_missing() {
    assert_eq!(read("{\"a\": NaN, \"b\": 1}\n{\"a\": 2, \"b\": -Infinity}\n").2, "- 1, 2 -Infinity");
    assert_eq!(read("[[1, NaN], [\"NaN, \\\"NaN\", 3], [2, 4], [3, 5]]").2, "1 -, NaN, \"NaN 3, 2 4, 3 5");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_json_makes_it_panic(content in "([{}\\[\\]:,]|\"a\"|\"columns\":|\"data\":|\"0\":|1|null){0,40}") {
        let _ = read_with(&content, &Options::default());
    }
}
