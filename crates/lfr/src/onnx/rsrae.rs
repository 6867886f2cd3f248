//! RSRAE: minus the cosine of an item and its reconstruction.

use super::input::Rows;
use super::network::{Network, Step};
use crate::error::Result;
use crate::nn::Activation;
use crate::nn::autoencoder::Input;

/// -⟨x, x̂⟩ / ((‖x‖ + 1e-6) (‖x̂‖ + 1e-6)).
pub(super) fn score(network: &mut Network<'_>, rows: &Rows) -> Result<String> {
    let activation = match rows.input {
        Input::Picture { .. } => Activation::Tanh,
        Input::NonNegative => Activation::Relu,
        Input::Vector => Activation::LeakyRelu,
    };
    let (x, y) = match rows.input {
        Input::Picture { channels, side } => {
            let square = network.graph.reduce("ReduceSumSquare", &rows.name, &[1], true);
            let norm = network.graph.op("Sqrt", &[&square]);
            let least = network.graph.f32s(&[], &[f32::MIN_POSITIVE]);
            let norm = network.graph.op("Max", &[&norm, &least]);
            let x = network.graph.op("Div", &[&rows.name, &norm]);
            let mut y = network.picture(&x, channels, side);
            for (i, padding) in [2, 2, 1].into_iter().enumerate() {
                y = network.conv(&y, &format!("conv.{i}.weight"), Step { stride: 2, padding })?;
                y = network.activate(&y, activation);
                y = normalised(network, &y, i, true)?;
            }
            (x, network.flat(&y))
        }
        _ => {
            let mut y = rows.name.clone();
            for i in 0..3 {
                y = network.linear(&y, &format!("encoder.{i}"))?;
                y = network.activate(&y, activation);
                y = normalised(network, &y, i, false)?;
            }
            (rows.name.clone(), y)
        }
    };
    let a = network.matrix("a")?;
    let r = network.graph.op("MatMul", &[&y, &a]);
    let length = network.norm(&r, true);
    let unit = network.graph.op("Div", &[&r, &length]);
    let rebuilt = decoded(network, &unit, rows.input, activation)?;
    let dot = network.graph.op("Mul", &[&x, &rebuilt]);
    let dot = network.graph.reduce("ReduceSum", &dot, &[1], false);
    let guard = network.graph.f32s(&[], &[1e-6]);
    let lengths = [&x, &rebuilt].map(|rows| {
        let norm = network.norm(rows, false);
        network.graph.op("Add", &[&norm, &guard])
    });
    let lengths = network.graph.op("Mul", &[&lengths[0], &lengths[1]]);
    let cosine = network.graph.op("Div", &[&dot, &lengths]);
    Ok(network.graph.op("Neg", &[&cosine]))
}

fn decoded(network: &mut Network<'_>, z: &str, input: Input, activation: Activation) -> Result<String> {
    let Input::Picture { side, .. } = input else {
        let mut x = z.to_owned();
        for i in 0..4 {
            x = network.linear(&x, &format!("decoder.{i}"))?;
            x = network.activate(&x, activation);
            if i < 3 {
                x = normalised(network, &x, 3 + i, false)?;
            }
        }
        return Ok(x);
    };
    let x = network.linear(z, "decoder.0")?;
    let x = network.activate(&x, activation);
    let mut x = network.picture(&x, 128, side / 8);
    for (i, padding) in [1, 2, 2].into_iter().enumerate() {
        x = normalised(network, &x, 3 + i, true)?;
        x = network.deconv(&x, &format!("deconv.{i}.weight"), padding, 1)?;
        x = network.activate(&x, activation);
    }
    Ok(network.flat(&x))
}

/// The `i`-th normalisation, an affine map a channel or one of batches.
fn normalised(network: &mut Network<'_>, x: &str, i: usize, pictures: bool) -> Result<String> {
    let path = format!("norms.{i}.Batch");
    if network.has(&format!("{path}.running_mean")) {
        return network.batch_norm(x, &path, 1e-5);
    }
    let (shape, gamma) = network.weights.take_f32(&format!("norms.{i}.Affine.gamma"), &[None])?;
    let (_, beta) = network.weights.take_f32(&format!("norms.{i}.Affine.beta"), &[Some(shape[0])])?;
    let extents = if pictures { vec![1, shape[0], 1, 1] } else { vec![1, shape[0]] };
    let scale: Vec<f32> = gamma.iter().map(|gamma| gamma / 1.001f32.sqrt()).collect();
    let (scale, beta) = (network.graph.f32s(&extents, &scale), network.graph.f32s(&extents, &beta));
    let x = network.graph.op("Mul", &[x, &scale]);
    Ok(network.graph.op("Add", &[&x, &beta]))
}
