//! Elite: the distance of an item from its reconstruction, or of its code from the centre.

use super::graph::Attribute;
use super::input::Rows;
use super::network::{Network, Step};
use crate::error::Result;
use crate::method::elite::EliteKind;
use crate::nn::autoencoder::Input;

/// Slope of the leaky ReLU below 0.
const SLOPE: f32 = 0.01;
/// Epsilon of the batch normalisation.
const EPSILON: f32 = 1e-4;
/// That of the output's.
const LAST: f32 = 1e-5;

/// The loss of each item.
pub(super) fn score(network: &mut Network<'_>, kind: EliteKind, rows: &Rows) -> Result<String> {
    let (shape, centre) = network.weights.take_f32("centre", &[None])?;
    let x = match rows.input {
        // Grey pictures lie in [0, 1] here.
        Input::Picture { channels: 1, .. } => {
            let (one, two) = (network.graph.f32s(&[], &[1.0]), network.graph.f32s(&[], &[2.0]));
            let shifted = network.graph.op("Add", &[&rows.name, &one]);
            network.graph.op("Div", &[&shifted, &two])
        }
        _ => rows.name.clone(),
    };
    let (from, to) = match kind {
        EliteKind::Autoencoder => (rebuilt(network, &x, rows.input)?, x),
        EliteKind::Svdd => (code(network, &x, rows.input)?, network.graph.f32s(&[1, shape[0]], &centre)),
    };
    let apart = network.graph.op("Sub", &[&from, &to]);
    Ok(network.norm(&apart, false))
}

fn rebuilt(network: &mut Network<'_>, x: &str, input: Input) -> Result<String> {
    let Input::Picture { channels, side } = input else {
        let mut x = x.to_owned();
        for (part, i) in [("encoder", 0), ("encoder", 1), ("encoder", 2), ("decoder", 0), ("decoder", 1)] {
            x = dense(network, &x, &format!("Autoencoder.{part}.{i}"), EPSILON)?;
            x = network.leaky(&x, SLOPE);
        }
        return dense(network, &x, "Autoencoder.decoder.2", LAST);
    };
    let mut x = network.picture(x, channels, side);
    for i in 0..3 {
        let path = format!("Autoencoder.encoder.{i}");
        x = network.conv(&x, &format!("{path}.conv"), Step { stride: 2, padding: 1 })?;
        x = network.batch_norm(&x, &format!("{path}.norm"), EPSILON)?;
        x = network.leaky(&x, SLOPE);
    }
    for i in 0..3 {
        let path = format!("Autoencoder.decoder.{i}");
        x = network.deconv(&x, &format!("{path}.conv"), 1, 0)?;
        x = network.batch_norm(&x, &format!("{path}.norm"), if i < 2 { EPSILON } else { LAST })?;
        x = if i < 2 { network.leaky(&x, SLOPE) } else { network.graph.op("Tanh", &[&x]) };
    }
    Ok(network.flat(&x))
}

fn code(network: &mut Network<'_>, x: &str, input: Input) -> Result<String> {
    let Input::Picture { channels, side } = input else {
        let mut x = x.to_owned();
        for i in 0..3 {
            x = dense(network, &x, &format!("Svdd.layers.{i}"), EPSILON)?;
            x = network.leaky(&x, SLOPE);
        }
        return Ok(x);
    };
    let mut x = network.picture(x, channels, side);
    for i in 0..3 {
        let path = format!("Svdd.layers.{i}");
        x = network.conv(&x, &format!("{path}.conv"), Step { stride: 1, padding: 2 })?;
        x = network.batch_norm(&x, &format!("{path}.norm"), EPSILON)?;
        x = network.leaky(&x, SLOPE);
        let two = || Attribute::Ints(vec![2, 2]);
        x = network.graph.with("MaxPool", &[&x], vec![("kernel_shape", two()), ("strides", two())]);
    }
    let x = network.flat(&x);
    network.product(&x, "Svdd.code")
}

/// A layer without a bias and its normalisation.
fn dense(network: &mut Network<'_>, x: &str, path: &str, epsilon: f32) -> Result<String> {
    let x = network.product(x, &format!("{path}.dense"))?;
    network.batch_norm(&x, &format!("{path}.norm"), epsilon)
}
