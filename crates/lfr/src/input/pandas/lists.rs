//! Tables made of lists: of texts, of columns, of rows, and the form `split`.

use super::table::{TEXT, Table};
use crate::input::Notes;
use crate::input::expected::Known;
use crate::input::header::{Heading, MAX_ABOVE};
use crate::input::names::Names;
use crate::input::tree::Node;

/// Texts without more, which are documents.
pub(super) fn texts(all: &[Node<'_>], notes: &Notes) -> Option<Table> {
    let text = |node: &Node<'_>| matches!(node, Node::Text(_)).then(|| vec![node.text()]);
    let rows = all.iter().map(text).collect::<Option<Vec<_>>>().filter(|rows| !rows.is_empty())?;
    notes.add("an array of texts: each is a document");
    Some(Table { names: vec![TEXT.into()], ids: None, rows, documents: true })
}

/// Lists of one length as columns: those of the object, or of the object in it that has most of them.
pub(super) fn columns(members: &[(String, Node<'_>)], known: &Known, notes: &Notes) -> Option<Table> {
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

/// Rows of one length; the first may hold the names.
pub(super) fn values(rows: &[Node<'_>], known: &Known, header: Option<bool>) -> Option<Table> {
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
pub(super) fn split(members: &[(String, Node<'_>)]) -> Option<Table> {
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
