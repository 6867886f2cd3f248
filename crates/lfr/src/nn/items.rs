//! Items on the device of a network.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Most numbers that are kept on a GPU: 512 MiB.
const KEPT: usize = 1 << 27;

/// Rows of numbers, laid out by `rows` from their indices. A GPU is given all of them once where they fit; else, and on
/// the CPU, every batch is laid out when it is asked for.
pub struct Items<F> {
    rows: F,
    width: usize,
    device: Device,
    kept: Option<Tensor<2>>,
}

impl<F: Fn(&[usize]) -> Vec<f32>> Items<F> {
    /// `count` rows of `width` numbers for `device`.
    pub fn new(count: usize, width: usize, device: &Device, rows: F) -> Self {
        let mut items = Self { rows, width, device: device.clone(), kept: None };
        if *device != Device::flex() && count.saturating_mul(width) <= KEPT {
            let all: Vec<usize> = (0..count).collect();
            items.kept = Some(items.upload(&all));
        }
        items
    }

    /// `[n, width]`: the rows `indices`.
    pub fn batch(&self, indices: &[usize]) -> Tensor<2> {
        match &self.kept {
            Some(kept) => kept.clone().select(0, numbers(indices.iter().copied(), &self.device)),
            None => self.upload(indices),
        }
    }

    fn upload(&self, indices: &[usize]) -> Tensor<2> {
        let rows = TensorData::new((self.rows)(indices), [indices.len(), self.width]);
        Tensor::from_data(rows, &self.device)
    }
}

/// Whole numbers as a vector on `device`.
pub fn numbers(values: impl Iterator<Item = usize>, device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = values.map(|value| value as i32).collect();
    let length = values.len();
    Tensor::from_data(TensorData::new(values, [length]), device)
}
