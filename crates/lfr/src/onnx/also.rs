//! ALSO: how far columns are from what all others predict for them.

use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use crate::data::Weights;
use crate::error::Result;
use crate::method::also::{AlsoConfig, Errors, KNEE};

/// The errors of all groups of features, put together.
pub(super) fn score(
    graph: &mut Graph,
    config: &AlsoConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (shape, mean) = weights.take_f64("mean", &[None])?;
    let (_, features) = weights.take_u32("features", &[Some(shape[0])])?;
    let (groups, sizes) = weights.take_u32("groups", &[None])?;
    let (_, scales) = weights.take_f64("scales", &[Some(groups[0])])?;
    let (_, blocks) = weights.take_u32("blocks", &[None])?;
    let (_, matrices) = weights.take_f64("matrices", &[None])?;
    let x = graph.cast(&rows.name, Type::F64);
    let mean = graph.f64s(&[1, shape[0]], &mean);
    let x = graph.op("Sub", &[&x, &mean]);
    let (mut features, mut sizes, mut matrices) = (&features[..], &sizes[..], &matrices[..]);
    let mut errors = Vec::new();
    for groups in blocks {
        let (own, rest) = sizes.split_at(groups as usize);
        let width: usize = own.iter().map(|&size| size as usize).sum();
        let (places, others) = features.split_at(width);
        let (matrix, left) = matrices.split_at(width * width);
        (sizes, features, matrices) = (rest, others, left);
        errors.push(block(graph, &x, places, own, matrix));
    }
    let errors = graph.concat(&errors, 1);
    let scales = graph.f64s(&[1, scales.len()], &scales);
    let errors = graph.op("Div", &[&errors, &scales]);
    let score = together(graph, &errors, config.errors);
    let score = slowed(graph, &score);
    Ok(graph.cast(&score, Type::F32))
}

/// Sizes of the errors of a block's groups, `[n, groups]`.
fn block(graph: &mut Graph, x: &str, features: &[u32], sizes: &[u32], matrix: &[f64]) -> String {
    let width = features.len();
    let places: Vec<i64> = features.iter().map(|&feature| i64::from(feature)).collect();
    let (places, matrix) = (graph.i64s(&places), graph.f64s(&[width, width], matrix));
    let own = graph.with("Gather", &[x, &places], vec![("axis", Attribute::Int(1))]);
    let errors = graph.op("MatMul", &[&own, &matrix]);
    let squares = graph.op("Mul", &[&errors, &errors]);
    // Which group a feature belongs to.
    let members =
        sizes.iter().enumerate().flat_map(|(group, &size)| std::iter::repeat_n(group, size as usize));
    let mut belongs = vec![0.0; width * sizes.len()];
    members.enumerate().for_each(|(feature, group)| belongs[feature * sizes.len() + group] = 1.0);
    let belongs = graph.f64s(&[width, sizes.len()], &belongs);
    let sums = graph.op("MatMul", &[&squares, &belongs]);
    graph.op("Sqrt", &[&sums])
}

/// The errors of all groups as one, `[n]`.
fn together(graph: &mut Graph, errors: &str, kind: Errors) -> String {
    match kind {
        Errors::Largest => graph.reduce("ReduceMax", errors, &[1], false),
        Errors::Mean => graph.reduce("ReduceMean", errors, &[1], false),
        Errors::Cubic => {
            let square = graph.op("Mul", &[errors, errors]);
            let cube = graph.op("Mul", &[&square, errors]);
            let mean = graph.reduce("ReduceMean", &cube, &[1], false);
            let third = graph.f64(1.0 / 3.0);
            graph.op("Pow", &[&mean, &third])
        }
    }
}

/// Logarithmic above the knee, and no larger than a 32-bit float.
fn slowed(graph: &mut Graph, score: &str) -> String {
    let (knee, offset, most) = (graph.f64(KNEE), graph.f64(KNEE - 1.0), graph.f64(f64::from(f32::MAX)));
    let far = graph.op("Max", &[score, &knee]);
    let far = graph.op("Sub", &[&far, &offset]);
    let far = graph.op("Log", &[&far]);
    let near = graph.op("Min", &[score, &knee]);
    let sum = graph.op("Add", &[&near, &far]);
    graph.op("Min", &[&sum, &most])
}
