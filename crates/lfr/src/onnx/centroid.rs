//! The distance to the mean.

use super::graph::{Graph, Type};
use super::input::Rows;
use super::scaling::scaled;
use crate::data::Weights;
use crate::error::Result;
use crate::method::centroid::CentroidConfig;

/// ‖x - c‖.
pub(super) fn score(
    graph: &mut Graph,
    config: &CentroidConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (shape, centre) = weights.take_f64("centre", &[None])?;
    let x = scaled(graph, &rows.name, config.scaling);
    let x = graph.cast(&x, Type::F64);
    let centre = graph.f64s(&[1, shape[0]], &centre);
    let apart = graph.op("Sub", &[&x, &centre]);
    let square = graph.reduce("ReduceSumSquare", &apart, &[1], false);
    let score = graph.op("Sqrt", &[&square]);
    let most = graph.f64(f64::from(f32::MAX));
    let score = graph.op("Min", &[&score, &most]);
    Ok(graph.cast(&score, Type::F32))
}
