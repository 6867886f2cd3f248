//! GEOM, GT-LFR and E3Outlier: how well the classifier tells the transformations of a picture apart.

use super::graph::{Attribute, Graph, Type};
use super::input::Rows;
use super::network::{Network, Step};
use crate::error::{Error, Result};
use crate::latent::Fed;
use crate::method::GtScore;
use crate::nn::autoencoder::Input;
use crate::transform::{Recipe, TransformSet, Transforms, spline_filter};

/// Epsilon of the batch normalisation.
const EPSILON: f32 = 1e-5;
/// log 1e-12, below which no log-probability counts for the Dirichlet score.
const LEAST_LOG: f64 = -27.631_021_115_928_547;

/// The score of each picture from the log-probabilities of all its transformations.
pub(super) fn score(
    network: &mut Network<'_>,
    rows: &Rows,
    set: TransformSet,
    fed: Fed,
    kind: GtScore,
) -> Result<String> {
    let Input::Picture { channels, side } = rows.input else {
        return Err(Error::Export { problem: "its method takes pictures, its data are none".into() });
    };
    let alpha = match kind {
        GtScore::Dirichlet => {
            Some(network.weights.take_f64("dirichlet", &[Some(set.len()), Some(set.len())])?.1)
        }
        _ => None,
    };
    let x = transformed(network.graph, &rows.name, channels, &set.plan(side)?);
    let z = encoded(network, &x)?;
    let z = reconstructed(network, &z, fed)?;
    let logits = network.linear(&z, "backbone.classify")?;
    let log_p = network.graph.with("LogSoftmax", &[&logits], vec![("axis", Attribute::Int(1))]);
    let count = set.len() as i64;
    let log_p = network.graph.reshape(&log_p, &[-1, count, count]);
    let log_p = network.graph.cast(&log_p, Type::F64);
    let each = measured(network.graph, &log_p, set.len(), kind, alpha);
    let score = network.graph.reduce("ReduceMean", &each, &[1], false);
    Ok(network.graph.cast(&score, Type::F32))
}

/// Every transformation of every picture, `[n * transformations, channels, side, side]`.
fn transformed(graph: &mut Graph, x: &str, channels: usize, transforms: &Transforms) -> String {
    let side = transforms.side();
    let (area, recipes) = (side * side, transforms.recipes());
    let mut source = graph.reshape(x, &[-1, channels as i64, area as i64]);
    if recipes.iter().any(|recipe| matches!(recipe, Recipe::Sum(_))) {
        let splines = splines(graph, x, channels, side);
        source = graph.concat(&[source, splines], 2);
    }
    let mut parts = Vec::new();
    for alike in recipes.chunk_by(|a, b| std::mem::discriminant(a) == std::mem::discriminant(b)) {
        parts.push(made(graph, &source, alike, area));
    }
    let all = graph.concat(&parts, 2);
    let swapped = graph.with("Transpose", &[&all], vec![("perm", Attribute::Ints(vec![0, 2, 1, 3]))]);
    graph.reshape(&swapped, &[-1, channels as i64, side as i64, side as i64])
}

/// Spline coefficients of pictures, `[n, channels, area]`.
fn splines(graph: &mut Graph, x: &str, channels: usize, side: usize) -> String {
    let pictures = graph.reshape(x, &[-1, channels as i64, side as i64, side as i64]);
    let filter = spline_filter(side);
    let across: Vec<f32> = (0..side * side).map(|i| filter[i % side * side + i / side]).collect();
    let (down, across) = (graph.f32s(&[side, side], &filter), graph.f32s(&[side, side], &across));
    let rows = graph.op("MatMul", &[&pictures, &across]);
    let both = graph.op("MatMul", &[&down, &rows]);
    graph.reshape(&both, &[-1, channels as i64, (side * side) as i64])
}

/// Transformations of one sort, `[n, channels, transformations, area]`, from pixels followed by spline coefficients.
fn made(graph: &mut Graph, source: &str, recipes: &[Recipe], area: usize) -> String {
    let mut gather = |places: Vec<i64>, shape: &[usize]| {
        let raw: Vec<u8> = places.iter().flat_map(|place| place.to_le_bytes()).collect();
        let places = graph.constant(Type::I64, shape, &raw);
        graph.with("Gather", &[source, &places], vec![("axis", Attribute::Int(2))])
    };
    let copies = recipes.iter().filter_map(|recipe| match recipe {
        Recipe::Copy(sources) => Some(sources.iter().map(|&place| i64::from(place))),
        Recipe::Sum(_) => None,
    });
    let copies: Vec<i64> = copies.flatten().collect();
    if !copies.is_empty() {
        return gather(copies, &[recipes.len(), area]);
    }
    let taps =
        || recipes.iter().filter_map(|recipe| if let Recipe::Sum(taps) = recipe { Some(taps) } else { None });
    let places = taps().flatten().map(|&(place, _)| area as i64 + i64::from(place)).collect();
    let shares: Vec<f32> = taps().flatten().map(|&(_, share)| share).collect();
    let each = shares.len() / (recipes.len() * area);
    let values = gather(places, &[recipes.len(), area, each]);
    let shares = graph.f32s(&[recipes.len(), area, each], &shares);
    let values = graph.op("Mul", &[&values, &shares]);
    graph.reduce("ReduceSum", &values, &[4], false)
}

/// WRN-10-4, to `[n, 256]`.
fn encoded(network: &mut Network<'_>, x: &str) -> Result<String> {
    let root = "backbone.network";
    let plain = |stride| Step { stride, padding: 1 };
    let mut x = network.conv(x, &format!("{root}.conv.weight"), plain(1))?;
    for (i, stride) in [1, 2, 2].into_iter().enumerate() {
        let block = format!("{root}.blocks.{i}");
        let a = active(network, &x, &format!("{block}.norm1"))?;
        let h = network.conv(&a, &format!("{block}.conv1.weight"), plain(stride))?;
        let h = active(network, &h, &format!("{block}.norm2"))?;
        let h = network.conv(&h, &format!("{block}.conv2.weight"), plain(1))?;
        let short = network.conv(&a, &format!("{block}.shortcut.weight"), Step { stride, padding: 0 })?;
        x = network.graph.op("Add", &[&h, &short]);
    }
    let x = active(network, &x, &format!("{root}.norm"))?;
    Ok(network.graph.reduce("ReduceMean", &x, &[2, 3], false))
}

fn active(network: &mut Network<'_>, x: &str, path: &str) -> Result<String> {
    let x = network.batch_norm(x, path, EPSILON)?;
    Ok(network.graph.op("Relu", &[&x]))
}

/// A_mᵀ A_m z, m being the transformation, or z itself.
fn reconstructed(network: &mut Network<'_>, z: &str, fed: Fed) -> Result<String> {
    if !network.has("layer.a") {
        return Ok(z.to_owned());
    }
    let (shape, a) = network.weights.take_f32("layer.a", &[None, None, None])?;
    if fed == Fed::Latent {
        return Ok(z.to_owned());
    }
    let (groups, latent) = (shape[0] as i64, shape[2] as i64);
    let a = network.graph.f32s(&shape, &a);
    let across = network.graph.with("Transpose", &[&a], vec![("perm", Attribute::Ints(vec![0, 2, 1]))]);
    let rows = network.graph.reshape(z, &[-1, groups, 1, latent]);
    let along = network.graph.op("MatMul", &[&rows, &across]);
    let back = network.graph.op("MatMul", &[&along, &a]);
    Ok(network.graph.reshape(&back, &[-1, latent]))
}

/// What each transformation adds to the score, `[n, m]`, from log-probabilities `[n, m, m]`.
fn measured(graph: &mut Graph, log_p: &str, count: usize, kind: GtScore, alpha: Option<Vec<f64>>) -> String {
    let own = |graph: &mut Graph| {
        let all = graph.reshape(log_p, &[-1, (count * count) as i64]);
        let places: Vec<i64> = (0..count).map(|m| (m * (count + 1)) as i64).collect();
        let places = graph.i64s(&places);
        graph.with("Gather", &[&all, &places], vec![("axis", Attribute::Int(1))])
    };
    let normality = match (kind, alpha) {
        (GtScore::MeanProb, _) => {
            let own = own(graph);
            graph.op("Exp", &[&own])
        }
        (GtScore::MaxMean, _) => {
            let largest = graph.reduce("ReduceMax", log_p, &[2], false);
            graph.op("Exp", &[&largest])
        }
        (GtScore::Entropy, _) => {
            let (tiny, bits) = (graph.f64(1e-12), graph.f64(std::f64::consts::LOG2_E));
            let p = graph.op("Exp", &[log_p]);
            let guarded = graph.op("Add", &[&p, &tiny]);
            let log = graph.op("Log", &[&guarded]);
            let log = graph.op("Mul", &[&log, &bits]);
            let terms = graph.op("Mul", &[&p, &log]);
            graph.reduce("ReduceSum", &terms, &[2], false)
        }
        (GtScore::Dirichlet, Some(alpha)) => {
            let less: Vec<f64> = alpha.iter().map(|a| a - 1.0).collect();
            let (less, least) = (graph.f64s(&[1, count, count], &less), graph.f64(LEAST_LOG));
            let clamped = graph.op("Max", &[log_p, &least]);
            let terms = graph.op("Mul", &[&clamped, &less]);
            graph.reduce("ReduceSum", &terms, &[2], false)
        }
        (GtScore::MeanLogProb | GtScore::Dirichlet, _) => own(graph),
    };
    graph.op("Neg", &[&normality])
}
