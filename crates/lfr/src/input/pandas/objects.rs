//! Tables made of objects in an object, which are columns or rows.

use std::collections::{HashMap, HashSet};

use super::table::Table;
use crate::input::expected::Known;
use crate::input::object::MAX_COLUMNS;
use crate::input::tree::Node;
use crate::input::{Notes, columns};

/// Fewest objects in an object that are rows by their number alone, and how many times as many as their keys.
const MANY: (usize, usize) = (5, 3);

/// Objects in an object as rows identified by their keys, as Firebase exports them, where they are many more than the keys
/// that they have; those need not be the same.
pub(super) fn keyed(members: &[(String, Node<'_>)], known: &Known, notes: &Notes) -> Option<Table> {
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

/// Objects of one form in an object: columns in a table, or rows.
pub(super) fn crossed(
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
                        columns::list(&outer.iter().map(|&key| key.to_owned()).collect::<Vec<_>>())
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
