//! How parameters begin.

use std::cell::Cell;

use burn::module::Param;
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The law a matrix is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Init {
    /// Independent N(0, 1) entries, as the paper's experiments.
    StandardNormal,
    /// Independent N(0, 1/columns) entries.
    ScaledNormal,
    /// Orthonormal rows.
    Orthonormal,
    /// Glorot's uniform law, U(±sqrt(6 / (rows + columns))).
    Glorot,
}

impl Init {
    /// A `rows x columns` matrix, row-major.
    fn draw(self, rows: usize, columns: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
        let mut normal =
            |scale: f32| -> Vec<f32> { (0..rows * columns).map(|_| scale * draw_normal(random)).collect() };
        match self {
            Init::StandardNormal => normal(1.0),
            Init::ScaledNormal => normal(1.0 / (columns as f32).sqrt()),
            Init::Orthonormal => orthonormalise(normal(1.0), columns),
            Init::Glorot => {
                let bound = (6.0 / (rows + columns) as f32).sqrt();
                (0..rows * columns).map(|_| random.random_range(-bound..=bound)).collect()
            }
        }
    }
}

fn draw_normal(random: &mut ChaCha8Rng) -> f32 {
    StandardNormal.sample(random)
}

/// Gram-Schmidt over the rows; rows beyond `columns` cannot be orthogonal and keep unit length.
fn orthonormalise(mut values: Vec<f32>, columns: usize) -> Vec<f32> {
    let rows = values.len() / columns.max(1);
    for i in 0..rows {
        let (done, rest) = values.split_at_mut(i * columns);
        let row = &mut rest[..columns];
        if i < columns {
            // Twice, because one pass loses orthogonality in f32.
            for _ in 0..2 {
                for other in done.chunks_exact(columns) {
                    let dot: f32 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                    row.iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
                }
            }
        }
        let norm = row.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        row.iter_mut().for_each(|v| *v /= norm);
    }
    values
}

/// The law of the weights and biases of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LayerLaw {
    /// PyTorch's default, U(±1/sqrt(fan_in)) for weights and biases.
    FanIn,
    /// Keras's default, U(±sqrt(6 / (fan_in + fan_out))), biases 0.
    Glorot,
    /// U(±sqrt(3)), biases 0.
    UnitItems,
}

thread_local! {
    /// How many numbers networks may still be made of, while a model file is loaded.
    static ALLOWED: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// What `build` makes when its networks take no more than `numbers`; none otherwise, and then next to nothing was made.
pub(crate) fn within<T>(numbers: usize, build: impl FnOnce() -> T) -> Option<T> {
    ALLOWED.set(numbers);
    let built = build();
    let left = ALLOWED.replace(usize::MAX);
    (left > 0).then_some(built)
}

/// `shape` as long as [`within`] allows, a single number from then on.
fn allowed<const D: usize>(shape: [usize; D]) -> [usize; D] {
    let wanted = shape.iter().try_fold(1_usize, |product, &extent| product.checked_mul(extent));
    let left = ALLOWED.get();
    if left == usize::MAX {
        return shape;
    }
    match wanted.filter(|&wanted| wanted < left) {
        Some(wanted) => {
            ALLOWED.set(left - wanted);
            shape
        }
        None => {
            ALLOWED.set(0);
            [1; D]
        }
    }
}

/// Draws parameters one after the other from one random stream.
pub struct Initializer<'a> {
    random: ChaCha8Rng,
    device: &'a Device,
    law: LayerLaw,
}

impl<'a> Initializer<'a> {
    /// Parameters on `device`, drawn from `random`; layers begin as PyTorch's.
    pub fn new(random: ChaCha8Rng, device: &'a Device) -> Self {
        Self { random, device, law: LayerLaw::FanIn }
    }

    /// The same, with layers that begin as Keras's: Glorot's uniform law and biases of 0.
    pub fn glorot(random: ChaCha8Rng, device: &'a Device) -> Self {
        Self { random, device, law: LayerLaw::Glorot }
    }

    /// The weight and the bias (of `outputs` numbers) of a layer.
    pub fn layer<const D: usize>(
        &mut self,
        weight: [usize; D],
        outputs: usize,
        fan: (usize, usize),
    ) -> (Param<Tensor<D>>, Param<Tensor<1>>) {
        let (fan_in, fan_out) = fan;
        match self.law {
            LayerLaw::FanIn => {
                let bound = 1.0 / (fan_in.max(1) as f32).sqrt();
                (self.uniform(weight, bound), self.uniform([outputs], bound))
            }
            LayerLaw::Glorot => {
                let bound = (6.0 / (fan_in + fan_out) as f32).sqrt();
                (self.uniform(weight, bound), self.constant([outputs], 0.0))
            }
            LayerLaw::UnitItems => (self.uniform(weight, 3_f32.sqrt()), self.constant([outputs], 0.0)),
        }
    }

    /// What `build` makes, its layers of variance 1 for items of length 1.
    pub(super) fn for_unit_items<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> T {
        let law = std::mem::replace(&mut self.law, LayerLaw::UnitItems);
        let built = build(self);
        self.law = law;
        built
    }

    /// U(±bound) entries.
    pub fn uniform<const D: usize>(&mut self, shape: [usize; D], bound: f32) -> Param<Tensor<D>> {
        let shape = allowed(shape);
        let values = (0..shape.iter().product()).map(|_| self.random.random_range(-bound..bound)).collect();
        self.parameter(shape, values)
    }

    /// N(0, std²) entries.
    pub fn normal<const D: usize>(&mut self, shape: [usize; D], std: f32) -> Param<Tensor<D>> {
        let shape = allowed(shape);
        let values = (0..shape.iter().product()).map(|_| std * draw_normal(&mut self.random)).collect();
        self.parameter(shape, values)
    }

    /// Entries all equal to `value`.
    pub fn constant<const D: usize>(&mut self, shape: [usize; D], value: f32) -> Param<Tensor<D>> {
        let shape = allowed(shape);
        self.parameter(shape, vec![value; shape.iter().product()])
    }

    /// A stack of `count` matrices of `rows x columns`, each drawn by `law`.
    pub fn matrices(&mut self, count: usize, rows: usize, columns: usize, law: Init) -> Param<Tensor<3>> {
        let [count, rows, columns] = allowed([count, rows, columns]);
        let values = (0..count).flat_map(|_| law.draw(rows, columns, &mut self.random)).collect();
        self.parameter([count, rows, columns], values)
    }

    /// A matrix of `rows x columns` drawn by `law`.
    pub fn matrix(&mut self, rows: usize, columns: usize, law: Init) -> Param<Tensor<2>> {
        let [rows, columns] = allowed([rows, columns]);
        let values = law.draw(rows, columns, &mut self.random);
        self.parameter([rows, columns], values)
    }

    fn parameter<const D: usize>(&self, shape: [usize; D], values: Vec<f32>) -> Param<Tensor<D>> {
        Param::from_data(TensorData::new(values, shape), self.device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn a_network_that_takes_more_than_is_allowed_is_not_made() {
        let device = crate::device::open("cpu").unwrap().device;
        let draw = |count: usize, rows: usize| {
            within(100, || {
                let mut init = Initializer::new(Seed(0).stream("a"), &device);
                let first = init.matrices(count, rows, 10, Init::StandardNormal).val().dims();
                (first, init.constant([rows], 0.0).val().dims())
            })
        };
        assert_eq!(draw(1, 4), Some(([1, 4, 10], [4])));
        assert_eq!([draw(1, 10), draw(usize::MAX, 2), draw(1, 1 << 40)], [None, None, None]);
        assert_eq!(ALLOWED.get(), usize::MAX);
    }

    #[test]
    fn orthonormal_rows_are_orthonormal() {
        let a = Init::Orthonormal.draw(10, 64, &mut Seed(3).stream("a"));
        for i in 0..10 {
            for j in 0..10 {
                let dot: f32 = (0..64).map(|c| a[i * 64 + c] * a[j * 64 + c]).sum();
                assert!((dot - f32::from(u8::from(i == j))).abs() < 1e-5, "{i} {j} {dot}");
            }
        }
    }

    #[test]
    fn normal_laws_have_their_scale() {
        let spread = |law: Init| {
            let a = law.draw(100, 400, &mut Seed(0).stream("a"));
            (a.iter().map(|v| v * v).sum::<f32>() / a.len() as f32).sqrt()
        };
        assert!((spread(Init::StandardNormal) - 1.0).abs() < 0.02);
        assert!((spread(Init::ScaledNormal) - 0.05).abs() < 0.001);
    }
}
