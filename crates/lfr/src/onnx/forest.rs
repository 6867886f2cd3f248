//! Isolation forests.

use super::ensemble::Ensemble;
use super::graph::{Graph, Type};
use super::input::Rows;
use super::scaling::scaled;
use crate::data::Weights;
use crate::error::Result;
use crate::method::forest::mean_depth;
use crate::method::isolation_forest::IsolationForestConfig;

/// 2^(-E\[h\] / c).
pub(super) fn score(
    graph: &mut Graph,
    config: &IsolationForestConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (_, size) = weights.take_u32("size", &[Some(2)])?;
    let (_, roots) = weights.take_u32("roots", &[None])?;
    let (_, column) = weights.take_u32("column", &[None])?;
    let (_, value) = weights.take_f32("value", &[None])?;
    let (_, upper) = weights.take_u32("upper", &[None])?;
    let mut trees = Ensemble::new(1);
    let ends = roots.iter().skip(1).map(|&root| root as usize).chain([upper.len()]);
    for (&root, end) in roots.iter().zip(ends) {
        trees.begin();
        let root = root as usize;
        for node in root..end {
            match upper[node] as usize {
                0 => trees.leaf(node - root, &[f64::from(value[node])]),
                above => {
                    let cut = f64::from(value[node]);
                    trees.cut(node - root, column[node] as usize, cut, node + 1 - root, above - root);
                }
            }
        }
    }
    let x = scaled(graph, &rows.name, config.scaling);
    let x = graph.cast(&x, Type::F64);
    let depth = trees.of(graph, &x);
    let depth = graph.reshape(&depth, &[-1]);
    let depth = graph.cast(&depth, Type::F64);
    let scale = graph.f64(-1.0 / (roots.len() as f64 * mean_depth(size[1] as usize)));
    let power = graph.op("Mul", &[&depth, &scale]);
    let two = graph.f64(2.0);
    let score = graph.op("Pow", &[&two, &power]);
    Ok(graph.cast(&score, Type::F32))
}
