//! Empirical cumulative distributions (ECOD; Li et al. 2022): an item in the tails of many columns is an outlier.
//!
//! For every column, the share of the fit's items at most as large and at least as large as the item's value; minus
//! their logarithms are the two tails. [`Tails`] says how the columns are put together. A value beyond all those of the
//! fit counts as 1 / (n + 1). With more than `max_values` items a column is kept as so many of its values, evenly
//! spaced by rank, the smallest and the largest among them.

mod column;

use burn::tensor::Device;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::method::MethodConfig;
use crate::method::detector::{Detector, bad_array, expect_items, expect_width};
use crate::method::ecod::column::Column;
use crate::method::reference::some;
use crate::nn::autoencoder::Shape;
use crate::stop;
use crate::train::Context;

/// Items fitted on, at most; a random choice when there are more.
const MAX_ITEMS: usize = 1_000_000;

/// Settings of ECOD.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EcodConfig {
    /// How the tails of the columns are combined.
    #[schemars(extend("source" = "PyOD; whole-item is Algorithm 1 of Li et al. 2022"))]
    pub tails: Tails,
    /// Values kept per column, from 2 to 1 000 000. The model's size grows with it, and the finest tail is one in so many.
    #[schemars(extend("source" = "ours: a bound on the size of the model"))]
    pub max_values: usize,
}

/// How the tails of the columns are combined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tails {
    /// The thinner tail of every column, added up. What PyOD computes.
    #[default]
    EachColumn,
    /// The largest of three sums: the lower tails, the upper tails, and of every column the tail on the side of its
    /// skew (the paper's Algorithm 1).
    WholeItem,
}

impl Default for EcodConfig {
    fn default() -> Self {
        Self { tails: Tails::EachColumn, max_values: 2000 }
    }
}

impl MethodConfig for EcodConfig {
    type Fitted = Ecod;
    const NAME: &str = "ecod";
    const SUMMARY: &str = "empirical tail probability, feature by feature";
    const SOURCE: &str = "Li et al. 2022";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        if (2..=1_000_000).contains(&self.max_values) {
            return Ok(());
        }
        Err(Error::config("max_values", self.max_values, "must lie between 2 and 1000000"))
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Ecod> {
        self.validate()?;
        expect_items(x, 2, "ECOD")?;
        let x = &*some(x, MAX_ITEMS, context.seed);
        let kept = x.len().min(self.max_values);
        let column = |mut values: Vec<f32>| {
            values.sort_unstable_by(f32::total_cmp);
            Column::new(&values, x.len(), kept)
        };
        let columns: Vec<Column> = columns(x).into_par_iter().map(column).collect();
        Ok(Ecod { tails: self.tails, kept, columns })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Ecod> {
        Ecod::load(self, weights)
    }
}

/// The values of every column that are not 0.
fn columns(x: &Features) -> Vec<Vec<f32>> {
    let mut columns = vec![vec![]; x.width()];
    let mut row = vec![0.0; x.width()];
    for i in 0..x.len() {
        if let Features::Sparse(x) = x {
            let (places, values) = x.row(i);
            places.iter().zip(values).for_each(|(&column, &value)| columns[column as usize].push(value));
        } else {
            x.row_into(i, &mut row);
            columns.iter_mut().zip(&row).filter(|(_, value)| **value != 0.0).for_each(|(c, &v)| c.push(v));
        }
    }
    columns
}

/// The distributions of the fit's columns.
pub struct Ecod {
    tails: Tails,
    /// Values a column, zeros included.
    kept: usize,
    columns: Vec<Column>,
}

impl Ecod {
    /// Restores the distributions of the fit's columns.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not make distributions.
    pub fn load(config: &EcodConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        let (_, kept) = weights.take_u32("kept", &[Some(1)])?;
        let (shape, ends) = weights.take_u32("ends", &[None])?;
        let (_, skews) = weights.take_u8("skews", &[Some(shape[0])])?;
        let (_, values) = weights.take_f32("values", &[None])?;
        let kept = kept[0] as usize;
        if !(2..=config.max_values).contains(&kept)
            || shape[0] == 0
            || ends.last() != Some(&(values.len() as u32))
        {
            let expected = "columns of 2 to `max_values` values";
            return Err(bad_array("distributions", expected, format!("{kept} in {} columns", shape[0])));
        }
        let starts = [0].into_iter().chain(ends.iter().copied());
        let columns = starts.zip(&ends).zip(skews).map(|((start, &end), skew)| {
            let column = values.get(start as usize..end as usize);
            let sound =
                |column: &&[f32]| column.len() <= kept && column.is_sorted() && !column.contains(&0.0);
            match (column.filter(sound), skew) {
                (Some(column), 0..=2) => Ok(Column::stored(column.to_vec(), f64::from(skew) - 1.0, kept)),
                _ => Err(bad_array(
                    "distributions",
                    "ascending values and a skew of 0 to 2",
                    format!("at {start}"),
                )),
            }
        });
        Ok(Self { tails: config.tails, kept, columns: columns.collect::<Result<_>>()? })
    }

    fn score(&self, row: &[f32]) -> f32 {
        let tails =
            self.columns.iter().zip(row).map(|(column, &value)| (column, column.tails(value, self.kept)));
        let score = match self.tails {
            Tails::EachColumn => tails.map(|(_, (lower, upper))| lower.max(upper)).sum::<f64>(),
            Tails::WholeItem => {
                let (mut below, mut above, mut skewed) = (0.0, 0.0, 0.0);
                for (column, (lower, upper)) in tails {
                    below += lower;
                    above += upper;
                    skewed += if column.skew < 0.0 { lower } else { upper };
                }
                below.max(above).max(skewed)
            }
        };
        score as f32
    }
}

impl Detector for Ecod {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        expect_width(x, self.columns.len())?;
        let score = |row: &mut Vec<f32>, i: usize| {
            stop::check();
            x.row_into(i, row);
            self.score(row)
        };
        Ok((0..x.len()).into_par_iter().map_init(|| vec![0.0; self.columns.len()], score).collect())
    }

    fn store(&self, weights: &mut Weights) {
        let ends = self.columns.iter().scan(0, |end, column| {
            *end += column.values.len() as u32;
            Some(*end)
        });
        let values: Vec<f32> = self.columns.iter().flat_map(|column| &column.values).copied().collect();
        weights.put_u32("kept", &[1], vec![self.kept as u32]);
        weights.put_u32("ends", &[self.columns.len()], ends.collect());
        weights.put_u8(
            "skews",
            &[self.columns.len()],
            self.columns.iter().map(|c| (c.skew + 1.0) as u8).collect(),
        );
        weights.put_f32("values", &[values.len()], values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Csr, Matrix};
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    fn skewed(n: usize) -> Features {
        let value = |i: usize| match (i * 7919 % 101) as f32 / 10.0 - 3.0 {
            value if value < 0.0 && i.is_multiple_of(2) => 0.0,
            value => value * value.abs() * if i % 4 == 3 { -1.0 } else { 1.0 },
        };
        Features::Dense(Matrix { cols: 4, values: (0..4 * n).map(value).collect() })
    }

    // import numpy as np; from pyod.models.ecod import ECOD; from scipy.stats import skew
    // i = np.arange(200); v = ((i * 7919 % 101).astype(np.float32) / np.float32(10) - np.float32(3))
    // x = np.where((v < 0) & (i.is_multiple_of(2)), 0, v * abs(v) * np.where(i % 4 == 3, -1, 1))
    // x = x.astype(np.float32).reshape(50, 4)
    // e = ECOD().fit(x); s = skew(x); print(e.decision_scores_[:4], s)
    // print(np.max([e.U_l.sum(1), e.U_r.sum(1), np.where(s < 0, e.U_l, e.U_r).sum(1)], 0)[:4])
    #[test]
    fn agrees_with_pyod_and_the_paper() {
        for (tails, expected) in [
            (Tails::EachColumn, [5.4367889, 6.1525727, 4.2584648, 6.4987764]),
            (Tails::WholeItem, [3.8930050, 5.6312758, 3.4364847, 5.7160170]),
        ] {
            let config = EcodConfig { tails, ..Default::default() };
            let scores = fit_seeded(&config, &skewed(50), Seed(0)).unwrap().scores(&skewed(50)).unwrap();
            for (found, expected) in scores.iter().zip(expected) {
                assert!(
                    (f64::from(*found) - expected).abs() < 1e-5,
                    "{tails:?}: {found} instead of {expected}"
                );
            }
        }
    }

    #[test]
    fn values_beyond_the_fit_lie_deepest_in_the_tail() {
        let x = Features::Dense(Matrix { cols: 1, values: vec![-1.0, 0.0, 0.0, 2.0] });
        let ecod = fit_seeded(&EcodConfig::default(), &x, Seed(0)).unwrap();
        let new = Features::Dense(Matrix { cols: 1, values: vec![-9.0, -1.0, 0.0, 1.0, 2.0, f32::MAX] });
        let shares = ecod.scores(&new).unwrap().into_iter().map(|score| (-score).exp());
        for (found, expected) in shares.zip([0.2, 0.25, 0.75, 0.25, 0.25, 0.2]) {
            assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
        }
    }

    #[test]
    fn the_layout_does_not_matter_and_few_values_come_close() {
        let sparse = Features::Sparse(Csr {
            cols: 2,
            offsets: vec![0, 1, 1, 3, 4],
            indices: vec![0, 0, 1, 1],
            values: vec![1.0, -2.0, 3.0, 0.5],
        });
        let rows = vec![1.0, 0.0, 0.0, 0.0, -2.0, 3.0, 0.0, 0.5];
        let dense = Features::Dense(Matrix { cols: 2, values: rows });
        let fit =
            |config: &EcodConfig, x: &Features| fit_seeded(config, x, Seed(0)).unwrap().scores(x).unwrap();
        assert_eq!(fit(&EcodConfig::default(), &sparse), fit(&EcodConfig::default(), &dense));
        let x = skewed(3000);
        let (all, few) = (
            fit(&EcodConfig { max_values: 3000, ..Default::default() }, &x),
            fit(&EcodConfig { max_values: 300, ..Default::default() }, &x),
        );
        assert!(all.iter().zip(&few).all(|(all, few)| (all - few).abs() < 0.5));
    }

    #[test]
    fn a_stored_model_scores_the_same_and_a_bent_one_is_refused() {
        let (x, config) = (skewed(50), EcodConfig { tails: Tails::WholeItem, max_values: 30 });
        let ecod = fit_seeded(&config, &x, Seed(0)).unwrap();
        let mut stored = Weights::default();
        ecod.store(&mut stored);
        let mut copy = stored.clone();
        let loaded = Ecod::load(&config, &mut copy).unwrap();
        copy.finish().unwrap();
        assert_eq!(loaded.scores(&x).unwrap(), ecod.scores(&x).unwrap());
        let refused = |name: &str, values: Vec<u32>| {
            let mut bent = stored.clone();
            bent.put_u32(name, &[values.len()], values);
            Ecod::load(&config, &mut bent).is_err()
        };
        let (_, ends) = stored.clone().take_u32("ends", &[Some(4)]).unwrap();
        assert!(refused("kept", vec![1]) && refused("kept", vec![31]));
        assert!(refused("ends", vec![ends[1], ends[0], ends[2], ends[3]]));
        assert!(refused("ends", vec![0, 0, 0, ends[3]]), "more values than kept");
        assert!(refused("ends", vec![ends[0], ends[1], ends[2], ends[3] + 1]));
    }

    #[test]
    fn constant_columns_and_bad_settings() {
        let equal = Features::Dense(Matrix { cols: 2, values: [0.0, 5.0].repeat(9) });
        for tails in [Tails::EachColumn, Tails::WholeItem] {
            let ecod = fit_seeded(&EcodConfig { tails, ..Default::default() }, &equal, Seed(0)).unwrap();
            assert_eq!(ecod.scores(&equal).unwrap(), [0.0; 9]);
        }
        assert!(fit_seeded(&EcodConfig { max_values: 1, ..Default::default() }, &equal, Seed(0)).is_err());
    }
}
