//! Which elements of an XML file are the rows of a table.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::cells::Shape;
use super::outline::Outline;

/// The rows are within larger elements if those within have so many times the values.
const MUCH: u64 = 4;
/// Columns of a model that are looked for.
const LOOKED: usize = 100;

/// Why a file has no rows.
pub(super) const NO_ROWS: &str = "no table: none of its elements comes several times and has values; a folder of documents in \
                                  XML is read with --kind text";
/// Why a file is none of rows.
pub(super) const PROSE: &str =
    "a document of text with elements in it, no table; a folder of such documents is read with --kind text";

/// The rows of a file.
pub(super) struct Rows {
    pub outline: Outline,
    /// The kind of elements that the rows are.
    pub kind: usize,
    /// That one and those of the same name within elements of the same names, as in folders within folders.
    pub all: BTreeSet<usize>,
    /// How elements of each kind are read.
    pub shapes: Vec<Shape>,
}

impl Rows {
    /// The rows of a file with this outline: the elements whose name or path is `asked`, if any is; else those that hold most
    /// of the columns `known`, if any, else those that come several times in one element, the outermost first, and have the
    /// most values. None where no element is as asked.
    ///
    /// # Errors
    /// Why there are none.
    pub fn find(
        outline: Outline,
        known: &[String],
        asked: Option<&str>,
    ) -> Result<Option<Self>, &'static str> {
        let sums = Sums::of(&outline);
        let kind = match asked.map(|asked| sums.named(asked)) {
            Some(None) => return Ok(None),
            Some(Some(kind)) => kind,
            None => sums.known(known).or_else(|| sums.most_values()).ok_or(NO_ROWS)?,
        };
        if asked.is_none() && sums.text_outside(0, kind) > sums.bytes[kind] {
            return Err(PROSE);
        }
        let (all, shapes) = (sums.alike(kind), sums.shapes());
        Ok(Some(Self { kind, all, shapes, outline }))
    }
}

/// What is known of each kind of elements.
struct Sums<'a> {
    outline: &'a Outline,
    /// Whether they have elements within a text, or several such elements in one.
    prose: Vec<bool>,
    /// How many values they have themselves, without the records within them.
    own: Vec<u64>,
    /// Under how many names those are.
    names: Vec<usize>,
    /// The bytes of their values, all of them.
    bytes: Vec<u64>,
}

impl<'a> Sums<'a> {
    fn of(outline: &'a Outline) -> Self {
        let count = outline.nodes.len();
        let (prose, names) = (vec![false; count], vec![0; count]);
        let mut sums = Self { outline, prose, own: vec![0; count], names, bytes: vec![0; count] };
        // Every kind comes behind the one around it.
        for (node, this) in outline.nodes.iter().enumerate().rev() {
            sums.prose[node] |= this.mixed;
            sums.own[node] += this.values;
            sums.names[node] += this.attributes.len() + usize::from(this.texts > 0);
            sums.bytes[node] += this.bytes;
            if node > 0 {
                sums.prose[this.parent] |= sums.prose[node] && outline.repeats(node);
                sums.bytes[this.parent] += sums.bytes[node];
                if !sums.are_records(node) {
                    sums.own[this.parent] += sums.own[node];
                    // Several of one name are several values.
                    let least = if sums.names[node] > 0 && outline.repeats(node) { 2 } else { 0 };
                    sums.names[this.parent] += sums.names[node].max(least);
                }
            }
        }
        sums
    }

    fn shapes(&self) -> Vec<Shape> {
        let shape = |node: usize| match self.prose[node] {
            true => Shape::Prose,
            false if self.outline.is_keyed(node) => Shape::Keyed,
            false => Shape::Usual,
        };
        (0..self.prose.len()).map(shape).collect()
    }

    fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        self.outline.nodes[node].children.values().copied().filter(|&child| !self.prose[child])
    }

    /// Whether elements within others are records of their own rather than values of those: several, with several
    /// values each, or with records.
    fn are_records(&self, node: usize) -> bool {
        self.outline.repeats(node)
            && self.names[node] != 1
            && self.outline.nodes[node].texts == 0
            && !self.outline.is_keyed(node)
            && !self.prose[node]
    }

    /// The kind with most of the columns `known`; of several the one with the most values.
    fn known(&self, known: &[String]) -> Option<usize> {
        let known = &known[..known.len().min(LOOKED)];
        let found = |node: usize| known.iter().filter(|name| self.outline.has(node, name)).count();
        let kinds = (1..self.own.len()).filter(|&node| !self.prose[node]).map(|node| (found(node), node));
        let best = kinds.max_by_key(|&(found, node)| (found, self.own[node], Reverse(node)))?;
        (best.0 > 0).then_some(best.1)
    }

    /// The kind with this name or path that has the most values.
    fn named(&self, asked: &str) -> Option<usize> {
        let is_asked =
            |&node: &usize| self.outline.nodes[node].name == asked || self.outline.path(node) == asked;
        (1..self.own.len()).filter(is_asked).max_by_key(|&node| (self.own[node], Reverse(node)))
    }

    fn most_values(&self) -> Option<usize> {
        let mut outer = Vec::new();
        self.outermost(0, &mut outer);
        let inner = outer.into_iter().map(|node| self.within(node));
        inner.max_by_key(|&node| (self.own[node], Reverse(node)))
    }

    /// The outermost kinds that come several times in one element and have values.
    fn outermost(&self, node: usize, found: &mut Vec<usize>) {
        for child in self.children(node) {
            match self.outline.repeats(child) && self.own[child] > 0 {
                true => found.push(child),
                false => self.outermost(child, found),
            }
        }
    }

    /// The records within a kind of elements, such as the points of tracks, if most elements have several and they hold
    /// nearly all values; else that kind.
    fn within(&self, node: usize) -> usize {
        let mut found = Vec::new();
        self.records(node, &mut found);
        let nodes = &self.outline.nodes;
        found.retain(|&inner| {
            2 * nodes[inner].crowded > nodes[nodes[inner].parent].count
                && self.own[inner] >= MUCH * self.own[node]
        });
        let best = found.into_iter().max_by_key(|&inner| (self.own[inner], Reverse(inner)));
        best.map_or(node, |inner| self.within(inner))
    }

    /// The nearest records within a kind of elements.
    fn records(&self, node: usize, found: &mut Vec<usize>) {
        for child in self.children(node) {
            match self.are_records(child) && self.own[child] > 0 {
                true => found.push(child),
                false => self.records(child, found),
            }
        }
    }

    /// The bytes of texts with elements in them that are in elements of the kind `node` but in none of the kind `row`.
    fn text_outside(&self, node: usize, row: usize) -> u64 {
        let children = self.outline.nodes[node].children.values();
        let bytes = children.map(|&child| match self.prose[child] {
            _ if child == row => 0,
            true => self.bytes[child],
            false => self.text_outside(child, row),
        });
        bytes.sum()
    }

    /// The kinds of the name of `kind` within elements of no other names than those around it.
    fn alike(&self, kind: usize) -> BTreeSet<usize> {
        let (outline, nodes) = (self.outline, &self.outline.nodes);
        let around: BTreeSet<&str> = outline.around(kind).map(|node| nodes[node].name.as_str()).collect();
        let is_alike = |&node: &usize| {
            nodes[node].name == nodes[kind].name
                && !outline.around(kind).any(|outer| outer == node)
                && outline
                    .around(node)
                    .all(|outer| outer != kind && around.contains(nodes[outer].name.as_str()))
        };
        (1..nodes.len()).filter(is_alike).collect()
    }
}
