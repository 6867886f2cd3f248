//! Attribute-wise learning for scoring outliers (ALSO; Paulheim and Meusel 2015): every column is predicted from all
//! others, and an item whose columns are not what the others make of them is an outlier.
//!
//! Columns are predicted by ridge regression, all at once (`ridge.rs`), each item by a regression that has not seen
//! it. The features that one column of a table became (the levels of a category, the two coordinates of a weekday) are one
//! group, which never predicts itself; the size of the group's error, over its mean in the fit, is the column's part.
//!
//! Deviations: the paper learns trees in ten folds, and puts the columns together by a mean weighted by how well they are
//! predicted. Here the largest errors count most (a cubic mean), and equally for all columns, so that a value far out in a column
//! that nothing predicts counts as well; a column that is predicted almost exactly is measured by a thousandth of its own
//! spread at least, below which there is rounding. More than 512 features are split at random into blocks that predict
//! among themselves.

use burn::tensor::Device;
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::linalg::by_block;
use crate::method::MethodConfig;
use crate::method::dependence::ridge::{Fitted, Ridge};
use crate::method::detector::{Detector, bad_array, expect_items, expect_width};
use crate::nn::autoencoder::Shape;
use crate::seed::Seed;
use crate::train::Context;

/// Features that predict one another at once; the cost grows with its cube.
const MOST: usize = 512;

/// The least error that counts as one, as a share of the column's spread.
const LEAST: f64 = 1e-3;

/// From so many mean errors on, scores grow with the logarithm.
pub(crate) const KNEE: f64 = 10.0;

/// Settings of ALSO.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlsoConfig {
    /// What is made of the errors of an item's columns.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md; a weighted root mean square in Paulheim and Meusel 2015"))]
    pub errors: Errors,
    /// Strength of the ridge regression, above 0: so many items of ordinary spread would pull as much towards no dependence.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    pub ridge: f64,
}

/// What is made of the errors of an item's columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Errors {
    /// The largest: one wrong column makes an outlier.
    Largest,
    /// The cubic mean: mostly the large ones.
    #[default]
    Cubic,
    /// The mean.
    Mean,
}

impl Errors {
    fn of(self, errors: impl Iterator<Item = f64>) -> f32 {
        let (mut count, mut sum, mut largest) = (0.0, 0.0, 0.0_f64);
        for error in errors {
            count += 1.0;
            sum += if self == Self::Cubic { error.powi(3) } else { error };
            largest = largest.max(error);
        }
        let score = match self {
            Self::Largest => largest,
            Self::Cubic => (sum / f64::max(count, 1.0)).cbrt(),
            Self::Mean => sum / f64::max(count, 1.0),
        };
        // Logarithmic from here on, as numbers of tables are: one row broken by a thousand must not make all others equal.
        let score = if score > KNEE { KNEE + (score - KNEE).ln_1p() } else { score };
        score.min(f64::from(f32::MAX)) as f32
    }
}

impl Default for AlsoConfig {
    fn default() -> Self {
        Self { errors: Errors::default(), ridge: 1.0 }
    }
}

impl MethodConfig for AlsoConfig {
    type Fitted = Also;
    const NAME: &str = "also";
    const SUMMARY: &str = "how far columns are from what all others predict for them";
    const SOURCE: &str = "Paulheim and Meusel 2015 (ALSO)";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        if self.ridge > 0.0 && self.ridge <= 1e12 {
            return Ok(());
        }
        Err(Error::config("ridge", self.ridge, "must be above 0 and at most 1e12"))
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Also> {
        self.validate()?;
        expect_items(x, 3, "ALSO")?;
        let mean = mean(x);
        let blocks: Vec<Fitted> = blocks(&groups(x.width(), &context.columns), context.seed)
            .into_iter()
            .map(|(features, sizes)| Fitted::new(x, &mean, features, sizes, self.ridge))
            .collect();
        let row = |rows: &[f32], items: usize, each: &mut dyn FnMut(usize, &[f64])| {
            let parts: Vec<(usize, Vec<f64>)> = blocks
                .iter()
                .map(|block| (block.ridge.sizes.len(), block.sizes_without_own(rows, &mean)))
                .collect();
            let groups: usize = parts.iter().map(|(groups, _)| groups).sum();
            let mut all = Vec::with_capacity(groups);
            for item in 0..items {
                all.clear();
                parts.iter().for_each(|(groups, sizes)| all.extend(&sizes[item * groups..][..*groups]));
                each(item, &all);
            }
        };
        // Sums of every block of items, joined in their order.
        let sums = by_block(x, |items, rows| {
            let mut sums = vec![0.0; blocks.iter().map(|block| block.ridge.sizes.len()).sum()];
            row(&rows, items.len(), &mut |_, errors| {
                sums.iter_mut().zip(errors).for_each(|(sum, error)| *sum += error);
            });
            vec![sums]
        });
        let spreads: Vec<f64> = blocks.iter().flat_map(|block| block.spreads.iter().copied()).collect();
        let scales: Vec<f64> = (spreads.iter().enumerate())
            .map(|(group, spread)| {
                let mean = sums.iter().map(|sums| sums[group]).sum::<f64>() / x.len() as f64;
                let scale = mean.max(LEAST * spread);
                if scale > 0.0 { scale } else { 1.0 }
            })
            .collect();
        let fitted = by_block(x, |items, rows| {
            let mut scores = Vec::with_capacity(items.len());
            row(&rows, items.len(), &mut |_, errors| {
                scores.push(self.errors.of(errors.iter().zip(&scales).map(|(error, scale)| error / scale)));
            });
            scores
        });
        let blocks = blocks.into_iter().map(|block| block.ridge).collect();
        Ok(Also { errors: self.errors, mean, blocks, scales, fitted })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Also> {
        Also::load(self, weights)
    }
}

/// The features of each column, `columns` telling the column of every feature; by itself each where that is not known.
fn groups(width: usize, columns: &[u32]) -> Vec<Vec<u32>> {
    let features = (0..width as u32).collect::<Vec<_>>();
    match columns.len() == width {
        true => features
            .chunk_by(|&a, &b| columns[a as usize] == columns[b as usize])
            .map(<[u32]>::to_vec)
            .collect(),
        false => features.into_iter().map(|feature| vec![feature]).collect(),
    }
}

/// The groups in blocks of about [`MOST`] features, as the features and the sizes of the groups; a group is never parted.
fn blocks(groups: &[Vec<u32>], seed: Seed) -> Vec<(Vec<u32>, Vec<u32>)> {
    let width: usize = groups.iter().map(Vec::len).sum();
    let mut order: Vec<usize> = (0..groups.len()).collect();
    if width > MOST {
        order.shuffle(&mut seed.stream("blocks"));
    }
    // Blocks of about the same size.
    let room = width.div_ceil(width.div_ceil(MOST).max(1));
    let mut blocks: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
    for group in order.into_iter().map(|group| &groups[group]) {
        if blocks.last().is_none_or(|(features, _)| features.len() >= room) {
            blocks.push(Default::default());
        }
        if let Some((features, sizes)) = blocks.last_mut() {
            features.extend(group);
            sizes.push(group.len() as u32);
        }
    }
    blocks
}

fn mean(x: &Features) -> Vec<f64> {
    let width = x.width();
    let sums = by_block(x, |_, rows| {
        let mut sums = vec![0.0; width];
        for row in rows.chunks_exact(width) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        vec![sums]
    });
    (0..width).map(|j| sums.iter().map(|sums| sums[j]).sum::<f64>() / x.len() as f64).collect()
}

/// Regressions of every column on all others.
pub struct Also {
    errors: Errors,
    mean: Vec<f64>,
    blocks: Vec<Ridge>,
    /// The mean error of every group in the fit.
    scales: Vec<f64>,
    /// The scores of the items of the fit, each by a regression without it; none in a model that was loaded.
    fitted: Vec<f32>,
}

impl Also {
    fn load(config: &AlsoConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        let (shape, mean) = weights.take_f64("mean", &[None])?;
        let (_, features) = weights.take_u32("features", &[Some(shape[0])])?;
        let (shape, sizes) = weights.take_u32("groups", &[None])?;
        let (_, scales) = weights.take_f64("scales", &[Some(shape[0])])?;
        let (_, lengths) = weights.take_u32("blocks", &[None])?;
        let (_, matrices) = weights.take_f64("matrices", &[None])?;
        let mut seen = features.clone();
        seen.sort_unstable();
        if !seen.iter().copied().eq(0..mean.len() as u32) || seen.is_empty() {
            return Err(bad_array("features", "every feature once", "others"));
        }
        if scales.iter().any(|scale| !(scale.is_finite() && *scale > 0.0)) {
            return Err(bad_array("scales", "positive numbers", "others"));
        }
        let parts = || bad_array("blocks of features", "such as make up all features", "others");
        let (mut features, mut sizes, mut matrices) = (&features[..], &sizes[..], &matrices[..]);
        let mut blocks = Vec::new();
        for length in lengths {
            let own = take(&mut sizes, length as usize).ok_or_else(parts)?;
            let width = own.iter().map(|&size| size as usize).sum::<usize>();
            let features =
                take(&mut features, width).filter(|_| width > 0 && !own.contains(&0)).ok_or_else(parts)?;
            let matrix =
                width.checked_mul(width).and_then(|size| take(&mut matrices, size)).ok_or_else(parts)?;
            blocks.push(Ridge { features: features.to_vec(), sizes: own.to_vec(), matrix: matrix.to_vec() });
        }
        match features.is_empty() && sizes.is_empty() && matrices.is_empty() {
            true => Ok(Self { errors: config.errors, mean, blocks, scales, fitted: Vec::new() }),
            false => Err(parts()),
        }
    }
}

/// The first `n` of `rest`, which keeps the others.
fn take<'a, T>(rest: &mut &'a [T], n: usize) -> Option<&'a [T]> {
    let (first, others) = rest.split_at_checked(n)?;
    *rest = others;
    Some(first)
}

impl Detector for Also {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        expect_width(x, self.mean.len())?;
        Ok(by_block(x, |items, rows| {
            let parts: Vec<(usize, Vec<f64>)> =
                self.blocks.iter().map(|block| (block.sizes.len(), block.sizes(&rows, &self.mean))).collect();
            let score = |item: usize| {
                let errors = parts.iter().flat_map(|(groups, sizes)| &sizes[item * groups..][..*groups]);
                self.errors.of(errors.zip(&self.scales).map(|(error, scale)| error / scale))
            };
            (0..items.len()).map(score).collect()
        }))
    }

    fn training_scores(&self, x: &Features) -> Result<Vec<f32>> {
        if self.fitted.len() == x.len() { Ok(self.fitted.clone()) } else { self.scores(x) }
    }

    fn store(&self, weights: &mut Weights) {
        let features: Vec<u32> = self.blocks.iter().flat_map(|block| &block.features).copied().collect();
        let sizes: Vec<u32> = self.blocks.iter().flat_map(|block| &block.sizes).copied().collect();
        let lengths: Vec<u32> = self.blocks.iter().map(|block| block.sizes.len() as u32).collect();
        let matrices: Vec<f64> = self.blocks.iter().flat_map(|block| &block.matrix).copied().collect();
        weights.put_f64("mean", &[self.mean.len()], self.mean.clone());
        weights.put_u32("features", &[features.len()], features);
        weights.put_u32("groups", &[sizes.len()], sizes);
        weights.put_f64("scales", &[self.scales.len()], self.scales.clone());
        weights.put_u32("blocks", &[lengths.len()], lengths);
        weights.put_f64("matrices", &[matrices.len()], matrices);
    }

    /// What the other columns predict.
    fn reconstruct(&self, x: &Features) -> Result<Option<Vec<f32>>> {
        expect_width(x, self.mean.len())?;
        let width = self.mean.len();
        Ok(Some(by_block(x, |items, mut rows| {
            for block in &self.blocks {
                let errors = block.errors(&rows, &self.mean);
                let pairs = rows.chunks_exact_mut(width).zip(errors.chunks_exact(block.features.len()));
                for (row, errors) in pairs {
                    let features = block.features.iter().zip(errors);
                    features.for_each(|(&j, error)| {
                        row[j as usize] = (f64::from(row[j as usize]) - error) as f32
                    });
                }
            }
            rows.truncate(items.len() * width);
            rows
        })))
    }
}

#[cfg(test)]
mod tests;
