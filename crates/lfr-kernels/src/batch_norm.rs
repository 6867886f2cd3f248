//! Batch normalisation with an activation after it.
#![allow(clippy::needless_range_loop, reason = "loops over many slices of one length read better by index")]

use rayon::prelude::*;

use crate::activation::{Activation, Function, Identity, Relu, Tanh};
use crate::check;
use crate::partition::{part, sum};
use crate::simd::{add, vectorised};

/// Numbers whose sums are taken in f32; blocks are merged in f64.
const BLOCK: usize = 4096;

/// `y = act(gamma (x - mean) / sqrt(variance + epsilon) + beta)`, channel by channel (Ioffe and Szegedy 2015).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm {
    /// Channels of `x`, its innermost dimension; how many rows there are does not matter.
    pub channels: usize,
    /// Added to the variance.
    pub epsilon: f32,
    /// Applied to each output.
    pub activation: Activation,
}

/// Mean and variance of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// The means.
    pub mean: Vec<f32>,
    /// The variances, divided by the number of rows.
    pub variance: Vec<f32>,
}

/// Where statistics were taken from, which decides whether gradients flow through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// From the batch itself, in training.
    FromBatch,
    /// From elsewhere: running averages, or constants.
    Elsewhere,
}

/// Where the gradients go; they replace what is there.
pub struct BatchNormGradients<'a> {
    /// Of the input.
    pub input: &'a mut [f32],
    /// Of the scale.
    pub gamma: &'a mut [f32],
    /// Of the shift.
    pub beta: &'a mut [f32],
}

/// Sums over rows in f64, a number a channel.
struct Moments {
    rows: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl BatchNorm {
    /// Mean and variance of each channel of `x` (`[rows, channels]`), by sums over blocks that are centred on their own
    /// means (Chan, Golub and LeVeque 1983), so that large means cost no digits. Without rows: 0 and 1.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn statistics(&self, x: &[f32]) -> Statistics {
        let rows = self.rows(x);
        let mut parts: Vec<_> = x.chunks(part(rows) * self.channels).collect();
        let moments = sum(&mut parts, &|x| self.centred(x), &Moments::merge_centred);
        match moments {
            Some(m) => Statistics {
                mean: m.first.iter().map(|&v| v as f32).collect(),
                variance: m.second.iter().map(|&v| (v / m.rows) as f32).collect(),
            },
            None => Statistics { mean: vec![0.0; self.channels], variance: vec![1.0; self.channels] },
        }
    }

    /// Computes `y` from `x`, scale and shift, and the statistics of the batch or of training.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn forward(&self, x: &[f32], statistics: &Statistics, [gamma, beta]: [&[f32]; 2], y: &mut [f32]) {
        let rows = self.rows(x);
        check("y", y, x.len());
        let scale = self.scale(statistics, [gamma, beta]);
        let mean = &statistics.mean;
        let step = part(rows) * self.channels;
        y.par_chunks_mut(step).zip(x.par_chunks(step)).for_each(|(y, x)| {
            let by = [&mean[..], &scale, beta];
            match self.activation {
                Activation::None => each::<Identity>(x, y, by),
                Activation::Relu => each::<Relu>(x, y, by),
                Activation::Tanh => each::<Tanh>(x, y, by),
            }
        });
    }

    /// Computes the gradients from those of the output, `dy`; the output itself is not needed.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn backward(
        &self,
        [x, dy]: [&[f32]; 2],
        statistics: &Statistics,
        taken: Taken,
        [gamma, beta]: [&[f32]; 2],
        gradients: BatchNormGradients<'_>,
    ) {
        check("dy", dy, x.len());
        check("the gradient of x", gradients.input, x.len());
        check("the gradient of gamma", gradients.gamma, self.channels);
        check("the gradient of beta", gradients.beta, self.channels);
        let scale = self.scale(statistics, [gamma, beta]);
        let by = [&statistics.mean[..], &scale, beta];
        match self.activation {
            Activation::None => self.through::<Identity>([x, dy], statistics, taken, by, gradients),
            Activation::Relu => self.through::<Relu>([x, dy], statistics, taken, by, gradients),
            Activation::Tanh => self.through::<Tanh>([x, dy], statistics, taken, by, gradients),
        }
    }

    fn through<F: Function>(
        &self,
        [x, dy]: [&[f32]; 2],
        statistics: &Statistics,
        taken: Taken,
        by: [&[f32]; 3],
        gradients: BatchNormGradients<'_>,
    ) {
        let step = part(self.rows(x)) * self.channels;
        let mut parts: Vec<_> = x.chunks(step).zip(dy.chunks(step)).collect();
        let moments = sum(&mut parts, &|&mut (x, dy)| self.products::<F>(x, dy, by), &Moments::merge);
        let Some(moments) = moments else {
            gradients.gamma.fill(0.0);
            return gradients.beta.fill(0.0);
        };
        // dx = scale (g - constant - slope (x - mean)), the last two only where the batch made the statistics.
        let [mut constant, mut slope] = [vec![0.0; self.channels], vec![0.0; self.channels]];
        for c in 0..self.channels {
            let inverse = 1.0 / (statistics.variance[c] + self.epsilon).sqrt();
            gradients.beta[c] = moments.first[c] as f32;
            gradients.gamma[c] = moments.second[c] as f32 * inverse;
            if taken == Taken::FromBatch {
                constant[c] = (moments.first[c] / moments.rows) as f32;
                slope[c] = (moments.second[c] / moments.rows * f64::from(inverse).powi(2)) as f32;
            }
        }
        let parts = gradients.input.par_chunks_mut(step).zip(x.par_chunks(step)).zip(dy.par_chunks(step));
        parts.for_each(|((dx, x), dy)| differentiate::<F>([x, dy], dx, by, [&constant, &slope]));
    }

    /// Rows of `x`.
    fn rows(&self, x: &[f32]) -> usize {
        assert!(self.channels > 0, "channels of {self:?}");
        check("x", x, x.len() / self.channels * self.channels);
        x.len() / self.channels
    }

    /// gamma / sqrt(variance + epsilon).
    fn scale(&self, statistics: &Statistics, [gamma, beta]: [&[f32]; 2]) -> Vec<f32> {
        let lengths = [("mean", &statistics.mean[..]), ("variance", &statistics.variance)];
        lengths
            .into_iter()
            .chain([("gamma", gamma), ("beta", beta)])
            .for_each(|(n, v)| check(n, v, self.channels));
        statistics.variance.iter().zip(gamma).map(|(v, g)| g / (v + self.epsilon).sqrt()).collect()
    }

    /// Mean and summed squared distance from it.
    fn centred(&self, x: &[f32]) -> Moments {
        let mut total = Moments::new(self.channels);
        let (mut mean, mut squares) = (vec![0.0_f32; self.channels], vec![0.0_f32; self.channels]);
        let step = BLOCK.div_ceil(self.channels) * self.channels;
        for block in x.chunks(step) {
            take_centred(block, &mut mean, &mut squares);
            total.centre((block.len() / self.channels) as f64, &mean, &squares);
        }
        total
    }

    /// Sums of g and of g (x - mean), where g is the gradient `before` the activation.
    fn products<F: Function>(&self, x: &[f32], dy: &[f32], by: [&[f32]; 3]) -> Moments {
        let mut total = Moments::new(self.channels);
        let (mut first, mut second) = (vec![0.0_f32; self.channels], vec![0.0_f32; self.channels]);
        let step = BLOCK.div_ceil(self.channels) * self.channels;
        for (x, dy) in x.chunks(step).zip(dy.chunks(step)) {
            first.fill(0.0);
            second.fill(0.0);
            add_products::<F>([x, dy], by, [&mut first, &mut second]);
            total.rows += (x.len() / self.channels) as f64;
            total.first.iter_mut().zip(&first).for_each(|(t, &v)| *t += f64::from(v));
            total.second.iter_mut().zip(&second).for_each(|(t, &v)| *t += f64::from(v));
        }
        total
    }
}

vectorised! {
    /// Mean of each channel, and the sum of squared distances from it.
    fn take_centred(block: &[f32], mean: &mut [f32], squares: &mut [f32]) {
        let channels = mean.len();
        let squares = &mut squares[..channels];
        mean.fill(0.0);
        squares.fill(0.0);
        for row in block.chunks_exact(channels) {
            add(mean, row);
        }
        let rows = (block.len() / channels) as f32;
        mean.iter_mut().for_each(|m| *m /= rows);
        for row in block.chunks_exact(channels) {
            for c in 0..channels {
                squares[c] += (row[c] - mean[c]) * (row[c] - mean[c]);
            }
        }
    }
}

vectorised! {
    fn add_products<F: Function>(
        [x, dy]: [&[f32]; 2],
        [mean, scale, beta]: [&[f32]; 3],
        [first, second]: [&mut [f32]; 2],
    ) {
        let channels = mean.len();
        let (scale, beta) = (&scale[..channels], &beta[..channels]);
        let (first, second) = (&mut first[..channels], &mut second[..channels]);
        for (x, dy) in x.chunks_exact(channels).zip(dy.chunks_exact(channels)) {
            for c in 0..channels {
                let apart = x[c] - mean[c];
                let g = F::backward(F::of(apart * scale[c] + beta[c]), dy[c]);
                first[c] += g;
                second[c] += g * apart;
            }
        }
    }
}

vectorised! {
    fn differentiate<F: Function>(
        [x, dy]: [&[f32]; 2],
        dx: &mut [f32],
        [mean, scale, beta]: [&[f32]; 3],
        [constant, slope]: [&[f32]; 2],
    ) {
        let channels = mean.len();
        let (scale, beta) = (&scale[..channels], &beta[..channels]);
        let (constant, slope) = (&constant[..channels], &slope[..channels]);
        let rows = x.chunks_exact(channels).zip(dy.chunks_exact(channels));
        for (dx, (x, dy)) in dx.chunks_exact_mut(channels).zip(rows) {
            for c in 0..channels {
                let apart = x[c] - mean[c];
                let g = F::backward(F::of(apart * scale[c] + beta[c]), dy[c]);
                dx[c] = scale[c] * (g - constant[c] - slope[c] * apart);
            }
        }
    }
}

vectorised! {
    fn each<F: Function>(x: &[f32], y: &mut [f32], [mean, scale, beta]: [&[f32]; 3]) {
        let channels = mean.len();
        let (scale, beta) = (&scale[..channels], &beta[..channels]);
        for (y, x) in y.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            for c in 0..channels {
                y[c] = F::of((x[c] - mean[c]) * scale[c] + beta[c]);
            }
        }
    }
}

impl Moments {
    fn new(channels: usize) -> Self {
        Self { rows: 0.0, first: vec![0.0; channels], second: vec![0.0; channels] }
    }

    /// Sums of two parts.
    fn merge(mut self, other: Self) -> Self {
        self.rows += other.rows;
        self.first.iter_mut().zip(&other.first).for_each(|(a, b)| *a += b);
        self.second.iter_mut().zip(&other.second).for_each(|(a, b)| *a += b);
        self
    }

    /// Means and squares about them of two parts.
    fn merge_centred(mut self, other: Self) -> Self {
        self.centre(other.rows, &other.first, &other.second);
        self
    }

    fn centre<T: Copy + std::convert::Into<f64>>(&mut self, rows: f64, mean: &[T], squares: &[T]) {
        let weight = rows / (self.rows + rows);
        let values = self.first.iter_mut().zip(&mut self.second).zip(mean).zip(squares);
        for (((m, s), &mean), &squares) in values {
            let apart = mean.into() - *m;
            *m += apart * weight;
            *s += squares.into() + apart * apart * self.rows * weight;
        }
        self.rows += rows;
    }
}
