//! The nearest sparse items, by lists of the items that have a value in each column.

use crate::data::Csr;
use crate::linalg::squared_length;
use crate::method::neighbours::nearest::{Neighbour, order};

/// Sparse items by column. Inner products are summed in 64 bits and in the order of the columns, as the lengths are, so
/// that copies are at distance 0 exactly.
pub(in crate::method) struct Inverted {
    /// For every column the items with a value in it, and the value.
    users: Vec<Vec<(u32, f32)>>,
    /// Squared length of each item.
    lengths: Vec<f64>,
}

impl Inverted {
    pub(in crate::method) fn new(x: &Csr) -> Self {
        let mut users = vec![vec![]; x.cols];
        for i in 0..x.rows() {
            let (columns, values) = x.row(i);
            let pairs = columns.iter().zip(values);
            pairs.for_each(|(&column, &value)| users[column as usize].push((i as u32, value)));
        }
        Self { users, lengths: (0..x.rows()).map(|i| squared_length(x.row(i).1)).collect() }
    }

    /// The `k` nearest items (there must be as many) of a row, but for `own`.
    pub(in crate::method) fn nearest(
        &self,
        row: (&[u32], &[f32]),
        k: usize,
        own: Option<usize>,
    ) -> Vec<Neighbour> {
        let mut products = vec![0.0; self.lengths.len()];
        for (&column, &value) in row.0.iter().zip(row.1) {
            for &(item, other) in &self.users[column as usize] {
                products[item as usize] += f64::from(value) * f64::from(other);
            }
        }
        let length = squared_length(row.1);
        let squared = |item: usize| (length + self.lengths[item] - 2.0 * products[item]).max(0.0);
        let others = (0..products.len()).filter(|&item| Some(item) != own);
        let mut found: Vec<(f64, usize)> = others.map(|item| (squared(item), item)).collect();
        found.select_nth_unstable_by(k - 1, order);
        found.truncate(k);
        found.sort_unstable_by(order);
        found.into_iter().map(Neighbour::from).collect()
    }
}
