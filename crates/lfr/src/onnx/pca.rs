//! Principal components.

use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use crate::data::Weights;
use crate::error::Result;
use crate::method::pca::{LIMIT, PcaConfig, PcaScore};

/// What the components leave of a standardised item, or how far out along them it lies.
pub(super) fn score(
    graph: &mut Graph,
    config: &PcaConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (shape, components) = weights.take_f32("components", &[None, None])?;
    let (_, mean) = weights.take_f64("mean", &[Some(shape[1])])?;
    let (_, deviation) = weights.take_f64("deviation", &[Some(shape[1])])?;
    let (_, variances) = weights.take_f64("variances", &[Some(shape[0])])?;
    let x = graph.cast(&rows.name, Type::F64);
    let (mean, deviation) = (graph.f64s(&[1, shape[1]], &mean), graph.f64s(&[1, shape[1]], &deviation));
    let x = graph.op("Sub", &[&x, &mean]);
    let x = graph.op("Div", &[&x, &deviation]);
    let (low, high) = (graph.f64(-LIMIT), graph.f64(LIMIT));
    let x = graph.op("Clip", &[&x, &low, &high]);
    let along = (!variances.is_empty()).then(|| {
        let components = graph.f32s(&shape, &components);
        let components = graph.cast(&components, Type::F64);
        let across = graph.with("Transpose", &[&components], vec![("perm", Attribute::Ints(vec![1, 0]))]);
        (graph.op("MatMul", &[&x, &across]), components)
    });
    let score = match (config.score, along) {
        (PcaScore::Reconstruction, None) => mean_square(graph, &x),
        (PcaScore::Reconstruction, Some((along, components))) => {
            let near = graph.op("MatMul", &[&along, &components]);
            let apart = graph.op("Sub", &[&x, &near]);
            mean_square(graph, &apart)
        }
        (PcaScore::Mahalanobis, Some((along, _))) => {
            let square = graph.op("Mul", &[&along, &along]);
            let variances = graph.f64s(&[1, shape[0]], &variances);
            let terms = graph.op("Div", &[&square, &variances]);
            graph.reduce("ReduceSum", &terms, &[1], false)
        }
        (PcaScore::Mahalanobis, None) => {
            let zero = graph.f64(0.0);
            let zeros = graph.op("Mul", &[&x, &zero]);
            graph.reduce("ReduceSum", &zeros, &[1], false)
        }
    };
    let most = graph.f64(f64::from(f32::MAX));
    let score = graph.op("Min", &[&score, &most]);
    Ok(graph.cast(&score, Type::F32))
}

fn mean_square(graph: &mut Graph, x: &str) -> String {
    let square = graph.op("Mul", &[x, x]);
    graph.reduce("ReduceMean", &square, &[1], false)
}
