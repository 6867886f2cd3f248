//! k-means (Lloyd 1982) from k-means++ starts (Arthur, Vassilvitskii 2007), with scikit-learn's choices.
//!
//! Own code: linfa-clustering 0.8 measures every item against every centre one by one, where a matrix product serves
//! wide items better, and it is tied to an older ndarray and rand.

use rand::{Rng, RngExt};
use rayon::prelude::*;

use crate::data::Matrix;
use crate::linalg::{BLOCK, products, squared_distance, squared_length};
use crate::stop;

/// How hard to look for centres.
#[derive(Clone, Copy, Debug)]
pub(in crate::method) struct KMeans {
    /// Centres.
    pub(in crate::method) clusters: usize,
    /// Starts; the one with the smallest sum of squared distances wins.
    pub(in crate::method) restarts: usize,
    /// Rounds a start, at most.
    pub(in crate::method) iterations: usize,
}

/// A start ends when its centres move less than this share of the mean variance of a column.
const TOLERANCE: f64 = 1e-4;

/// For each row the nearest centre, and the squared distance to it.
type Nearest = Vec<(usize, f64)>;

impl KMeans {
    /// Centres of `rows`; there must be at least one row a cluster.
    pub(in crate::method) fn centres(&self, rows: &Matrix, mut rng: impl Rng) -> Matrix {
        let variance = variance(rows);
        let mut best: Option<(f64, Matrix)> = None;
        for _ in 0..self.restarts {
            let start = self.start(rows, &mut rng);
            let (spread, centres) = self.refine(rows, start, TOLERANCE * variance);
            if best.as_ref().is_none_or(|(least, _)| spread < *least) {
                best = Some((spread, centres));
            }
        }
        best.map_or(Matrix { cols: rows.cols, values: vec![] }, |(_, centres)| centres)
    }

    /// Greedy k-means++: every centre is the best of a few rows drawn by their squared distance to the centres so far.
    fn start(&self, rows: &Matrix, rng: &mut impl Rng) -> Matrix {
        let trials = 2 + (self.clusters as f64).ln() as usize;
        let first = rng.random_range(0..rows.rows());
        let mut centres = Matrix { cols: rows.cols, values: rows.row(first).to_vec() };
        let mut closest: Vec<f64> =
            nearest(rows, &centres).into_iter().map(|(_, distance)| distance).collect();
        while centres.rows() < self.clusters {
            let drawn: Vec<usize> = draw(&closest, trials, rng);
            let candidates = drawn.iter().flat_map(|&row| rows.row(row)).copied().collect();
            let distances = distances(rows, &Matrix { cols: rows.cols, values: candidates });
            let with = |trial: usize| closest.iter().zip(&distances).map(move |(&c, d)| c.min(d[trial]));
            let spreads = (0..trials).map(|trial| with(trial).sum::<f64>());
            let best = spreads.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(trial, _)| trial);
            closest = with(best).collect();
            centres.values.extend_from_slice(rows.row(drawn[best]));
        }
        centres
    }

    /// Rounds of assigning rows to centres and moving centres to the mean of their rows; the sum of squared distances.
    fn refine(&self, rows: &Matrix, mut centres: Matrix, tolerance: f64) -> (f64, Matrix) {
        let mut assigned = nearest(rows, &centres);
        for _ in 0..self.iterations {
            let moved = means(rows, &assigned, self.clusters);
            let shift: f64 = (0..self.clusters).map(|c| squared_distance(moved.row(c), centres.row(c))).sum();
            centres = moved;
            let last = std::mem::replace(&mut assigned, nearest(rows, &centres));
            let settled = last.iter().zip(&assigned).all(|(a, b)| a.0 == b.0);
            if settled || shift <= tolerance {
                break;
            }
        }
        (assigned.iter().map(|&(_, distance)| distance).sum(), centres)
    }
}

/// The mean of each cluster's rows; an empty cluster gets the row farthest from its centre, the next one the second.
fn means(rows: &Matrix, assigned: &Nearest, clusters: usize) -> Matrix {
    let mut members = vec![vec![]; clusters];
    assigned.iter().enumerate().for_each(|(row, &(cluster, _))| members[cluster].push(row));
    let mut empty: Vec<usize> = (0..clusters).filter(|&cluster| members[cluster].is_empty()).collect();
    if !empty.is_empty() {
        let mut farthest: Vec<usize> = (0..assigned.len()).collect();
        farthest.sort_by(|&a, &b| assigned[b].1.total_cmp(&assigned[a].1));
        for row in farthest {
            // A cluster must not be emptied to fill another.
            if members[assigned[row].0].len() < 2 {
                continue;
            }
            let Some(cluster) = empty.pop() else { break };
            members[assigned[row].0].retain(|&member| member != row);
            members[cluster].push(row);
        }
    }
    let mean = |members: &Vec<usize>| -> Vec<f32> {
        let mut sums = vec![0.0; rows.cols];
        for &member in members {
            sums.iter_mut().zip(rows.row(member)).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        sums.into_iter().map(|sum| (sum / members.len().max(1) as f64) as f32).collect()
    };
    let values: Vec<Vec<f32>> = members.par_iter().map(mean).collect();
    Matrix { cols: rows.cols, values: values.concat() }
}

fn nearest(rows: &Matrix, centres: &Matrix) -> Nearest {
    let nearest =
        |row: Vec<f64>| row.into_iter().enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
    distances(rows, centres).into_iter().map(nearest).collect()
}

/// The squared distance of every row to every centre.
fn distances(rows: &Matrix, centres: &Matrix) -> Vec<Vec<f64>> {
    let lengths: Vec<f64> = (0..centres.rows()).map(|c| squared_length(centres.row(c))).collect();
    let blocks = rows.values.par_chunks(BLOCK * rows.cols).flat_map_iter(|block| {
        stop::check();
        let found = products(block, &centres.values, rows.cols);
        let row = |(row, found): (&[f32], &[f32])| {
            let length = squared_length(row);
            let squared =
                |(&product, other): (&f32, &f64)| (length + other - 2.0 * f64::from(product)).max(0.0);
            found.iter().zip(&lengths).map(squared).collect()
        };
        block.chunks_exact(rows.cols).zip(found.chunks_exact(lengths.len())).map(row).collect::<Vec<_>>()
    });
    blocks.collect()
}

/// `count` rows drawn with chances proportional to `weights`; with equal ones when all are 0.
fn draw(weights: &[f64], count: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut total = 0.0;
    let sums: Vec<f64> = weights
        .iter()
        .map(|weight| {
            total += weight;
            total
        })
        .collect();
    let one = |_| match total > 0.0 {
        true => {
            let at = rng.random::<f64>() * total;
            sums.partition_point(|&sum| sum <= at).min(weights.len() - 1)
        }
        false => rng.random_range(0..weights.len()),
    };
    (0..count).map(one).collect()
}

/// Mean variance of a column.
fn variance(rows: &Matrix) -> f64 {
    let n = rows.rows() as f64;
    let mut sums = vec![(0.0, 0.0); rows.cols];
    for row in rows.values.chunks_exact(rows.cols) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            let value = f64::from(value);
            *sum = (sum.0 + value, sum.1 + value * value);
        }
    }
    sums.iter().map(|(sum, square)| square / n - (sum / n).powi(2)).sum::<f64>() / rows.cols as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// `n` rows around five far points.
    fn islands(n: usize) -> Matrix {
        let wobble = |i: usize| ((i * 7919 % 101) as f32 / 101.0 - 0.5) * 0.2;
        let values =
            (0..n).flat_map(|i| [(i % 5) as f32 * 4.0 + wobble(i), (i % 5 % 2) as f32 * 9.0 + wobble(i + 7)]);
        Matrix { cols: 2, values: values.collect() }
    }

    #[test]
    fn islands_are_found_and_the_seed_repeats() {
        let find = |seed: u64| {
            let plan = KMeans { clusters: 5, restarts: 2, iterations: 300 };
            plan.centres(&islands(300), Seed(seed).stream("test"))
        };
        let centres = find(1);
        for island in 0..5 {
            let middle = [island as f32 * 4.0, (island % 2) as f32 * 9.0];
            assert!(
                (0..5).any(|c| squared_distance(centres.row(c), &middle) < 0.01),
                "{island}: {centres:?}"
            );
        }
        assert_eq!(centres, find(1));
    }

    #[test]
    fn equal_rows_and_a_centre_for_every_row_work() {
        let equal = Matrix { cols: 3, values: vec![2.0; 30] };
        let centres =
            KMeans { clusters: 4, restarts: 1, iterations: 9 }.centres(&equal, Seed(0).stream("test"));
        assert_eq!(centres.values, [2.0; 12]);
        let rows = islands(5);
        let centres =
            KMeans { clusters: 5, restarts: 1, iterations: 9 }.centres(&rows, Seed(0).stream("test"));
        assert!((0..5).all(|i| (0..5).any(|c| squared_distance(centres.row(c), rows.row(i)) < 1e-6)));
    }
}
