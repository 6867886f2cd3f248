//! Layers of networks, by the paths of their parameters.

use super::graph::{Attribute, Graph};
use crate::data::Weights;
use crate::error::Result;
use crate::nn::Activation;

/// A graph and the parameters that its layers take.
pub(super) struct Network<'a> {
    pub(super) graph: &'a mut Graph,
    pub(super) weights: &'a mut Weights,
}

/// How a convolution moves over a picture.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) stride: i64,
    pub(super) padding: i64,
}

impl Network<'_> {
    /// Whether there is a parameter of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.weights.iter().any(|(have, _)| have == name)
    }

    /// The shape and the name of a parameter of `dims` dimensions.
    fn parameter(&mut self, name: &str, dims: usize) -> Result<(Vec<usize>, String)> {
        let (shape, values) = self.weights.take_f32(name, &vec![None; dims])?;
        let constant = self.graph.f32s(&shape, &values);
        Ok((shape, constant))
    }

    /// A matrix that is no layer's.
    pub(super) fn matrix(&mut self, name: &str) -> Result<String> {
        Ok(self.parameter(name, 2)?.1)
    }

    /// x Wᵀ + b, with the parameters `path.weight` and `path.bias`.
    pub(super) fn linear(&mut self, x: &str, path: &str) -> Result<String> {
        let weight = self.matrix(&format!("{path}.weight"))?;
        let (_, bias) = self.parameter(&format!("{path}.bias"), 1)?;
        Ok(self.graph.with("Gemm", &[x, &weight, &bias], vec![("transB", Attribute::Int(1))]))
    }

    /// x Wᵀ, with the parameter `name`.
    pub(super) fn product(&mut self, x: &str, name: &str) -> Result<String> {
        let weight = self.matrix(name)?;
        Ok(self.graph.with("Gemm", &[x, &weight], vec![("transB", Attribute::Int(1))]))
    }

    /// A convolution with the parameter `weight` and, if there is one, the bias beside it.
    pub(super) fn conv(&mut self, x: &str, weight: &str, step: Step) -> Result<String> {
        self.sliding("Conv", x, weight, step, 0)
    }

    /// A transposed convolution of stride 2 with the parameter `weight` and, if there is one, the bias beside it;
    /// `extra` rows and columns at the end.
    pub(super) fn deconv(&mut self, x: &str, weight: &str, padding: i64, extra: i64) -> Result<String> {
        self.sliding("ConvTranspose", x, weight, Step { stride: 2, padding }, extra)
    }

    fn sliding(&mut self, kind: &str, x: &str, name: &str, step: Step, extra: i64) -> Result<String> {
        let (shape, weight) = self.parameter(name, 4)?;
        let bias = name.replace(".weight", ".bias");
        let mut inputs = vec![x.to_owned(), weight];
        if bias != name && self.has(&bias) {
            inputs.push(self.parameter(&bias, 1)?.1);
        }
        let kernel = shape[2..].iter().map(|&extent| extent as i64).collect();
        let mut attributes = vec![
            ("kernel_shape", Attribute::Ints(kernel)),
            ("strides", Attribute::Ints(vec![step.stride; 2])),
            ("pads", Attribute::Ints(vec![step.padding; 4])),
        ];
        if extra > 0 {
            attributes.push(("output_padding", Attribute::Ints(vec![extra; 2])));
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        Ok(self.graph.with(kind, &inputs, attributes))
    }

    /// Batch normalisation by the running statistics of `path`, over the second dimension.
    pub(super) fn batch_norm(&mut self, x: &str, path: &str, epsilon: f32) -> Result<String> {
        let (shape, mean) = self.parameter(&format!("{path}.running_mean"), 1)?;
        let (_, variance) = self.parameter(&format!("{path}.running_var"), 1)?;
        let mut learnt = |name: &str, otherwise: f32| {
            let name = format!("{path}.{name}");
            if self.has(&name) {
                return Ok(self.parameter(&name, 1)?.1);
            }
            Ok(self.graph.f32s(&shape, &vec![otherwise; shape[0]]))
        };
        let (gamma, beta) = (learnt("gamma", 1.0)?, learnt("beta", 0.0)?);
        let epsilon = vec![("epsilon", Attribute::Float(epsilon))];
        Ok(self.graph.with("BatchNormalization", &[x, &gamma, &beta, &mean, &variance], epsilon))
    }

    /// The function after a layer.
    pub(super) fn activate(&mut self, x: &str, activation: Activation) -> String {
        match activation {
            Activation::Tanh => self.graph.op("Tanh", &[x]),
            Activation::Relu => self.graph.op("Relu", &[x]),
            Activation::LeakyRelu => self.leaky(x, 0.2),
            Activation::Identity => x.to_owned(),
        }
    }

    /// max(x, slope x).
    pub(super) fn leaky(&mut self, x: &str, slope: f32) -> String {
        self.graph.with("LeakyRelu", &[x], vec![("alpha", Attribute::Float(slope))])
    }

    /// Euclidean length of each row, `[n, 1]` or, without `keep`, `[n]`.
    pub(super) fn norm(&mut self, x: &str, keep: bool) -> String {
        let square = self.graph.reduce("ReduceSumSquare", x, &[1], keep);
        let least = self.graph.f32s(&[], &[f32::MIN_POSITIVE]);
        let square = self.graph.op("Max", &[&square, &least]);
        self.graph.op("Sqrt", &[&square])
    }

    /// Rows as pictures of `side` pixels.
    pub(super) fn picture(&mut self, x: &str, channels: usize, side: usize) -> String {
        self.graph.reshape(x, &[-1, channels as i64, side as i64, side as i64])
    }

    /// Pictures as rows.
    pub(super) fn flat(&mut self, x: &str) -> String {
        self.graph.with("Flatten", &[x], vec![("axis", Attribute::Int(1))])
    }
}
