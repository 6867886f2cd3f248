//! The nearest of the items kept, and the scores of k-NN and LOF.

use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use super::scaling::scaled;
use crate::data::Weights;
use crate::error::{Error, Result};
use crate::method::knn::{Distance, KnnConfig};
use crate::method::lof::{LofConfig, floor};

/// The nearest items of every row, nearest first.
struct Nearest {
    /// Distances `[n, k]` of 64-bit floats.
    distances: String,
    /// Which items, `[n, k]`.
    items: String,
    k: usize,
}

/// k-NN.
pub(super) fn knn(
    graph: &mut Graph,
    config: &KnnConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let x = scaled(graph, &rows.name, config.scaling);
    let nearest = nearest(graph, &x, weights, |kept| config.looked_at(kept))?;
    let k = nearest.k as i64;
    let at = |graph: &mut Graph, place: i64| {
        let place = graph.constant(Type::I64, &[], &place.to_le_bytes());
        graph.with("Gather", &[&nearest.distances, &place], vec![("axis", Attribute::Int(1))])
    };
    let score = match config.distance {
        Distance::Largest => at(graph, k - 1),
        Distance::Mean => graph.reduce("ReduceMean", &nearest.distances, &[1], false),
        Distance::Median => {
            let (low, high, half) = (at(graph, (k - 1) / 2), at(graph, k / 2), graph.f64(0.5));
            let sum = graph.op("Add", &[&low, &high]);
            graph.op("Mul", &[&sum, &half])
        }
    };
    Ok(finite(graph, &score))
}

/// LOF.
pub(super) fn lof(
    graph: &mut Graph,
    config: &LofConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let (shape, reaches) = weights.take_f64("reaches", &[None])?;
    let (_, densities) = weights.take_f64("densities", &[Some(shape[0])])?;
    let nearest = nearest(graph, &rows.name, weights, |_| config.neighbours)?;
    let of = |graph: &mut Graph, values: &[f64]| {
        let values = graph.f64s(&shape, values);
        graph.op("Gather", &[&values, &nearest.items])
    };
    let (own, theirs) = (of(graph, &reaches), of(graph, &densities));
    let reach = graph.op("Max", &[&nearest.distances, &own]);
    let reach = graph.reduce("ReduceMean", &reach, &[1], false);
    let (least, tiny) = (graph.f64(floor(&reaches)), graph.f64(1e-10));
    let reach = graph.op("Max", &[&reach, &least]);
    let reach = graph.op("Add", &[&reach, &tiny]);
    let density = graph.reduce("ReduceMean", &theirs, &[1], false);
    let score = graph.op("Mul", &[&density, &reach]);
    Ok(finite(graph, &score))
}

/// As a 32-bit float that is not infinite.
fn finite(graph: &mut Graph, score: &str) -> String {
    let most = graph.f64(f64::from(f32::MAX));
    let score = graph.op("Min", &[score, &most]);
    graph.cast(&score, Type::F32)
}

/// The nearest items of `x`, `[n, width]` of 32-bit floats; `k` tells how many from how many are kept.
fn nearest(graph: &mut Graph, x: &str, weights: &mut Weights, k: impl Fn(usize) -> usize) -> Result<Nearest> {
    let (shape, _) = weights.take_u32("places", &[None])?;
    let kept = shape[0];
    let reference = reference(graph, kept, weights)?;
    let k = k(kept).min(kept - 1);
    let (x, reference) = (graph.cast(x, Type::F64), graph.cast(&reference, Type::F64));
    let own = graph.reduce("ReduceSumSquare", &x, &[1], true);
    let theirs = graph.reduce("ReduceSumSquare", &reference, &[1], false);
    let across = graph.with("Transpose", &[&reference], vec![("perm", Attribute::Ints(vec![1, 0]))]);
    let products = graph.op("MatMul", &[&x, &across]);
    let (two, zero) = (graph.f64(2.0), graph.f64(0.0));
    let products = graph.op("Mul", &[&products, &two]);
    let lengths = graph.op("Add", &[&own, &theirs]);
    let squares = graph.op("Sub", &[&lengths, &products]);
    let squares = graph.op("Max", &[&squares, &zero]);
    let count = graph.i64s(&[k as i64]);
    let smallest =
        vec![("axis", Attribute::Int(1)), ("largest", Attribute::Int(0)), ("sorted", Attribute::Int(1))];
    let [squares, items] = graph.node("", "TopK", &[&squares, &count], smallest);
    let distances = graph.op("Sqrt", &[&squares]);
    Ok(Nearest { distances, items, k })
}

/// The items kept, `[kept, width]` of 32-bit floats.
fn reference(graph: &mut Graph, kept: usize, weights: &mut Weights) -> Result<String> {
    let has = |name: &str| weights.iter().any(|(have, _)| have == name);
    if has("pixels") {
        let (shape, pixels) = weights.take_u8("pixels", &[Some(kept), None, None, None])?;
        let pixels = graph.constant(Type::U8, &[kept, shape[1..].iter().product()], &pixels);
        let floats = graph.cast(&pixels, Type::F32);
        let (half, one) = (graph.f32s(&[], &[127.5]), graph.f32s(&[], &[1.0]));
        let unit = graph.op("Div", &[&floats, &half]);
        return Ok(graph.op("Sub", &[&unit, &one]));
    }
    if has("rows") {
        let (shape, rows) = weights.take_f32("rows", &[Some(kept), None])?;
        return Ok(graph.f32s(&shape, &rows));
    }
    let (_, width) = weights.take_u32("width", &[Some(1)])?;
    let (_, offsets) = weights.take_u32("offsets", &[Some(kept + 1)])?;
    let (_, columns) = weights.take_u32("columns", &[None])?;
    let (_, values) = weights.take_f32("values", &[Some(columns.len())])?;
    let width = width[0] as usize;
    if values.is_empty() {
        return Err(Error::Export { problem: "the documents it keeps hold no word".into() });
    }
    let place = |row: usize| {
        let columns = &columns[offsets[row] as usize..offsets[row + 1] as usize];
        columns.iter().map(move |&column| (row * width) as i64 + i64::from(column))
    };
    let places: Vec<i64> = (0..kept).flat_map(place).collect();
    Ok(graph.sparse([kept, width], &places, &values))
}
