//! The nearest items by Euclidean distance, exactly, by looking at all of them.
//!
//! [`Panels`] searches dense rows, [`Inverted`] sparse ones.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::linalg::by_block;
use crate::method::detector::{bad_array, expect_width};
use crate::method::neighbours::dense::Panels;
use crate::method::neighbours::sparse::Inverted;
use crate::method::reference::Reference;
use crate::seed::Seed;
use crate::stop;

/// An item of the reference set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::method) struct Neighbour {
    /// Euclidean distance.
    pub(in crate::method) distance: f64,
    /// Which one.
    pub(in crate::method) item: usize,
}

/// Whether the items asked about are those of the fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::method) enum Asked {
    /// The items of the fit in their order; none is its own neighbour.
    Fitted,
    /// The items kept from the fit, in their order; none is its own neighbour.
    Kept,
    /// Any items.
    Any,
}

/// Checks the settings of a neighbour method.
pub(in crate::method) fn check(neighbours: usize, max_reference: usize) -> Result<()> {
    if !(1..=10_000).contains(&neighbours) {
        return Err(Error::config("neighbours", neighbours, "must lie between 1 and 10000"));
    }
    if !(2..=1_000_000).contains(&max_reference) {
        return Err(Error::config("max_reference", max_reference, "must lie between 2 and 1000000"));
    }
    Ok(())
}

/// Finds neighbours among the items kept from the fit.
pub(in crate::method) struct Neighbours {
    reference: Reference,
    search: Search,
}

enum Search {
    Dense(Panels),
    Sparse(Inverted),
}

impl Neighbours {
    /// Keeps at most `limit` items of `x`.
    pub(in crate::method) fn fit(x: &Features, limit: usize, seed: Seed) -> Result<Self> {
        Ok(Self::new(Reference::choose(x, limit, seed)?))
    }

    pub(in crate::method) fn load(limit: usize, weights: &mut Weights) -> Result<Self> {
        Ok(Self::new(Reference::load(limit, weights)?))
    }

    pub(in crate::method) fn store(&self, weights: &mut Weights) {
        self.reference.store(weights);
    }

    fn new(reference: Reference) -> Self {
        let search = match &reference.items {
            Features::Sparse(x) => Search::Sparse(Inverted::new(x)),
            x => Search::Dense(Panels::new(x)),
        };
        Self { reference, search }
    }

    /// The items kept from the fit.
    pub(in crate::method) fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Calls `each` with the `k` nearest of the items kept (all but one when there are fewer) of every item of `x`,
    /// nearest first.
    pub(in crate::method) fn map<T: Send>(
        &self,
        x: &Features,
        k: usize,
        asked: Asked,
        each: impl Fn(&[Neighbour]) -> T + Sync,
    ) -> Result<Vec<T>> {
        let kept = &self.reference.items;
        expect_width(x, kept.width())?;
        let k = k.min(kept.len() - 1);
        let own = |i: usize| match asked {
            Asked::Fitted => self.reference.at(i),
            Asked::Kept => Some(i),
            Asked::Any => None,
        };
        match (&self.search, x) {
            (Search::Dense(panels), x) => Ok(by_block(x, |items, rows| {
                let owns: Vec<Option<usize>> = items.map(own).collect();
                panels.nearest(kept, &rows, &owns, k).iter().map(|found| each(found)).collect()
            })),
            (Search::Sparse(lists), Features::Sparse(x)) => {
                let nearest = |i| {
                    stop::check();
                    each(&lists.nearest(x.row(i), k, own(i)))
                };
                Ok((0..x.rows()).into_par_iter().map(nearest).collect())
            }
            (Search::Sparse(_), _) => Err(bad_array("layout of the items", "sparse rows", "dense rows")),
        }
    }
}

impl From<(f64, usize)> for Neighbour {
    /// From a squared distance and an item.
    fn from((squared, item): (f64, usize)) -> Self {
        Self { distance: squared.sqrt(), item }
    }
}

/// By distance, then by item.
pub(in crate::method) fn order(a: &(f64, usize), b: &(f64, usize)) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Csr, Matrix};
    use crate::linalg::squared_distance;
    use proptest::prelude::*;

    fn found(neighbours: &Neighbours, x: &Features, k: usize, asked: Asked) -> Vec<Vec<Neighbour>> {
        neighbours.map(x, k, asked, <[Neighbour]>::to_vec).unwrap()
    }

    fn sparse(rows: &Matrix) -> Features {
        let mut x = Csr { cols: rows.cols, offsets: vec![0], indices: vec![], values: vec![] };
        for i in 0..rows.rows() {
            for (column, &value) in rows.row(i).iter().enumerate().filter(|(_, value)| **value != 0.0) {
                x.indices.push(column as u32);
                x.values.push(value);
            }
            x.offsets.push(x.values.len());
        }
        Features::Sparse(x)
    }

    proptest! {
        #[test]
        fn the_nearest_are_found_whatever_the_layout(
            values in prop::collection::vec((0_i32..6, 0_i32..1000), 9..400),
            k in 1_usize..7,
            offset in prop::sample::select(vec![0.0_f32, 1e4]),
        ) {
            // Coarse values make ties and duplicates, fine ones near ties.
            let values: Vec<f32> = values.iter()
                .map(|&(coarse, fine)| if coarse < 3 { 0.0 } else { offset + coarse as f32 + fine as f32 * 1e-6 })
                .collect();
            let rows = Matrix { cols: 3, values: values[..values.len() / 3 * 3].to_vec() };
            let dense = Features::Dense(rows.clone());
            let neighbours = Neighbours::fit(&dense, 1000, Seed(0)).unwrap();
            let all = found(&neighbours, &dense, k, Asked::Fitted);
            for (i, found) in all.iter().enumerate() {
                let mut expected: Vec<(f64, usize)> = (0..rows.rows())
                    .filter(|&j| j != i)
                    .map(|j| (squared_distance(rows.row(i), rows.row(j)), j))
                    .collect();
                expected.sort_unstable_by(order);
                let expected: Vec<f64> = expected.iter().take(k).map(|e| e.0.sqrt()).collect();
                prop_assert_eq!(found.iter().map(|n| n.distance).collect::<Vec<_>>(), expected);
                let alone = found_one(&neighbours, &dense, i, k);
                prop_assert_eq!(alone[0].distance, 0.0);
            }
            let sparse = sparse(&rows);
            let others = found(&Neighbours::fit(&sparse, 1000, Seed(0)).unwrap(), &sparse, k, Asked::Fitted);
            for (dense, sparse) in all.iter().flatten().zip(others.iter().flatten()) {
                prop_assert!((dense.distance - sparse.distance).abs() <= 1e-3 + 1e-6 * f64::from(offset));
            }
        }
    }

    fn found_one(neighbours: &Neighbours, x: &Features, i: usize, k: usize) -> Vec<Neighbour> {
        found(neighbours, &x.slice(i..i + 1), k, Asked::Any).remove(0)
    }

    #[test]
    fn the_company_does_not_matter() {
        let value = |i: usize| ((i * 7919 % 1009) as f32 * 0.37).sin();
        let x = Features::Dense(Matrix { cols: 40, values: (0..40 * 700).map(value).collect() });
        let neighbours = Neighbours::fit(&x, 600, Seed(0)).unwrap();
        let together = found(&neighbours, &x, 5, Asked::Any);
        for i in [0, 1, 127, 128, 500, 699] {
            assert_eq!(found_one(&neighbours, &x, i, 5), together[i]);
        }
    }

    #[test]
    fn numbers_beyond_32_bits_do_no_harm() {
        let x =
            Features::Dense(Matrix { cols: 2, values: vec![3e38, -3e38, -3e38, 3e38, 0.0, 1.0, 0.0, 2.0] });
        let neighbours = Neighbours::fit(&x, 9, Seed(0)).unwrap();
        let all = found(&neighbours, &x, 9, Asked::Fitted);
        assert!(all.iter().all(|found| found.len() == 3 && found.iter().all(|n| n.distance.is_finite())));
        assert_eq!((all[2][0].item, all[2][0].distance), (3, 1.0));
    }
}
