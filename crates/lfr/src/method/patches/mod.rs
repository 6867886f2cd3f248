//! Patches learnt from the pile itself, and how usual a picture's mix of them is.
//!
//! 1. Random patches of the pictures, each less its mean and over its deviation, are whitened along their main components.
//!    k-means finds their centroids (Coates, Lee and Ng 2011).
//! 2. A patch belongs to a centroid by as much as it is nearer to it than to the mean centroid. The means over the four
//!    quarters of a picture, as square roots, describe it.
//! 3. The score is the distance from the centre of all descriptions, along the components that hold most of their variance,
//!    in deviations: Mahalanobis' distance with the covariance shrunk (Ledoit and Wolf 2004). Components, centre and
//!    covariance are found twice, the second time without the most distant pictures.
//!
//! Pictures without any difference all score 0. What is odd only across those components is not seen, as where pictures are so
//! small that each is one patch.
//!
//! Ours: the square roots, the distance as a score, and the second fit; the paper trains a classifier on the means.

mod codebook;
mod ellipsoid;
pub(crate) mod grid;

use burn::tensor::Device;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Images, Weights};
use crate::error::{Error, Result};
use crate::method::MethodConfig;
use crate::method::description::Takes;
use crate::method::detector::{Detector, expect_items, expect_width};
use crate::method::patches::codebook::Codebook;
use crate::method::patches::ellipsoid::Ellipsoid;
use crate::method::patches::grid::Grid;
use crate::method::reference::some;
use crate::nn::autoencoder::{Input, Shape};
use crate::train::Context;

/// Settings of the patches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PatchesConfig {
    /// Height and width of a patch in pixels, 2 to 16. A picture that is smaller is one patch.
    #[schemars(extend("source" = "Coates et al. 2011"))]
    pub patch: usize,
    /// Patches of a picture down and across at most, 2 to 256: of larger pictures those at every second, third, .. pixel.
    #[schemars(extend("source" = "ours: every place of 32 x 32 pixels, as in Coates et al. 2011"))]
    pub places: usize,
    /// Patches that centroids are learnt from, 100 to 200000, drawn at random.
    #[schemars(extend("source" = "ours: a bound on time"))]
    pub samples: usize,
    /// Share of the patches' variance that their whitened components hold, above 0, up to 1.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md: all in Coates et al. 2011"))]
    pub whitened: f64,
    /// Centroids, 2 to 1024; fewer when there are fewer patches.
    #[schemars(extend("source" = "ours: 100 to 4000 in Coates et al. 2011"))]
    pub centroids: usize,
    /// Share of the variance of the pictures' descriptions that the components hold along which they are compared, above
    /// 0, up to 1.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    pub variance: f64,
    /// Share of the pictures, the most distant ones, that the second fit leaves out, from 0, up to 0.5.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    pub trimmed: f64,
    /// Pictures fitted on, 2 to 1000000; a random choice when there are more.
    #[schemars(extend("source" = "ours: a bound on time and memory"))]
    pub max_items: usize,
}

impl Default for PatchesConfig {
    fn default() -> Self {
        Self {
            patch: 6,
            places: 32,
            samples: 20_000,
            whitened: 0.99,
            centroids: 256,
            variance: 0.95,
            trimmed: 0.1,
            max_items: 5000,
        }
    }
}

impl MethodConfig for PatchesConfig {
    type Fitted = Patches;
    const NAME: &str = "patches";
    const SUMMARY: &str = "how unusual the mix of small patches is, by features learnt from the pile";
    const SOURCE: &str = "Coates et al. 2011; Ledoit and Wolf 2004";
    const COST: &str = "seconds";
    const TAKES: Takes = Takes::Pictures;

    fn validate(&self) -> Result<()> {
        for (key, value, range) in [
            ("patch", self.patch, 2..=16),
            ("places", self.places, 2..=256),
            ("samples", self.samples, 100..=200_000),
            ("centroids", self.centroids, 2..=1024),
            ("max_items", self.max_items, 2..=1_000_000),
        ] {
            if !range.contains(&value) {
                let problem = format!("must lie between {} and {}", range.start(), range.end());
                return Err(Error::config(key, value, problem));
            }
        }
        for (key, share) in [("whitened", self.whitened), ("variance", self.variance)] {
            if !(share > 0.0 && share <= 1.0) {
                return Err(Error::config(key, share, "must be above 0, and 1 at most"));
            }
        }
        if !(0.0..=0.5).contains(&self.trimmed) {
            return Err(Error::config("trimmed", self.trimmed, "must lie between 0 and 0.5"));
        }
        Ok(())
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Patches> {
        self.validate()?;
        let images = pictures(x)?;
        expect_items(x, 2, "a comparison of patches")?;
        let grid = self.grid(images.channels, images.side);
        let x = &*some(x, self.max_items, context.seed);
        let codebook = Codebook::learn(x, grid, self, context.seed);
        let rows: Vec<Vec<f32>> = (0..x.len()).into_par_iter().map(|i| codebook.features(x, i)).collect();
        let ellipsoid = Ellipsoid::around(&rows.concat(), codebook.width(), self.variance, self.trimmed);
        Ok(Patches { width: x.width(), codebook, ellipsoid })
    }

    fn load(&self, shape: &Shape, _: &Device, weights: &mut Weights) -> Result<Patches> {
        self.validate()?;
        let Input::Picture { channels, side } = shape.input else { return Err(unsuitable()) };
        let codebook = Codebook::load(self.grid(channels, side), weights)?;
        let ellipsoid = Ellipsoid::load(codebook.width(), weights)?;
        Ok(Patches { width: shape.width, codebook, ellipsoid })
    }
}

impl PatchesConfig {
    /// Where the patches of pictures of this size are.
    pub(crate) fn grid(&self, channels: usize, side: usize) -> Grid {
        Grid::new(channels, side, self.patch, self.places)
    }
}

fn pictures(x: &Features) -> Result<&Images> {
    match x {
        Features::Images(images) => Ok(images),
        _ => Err(unsuitable()),
    }
}

fn unsuitable() -> Error {
    Error::Unsuitable {
        method: "patches".into(),
        kind: "tables or text".into(),
        hint: "use the default, or another method; `lfr methods` lists them".into(),
    }
}

/// Learnt patches, and the usual mix of them.
pub struct Patches {
    /// Numbers of a picture.
    width: usize,
    codebook: Codebook,
    ellipsoid: Ellipsoid,
}

impl Detector for Patches {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        pictures(x)?;
        expect_width(x, self.width)?;
        let score = |i: usize| self.ellipsoid.distance(&self.codebook.features(x, i));
        Ok((0..x.len()).into_par_iter().map(score).collect())
    }

    fn store(&self, weights: &mut Weights) {
        self.codebook.store(weights);
        self.ellipsoid.store(weights);
    }
}

#[cfg(test)]
mod tests;
