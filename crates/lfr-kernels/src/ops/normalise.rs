//! Batch normalisation, and convolutions of what it gives.

use super::step::Layer;
use super::storage::{Flat, channels_last, dims, from_channels_last, nothing, plain, room, slice};
use crate::{BatchNorm, BatchNormGradients, Conv, Statistics, Taken};

/// Batch normalisation by known statistics of `x`, `gamma` and `beta`.
#[derive(Clone, Debug)]
pub(crate) struct Normalise {
    layer: BatchNorm,
    statistics: Statistics,
    taken: Taken,
}

impl Normalise {
    /// By the statistics of `x` itself.
    pub(crate) fn by_batch(layer: BatchNorm, x: &Flat) -> Self {
        Self { layer, statistics: layer.statistics(slice(&channels_last(x))), taken: Taken::FromBatch }
    }

    /// By `mean` and `variance`.
    pub(crate) fn by(layer: BatchNorm, [mean, variance]: [&Flat; 2]) -> Self {
        let [mean, variance] = [mean, variance].map(|v| slice(&v.to_contiguous()).to_vec());
        Self { layer, statistics: Statistics { mean, variance }, taken: Taken::Elsewhere }
    }

    /// Mean and variance.
    pub(crate) fn statistics(&self) -> [Flat; 2] {
        let Statistics { mean, variance } = &self.statistics;
        [mean, variance].map(|v| plain(v.clone(), &[v.len()]))
    }
}

impl Layer<3> for Normalise {
    fn forward(&self, [x, gamma, beta]: &[Flat; 3]) -> Flat {
        let shape = dims(x);
        let mut y = room(&shape);
        let (x, [gamma, beta]) = (channels_last(x), [gamma, beta].map(Flat::to_contiguous));
        self.layer.forward(slice(&x), &self.statistics, [slice(&gamma), slice(&beta)], &mut y);
        from_channels_last(y, &shape)
    }

    fn backward(
        &self,
        [x, gamma, beta]: &[Flat; 3],
        _: Option<&Flat>,
        dy: &Flat,
        _: [bool; 3],
    ) -> [Option<Flat>; 3] {
        let (shape, channels) = (dims(x), [self.layer.channels]);
        let (mut dx, mut d_gamma, mut d_beta) = (room(&shape), room(&channels), room(&channels));
        let (x, dy) = (channels_last(x), channels_last(dy));
        let [gamma, beta] = [gamma, beta].map(Flat::to_contiguous);
        let gradients = BatchNormGradients { input: &mut dx, gamma: &mut d_gamma, beta: &mut d_beta };
        self.layer.backward(
            [slice(&x), slice(&dy)],
            &self.statistics,
            self.taken,
            [slice(&gamma), slice(&beta)],
            gradients,
        );
        [
            Some(from_channels_last(dx, &shape)),
            Some(plain(d_gamma, &channels)),
            Some(plain(d_beta, &channels)),
        ]
    }
}

/// How a normalised batch is made again from what the normalisation itself keeps for its backward pass.
#[derive(Clone, Debug)]
pub struct Again {
    by: Normalise,
    inputs: [Flat; 3],
}

impl Again {
    pub(crate) fn new(by: Normalise, inputs: [&Flat; 3]) -> Self {
        Self { by, inputs: inputs.map(Flat::clone) }
    }
}

/// A convolution of a normalised batch, which its backward pass normalises again.
#[derive(Clone, Debug)]
pub(crate) struct OnNormalised {
    pub(crate) conv: Conv,
    pub(crate) again: Again,
}

impl Layer<2> for OnNormalised {
    fn forward(&self, inputs: &[Flat; 2]) -> Flat {
        Layer::forward(&self.conv, inputs)
    }

    fn needs_output(&self) -> bool {
        Layer::<2>::needs_output(&self.conv)
    }

    fn keep(&self, [_, weight]: [Flat; 2]) -> [Flat; 2] {
        [nothing(), weight]
    }

    fn backward(
        &self,
        [_, weight]: &[Flat; 2],
        y: Option<&Flat>,
        dy: &Flat,
        wanted: [bool; 2],
    ) -> [Option<Flat>; 2] {
        let x = self.again.by.forward(&self.again.inputs);
        Layer::backward(&self.conv, &[x, weight.clone()], y, dy, wanted)
    }
}
