//! Adam on a matrix of which a batch reads few columns.

use burn::backend::Flex;
use burn::tensor::Tensor;

use super::step::{Input, on_cpu};
use super::storage::{Flat, columns, dims, is_by_column, plain, slice, slice_mut};

/// [`Adam`](super::Adam) of one weight that [`sparse_linear`](super::sparse_linear) reads, whose columns are brought up to date
/// when they are read, all missed steps at once: then they are in the cache. Every number becomes what the other makes of it,
/// bit by bit.
#[derive(Clone, Debug)]
pub struct LateAdam {
    kernel: crate::Adam,
    /// Steps so far.
    time: i32,
    /// The moments, column after column.
    moments: [Flat; 2],
    /// The last step of each column.
    done: Vec<i32>,
}

/// What a [`LateAdam`] whose columns are all up to date remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Steps so far.
    pub time: i32,
    /// Columns of the weight.
    pub columns: usize,
    /// First and second moment, column after column.
    pub moments: [Vec<f32>; 2],
}

impl LateAdam {
    /// For a weight whose `gradient` is one [by row](super::Sparse::by_row), of columns; none for others. The numbers are
    /// PyTorch's `lr`, `eps` and `weight_decay`.
    pub fn new<const D: usize>(
        weight: &Tensor<D>,
        gradient: &Tensor<D>,
        [rate, epsilon, l2]: [f32; 3],
    ) -> Option<Self> {
        if D != 2 || !on_cpu(weight) || weight.dims() == gradient.dims() {
            return None;
        }
        let weight = Input::from(weight.clone());
        let weight = weight.numbers();
        is_by_column(weight).then(|| {
            let (columns, count) = (dims(weight)[1], weight.layout().num_elements());
            let moments = [(); 2].map(|()| vec![0.0; count]);
            Self::of(Moments { time: 0, columns, moments }, [rate, epsilon, l2])
        })
    }

    /// Goes on with `moments`.
    pub fn of(moments: Moments, [learning_rate, epsilon, l2]: [f32; 3]) -> Self {
        let kernel = crate::Adam { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon, l2 };
        let Moments { time, columns, moments } = moments;
        let moments = moments.map(|numbers| {
            let shape = [columns, numbers.len() / columns.max(1)];
            plain(numbers, &shape)
        });
        Self { kernel, time, moments, done: vec![time; columns] }
    }

    /// One step down `gradient`; its columns are up to date.
    pub fn step<const D: usize>(&mut self, weight: Tensor<D>, gradient: Tensor<D>) -> Tensor<D> {
        let whole = weight.dims() == gradient.dims();
        let weight = if whole { self.settle(weight) } else { weight };
        self.time = self.time.saturating_add(1);
        let (step, kernel) = (self.time, self.kernel);
        let gradient = Input::from(gradient);
        let gradient = gradient.numbers();
        self.change(weight, |width, weight, moments, done| {
            if whole {
                kernel.update(step, slice(&columns(gradient)), weight, moments);
                done.fill(step);
            } else {
                kernel.update_only(step, (slice(&gradient.to_contiguous()), width), weight, moments, done);
            }
        })
    }

    /// Brings columns up to date, which ascend.
    pub fn catch_up<const D: usize>(&mut self, weight: Tensor<D>, columns: &[u32]) -> Tensor<D> {
        let (step, kernel) = (self.time, self.kernel);
        self.change(weight, |width, weight, moments, done| {
            kernel.catch_up(step, columns, width, weight, moments, done);
        })
    }

    /// Brings all columns up to date.
    pub fn settle<const D: usize>(&mut self, weight: Tensor<D>) -> Tensor<D> {
        if self.done.iter().all(|&done| done == self.time) {
            return weight;
        }
        let all: Vec<u32> = (0..).take(self.done.len()).collect();
        self.catch_up(weight, &all)
    }

    /// What is to be remembered once all columns are up to date.
    pub fn moments(&self) -> Moments {
        let moments = self.moments.each_ref().map(|moment| slice(moment).to_vec());
        Moments { time: self.time, columns: self.done.len(), moments }
    }

    fn change<const D: usize>(
        &mut self,
        weight: Tensor<D>,
        f: impl FnOnce(usize, &mut [f32], [&mut [f32]; 2], &mut [i32]),
    ) -> Tensor<D> {
        let mut weight = turned(weight);
        let width = dims(&weight)[1];
        let [first, second] = &mut self.moments;
        f(width, slice_mut(&mut weight), [slice_mut(first), slice_mut(second)], &mut self.done);
        Tensor::from_primitive::<Flex>(weight.transpose(0, 1))
    }
}

/// The columns of a matrix, its only owner if `x` was.
fn turned<const D: usize>(x: Tensor<D>) -> Flat {
    let x = Input::from(x);
    columns(x.numbers())
}
