//! The typical items nearest to the outliers, which explain why an item stands out of the features of an encoder.

use rayon::prelude::*;

use crate::data::Matrix;
use crate::ranking::Ranking;

/// Outliers that are explained.
const EXPLAINED: usize = 200;

/// Typical items beside each.
const BESIDE: usize = 3;

/// For each of the most anomalous items the most similar ones, by the cosine, among the half with the smaller scores.
/// `rows` have unit length; items whose features are NaN have none.
pub(crate) fn nearest(rows: &Matrix, scores: &[f32]) -> Vec<(usize, Vec<usize>)> {
    let ranking = Ranking::of(scores);
    let order = ranking.order();
    let has_features = |&&i: &&usize| !rows.row(i)[0].is_nan();
    let typical: Vec<usize> = order[order.len() / 2..].iter().filter(has_features).copied().collect();
    let top: Vec<usize> =
        order[..order.len() / 2].iter().take(EXPLAINED).filter(has_features).copied().collect();
    let cosine = |a: usize, b: usize| rows.row(a).iter().zip(rows.row(b)).map(|(a, b)| a * b).sum::<f32>();
    let beside = |&item: &usize| {
        let mut near: Vec<(f32, usize)> = typical.iter().map(|&other| (cosine(item, other), other)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        (item, near.into_iter().take(BESIDE).map(|(_, other)| other).collect())
    };
    top.par_iter().map(beside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_has_the_most_similar_of_the_typical_beside_it() {
        let angle = |a: f32| [a.cos(), a.sin()];
        let values: Vec<f32> = [0.9, 0.0, 0.1, 0.2, 0.3, 0.4].into_iter().flat_map(angle).collect();
        let mut rows = Matrix { cols: 2, values };
        let scores = [9.0, 1.0, 1.0, 0.5, 8.0, 7.0];
        assert_eq!(nearest(&rows, &scores)[0], (0, vec![3, 2, 1]));
        rows.values[..2].fill(f32::NAN);
        assert_eq!(nearest(&rows, &scores)[0].0, 4, "an item without features has no neighbours");
    }
}
