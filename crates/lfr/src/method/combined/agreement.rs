//! How far several rankings of the same items agree.

/// The mean of Spearman's rank correlation over all pairs of `scores`, each of one detector, in \[-1, 1\]. `None` with fewer
/// than two of them that tell items apart.
pub(in crate::method) fn agreement(scores: &[Vec<f32>]) -> Option<f32> {
    let ranks: Vec<Vec<f64>> = scores.iter().filter_map(|scores| standardised_ranks(scores)).collect();
    let pairs = ranks.iter().enumerate().flat_map(|(i, a)| ranks[..i].iter().map(move |b| (a, b)));
    let correlations: Vec<f64> =
        pairs.map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()).collect();
    let count = correlations.len();
    (count > 0).then(|| (correlations.iter().sum::<f64>() / count as f64) as f32)
}

/// The ranks of `scores`, equal ones sharing their mean rank, less their mean and at unit length; `None` when all are equal.
fn standardised_ranks(scores: &[f32]) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let middle = (scores.len() as f64 - 1.0) / 2.0;
    let mut ranks = vec![0.0; scores.len()];
    let mut first = 0;
    for run in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let mean = first as f64 + (run.len() as f64 - 1.0) / 2.0;
        run.iter().for_each(|&i| ranks[i] = mean - middle);
        first += run.len();
    }
    let length = ranks.iter().map(|rank| rank * rank).sum::<f64>().sqrt();
    ranks.iter_mut().for_each(|rank| *rank /= length);
    (length > 0.0).then_some(ranks)
}

#[cfg(test)]
mod tests {
    use super::*;

    // from scipy.stats import spearmanr; a = [1, 2, 2, 5, 4, 0]; b = [3, 1, 4, 1, 5, 9]; c = [0, 0, 0, 1, 1, 1]
    // print((spearmanr(a, b)[0] + spearmanr(a, c)[0] + spearmanr(b, c)[0]) / 3)
    #[test]
    fn agrees_with_scipy() {
        let a = vec![1.0, 2.0, 2.0, 5.0, 4.0, 0.0];
        let b = vec![3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
        let c = vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        let found = agreement(&[a.clone(), b, c]).unwrap();
        assert!((found - 0.06926972).abs() < 1e-6, "{found}");
        let opposite = a.iter().map(|score| -score).collect();
        assert!((agreement(&[a.clone(), opposite]).unwrap() + 1.0).abs() < 1e-6);
        assert_eq!(agreement(&[a, vec![7.0; 6]]), None, "one that tells nothing apart has no ranking");
    }
}
