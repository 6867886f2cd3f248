//! Which kinds of elements an XML file has, and how they lie within one another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::kinds::is_key;
use super::marks::{Mark, Marks, Tag};
use crate::error::{Error, Result};
use crate::input::object::MAX_COLUMNS;

/// Most bytes of all names.
const MAX_NAMES: usize = 64 << 20;
/// Bytes that a name takes beside its own.
const NAME: usize = 64;
/// Most different names that attributes give to values of one kind, and bytes of one.
const MAX_KEYS: usize = 256;
const MAX_KEY: usize = 256;

/// Roots of files that are read otherwise or not at all, with what to do.
const REFUSED: &[(&str, &str)] = &[
    (
        "Workbook",
        "a workbook in the XML of Excel 2003; open it in a spreadsheet program and save it as .xlsx",
    ),
    ("html", "a web page; name the folder that contains the pages"),
    ("svg", "a drawing; convert it to .png and name the folder that contains the images"),
    ("plist", "a property list, which is not read; save the data as JSON or CSV"),
];

/// The elements of one name in elements of one kind.
#[derive(Default)]
pub(super) struct Node {
    pub name: String,
    /// The kind around them.
    pub parent: usize,
    pub children: BTreeMap<String, usize>,
    /// How many there are.
    pub count: u64,
    /// How many of the elements around them hold several.
    pub crowded: u64,
    /// How many attributes and texts of their own they have, and of how many bytes.
    pub values: u64,
    pub bytes: u64,
    /// How many have a text of their own.
    pub texts: u64,
    /// Whether one has both a text and elements.
    pub mixed: bool,
    /// The names of their attributes.
    pub attributes: BTreeSet<String>,
    /// The values of the attributes that name values; none if they are too many or too long to be names.
    pub keys: BTreeSet<String>,
    no_keys: bool,
    /// The number of the element around the last one, and how many it holds so far.
    within: (u64, u64),
}

/// All kinds of a file. The first one is the file itself, and each comes behind the one around it.
pub(super) struct Outline {
    pub nodes: Vec<Node>,
    path: PathBuf,
    /// Bytes of all names.
    names: usize,
}

/// An element that is not yet closed.
#[derive(Default)]
struct Open {
    node: usize,
    text: bool,
    elements: bool,
}

impl Outline {
    /// The kinds of the file at `path`, which has these marks.
    ///
    /// # Errors
    /// Those of the marks, [`Error::Input`] for a file that is no table by its root, [`Error::TooLarge`] for more kinds
    /// than a table has columns.
    pub fn read(path: &Path, marks: &mut Marks) -> Result<Self> {
        let file = Node { count: 1, ..Node::default() };
        let mut outline = Self { nodes: vec![file], path: path.to_owned(), names: 0 };
        let mut open = vec![Open::default()];
        while let Some(mark) = marks.next()? {
            match mark {
                Mark::Open(tag) => outline.open(tag, &mut open)?,
                Mark::Text(text) => outline.text(&text, &mut open),
                Mark::Close => outline.close(&mut open),
            }
        }
        Ok(outline)
    }

    fn open(&mut self, tag: Tag, open: &mut Vec<Open>) -> Result<()> {
        let outer = open.last_mut().map_or(0, |outer| {
            outer.elements = true;
            outer.node
        });
        if let Some((_, advice)) = REFUSED.iter().find(|(name, _)| outer == 0 && tag.name == *name) {
            return Err(Error::input(&self.path, *advice));
        }
        let node = match self.nodes[outer].children.get(&tag.name) {
            Some(&node) => node,
            None => self.add(outer, tag.name)?,
        };
        let around = self.nodes[outer].count;
        let this = &mut self.nodes[node];
        this.count += 1;
        this.within = if this.within.0 == around { (around, this.within.1 + 1) } else { (around, 1) };
        this.crowded += u64::from(this.within.1 == 2);
        this.values += tag.attributes.len() as u64;
        for (name, value) in tag.attributes {
            self.attribute(node, name, value)?;
        }
        open.push(Open { node, ..Open::default() });
        Ok(())
    }

    fn add(&mut self, parent: usize, name: String) -> Result<usize> {
        self.keep(&name)?;
        let node = self.nodes.len();
        if node > MAX_COLUMNS {
            return Err(self.too_large("the number of kinds of elements", node, MAX_COLUMNS));
        }
        self.nodes[parent].children.insert(name.clone(), node);
        self.nodes.push(Node { name, parent, ..Node::default() });
        Ok(node)
    }

    fn attribute(&mut self, node: usize, name: String, value: String) -> Result<()> {
        let this = &mut self.nodes[node];
        this.bytes += value.len() as u64;
        let new_key = is_key(&name) && !this.no_keys && !this.keys.contains(&value);
        let new_name = !this.attributes.contains(&name);
        if new_key && this.keys.len() < MAX_KEYS && value.len() <= MAX_KEY {
            this.keys.insert(value.clone());
            self.keep(&value)?;
        } else if new_key {
            this.no_keys = true;
            this.keys.clear();
        }
        if new_name {
            self.keep(&name)?;
            self.nodes[node].attributes.insert(name);
        }
        Ok(())
    }

    fn text(&mut self, text: &str, open: &mut [Open]) {
        let text = text.trim();
        if let Some(this) = open.last_mut().filter(|_| !text.is_empty()) {
            this.text = true;
            self.nodes[this.node].bytes += text.len() as u64;
        }
    }

    fn close(&mut self, open: &mut Vec<Open>) {
        if let Some(this) = open.pop() {
            let node = &mut self.nodes[this.node];
            node.texts += u64::from(this.text);
            node.values += u64::from(this.text);
            node.mixed |= this.text && this.elements;
        }
    }

    /// Counts a name that is kept.
    fn keep(&mut self, name: &str) -> Result<()> {
        self.names += name.len() + NAME;
        match self.names > MAX_NAMES {
            true => Err(self.too_large("the length of all names", self.names, MAX_NAMES)),
            false => Ok(()),
        }
    }

    fn too_large(&self, what: &'static str, size: usize, limit: usize) -> Error {
        Error::TooLarge { path: self.path.clone(), what, size: size as u64, limit: limit as u64 }
    }
}
