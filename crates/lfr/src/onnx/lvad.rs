//! LVAD: the odds of a cluster are a step function of the distance to its centre, and a tree finds the step.

use super::ensemble::Ensemble;
use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use super::scaling::instance;
use crate::data::Weights;
use crate::error::Result;

/// Minus the mean of the clusters' odds, weighted by their shares.
pub(super) fn score(graph: &mut Graph, rows: &Rows, weights: &mut Weights) -> Result<String> {
    let (shape, centres) = weights.take_f32("centres", &[None, None])?;
    let (inner_shape, inner) = weights.take_f64("inner", &[Some(shape[0]), None])?;
    let (_, outer) = weights.take_f64("outer", &[Some(shape[0]), Some(inner_shape[1])])?;
    let (_, odds) = weights.take_f64("odds", &[Some(shape[0]), Some(2)])?;
    let x = instance(graph, &rows.name);
    let x = graph.cast(&x, Type::F64);
    if shape[0] == 0 {
        let zero = graph.f64(0.0);
        let zeros = graph.op("Mul", &[&x, &zero]);
        let zeros = graph.reduce("ReduceSum", &zeros, &[1], false);
        return Ok(graph.cast(&zeros, Type::F32));
    }
    let squares = distances(graph, &x, &shape, &centres);
    let shares: f64 = odds.chunks_exact(2).map(|odds| odds[0]).sum();
    let tables = inner.chunks_exact(inner_shape[1]).zip(outer.chunks_exact(inner_shape[1]));
    let mut trees = Ensemble::new(1);
    for (cluster, ((inner, outer), odds)) in tables.zip(odds.chunks_exact(2)).enumerate() {
        let (share, rho) = (odds[0], odds[1]);
        let odds = |u: f64, v: f64| (1e-9 + u) / (rho * v + u + 1e-9);
        let (cuts, steps) = both(&ranks(inner), &ranks(outer));
        let steps: Vec<Vec<f64>> =
            steps.into_iter().map(|(u, v)| vec![-share / shares * odds(u, v)]).collect();
        trees.steps(cluster, &cuts, &steps);
    }
    let score = trees.of(graph, &squares);
    Ok(graph.reshape(&score, &[-1]))
}

/// Squared distances of `x`, `[n, width]` of 64-bit floats, to the centres.
fn distances(graph: &mut Graph, x: &str, shape: &[usize], centres: &[f32]) -> String {
    let centres = graph.f32s(shape, centres);
    let centres = graph.cast(&centres, Type::F64);
    let own = graph.reduce("ReduceSumSquare", x, &[1], true);
    let theirs = graph.reduce("ReduceSumSquare", &centres, &[1], false);
    let across = graph.with("Transpose", &[&centres], vec![("perm", Attribute::Ints(vec![1, 0]))]);
    let products = graph.op("MatMul", &[x, &across]);
    let two = graph.f64(2.0);
    let products = graph.op("Mul", &[&products, &two]);
    let lengths = graph.op("Add", &[&own, &theirs]);
    graph.op("Sub", &[&lengths, &products])
}

/// The first place, as a share, of the number nearest to a value in an ascending table: where each step ends, and the
/// steps.
fn ranks(table: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut cuts, mut steps) = (vec![], vec![]);
    let mut first = 0;
    let mut last = None;
    for equal in table.chunk_by(|a, b| a == b) {
        cuts.extend(last.map(|last: f64| last + (equal[0] - last) / 2.0));
        steps.push(first as f64 / table.len() as f64);
        first += equal.len();
        last = Some(equal[0]);
    }
    (cuts, steps)
}

/// Two step functions as one of pairs.
fn both(a: &(Vec<f64>, Vec<f64>), b: &(Vec<f64>, Vec<f64>)) -> (Vec<f64>, Vec<(f64, f64)>) {
    let mut cuts = [a.0.as_slice(), &b.0].concat();
    cuts.sort_unstable_by(f64::total_cmp);
    cuts.dedup();
    let at =
        |(cuts, steps): &(Vec<f64>, Vec<f64>), value: f64| steps[cuts.partition_point(|&cut| cut < value)];
    let ends = cuts.iter().copied().chain([f64::INFINITY]);
    let steps = ends.map(|end| (at(a, end), at(b, end))).collect();
    (cuts, steps)
}

#[cfg(test)]
mod tests {
    use super::{both, ranks};

    #[test]
    fn steps_are_the_ranks_of_the_nearest() {
        let (cuts, steps) = ranks(&[1.0, 2.0, 2.0, 4.0]);
        assert_eq!((cuts, steps), (vec![1.5, 3.0], vec![0.0, 0.25, 0.75]));
    }

    #[test]
    fn two_step_functions_are_one_of_pairs() {
        let (cuts, steps) =
            both(&(vec![1.0, 2.0], vec![0.0, 0.1, 0.2]), &(vec![2.0, 3.0], vec![5.0, 6.0, 7.0]));
        assert_eq!(cuts, [1.0, 2.0, 3.0]);
        assert_eq!(steps, [(0.0, 5.0), (0.1, 5.0), (0.2, 6.0), (0.2, 7.0)]);
    }
}
