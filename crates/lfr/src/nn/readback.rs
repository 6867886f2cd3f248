//! Numbers on their way back from a device.

use burn::tensor::{Tensor, Transaction};

use crate::error::{Error, Result};

/// Most vectors that wait, and most numbers in them.
const AT_ONCE: (usize, usize) = (256, 1 << 20);

/// Vectors that are read from their device many at a time, because every reading waits until a GPU has done all it was
/// asked for.
#[derive(Default)]
pub struct Readback {
    waiting: Vec<Tensor<1>>,
    numbers: usize,
    read: Vec<f32>,
}

impl Readback {
    /// Takes `vector`, to be read now or later.
    ///
    /// # Errors
    /// [`Error::Device`] when the device failed since the last reading.
    pub fn push(&mut self, vector: Tensor<1>) -> Result<()> {
        self.numbers += vector.dims()[0];
        self.waiting.push(vector.without_autodiff());
        if self.waiting.len() >= AT_ONCE.0 || self.numbers >= AT_ONCE.1 { self.read() } else { Ok(()) }
    }

    /// All numbers, in the order they came.
    ///
    /// # Errors
    /// As [`Readback::push`].
    pub fn finish(mut self) -> Result<Vec<f32>> {
        self.read()?;
        Ok(self.read)
    }

    /// All numbers so far, in the order they came.
    ///
    /// # Errors
    /// As [`Readback::push`].
    pub(crate) fn so_far(&mut self) -> Result<&[f32]> {
        self.read()?;
        Ok(&self.read)
    }

    /// One that has `read` so much.
    pub(crate) fn of(read: Vec<f32>) -> Self {
        Self { read, ..Self::default() }
    }

    fn read(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        self.numbers = 0;
        let all = waiting.fold(Transaction::default(), Transaction::register).try_execute();
        for data in all.map_err(failed)? {
            self.read.extend(data.try_into_vec::<f32>().map_err(failed)?);
        }
        Ok(())
    }
}

/// The one number of a loss; NaN when there is none.
pub fn scalar(value: &Tensor<1>) -> f64 {
    value.to_data().try_into_vec::<f32>().ok().and_then(|v| v.first().copied()).map_or(f64::NAN, f64::from)
}

fn failed(why: impl std::fmt::Debug) -> Error {
    Error::Device { name: "in use".into(), problem: format!("its numbers cannot be read back: {why:?}") }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn everything_comes_back_in_order() {
        let device = Device::flex();
        let mut readback = Readback::default();
        let mut expected = Vec::new();
        for i in 0..2 * AT_ONCE.0 + 3 {
            let numbers: Vec<f32> = (0..i % 4).map(|j| (10 * i + j) as f32).collect();
            let on = if i % 2 == 0 { device.clone() } else { device.clone().autodiff() };
            readback.push(Tensor::from_floats(numbers.as_slice(), &on)).unwrap();
            assert!(readback.waiting.len() < AT_ONCE.0);
            expected.extend(numbers);
        }
        assert_eq!(readback.finish().unwrap(), expected);
    }
}
