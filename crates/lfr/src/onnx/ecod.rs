//! ECOD: the tails of a column are a step function of its value, and a tree finds the step.

use super::ensemble::Ensemble;
use super::graph::{Graph, Type};
use super::input::Rows;
use crate::data::Weights;
use crate::error::Result;
use crate::method::ecod::{EcodConfig, Tails};

/// The tails of all columns, put together.
pub(super) fn score(
    graph: &mut Graph,
    config: &EcodConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (_, kept) = weights.take_u32("kept", &[Some(1)])?;
    let (shape, ends) = weights.take_u32("ends", &[None])?;
    let (_, skews) = weights.take_u8("skews", &[Some(shape[0])])?;
    let (_, values) = weights.take_f32("values", &[None])?;
    let mut trees = Ensemble::new(if config.tails == Tails::EachColumn { 1 } else { 3 });
    let starts = [0].into_iter().chain(ends.iter().map(|&end| end as usize));
    for (column, ((start, &end), skew)) in starts.zip(&ends).zip(skews).enumerate() {
        let sums = |(lower, upper): (f64, f64)| match config.tails {
            Tails::EachColumn => vec![lower.max(upper)],
            // The skew is stored as 0, 1 or 2 for below, at or above the bulk.
            Tails::WholeItem => vec![lower, upper, if skew == 0 { lower } else { upper }],
        };
        let (cuts, steps) = tails(&values[start..end as usize], kept[0] as usize);
        trees.steps(column, &cuts, &steps.into_iter().map(sums).collect::<Vec<_>>());
    }
    let x = graph.cast(&rows.name, Type::F64);
    let sums = trees.of(graph, &x);
    Ok(graph.reduce("ReduceMax", &sums, &[1], false))
}

/// The two tails below, at and above every value of a column that `kept` values make up, those not given being 0: where
/// each step ends, and the steps.
fn tails(values: &[f32], kept: usize) -> (Vec<f64>, Vec<(f64, f64)>) {
    let zeros = kept - values.len();
    let below = values.partition_point(|&value| value < 0.0);
    let sorted = values[..below].iter().copied().chain(std::iter::repeat_n(0.0, zeros));
    let sorted: Vec<f32> = sorted.chain(values[below..].iter().copied()).collect();
    let tail = |count: usize| match count {
        0 => ((kept + 1) as f64).ln(),
        count => (kept as f64 / count as f64).ln(),
    };
    let (mut cuts, mut steps) = (vec![], vec![(tail(0), tail(kept))]);
    let mut smaller = 0;
    for equal in sorted.chunk_by(|a, b| a == b) {
        let up_to = smaller + equal.len();
        // Values below this one are those up to the next smaller float.
        cuts.extend([f64::from(equal[0].next_down()), f64::from(equal[0])]);
        steps.extend([(tail(up_to), tail(kept - smaller)), (tail(up_to), tail(kept - up_to))]);
        smaller = up_to;
    }
    (cuts, steps)
}

#[cfg(test)]
mod tests {
    use super::tails;

    #[test]
    fn steps_lie_below_at_and_above_each_value() {
        let (cuts, steps) = tails(&[-1.0, 3.0], 4);
        assert_eq!(cuts.len(), 6);
        assert!(cuts.is_sorted_by(|a, b| a < b) && cuts[1] == -1.0 && cuts[3] == 0.0 && cuts[5] == 3.0);
        let shares = |steps: &[(f64, f64)]| -> Vec<(f64, f64)> {
            steps.iter().map(|(lower, upper)| ((-lower).exp() * 4.0, (-upper).exp() * 4.0)).collect()
        };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let expected = [(0.8, 4.0), (1.0, 4.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0), (4.0, 1.0), (4.0, 0.8)];
        let found = shares(&steps);
        assert!(found.iter().zip(expected).all(|(a, b)| near(a.0, b.0) && near(a.1, b.1)), "{found:?}");
    }
}
