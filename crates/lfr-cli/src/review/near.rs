//! How far items are apart in the features that the model computes.

use lfr::data::{Features, Items};
use lfr::score::Model;
use rayon::prelude::*;

/// The features of all items.
pub struct Near {
    features: Features,
}

impl Near {
    /// Computes the features of a pile.
    ///
    /// # Errors
    /// [`lfr::Error::Mismatch`] when the items do not fit the model.
    pub fn of(model: &Model, items: &[Items]) -> lfr::Result<Self> {
        let parts = items.iter().map(|items| model.features(items)).collect::<lfr::Result<Vec<_>>>()?;
        Ok(Self { features: Features::concat(parts)? })
    }

    /// What [`Near::distance`] measures, in words.
    pub fn measure(&self) -> &'static str {
        match self.features {
            Features::Images(_) => "the Euclidean distance of the pixels that the model sees",
            Features::Dense(_) => "the Euclidean distance of the encoded columns",
            Features::Sparse(_) => "the cosine of the words' weights",
        }
    }

    /// How far two items are apart: Euclid for pictures and rows, one less the cosine for documents. Infinite from
    /// and to items without features.
    pub fn distance(&self, a: usize, b: usize) -> f32 {
        let apart = match &self.features {
            Features::Images(images) => {
                let squares = images.image(a).iter().zip(images.image(b)).map(|(&a, &b)| {
                    let apart = u32::from(a.abs_diff(b));
                    apart * apart
                });
                squares.map(u64::from).sum::<u64>() as f32
            }
            Features::Dense(rows) => {
                rows.row(a).iter().zip(rows.row(b)).map(|(a, b)| (a - b) * (a - b)).sum()
            }
            Features::Sparse(rows) => return 1.0 - cosine(rows.row(a), rows.row(b)),
        };
        if apart.is_nan() { f32::INFINITY } else { apart.sqrt() }
    }

    /// The `n` items nearest to `item`, nearest first, without itself.
    pub fn nearest(&self, item: usize, n: usize) -> Vec<usize> {
        let others = (0..self.features.len()).into_par_iter().filter(|&other| other != item);
        let mut others: Vec<(f32, usize)> = others.map(|other| (self.distance(item, other), other)).collect();
        let n = n.min(others.len());
        if n == 0 {
            return Vec::new();
        }
        let order = |a: &(f32, usize), b: &(f32, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        others.select_nth_unstable_by(n - 1, order);
        others.truncate(n);
        others.sort_unstable_by(order);
        others.into_iter().map(|(_, other)| other).collect()
    }
}

/// The cosine of two sparse rows; 0 with one that is empty.
fn cosine((columns, values): (&[u32], &[f32]), (others, other_values): (&[u32], &[f32])) -> f32 {
    let norm = |values: &[f32]| values.iter().map(|v| v * v).sum::<f32>().sqrt();
    let (mut dot, mut at) = (0.0, 0);
    for (column, value) in columns.iter().zip(values) {
        while others.get(at).is_some_and(|other| other < column) {
            at += 1;
        }
        if others.get(at) == Some(column) {
            dot += value * other_values[at];
        }
    }
    let norms = norm(values) * norm(other_values);
    if norms > 0.0 { dot / norms } else { 0.0 }
}

#[cfg(test)]
pub(super) mod tests {
    use lfr::data::{Csr, Images, Matrix};

    use super::*;

    /// Rows of one number each.
    pub fn line(values: &[f32]) -> Near {
        Near { features: Features::Dense(Matrix { cols: 1, values: values.to_vec() }) }
    }

    #[test]
    fn the_nearest_come_first() {
        let near = line(&[0.0, 5.0, 1.0, -1.0, 9.0]);
        assert_eq!(near.nearest(0, 3), [2, 3, 1]);
        assert_eq!(near.nearest(0, 99).len(), 4);
        assert!(near.nearest(0, 0).is_empty() && line(&[1.0]).nearest(0, 5).is_empty());
        assert_eq!(line(&[0.0, f32::NAN]).distance(0, 1), f32::INFINITY);
    }

    #[test]
    fn pictures_and_documents_have_distances_of_their_own() {
        let images = Images { channels: 1, side: 2, pixels: vec![0, 0, 0, 0, 255, 0, 0, 0] };
        assert_eq!(Near { features: Features::Images(images) }.distance(0, 1), 255.0);
        let rows =
            Csr { cols: 3, offsets: vec![0, 2, 3, 3], indices: vec![0, 2, 2], values: vec![3.0, 4.0, 2.0] };
        let near = Near { features: Features::Sparse(rows) };
        assert!((near.distance(0, 1) - 0.2).abs() < 1e-6);
        assert_eq!((near.distance(0, 0), near.distance(0, 2)), (0.0, 1.0));
    }
}
