//! Patches learnt from pictures, and how far the mix of them is from the usual one.

use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use crate::data::Weights;
use crate::error::{Error, Result};
use crate::method::patches::PatchesConfig;
use crate::method::patches::grid::{CONTRAST, Grid};
use crate::nn::autoencoder::Input;

/// The distance of a picture's description from the centre.
pub(super) fn score(
    graph: &mut Graph,
    config: &PatchesConfig,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    let Input::Picture { channels, side } = rows.input else {
        return Err(Error::Export { problem: "the method patches takes pictures alone".into() });
    };
    let grid = config.grid(channels, side);
    let (_, mean) = weights.take_f32("mean", &[Some(grid.len())])?;
    let (whitening_shape, whitening) = weights.take_f32("whitening", &[None, Some(grid.len())])?;
    let (shape, centroids) = weights.take_f32("centroids", &[None, Some(whitening_shape[0])])?;
    let width = grid.quarters().len() * shape[0];
    let (_, centre) = weights.take_f32("centre", &[Some(width)])?;
    let (axes_shape, axes) = weights.take_f32("axes", &[None, Some(width)])?;
    let (_, variances) = weights.take_f64("variances", &[Some(axes_shape[0])])?;
    if variances.is_empty() {
        let zero = graph.f32s(&[], &[0.0]);
        let zeros = graph.op("Mul", &[&rows.name, &zero]);
        return Ok(graph.reduce("ReduceSum", &zeros, &[1], false));
    }
    let patches = patches(graph, &rows.name, grid);
    let mean = graph.f32s(&[grid.len()], &mean);
    let centred = graph.op("Sub", &[&patches, &mean]);
    let whitening = across(graph, &whitening_shape, &whitening);
    let whitened = graph.op("MatMul", &[&centred, &whitening]);
    let shares = shares(graph, &whitened, &shape, &centroids);
    let pool = graph.f32s(&[grid.quarters().len(), grid.count()], &pool(grid));
    let pooled = graph.op("MatMul", &[&pool, &shares]);
    let described = graph.reshape(&pooled, &[-1, width as i64]);
    let described = graph.op("Sqrt", &[&described]);
    let centre = graph.f32s(&[width], &centre);
    let centred = graph.op("Sub", &[&described, &centre]);
    let axes = across(graph, &axes_shape, &axes);
    let along = graph.op("MatMul", &[&centred, &axes]);
    let along = graph.cast(&along, Type::F64);
    let squares = graph.op("Mul", &[&along, &along]);
    let variances = graph.f64s(&[variances.len()], &variances);
    let terms = graph.op("Div", &[&squares, &variances]);
    let sum = graph.reduce("ReduceSum", &terms, &[1], false);
    let distance = graph.op("Sqrt", &[&sum]);
    Ok(graph.cast(&distance, Type::F32))
}

/// The patches of `rows`, `[n, patches, numbers]`, each less its mean and over its deviation.
fn patches(graph: &mut Graph, rows: &str, grid: Grid) -> String {
    let raw: Vec<u8> = grid.indices().into_iter().flat_map(|at| (at as i64).to_le_bytes()).collect();
    let indices = graph.constant(Type::I64, &[grid.count(), grid.len()], &raw);
    let patches = graph.with("Gather", &[rows, &indices], vec![("axis", Attribute::Int(1))]);
    let mean = graph.reduce("ReduceMean", &patches, &[2], true);
    let centred = graph.op("Sub", &[&patches, &mean]);
    let squares = graph.op("Mul", &[&centred, &centred]);
    let variance = graph.reduce("ReduceMean", &squares, &[2], true);
    let contrast = graph.f32s(&[], &[CONTRAST]);
    let variance = graph.op("Add", &[&variance, &contrast]);
    let deviation = graph.op("Sqrt", &[&variance]);
    graph.op("Div", &[&centred, &deviation])
}

/// By how much whitened patches, `[n, patches, axes]`, are nearer to each centroid than to the mean one.
fn shares(graph: &mut Graph, x: &str, shape: &[usize], centroids: &[f32]) -> String {
    let lengths: Vec<f32> =
        centroids.chunks_exact(shape[1]).map(|row| row.iter().map(|v| v * v).sum()).collect();
    let lengths = graph.f32s(&[shape[0]], &lengths);
    let own = graph.reduce("ReduceSumSquare", x, &[2], true);
    let centroids = across(graph, shape, centroids);
    let products = graph.op("MatMul", &[x, &centroids]);
    let (two, zero) = (graph.f32s(&[], &[2.0]), graph.f32s(&[], &[0.0]));
    let products = graph.op("Mul", &[&products, &two]);
    let lengths = graph.op("Add", &[&own, &lengths]);
    let squares = graph.op("Sub", &[&lengths, &products]);
    let squares = graph.op("Max", &[&squares, &zero]);
    let distances = graph.op("Sqrt", &[&squares]);
    let mean = graph.reduce("ReduceMean", &distances, &[2], true);
    let nearer = graph.op("Sub", &[&mean, &distances]);
    graph.op("Relu", &[&nearer])
}

/// What turns patches into the means of the quarters, `[quarters, patches]`.
fn pool(grid: Grid) -> Vec<f32> {
    let mut pool = Vec::new();
    for quarter in grid.quarters() {
        let mut row = vec![0.0; grid.count()];
        quarter.iter().for_each(|&place| row[place] = 1.0 / quarter.len() as f32);
        pool.extend(row);
    }
    pool
}

/// A constant matrix, transposed.
fn across(graph: &mut Graph, shape: &[usize], values: &[f32]) -> String {
    let matrix = graph.f32s(shape, values);
    graph.with("Transpose", &[&matrix], vec![("perm", Attribute::Ints(vec![1, 0]))])
}
