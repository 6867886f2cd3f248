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
use super::object::{self, MAX_COLUMNS};
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
    /// Whether the only column holds documents.
    documents: bool,
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
            matches!(records::peek(&mut text).map_err(failed)?, Some(b'[' | b'"'))
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
    let text = object::sound(&text);
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
        Node::List(rows) => Ok(texts(rows, notes).or_else(|| values(rows, known, header))),
        Node::Map(members) => match split(members).or_else(|| columns(members, known, notes)) {
            Some(table) => Ok(Some(table)),
            None => match crossed(members, known, notes)? {
                None => Ok(keyed(members, known, notes)),
                table => Ok(table),
            },
        },
        _ => Ok(None),
    }
}

/// The name of the column of texts that have none.
const TEXT: &str = "text";

/// Texts without more, which are documents.
fn texts(all: &[Node<'_>], notes: &Notes) -> Option<Table> {
    let text = |node: &Node<'_>| matches!(node, Node::Text(_)).then(|| vec![node.text()]);
    let rows = all.iter().map(text).collect::<Option<Vec<_>>>().filter(|rows| !rows.is_empty())?;
    notes.add("an array of texts: each is a document");
    Some(Table { names: vec![TEXT.into()], ids: None, rows, documents: true })
}

/// Lists of one length as columns: those of the object, or of the object in it that has most of them.
fn columns(members: &[(String, Node<'_>)], known: &Known, notes: &Notes) -> Option<Table> {
    let lists = |members: &[(String, Node<'_>)]| -> Option<Vec<(String, Vec<Option<String>>)>> {
        let all = members.iter().filter(|(_, node)| matches!(node, Node::List(_)));
        let all = all.map(|(key, node)| Some((key.clone(), cells(node)?))).collect::<Option<Vec<_>>>()?;
        let length = all.first()?.1.len();
        (all.len() > 1 && length > 1 && all.iter().all(|(_, cells)| cells.len() == length)).then_some(all)
    };
    let inner = || {
        let maps = members.iter().filter_map(|(key, node)| match node {
            Node::Map(members) => Some((key.as_str(), lists(members)?)),
            _ => None,
        });
        maps.max_by_key(|(_, lists)| lists.len() * lists[0].1.len())
    };
    let (key, lists) = lists(members).map(|lists| ("", lists)).or_else(inner)?;
    let (names, columns): (Vec<String>, Vec<Vec<Option<String>>>) = lists.into_iter().unzip();
    if !known.columns.is_empty() && !known.columns.iter().all(|name| names.contains(name)) {
        return None;
    }
    let place = if key.is_empty() { String::new() } else { format!(" of `{key}`") };
    notes.add(format!("the lists{place}, all of one length, are the columns"));
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let count = columns.first().map_or(0, ExactSizeIterator::len);
    let rows = (0..count).map(|_| columns.iter_mut().map(|column| column.next().flatten()).collect());
    Some(Table { rows: rows.collect(), names, ids: None, documents: false })
}

/// Fewest objects in an object that are rows by their number alone, and how many times as many as their keys.
const MANY: (usize, usize) = (5, 3);

/// Objects in an object as rows identified by their keys, as Firebase exports them, where they are many more than the keys
/// that they have; those need not be the same.
fn keyed(members: &[(String, Node<'_>)], known: &Known, notes: &Notes) -> Option<Table> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Vec<(usize, Option<String>)>> = Vec::new();
    for (_, node) in members {
        let Node::Map(own) = node else { return None };
        let mut row = Vec::new();
        for (name, cell) in flat(own) {
            let next = places.len();
            row.push((*places.entry(name).or_insert(next), cell));
        }
        rows.push(row);
        if places.len() > MAX_COLUMNS {
            return None;
        }
    }
    let wanted = known.columns.is_empty() || known.columns.iter().all(|name| places.contains_key(name));
    let many = members.len() >= MANY.0 && members.len() >= MANY.1 * places.len();
    if places.is_empty() || !wanted || (!many && known.columns.is_empty()) {
        return None;
    }
    notes.add("the objects in the object are the rows, named by their keys");
    let mut names: Vec<(String, usize)> = places.into_iter().collect();
    names.sort_unstable_by_key(|&(_, place)| place);
    let full = |row: Vec<(usize, Option<String>)>| {
        let mut cells = vec![None; names.len()];
        row.into_iter().for_each(|(place, cell)| cells[place] = cell);
        cells
    };
    let rows = rows.into_iter().map(full).collect();
    let ids = Some(members.iter().map(|(key, _)| key.clone()).collect());
    Some(Table { names: names.into_iter().map(|(name, _)| name).collect(), ids, rows, documents: false })
}

/// The plain values in an object, named by their path: `a.b`, `a.0`.
fn flat(members: &[(String, Node<'_>)]) -> Vec<(String, Option<String>)> {
    fn add(name: String, node: &Node<'_>, all: &mut Vec<(String, Option<String>)>) {
        match node {
            Node::Map(members) => {
                members.iter().for_each(|(key, node)| add(format!("{name}.{key}"), node, all));
            }
            Node::List(elements) => {
                elements.iter().enumerate().for_each(|(i, node)| add(format!("{name}.{i}"), node, all));
            }
            plain => all.push((name, plain.text())),
        }
    }
    let mut all = Vec::new();
    members.iter().for_each(|(key, node)| add(key.clone(), node, &mut all));
    all
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
        Heading { above: 0, named: true, below: 0 } if rows.len() > 1 => {
            sample[0].iter().map(|name| name.trim().to_owned()).collect()
        }
        _ => Names::numbered(width).all,
    };
    if heading.named && heading.length() == 1 && rows.len() > 1 {
        rows.remove(0);
    }
    Some(Table { names, ids: None, rows, documents: false })
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
    rows.iter().all(|row| row.len() == names.len()).then_some(Table { names, ids, rows, documents: false })
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
                // Many objects of few keys are rows.
                _ if outer.len() >= MANY.0 && outer.len() >= MANY.1 * inner.len() => return Ok(None),
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
    Ok(Some(Table { names: owned(names), ids: Some(owned(ids)), rows, documents: false }))
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
        let text = options.text.clone().or_else(|| self.documents.then(|| TEXT.to_owned()));
        let chosen = Columns::choose(path, &names, &Options { text, ..options.clone() })?;
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
        assert_eq!(
            read("[[1, NaN], [\"NaN, \\\"NaN\", 3], [2, 4], [3, 5]]").2,
            "1 -, NaN, \"NaN 3, 2 4, 3 5"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_json_makes_it_panic(content in "([{}\\[\\]:,]|\"a\"|\"columns\":|\"data\":|\"0\":|1|null){0,40}") {
            let _ = read_with(&content, &Options::default());
        }
    }
}
