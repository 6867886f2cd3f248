//! AE, AE-LFR and DRAE: the squared error of the reconstruction.

use super::graph::Attribute;
use super::input::Rows;
use super::network::{Network, Step};
use crate::error::Result;
use crate::latent::Fed;
use crate::nn::Activation;
use crate::nn::autoencoder::Input;

/// Epsilon of the batch normalisation.
const EPSILON: f32 = 1e-5;

/// ‖x - x̂‖², the decoder being fed `fed`.
pub(super) fn score(network: &mut Network<'_>, rows: &Rows, fed: Fed) -> Result<String> {
    let own = network.weights.split_off("backbone.network.");
    network.weights.absorb("", own);
    let rebuilt = match rows.input {
        Input::Picture { channels, side } => {
            let z = encode_picture(network, &rows.name, channels, side)?;
            let z = reconstructed(network, &z, fed)?;
            decode_picture(network, &z, side)?
        }
        _ => {
            let z = encode_vector(network, &rows.name)?;
            let z = reconstructed(network, &z, fed)?;
            let last = if rows.input == Input::Vector { Activation::Identity } else { Activation::Relu };
            decode_vector(network, &z, last)?
        }
    };
    let apart = network.graph.op("Sub", &[&rows.name, &rebuilt]);
    Ok(network.graph.reduce("ReduceSumSquare", &apart, &[1], false))
}

/// AᵀAz, or z itself.
fn reconstructed(network: &mut Network<'_>, z: &str, fed: Fed) -> Result<String> {
    if !network.has("layer.a") {
        return Ok(z.to_owned());
    }
    let (shape, a) = network.weights.take_f32("layer.a", &[Some(1), None, None])?;
    if fed == Fed::Latent {
        return Ok(z.to_owned());
    }
    let a = network.graph.f32s(&shape[1..], &a);
    let along = network.graph.with("Gemm", &[z, &a], vec![("transB", Attribute::Int(1))]);
    Ok(network.graph.op("MatMul", &[&along, &a]))
}

/// Runs x through normalisation `path`, if it is there.
fn normalised(network: &mut Network<'_>, x: String, path: &str) -> Result<String> {
    match network.has(&format!("{path}.running_mean")) {
        true => network.batch_norm(&x, path, EPSILON),
        false => Ok(x),
    }
}

fn encode_picture(network: &mut Network<'_>, x: &str, channels: usize, side: usize) -> Result<String> {
    let mut x = network.picture(x, channels, side);
    for (i, padding) in [2, 2, 1].into_iter().enumerate() {
        x = network.conv(&x, &format!("Image.conv.{i}.weight"), Step { stride: 2, padding })?;
        x = network.activate(&x, Activation::Tanh);
        x = normalised(network, x, &format!("Image.norms.{i}"))?;
    }
    let flat = network.flat(&x);
    let z = network.linear(&flat, "Image.encode")?;
    Ok(network.activate(&z, Activation::Tanh))
}

fn decode_picture(network: &mut Network<'_>, z: &str, side: usize) -> Result<String> {
    let x = network.linear(z, "Image.decode")?;
    let x = network.activate(&x, Activation::Tanh);
    let mut x = network.picture(&x, 128, side / 8);
    for (i, padding) in [1, 2, 2].into_iter().enumerate() {
        x = normalised(network, x, &format!("Image.norms.{}", 3 + i))?;
        x = network.deconv(&x, &format!("Image.deconv.{i}.weight"), padding, 1)?;
        x = network.activate(&x, Activation::Tanh);
    }
    Ok(network.flat(&x))
}

fn encode_vector(network: &mut Network<'_>, x: &str) -> Result<String> {
    let mut x = x.to_owned();
    for i in 0..4 {
        x = network.linear(&x, &format!("Dense.encoder.{i}"))?;
        x = network.activate(&x, Activation::Relu);
        if i < 3 {
            x = normalised(network, x, &format!("Dense.norms.{i}"))?;
        }
    }
    Ok(x)
}

fn decode_vector(network: &mut Network<'_>, z: &str, last: Activation) -> Result<String> {
    let mut x = z.to_owned();
    for i in 0..4 {
        x = network.linear(&x, &format!("Dense.decoder.{i}"))?;
        x = network.activate(&x, if i < 3 { Activation::Relu } else { last });
        if i < 3 {
            x = normalised(network, x, &format!("Dense.norms.{}", 3 + i))?;
        }
    }
    Ok(x)
}
