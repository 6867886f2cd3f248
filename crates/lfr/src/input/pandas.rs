//! Tables as `DataFrame.to_json` of pandas writes them, where they are no records: by columns, by rows, split, as values.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use crate::arrow::datatypes::{DataType, Field, Schema};
use serde_json::Value;

use super::columns::Columns;
use super::expected::Known;
use super::header::{Heading, MAX_ABOVE};
use super::names::Names;
use super::records::{self, End};
use super::tree::{Node, Tree};
use super::{Notes, Options, Source, encoding, stream};
use crate::error::{Error, Result};
use crate::preprocess::DECIMAL;

/// Largest file of this sort, in bytes.
const MAX_FILE: u64 = 256 << 20;
/// Largest schema of a table, in bytes.
const MAX_SCHEMA: usize = 1 << 20;

/// What a file of JSON holds.
pub(super) enum Layout {
    /// Records, with the names of the columns that identify them.
    Records(Vec<String>),
    /// A table laid out otherwise.
    Table(Table),
}

/// A table in memory.
pub(super) struct Table {
    names: Vec<String>,
    /// What the rows are called.
    ids: Option<Vec<String>>,
    rows: Vec<Vec<Option<String>>>,
}

/// Looks at a file: an array of arrays and an object of objects are tables, and so is one of pandas' `split` and `table`.
///
/// # Errors
/// [`Error::Io`] and [`Error::Input`] when it cannot be read or could mean several things.
pub(super) fn find(path: &Path, options: &Options, notes: &Notes) -> Result<Layout> {
    let failed = |e| stream::broken(path, &e);
    let open = || stream::open(path, options.encoding.as_deref(), notes);
    let mut text = open()?;
    let whole = match records::peek(&mut text).map_err(failed)? {
        Some(b'[') => {
            text.consume(1);
            records::peek(&mut text).map_err(failed)? == Some(b'[')
        }
        Some(b'{') if !records::has_lines(&mut text).map_err(failed)? => {
            let mut text = open()?;
            if let Some(index) = primary_key(&mut text).map_err(failed)? {
                return Ok(Layout::Records(index));
            }
            records::enter(&mut open()?).map_err(failed)?.is_none()
        }
        _ => false,
    };
    if !whole {
        return Ok(Layout::Records(Vec::new()));
    }
    let mut bytes = Vec::new();
    open()?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        let what = "the size of a JSON file that is no list of records, in bytes";
        return Err(Error::TooLarge {
            path: path.to_owned(),
            what,
            size: bytes.len() as u64,
            limit: MAX_FILE,
        });
    }
    let (text, foreign) = encoding::text(&bytes);
    encoding::say(notes, usize::from(foreign), "record");
    let table =
        Tree::parse(&text).map_or(Ok(None), |tree| table(&tree, &options.known, options.header, notes));
    match table.map_err(|problem| Error::input(path, problem))? {
        Some(table) => Ok(Layout::Table(table)),
        None => Ok(Layout::Records(Vec::new())),
    }
}

/// The names of the index of a table that begins with its schema, as `orient="table"` writes it.
fn primary_key(text: &mut stream::Text) -> std::io::Result<Option<Vec<String>>> {
    records::peek(text)?;
    text.consume(1);
    let (mut key, mut schema) = (Vec::new(), Vec::new());
    if records::peek(text)? != Some(b'"') || records::value(text, Some(&mut key))? != End::Sound {
        return Ok(None);
    }
    if key != b"\"schema\"" || records::peek(text)? != Some(b':') {
        return Ok(None);
    }
    text.consume(1);
    records::peek(text)?;
    if records::value(text, Some(&mut schema))? != End::Sound || schema.len() > MAX_SCHEMA {
        return Ok(None);
    }
    let schema: Option<Value> = serde_json::from_slice(&schema).ok();
    let names = schema.as_ref().and_then(|schema| schema.get("primaryKey")?.as_array());
    Ok(names.map(|names| names.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect()))
}

/// The table that a tree is; `None` for anything else.
///
/// # Errors
/// That it could be read in two ways.
fn table(
    tree: &Node<'_>,
    known: &Known,
    header: Option<bool>,
    notes: &Notes,
) -> std::result::Result<Option<Table>, String> {
    match tree {
        Node::List(rows) => Ok(values(rows, known, header)),
        Node::Map(members) => match split(members) {
            Some(table) => Ok(Some(table)),
            None => crossed(members, known, notes),
        },
        _ => Ok(None),
    }
}

/// Rows of one length; the first may hold the names.
fn values(rows: &[Node<'_>], known: &Known, header: Option<bool>) -> Option<Table> {
    let mut rows = rows.iter().map(cells).collect::<Option<Vec<_>>>()?;
    let width = rows.first()?.len();
    if width == 0 || rows.iter().any(|row| row.len() != width) {
        return None;
    }
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    let sample: Vec<Vec<String>> =
        rows.iter().take(100 + MAX_ABOVE).map(|row| row.iter().map(text).collect()).collect();
    let sample: Vec<Vec<&str>> = sample.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let heading = Heading::find(&sample, header, known);
    let names = match heading {
        Heading { above: 0, named: true, second: false } if rows.len() > 1 => {
            sample[0].iter().map(|name| name.trim().to_owned()).collect()
        }
        _ => Names::numbered(width).all,
    };
    if heading.named && heading.length() == 1 && rows.len() > 1 {
        rows.remove(0);
    }
    Some(Table { names, ids: None, rows })
}

/// `{"columns": [...], "index": [...], "data": [[...], ...]}`.
fn split(members: &[(String, Node<'_>)]) -> Option<Table> {
    let keys = ["columns", "index", "data", "index_names", "column_names"];
    let list = |key: &str| match members.iter().find(|(name, _)| name == key)? {
        (_, Node::List(all)) => Some(all),
        _ => None,
    };
    if members.iter().any(|(key, _)| !keys.contains(&key.as_str())) {
        return None;
    }
    let names: Vec<String> = list("columns")?.iter().map(label).collect::<Option<_>>()?;
    let rows = list("data")?.iter().map(cells).collect::<Option<Vec<_>>>()?;
    let ids = list("index").map(|ids| ids.iter().map(label).collect::<Option<Vec<String>>>());
    let ids = match ids {
        Some(ids) => Some(ids.filter(|ids| ids.len() == rows.len())?),
        None => None,
    };
    rows.iter().all(|row| row.len() == names.len()).then_some(Table { names, ids, rows })
}

/// The name of a column or row; of several parts where there are several levels.
fn label(node: &Node<'_>) -> Option<String> {
    match node {
        Node::List(parts) => Some(parts.iter().map(label).collect::<Option<Vec<_>>>()?.join(".")),
        Node::Map(_) => None,
        plain => Some(plain.text().unwrap_or_default()),
    }
}

/// The cells of a row; `None` where one is no plain value.
fn cells(row: &Node<'_>) -> Option<Vec<Option<String>>> {
    let Node::List(cells) = row else { return None };
    cells.iter().map(|cell| cell.is_plain().then(|| cell.text())).collect()
}

/// Objects of one form in an object: columns in a table, or rows.
fn crossed(
    members: &[(String, Node<'_>)],
    known: &Known,
    notes: &Notes,
) -> std::result::Result<Option<Table>, String> {
    let Some(lines) = lines(members) else { return Ok(None) };
    let outer: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
    let inner: Vec<&str> = lines[0].iter().map(|(key, _)| key.as_str()).collect();
    let has_path = |name: &String| {
        name.split_once('.').is_some_and(|(first, rest)| outer.contains(&first) && inner.contains(&rest))
    };
    let by_columns = match (numbered(&outer), numbered(&inner)) {
        _ if known.are_in(&outer) => true,
        _ if known.are_in(&inner) => false,
        // One record that is nested.
        _ if !known.columns.is_empty() && known.columns.iter().all(has_path) => return Ok(None),
        // What pandas writes unless it is told otherwise.
        (_, true) => true,
        (true, false) => false,
        _ if outer.len() == 1 => return Ok(None),
        _ => {
            match (alike(&lines), alike(&turned(&lines))) {
                (true, false) => {
                    notes.add("objects in an object are taken for columns (orient=\"columns\"), as each holds one type");
                    true
                }
                (false, true) => {
                    notes.add("objects in an object are taken for rows (orient=\"index\"), as each holds several types");
                    false
                }
                _ => {
                    return Err(format!(
                        "its objects {} could be columns or rows; write it as records, with \
                     `frame.to_json(..., orient=\"records\")` in pandas",
                        super::columns::list(&outer.iter().map(|&key| key.to_owned()).collect::<Vec<_>>())
                    ));
                }
            }
        }
    };
    let (names, ids, lines) = if by_columns { (outer, inner, turned(&lines)) } else { (inner, outer, lines) };
    let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let rows = lines.iter().map(|line| line.iter().map(|(_, cell)| cell.text()).collect()).collect();
    Ok(Some(Table { names: owned(names), ids: Some(owned(ids)), rows }))
}

/// A line of a table: its cells with the names across.
type Line<'a> = Vec<(&'a String, &'a Node<'a>)>;

/// The objects in an object, if they have the same keys and plain values, in the order of the first one's keys.
fn lines<'a>(members: &'a [(String, Node<'a>)]) -> Option<Vec<Line<'a>>> {
    let Some((_, Node::Map(first))) = members.first() else { return None };
    let places: HashMap<&String, usize> = first.iter().map(|(key, _)| key).zip(0..).collect();
    if first.is_empty() || places.len() < first.len() || first.len() + members.len() < 3 {
        return None;
    }
    let line = |(_, node): &'a (String, Node<'a>)| -> Option<Line<'a>> {
        let Node::Map(cells) = node else { return None };
        let mut line: Vec<Option<(&String, &Node<'a>)>> = vec![None; first.len()];
        for (key, cell) in cells.iter().filter(|(_, cell)| cell.is_plain()) {
            *line.get_mut(*places.get(key)?)? = Some((key, cell));
        }
        (cells.len() == first.len()).then(|| line.into_iter().collect())?
    };
    members.iter().map(line).collect()
}

/// Rows for columns.
fn turned<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let width = lines.first().map_or(0, Vec::len);
    (0..width).map(|place| lines.iter().filter_map(|line| line.get(place).copied()).collect()).collect()
}

/// Whether all values of every line are of one type.
fn alike(lines: &[Line<'_>]) -> bool {
    let types =
        |line: &Line<'_>| line.iter().filter_map(|(_, cell)| cell.kind()).collect::<HashSet<_>>().len();
    lines.iter().all(|line| types(line) < 2)
}

/// Whether all of `keys` are whole numbers, as those of rows are.
fn numbered(keys: &[&str]) -> bool {
    let whole = |key: &&str| {
        let digits = key.strip_prefix('-').unwrap_or(key);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    keys.iter().all(whole)
}

impl Table {
    /// Its rows, numbered from 0 and identified by what they are called.
    ///
    /// # Errors
    /// As [`Columns::choose`].
    pub fn source(self, path: &Path, options: &Options, notes: &Notes) -> Result<Source> {
        let mut names = Names::settle(self.names, &[], notes);
        let count = self.rows.len();
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(count); names.all.len()];
        for row in self.rows {
            columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
        }
        if let Some(ids) = self.ids {
            let taken = |name: &String| names.all.contains(name);
            let name = ["index".to_owned()].into_iter().chain((2..).map(|n| format!("index ({n})")));
            let name = name.into_iter().find(|name| !taken(name)).unwrap_or_default();
            names.index = Some(names.all.len());
            names.all.push(name);
            columns.push(ids.into_iter().map(Some).collect());
        }
        let chosen = Columns::choose(path, &names, options)?;
        let picked = || chosen.picked.iter().copied();
        let fields: Vec<Field> = picked().map(|i| Field::new(&names.all[i], DataType::Utf8, true)).collect();
        let point = HashMap::from([(DECIMAL.to_owned(), "point".to_owned())]);
        let arrays: Vec<ArrayRef> = picked()
            .map(|i| Arc::new(StringArray::from_iter(columns[i].iter().map(Option::as_deref))) as ArrayRef)
            .collect();
        let rows = RecordBatchOptions::new().with_row_count(Some(count));
        let schema = Arc::new(Schema::new_with_metadata(fields, point));
        let table = RecordBatch::try_new_with_options(schema, arrays, &rows)
            .map_err(|e| Error::input(path, e.to_string()))?;
        let (kind, chunk, own_path) = (chosen.kind(), options.chunk, path.to_owned());
        let batches = (0..count).step_by(chunk).map(move |start| {
            let length = chunk.min(count - start);
            let numbers = (start as u64..(start + length) as u64).collect();
            chosen.batch(&own_path, table.slice(start, length), numbers, Vec::new())
        });
        Ok(Source::new(kind, path, options, batches).noting(notes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
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
            let options = Options { known: Known { columns, sheet: None }, ..Options::default() };
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_json_makes_it_panic(content in "([{}\\[\\]:,]|\"a\"|\"columns\":|\"data\":|\"0\":|1|null){0,40}") {
            let _ = read_with(&content, &Options::default());
        }
    }
}
