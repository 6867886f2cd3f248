//! What is said of the reading of an XML file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::cells::Shape;
use super::choose::Rows;

/// Most kinds of elements that are named.
const LISTED: usize = 6;
/// Most characters of a name or a path.
const SHOWN: usize = 80;

impl Rows {
    /// The sentences: which elements are the rows, which others with values are not read, and which are read as one text.
    pub fn told(&self) -> Vec<String> {
        let path = shown(&self.outline.path(self.kind));
        let mut said = vec![format!("read as XML; each element {path} is a row")];
        let others = |list| format!("passed over elements of other kinds: {list}; --sheet NAME reads one");
        said.extend(self.passed().map(others));
        said.extend(self.texts().map(|list| format!("read as one text, with the elements in it: {list}")));
        said
    }

    /// The kinds that are not read with their counts, the most frequent first.
    fn passed(&self) -> Option<String> {
        let mut counts = BTreeMap::new();
        let around = self.all.iter().flat_map(|&row| self.outline.around(row)).collect();
        self.count(0, &around, &mut counts);
        let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|&(_, count)| Reverse(count));
        let rest: u64 = counts.iter().skip(LISTED).map(|&(_, count)| count).sum();
        counts.truncate(LISTED);
        let mut list: Vec<String> =
            counts.iter().map(|(name, count)| format!("{} {count}", shown(name))).collect();
        list.extend((rest > 0).then(|| format!("others {rest}")));
        (!list.is_empty()).then(|| list.join(", "))
    }

    /// Counts the outermost kinds with values that are no rows, by name; of those `around` rows, the ones that repeat.
    fn count<'a>(&'a self, node: usize, around: &BTreeSet<usize>, counts: &mut BTreeMap<&'a str, u64>) {
        let nodes = &self.outline.nodes;
        for &child in nodes[node].children.values().filter(|child| !self.all.contains(child)) {
            let is_around = around.contains(&child);
            let has_values = if is_around { nodes[child].values > 0 } else { self.holds_values(child) };
            if has_values && (!is_around || self.outline.repeats(child)) {
                *counts.entry(&nodes[child].name).or_default() += nodes[child].count;
            }
            if is_around {
                self.count(child, around, counts);
            }
        }
    }

    /// Whether elements of a kind or elements within them have values.
    fn holds_values(&self, node: usize) -> bool {
        let this = &self.outline.nodes[node];
        this.values > 0 || this.children.values().any(|&child| self.holds_values(child))
    }

    /// The names of the outermost kinds within the rows that are read as one text.
    fn texts(&self) -> Option<String> {
        let is_text = |node: usize| self.shapes[node] == Shape::Prose;
        let is_outermost = |&node: &usize| {
            let mut around = self.outline.around(node);
            is_text(node)
                && around.any(|outer| self.all.contains(&outer))
                && !self.outline.around(node).any(is_text)
        };
        let names: Vec<String> = (1..self.shapes.len())
            .filter(is_outermost)
            .map(|node| shown(&self.outline.nodes[node].name))
            .take(LISTED)
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// A name in quotation marks, shortened.
fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        None => format!("`{name}`"),
        Some((end, _)) => format!("`{}...`", &name[..end]),
    }
}
