//! From the log-probabilities of a picture under every transformation to its score.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::Weights;
use crate::error::{Error, Result};

/// How the transformation methods score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GtScore {
    /// Minus the mean of log P of the true transformation (the authors' 2021 code).
    MeanLogProb,
    /// Minus the mean of P of the true transformation (Eq. 8 and 11).
    MeanProb,
    /// Minus the mean over transformations of the largest P, whichever it is.
    MaxMean,
    /// Minus the Dirichlet log-likelihood of the softmax vectors (Golan and El-Yaniv 2018).
    Dirichlet,
    /// Mean entropy of the softmax vectors, in bits (Wang et al. 2019, E3Outlier's negative entropy).
    Entropy,
}

/// A score and what it needs to know from training.
#[derive(Clone, Debug)]
pub struct Scorer {
    kind: GtScore,
    /// `M x M` concentrations, row m those of transformation m; empty unless [`GtScore::Dirichlet`].
    alpha: Vec<f64>,
}

impl Scorer {
    /// The score `kind`, before anything is known; Dirichlet stands in as mean log P.
    pub fn plain(kind: GtScore) -> Self {
        let kind = if kind == GtScore::Dirichlet { GtScore::MeanLogProb } else { kind };
        Self { kind, alpha: Vec::new() }
    }

    /// The score `kind` fitted on the log-probabilities that `visit` hands out, `count x count` a picture.
    ///
    /// # Errors
    /// What `visit` returns.
    pub fn fit(
        kind: GtScore,
        count: usize,
        visit: impl Fn(&mut dyn FnMut(&[f32])) -> Result<()>,
    ) -> Result<Self> {
        if kind != GtScore::Dirichlet {
            return Ok(Self { kind, alpha: Vec::new() });
        }
        let mut sums = vec![Sums::new(count); count];
        visit(&mut |log_p| {
            for (sums, row) in sums.iter_mut().zip(log_p.chunks_exact(count)) {
                sums.add(row);
            }
        })?;
        Ok(Self { kind, alpha: sums.iter().flat_map(Sums::concentrations).collect() })
    }

    /// Restores a fitted score.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the concentrations are absent or not positive.
    pub fn load(kind: GtScore, count: usize, weights: &mut Weights) -> Result<Self> {
        if kind != GtScore::Dirichlet {
            return Ok(Self { kind, alpha: Vec::new() });
        }
        let (_, alpha) = weights.take_f64("dirichlet", &[Some(count), Some(count)])?;
        if alpha.iter().any(|&a| a <= 0.0) {
            return Err(Error::Mismatch {
                what: "dirichlet".into(),
                expected: "positive concentrations".into(),
                found: "others".into(),
            });
        }
        Ok(Self { kind, alpha })
    }

    /// Writes what was fitted.
    pub fn store(&self, weights: &mut Weights) {
        if !self.alpha.is_empty() {
            let count = self.alpha.len().isqrt();
            weights.put_f64("dirichlet", &[count, count], self.alpha.clone());
        }
    }

    /// The score of a picture from its `M x M` log-probabilities, higher = more anomalous.
    pub fn score(&self, log_p: &[f32]) -> f32 {
        let count = log_p.len().isqrt();
        let rows = log_p.chunks_exact(count).enumerate();
        let mean = |each: &dyn Fn(usize, &[f32]) -> f64| {
            rows.clone().map(|(m, row)| each(m, row)).sum::<f64>() / count as f64
        };
        let score = match self.kind {
            GtScore::MeanLogProb => -mean(&|m, row| f64::from(row[m])),
            GtScore::MeanProb => -mean(&|m, row| f64::from(row[m]).exp()),
            GtScore::MaxMean => {
                -mean(&|_, row| f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max)).exp())
            }
            GtScore::Entropy => mean(&|_, row| row.iter().map(|&l| entropy(f64::from(l))).sum()),
            GtScore::Dirichlet => -mean(&|m, row| {
                let alpha = &self.alpha[m * count..(m + 1) * count];
                alpha.iter().zip(row).map(|(a, &l)| (a - 1.0) * clamped(l)).sum()
            }),
        };
        score as f32
    }
}

/// -p log2(p + 1e-12) from log p.
fn entropy(log_p: f64) -> f64 {
    let p = log_p.exp();
    -p * (p + 1e-12).log2()
}

/// log max(p, 1e-12).
fn clamped(log_p: f32) -> f64 {
    f64::from(log_p).max(-27.631_021_115_928_547)
}

/// What the Dirichlet fit of one transformation needs of the softmax vectors p.
#[derive(Clone)]
struct Sums {
    n: f64,
    p: Vec<f64>,
    log_p: Vec<f64>,
}

impl Sums {
    fn new(count: usize) -> Self {
        Self { n: 0.0, p: vec![0.0; count], log_p: vec![0.0; count] }
    }

    fn add(&mut self, row: &[f32]) {
        self.n += 1.0;
        for (j, &l) in row.iter().enumerate() {
            let l = clamped(l);
            self.p[j] += l.exp();
            self.log_p[j] += l;
        }
    }

    /// Maximum-likelihood concentrations by Minka's fixed point, from the start that Golan and El-Yaniv use.
    fn concentrations(&self) -> Vec<f64> {
        let count = self.p.len() as f64;
        let mean: Vec<f64> = self.p.iter().map(|p| p / self.n).collect();
        let mean_log: Vec<f64> = self.log_p.iter().map(|l| l / self.n).collect();
        let spread: f64 = mean.iter().zip(&mean_log).map(|(p, l)| p * (p.ln() - l)).sum::<f64>() * self.n;
        let scale = self.n * (count - 1.0) * -digamma(1.0) / spread.max(1e-12);
        let mut alpha: Vec<f64> = mean.iter().map(|p| (p * scale).clamp(1e-9, 1e9)).collect();
        for _ in 0..1000 {
            let total = digamma(alpha.iter().sum());
            let next: Vec<f64> = mean_log.iter().map(|l| inverse_digamma(total + l)).collect();
            let step: f64 = next.iter().zip(&alpha).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
            alpha = next;
            if step < 1e-9 || step.is_nan() {
                break;
            }
        }
        alpha.into_iter().map(|a| if a.is_finite() { a.clamp(1e-9, 1e9) } else { 1.0 }).collect()
    }
}

/// ψ(x) for x > 0: recurrence up to 6, then the asymptotic series.
fn digamma(mut x: f64) -> f64 {
    let mut result = 0.0;
    while x < 6.0 {
        result -= 1.0 / x;
        x += 1.0;
    }
    let f = 1.0 / (x * x);
    result + x.ln()
        - 0.5 / x
        - f * (1.0 / 12.0 - f * (1.0 / 120.0 - f * (1.0 / 252.0 - f * (1.0 / 240.0 - f / 132.0))))
}

/// ψ'(x) for x > 0.
fn trigamma(mut x: f64) -> f64 {
    let mut result = 0.0;
    while x < 6.0 {
        result += 1.0 / (x * x);
        x += 1.0;
    }
    let f = 1.0 / (x * x);
    result + 1.0 / x + f / 2.0 + f / x * (1.0 / 6.0 - f * (1.0 / 30.0 - f * (1.0 / 42.0 - f / 30.0)))
}

/// The x with ψ(x) = y: Minka's start and five Newton steps.
fn inverse_digamma(y: f64) -> f64 {
    let start = if y >= -2.22 { y.exp() + 0.5 } else { -1.0 / (y - digamma(1.0)) };
    (0..5).fold(start, |x, _| (x - (digamma(x) - y) / trigamma(x)).max(1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.special.digamma([.1, 1, 3.7, 50])` and `polygamma(1, [.1, 1, 3.7, 50])`.
    #[test]
    fn gamma_derivatives_agree_with_scipy() {
        let cases = [
            (0.1, -10.423_754_940_411_076, 101.433_299_150_792_75),
            (1.0, -0.577_215_664_901_532_9, 1.644_934_066_848_226_4),
            (3.7, 1.167_153_539_361_511_3, 0.310_037_857_670_038_33),
            (50.0, 3.901_989_673_427_892_5, 0.020_201_333_226_697_128),
        ];
        for (x, psi, prime) in cases {
            assert!((digamma(x) - psi).abs() < 1e-9 * psi.abs(), "{x} {}", digamma(x));
            assert!((trigamma(x) - prime).abs() < 1e-8 * prime, "{x} {}", trigamma(x));
            assert!((inverse_digamma(psi) - x).abs() < 1e-6 * x);
        }
    }

    #[test]
    fn sure_and_right_is_normal_by_every_score() {
        let sure = |right: bool| -> Vec<f32> {
            let p = |m: usize, j: usize| if (m == j) == right { 0.98f32 } else { 0.01 };
            (0..9).map(|i| p(i / 3, i % 3)).map(|p| if right { p } else { p / 1.97 }).map(f32::ln).collect()
        };
        let blurred = vec![(1.0f32 / 3.0).ln(); 9];
        for kind in [GtScore::MeanLogProb, GtScore::MeanProb, GtScore::MaxMean, GtScore::Entropy] {
            let scorer = Scorer::plain(kind);
            assert!(scorer.score(&sure(true)) < scorer.score(&blurred), "{kind:?}");
        }
        let pictures: Vec<Vec<f32>> = (0..20)
            .map(|i| {
                let p = 0.9 + 0.004 * i as f32;
                (0..9).map(|e| if e / 3 == e % 3 { p.ln() } else { ((1.0 - p) / 2.0).ln() }).collect()
            })
            .collect();
        let scorer = Scorer::fit(GtScore::Dirichlet, 3, |each| {
            pictures.iter().for_each(|p| each(p));
            Ok(())
        })
        .unwrap();
        assert!(scorer.score(&pictures[10]) < scorer.score(&blurred));
        assert!(scorer.score(&blurred) < scorer.score(&sure(false)));
    }
}
