//! Geometric transformations of square pictures: the pretext task of GEOM (Golan & El-Yaniv 2018), E3Outlier
//! (Wang et al. 2019) and GT-LFR (Lin et al. 2023). A network learns to tell which one a picture went through.

mod affine72;
mod patch;
mod rotate;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use rotate::Rotation;
pub(crate) use rotate::spline_filter;

/// Which transformations, in a fixed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransformSet {
    /// The 72 of GEOM: flipped or not, shifted by a quarter of the side (or not) along rows and columns, turned by a
    /// multiple of 90 degrees. The first is the identity.
    #[serde(rename = "regular-72")]
    Regular72,
    /// The 111 of E3Outlier: those 72, 16 rotations by other multiples of 30 degrees, 23 permutations of the quarters.
    #[serde(rename = "all-111")]
    All111,
}

/// The largest side that a [`Transforms`] is made for: its tables hold about 1200 bytes a pixel.
const MAX_SIDE: usize = 256;

#[allow(clippy::len_without_is_empty, reason = "a set is never empty")]
impl TransformSet {
    /// The number of transformations.
    pub fn len(self) -> usize {
        match self {
            TransformSet::Regular72 => affine72::COUNT,
            TransformSet::All111 => affine72::COUNT + rotate::COUNT + patch::COUNT,
        }
    }

    /// What transformation `index` does, for people; empty beyond the last.
    pub fn name(self, index: usize) -> String {
        match place(index) {
            _ if index >= self.len() => String::new(),
            Place::Affine(index) => affine72::name(index),
            Place::Rotation(index) => rotate::name(index),
            Place::Patches(index) => patch::name(index),
        }
    }

    /// The tables for pictures of `side` pixels.
    ///
    /// # Errors
    /// When `side` is not a multiple of 8 between 8 and 256.
    pub fn plan(self, side: usize) -> Result<Transforms> {
        if side == 0 || !side.is_multiple_of(8) || side > MAX_SIDE {
            let problem = format!(
                "transformations need pictures with a side that is a multiple of 8, at most {MAX_SIDE}"
            );
            return Err(Error::config("side", side, problem));
        }
        let steps = (0..self.len()).map(|index| match place(index) {
            Place::Affine(index) => Step::Gather(affine72::sources(index, side)),
            Place::Rotation(index) => Step::Rotate(Rotation::new(index, side)),
            Place::Patches(index) => Step::Gather(patch::sources(index, side)),
        });
        Ok(Transforms { side, steps: steps.collect() })
    }
}

/// A transformation's family and its number in there.
enum Place {
    Affine(usize),
    Rotation(usize),
    Patches(usize),
}

fn place(index: usize) -> Place {
    if index < affine72::COUNT {
        Place::Affine(index)
    } else if index < affine72::COUNT + rotate::COUNT {
        Place::Rotation(index - affine72::COUNT)
    } else {
        Place::Patches(index - affine72::COUNT - rotate::COUNT)
    }
}

/// The transformations of a set for pictures of one size.
#[derive(Clone, Debug)]
pub struct Transforms {
    side: usize,
    steps: Vec<Step>,
}

/// How the pixels of a transformed channel come about.
pub(crate) enum Recipe {
    /// For each pixel the source pixel that it is a copy of.
    Copy(Vec<u32>),
    /// For each pixel 16 spline coefficients of the channel and their weights, see [`spline_filter`].
    Sum(Vec<(u32, f32)>),
}

#[derive(Clone, Debug)]
enum Step {
    /// Every pixel is a copy of the source pixel at this position of its channel.
    Gather(Vec<u32>),
    Rotate(Rotation),
}

#[allow(clippy::len_without_is_empty, reason = "a set is never empty")]
impl Transforms {
    /// The number of transformations.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Height and width of the pictures in pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// How the pixels of each transformation come about.
    pub(crate) fn recipes(&self) -> Vec<Recipe> {
        let recipe = |step: &Step| match step {
            Step::Gather(sources) => Recipe::Copy(sources.clone()),
            Step::Rotate(rotation) => Recipe::Sum(rotation.taps()),
        };
        self.steps.iter().map(recipe).collect()
    }

    /// Writes transformation `index` of `image` into `out`; both are C x side x side for any C, values in \[-1, 1\]
    /// (what a rotation brings in from outside is 0, mid-grey).
    ///
    /// # Panics
    /// When `index` is not below `len()`, or `image` and `out` are not as many whole channels.
    pub fn apply_into(&self, image: &[f32], index: usize, out: &mut [f32]) {
        let area = self.side * self.side;
        assert!(
            image.len() == out.len() && image.len().is_multiple_of(area),
            "pictures of another size than planned for"
        );
        let channels = image.chunks_exact(area).zip(out.chunks_exact_mut(area));
        match &self.steps[index] {
            Step::Gather(sources) => channels.for_each(|(from, to)| {
                to.iter_mut().zip(sources).for_each(|(pixel, &source)| *pixel = from[source as usize]);
            }),
            Step::Rotate(rotation) => channels.for_each(|(from, to)| rotation.apply(from, to)),
        }
    }
}

/// A picture that both the tests and the programs in their comments can make: multiples of 1/512 in \[-1, 1).
#[cfg(test)]
fn test_image(values: usize) -> Vec<f32> {
    let mut state = 1u32;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 22) as f32 / 512.0 - 1.0
    };
    (0..values).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(side: usize, channels: usize) -> (Vec<f32>, Vec<Vec<f32>>) {
        let plan = TransformSet::All111.plan(side).unwrap();
        let image = test_image(channels * side * side);
        let mut out = vec![vec![f32::NAN; image.len()]; plan.len()];
        out.iter_mut().enumerate().for_each(|(i, out)| plan.apply_into(&image, i, out));
        (image, out)
    }

    #[test]
    fn all_are_distinct_finite_and_start_with_the_identity() {
        for side in [8, 32] {
            let (image, out) = all(side, 3);
            assert_eq!(out[0], image);
            assert!(out.iter().flatten().all(|value| value.is_finite()));
            for (i, one) in out.iter().enumerate() {
                assert!(out[..i].iter().all(|other| other != one), "{i} is not new");
            }
        }
    }

    #[test]
    fn recipes_make_the_same_pixels() {
        let side = 8;
        let (image, out) = all(side, 1);
        let filter = spline_filter(side);
        // F X Fᵀ.
        let filtered = |i: usize| -> f32 {
            let (row, column) = (i / side, i % side);
            let terms = (0..side * side)
                .map(|j| image[j] * filter[row * side + j / side] * filter[column * side + j % side]);
            terms.sum()
        };
        let splines: Vec<f32> = (0..side * side).map(filtered).collect();
        let recipes = TransformSet::All111.plan(side).unwrap().recipes();
        for (i, (recipe, out)) in recipes.iter().zip(&out).enumerate() {
            let made: Vec<f32> = match recipe {
                Recipe::Copy(sources) => sources.iter().map(|&source| image[source as usize]).collect(),
                Recipe::Sum(taps) => {
                    let sum =
                        |taps: &[(u32, f32)]| taps.iter().map(|&(at, w)| w * splines[at as usize]).sum();
                    taps.chunks_exact(16).map(sum).collect()
                }
            };
            let close = made.iter().zip(out).all(|(a, b)| (a - b).abs() < 1e-5);
            assert!(made.len() == out.len() && close, "{i}");
        }
    }

    #[test]
    fn channels_are_treated_alike_and_apart() {
        let (image, out) = all(8, 3);
        let plan = TransformSet::All111.plan(8).unwrap();
        for (i, out) in out.iter().enumerate() {
            let mut one = vec![0.0; 64];
            plan.apply_into(&image[64..128], i, &mut one);
            assert_eq!(out[64..128], one[..]);
        }
    }

    #[test]
    fn names_are_distinct_and_sides_checked() {
        let names: std::collections::BTreeSet<_> = (0..111).map(|i| TransformSet::All111.name(i)).collect();
        assert_eq!(names.len(), 111);
        assert_eq!(TransformSet::Regular72.name(72), "");
        assert_eq!(TransformSet::Regular72.plan(32).unwrap().len(), 72);
        for side in [0, 4, 28, 264, usize::MAX - 7] {
            assert!(TransformSet::Regular72.plan(side).unwrap_err().to_string().contains("multiple of 8"));
        }
    }
}
