//! The trees of an isolation forest: how they grow and how they are walked.

use rand::{Rng, RngExt};

use crate::data::Features;
use crate::error::Result;
use crate::method::detector::bad_array;

/// Nodes of trees, parents before children. The lower child of node i is i + 1.
#[derive(Default)]
pub(in crate::method) struct Nodes {
    /// Column of the cut.
    pub(in crate::method) column: Vec<u32>,
    /// Items not above this go to the lower child; in a leaf, the depth of the items that end there.
    pub(in crate::method) value: Vec<f32>,
    /// The upper child; 0 in a leaf.
    pub(in crate::method) upper: Vec<u32>,
}

impl Nodes {
    fn push(&mut self, column: u32, value: f32) -> usize {
        self.column.push(column);
        self.value.push(value);
        self.upper.push(0);
        self.upper.len() - 1
    }

    /// Adds a tree; its root's index, or `None` when the indices would outgrow 32 bits.
    pub(in crate::method) fn append(&mut self, tree: Self) -> Option<u32> {
        let end = u32::try_from(self.upper.len() + tree.upper.len()).ok()?;
        let root = end - tree.upper.len() as u32;
        self.column.extend(tree.column);
        self.value.extend(tree.value);
        self.upper.extend(tree.upper.iter().map(|&upper| if upper == 0 { 0 } else { upper + root }));
        Some(root)
    }

    /// Checks that every path from `roots` leads to a leaf of its own tree, by cuts of columns below `width`: children
    /// come after their parents and before the next tree.
    pub(in crate::method) fn check(&self, roots: &[u32], width: usize) -> Result<()> {
        let ends = roots.iter().skip(1).map(|&root| root as usize).chain([self.upper.len()]);
        let mut start = 0;
        for (&root, end) in roots.iter().zip(ends) {
            if root as usize != start || end <= start || end > self.upper.len() {
                return Err(bad_array("the trees", "one after the other", format!("one at node {root}")));
            }
            let sound = |node: usize| match self.upper[node] as usize {
                0 => self.value[node] >= 0.0,
                upper => (node + 2..end).contains(&upper) && (self.column[node] as usize) < width,
            };
            if let Some(node) = (start..end).find(|&node| !sound(node)) {
                return Err(bad_array(
                    "the trees",
                    "children, columns and depths that exist",
                    format!("node {node}"),
                ));
            }
            start = end;
        }
        Ok(())
    }

    /// Depth of `row` in the tree at `root`.
    pub(in crate::method) fn depth(&self, row: &[f32], root: usize) -> f32 {
        let mut node = root;
        while self.upper[node] != 0 {
            let below = row[self.column[node] as usize] <= self.value[node];
            node = if below { node + 1 } else { self.upper[node] as usize };
        }
        self.value[node]
    }
}

/// The items a tree is grown on, without the columns that are 0 for all of them.
pub(in crate::method) struct Sample {
    columns: Vec<u32>,
    values: Vec<f32>,
    items: usize,
    height: usize,
}

/// A column in which items differ.
struct Span {
    column: u32,
    low: f32,
    high: f32,
    /// All such columns, when they are known.
    varying: Option<Vec<u32>>,
}

/// Columns drawn before all are looked at.
const DRAWS: usize = 8;

impl Sample {
    pub(in crate::method) fn new(x: &Features, items: &[usize]) -> Self {
        let columns: Vec<u32> = match x {
            Features::Sparse(x) => {
                let mut columns: Vec<u32> = items.iter().flat_map(|&i| x.row(i).0).copied().collect();
                columns.sort_unstable();
                columns.dedup();
                columns
            }
            _ => (0..x.width() as u32).collect(),
        };
        let mut row = vec![0.0; x.width()];
        let mut values = Vec::with_capacity(items.len() * columns.len());
        for &i in items {
            x.row_into(i, &mut row);
            values.extend(columns.iter().map(|&column| row[column as usize]));
        }
        let height = items.len().next_power_of_two().trailing_zeros() as usize;
        Self { columns, values, items: items.len(), height }
    }

    pub(in crate::method) fn grow(&self, mut rng: impl Rng) -> Nodes {
        let mut nodes = Nodes::default();
        let mut items: Vec<u32> = (0..self.items as u32).collect();
        // Without the constant columns, which a sparse layout may not even list, the draws are those of any layout.
        let varying = self.varying(&items, &(0..self.columns.len() as u32).collect::<Vec<_>>());
        self.node(&mut nodes, &mut items, &varying, 0, &mut rng);
        nodes
    }

    /// Grows the subtree of `items`, whose values differ at most in `columns`.
    fn node(&self, nodes: &mut Nodes, items: &mut [u32], columns: &[u32], depth: usize, rng: &mut impl Rng) {
        let end = depth >= self.height || items.len() < 2;
        let span = if end { None } else { self.draw(items, columns, rng) };
        let Some(Span { column, low, high, varying }) = span else {
            nodes.push(0, (depth as f64 + mean_depth(items.len())) as f32);
            return;
        };
        let cut = f64::from(low) + rng.random::<f64>() * (f64::from(high) - f64::from(low));
        let cut = if (cut as f32) < high { cut as f32 } else { low };
        let node = nodes.push(self.columns[column as usize], cut);
        items.sort_unstable_by_key(|&item| self.value(item, column) > cut);
        let (lower, upper) =
            items.split_at_mut(items.partition_point(|&item| self.value(item, column) <= cut));
        let columns = varying.as_deref().unwrap_or(columns);
        self.node(nodes, lower, columns, depth + 1, rng);
        nodes.upper[node] = nodes.upper.len() as u32;
        self.node(nodes, upper, columns, depth + 1, rng);
    }

    /// A random one of those of `columns` in which `items` differ, if any.
    fn draw(&self, items: &[u32], columns: &[u32], rng: &mut impl Rng) -> Option<Span> {
        if columns.is_empty() {
            return None;
        }
        // Mostly a few draws hit one, which saves looking at all columns.
        for _ in 0..DRAWS {
            let column = columns[rng.random_range(0..columns.len())];
            let (low, high) = self.range(items, column);
            if low < high {
                return Some(Span { column, low, high, varying: None });
            }
        }
        let varying = self.varying(items, columns);
        let column = *varying.get(rng.random_range(0..varying.len().max(1)))?;
        let (low, high) = self.range(items, column);
        Some(Span { column, low, high, varying: Some(varying) })
    }

    /// Those of `columns` in which `items` differ; row by row, as the values lie in memory.
    fn varying(&self, items: &[u32], columns: &[u32]) -> Vec<u32> {
        let Some((&first, others)) = items.split_first() else { return Vec::new() };
        let mut varies = vec![false; columns.len()];
        for &item in others {
            for (varies, &column) in varies.iter_mut().zip(columns) {
                *varies |= self.value(item, column) != self.value(first, column);
            }
        }
        columns.iter().zip(varies).filter(|(_, varies)| *varies).map(|(&column, _)| column).collect()
    }

    /// The smallest and the largest value of `items` in a column.
    fn range(&self, items: &[u32], column: u32) -> (f32, f32) {
        let values = items.iter().map(|&item| self.value(item, column));
        values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    }

    fn value(&self, item: u32, column: u32) -> f32 {
        self.values[item as usize * self.columns.len() + column as usize]
    }
}

/// c(n), the mean depth of a random tree of n items.
pub(in crate::method) fn mean_depth(items: usize) -> f64 {
    let n = items as f64;
    match items {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => 2.0 * ((n - 1.0).ln() + std::f64::consts::EULER_GAMMA) - 2.0 * (n - 1.0) / n,
    }
}
