//! Columns predicted from one another.

use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use crate::data::Weights;
use crate::error::Result;
use crate::method::also::{AlsoConfig, Errors, KNEE};

/// What is made of the sizes of the errors of all groups of features.
pub(super) fn score(
    graph: &mut Graph,
    config: &AlsoConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (shape, mean) = weights.take_f64("mean", &[None])?;
    let (_, features) = weights.take_u32("features", &[Some(shape[0])])?;
    let (shape, sizes) = weights.take_u32("groups", &[None])?;
    let (_, scales) = weights.take_f64("scales", &[Some(shape[0])])?;
    let (_, blocks) = weights.take_u32("blocks", &[None])?;
    let (_, matrices) = weights.take_f64("matrices", &[None])?;
    let x = graph.cast(&rows.name, Type::F64);
    let mean = graph.f64s(&[1, mean.len()], &mean);
    let centred = graph.op("Sub", &[&x, &mean]);
    let (mut features, mut sizes, mut scales) = (&features[..], &sizes[..], &scales[..]);
    let mut matrices = &matrices[..];
    let mut parts = Vec::new();
    for groups in blocks {
        let (own, others) = sizes.split_at((groups as usize).min(sizes.len()));
        let width: usize = own.iter().map(|&size| size as usize).sum();
        let (block, later) = features.split_at(width.min(features.len()));
        let (matrix, rest) = matrices.split_at((width * width).min(matrices.len()));
        let (scale, left) = scales.split_at(own.len().min(scales.len()));
        (sizes, features, matrices, scales) = (others, later, rest, left);
        let places = graph.i64s(&block.iter().map(|&j| i64::from(j)).collect::<Vec<_>>());
        let block = graph.with("Gather", &[&centred, &places], vec![("axis", Attribute::Int(1))]);
        let matrix = graph.f64s(&[width, width], matrix);
        let errors = graph.op("MatMul", &[&block, &matrix]);
        let squares = graph.op("Mul", &[&errors, &errors]);
        let members = graph.f64s(&[width, own.len()], &membership(own));
        let squares = graph.op("MatMul", &[&squares, &members]);
        let lengths = graph.op("Sqrt", &[&squares]);
        let scale = graph.f64s(&[1, own.len()], scale);
        parts.push(graph.op("Div", &[&lengths, &scale]));
    }
    let errors = graph.concat(&parts, 1);
    let score = match config.errors {
        Errors::Largest => graph.reduce("ReduceMax", &errors, &[1], false),
        Errors::Mean => graph.reduce("ReduceMean", &errors, &[1], false),
        Errors::Cubic => {
            let square = graph.op("Mul", &[&errors, &errors]);
            let cube = graph.op("Mul", &[&square, &errors]);
            let mean = graph.reduce("ReduceMean", &cube, &[1], false);
            let third = graph.f64(1.0 / 3.0);
            graph.op("Pow", &[&mean, &third])
        }
    };
    let bent = bent(graph, &score);
    let most = graph.f64(f64::from(f32::MAX));
    let score = graph.op("Min", &[&bent, &most]);
    Ok(graph.cast(&score, Type::F32))
}

/// Ones where a feature (row) is in a group (column).
fn membership(sizes: &[u32]) -> Vec<f64> {
    let groups = sizes.len();
    let row = |group: usize| (0..groups).map(move |other| f64::from(u8::from(other == group)));
    let features = sizes.iter().enumerate().flat_map(|(group, &size)| (0..size).map(move |_| group));
    features.flat_map(row).collect()
}

/// Logarithmic above the knee.
fn bent(graph: &mut Graph, score: &str) -> String {
    let (knee, less) = (graph.f64(KNEE), graph.f64(KNEE - 1.0));
    let low = graph.op("Min", &[score, &knee]);
    let high = graph.op("Max", &[score, &knee]);
    let above = graph.op("Sub", &[&high, &less]);
    let above = graph.op("Log", &[&above]);
    graph.op("Add", &[&low, &above])
}
