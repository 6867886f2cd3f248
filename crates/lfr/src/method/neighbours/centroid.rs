//! Distance to the mean of all items (Rocchio 1971; as a detector Manevitz and Yousef 2001): for items of unit length, such
//! as documents, in the order of the cosine to it.

use burn::tensor::Device;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::MethodConfig;
use crate::method::detector::{Detector, bad_array, expect_items, expect_width};
use crate::method::scaling::Scaling;
use crate::nn::autoencoder::Shape;
use crate::train::Context;

/// Settings of the distance to the mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CentroidConfig {
    /// What is done to an item first.
    #[schemars(extend("source" = "ours: nothing in Manevitz and Yousef 2001"))]
    pub scaling: Scaling,
}

impl MethodConfig for CentroidConfig {
    type Fitted = Centroid;
    const NAME: &str = "centroid";
    const SUMMARY: &str = "distance to the mean of all items";
    const SOURCE: &str = "Manevitz and Yousef 2001";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn fit(&self, x: &Features, _: &mut Context<'_>) -> Result<Centroid> {
        expect_items(x, 2, "a mean")?;
        let x = &*self.scaling.apply(x);
        let mut centre = vec![0.0; x.width()];
        (0..x.len()).for_each(|i| each(x, i, |column, value| centre[column] += value));
        centre.iter_mut().for_each(|sum| *sum /= x.len() as f64);
        Ok(Centroid { scaling: self.scaling, centre })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Centroid> {
        Centroid::load(self, weights)
    }
}

/// Calls `f` with every column and value of item `i`, of a sparse one those that are stored.
fn each(x: &Features, i: usize, mut f: impl FnMut(usize, f64)) {
    if let Features::Sparse(x) = x {
        let (columns, values) = x.row(i);
        return columns.iter().zip(values).for_each(|(&column, &value)| f(column as usize, value.into()));
    }
    let mut row = vec![0.0; x.width()];
    x.row_into(i, &mut row);
    row.into_iter().enumerate().for_each(|(column, value)| f(column, value.into()));
}

/// The mean of the items of a fit.
pub struct Centroid {
    scaling: Scaling,
    centre: Vec<f64>,
}

impl Centroid {
    /// Restores the mean.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when the array is none.
    pub fn load(config: &CentroidConfig, weights: &mut Weights) -> Result<Self> {
        let (shape, centre) = weights.take_f64("centre", &[None])?;
        if centre.is_empty() {
            return Err(bad_array("centre", "at least one number", format!("{shape:?}")));
        }
        Ok(Self { scaling: config.scaling, centre })
    }
}

impl Detector for Centroid {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        expect_width(x, self.centre.len())?;
        let x = &*self.scaling.apply(x);
        let length: f64 = self.centre.iter().map(|c| c * c).sum();
        let score = |i: usize| {
            // A value v in place of 0 moves the squared distance from c² to (v - c)².
            let mut squared = length;
            each(x, i, |column, value| squared += value * (value - 2.0 * self.centre[column]));
            squared.max(0.0).sqrt().min(f64::from(f32::MAX)) as f32
        };
        Ok((0..x.len()).into_par_iter().map(score).collect())
    }

    fn store(&self, weights: &mut Weights) {
        weights.put_f64("centre", &[self.centre.len()], self.centre.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Csr, Matrix};
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    fn close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
        }
    }

    // import numpy as np
    // x = np.array([[1, 2], [3, 1], [-1, 0], [4, 9.]]); print(np.linalg.norm(x - x.mean(0), axis=1))
    // r = np.sign(x) * np.sqrt(abs(x)); r /= np.linalg.norm(r, axis=1, keepdims=True)
    // print(np.linalg.norm(r - r.mean(0), axis=1))
    #[test]
    fn agrees_with_numpy() {
        let x = Features::Dense(Matrix { cols: 2, values: vec![1.0, 2.0, 3.0, 1.0, -1.0, 0.0, 4.0, 9.0] });
        let scores =
            |scaling| fit_seeded(&CentroidConfig { scaling }, &x, Seed(0)).unwrap().scores(&x).unwrap();
        close(&scores(Scaling::None), &[1.25, 2.358_495_3, 4.069_705, 6.408_003]);
        close(&scores(Scaling::Root), &[0.430_714_87, 0.617_623_9, 1.360_078_5, 0.424_393_2]);
    }

    #[test]
    fn sparse_rows_score_as_dense_ones_and_a_stored_model_the_same() {
        let sparse = Csr {
            cols: 3,
            offsets: vec![0, 2, 3, 4],
            indices: vec![0, 2, 1, 2],
            values: vec![0.6, 0.8, 1.0, 1.0],
        };
        let sparse = Features::Sparse(sparse);
        let dense = Features::Dense(Matrix { cols: 3, values: sparse.dense(&[0, 1, 2]) });
        let centroid = fit_seeded(&CentroidConfig::default(), &sparse, Seed(0)).unwrap();
        close(&centroid.scores(&sparse).unwrap(), &centroid.scores(&dense).unwrap());
        let mut stored = Weights::default();
        centroid.store(&mut stored);
        let loaded = Centroid::load(&CentroidConfig::default(), &mut stored).unwrap();
        assert_eq!(loaded.scores(&sparse).unwrap(), centroid.scores(&sparse).unwrap());
        assert!(loaded.scores(&Features::Dense(Matrix { cols: 2, values: vec![0.0; 2] })).is_err());
        stored.put_f64("centre", &[0], vec![]);
        assert!(Centroid::load(&CentroidConfig::default(), &mut stored).is_err());
    }
}
