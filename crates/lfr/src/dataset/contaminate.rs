//! The protocol's draw of outliers.

use rand::seq::index;
use serde::{Deserialize, Serialize};

use super::Name;
use crate::error::{Error, Result};
use crate::seed::Seed;

/// The items of a run, in the pool's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contaminated {
    /// Positions in the pool, ascending.
    pub indices: Vec<usize>,
    /// 0 for an inlier, 1 for an outlier, one per item. For metrics only.
    pub labels: Vec<u8>,
}

/// Which items of the other classes become outliers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outliers {
    /// Drawn uniformly without replacement (the LFR authors' code, 2021).
    #[default]
    Random,
    /// The first of the pool, the same in every run (the code of Lai et al. 2020, which takes its file's order).
    First,
}

/// How the number of outliers is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// `floor(c n)`, exactly.
    #[default]
    Floor,
    /// Cut off in floating point, one less at some ratios: 299 of 300 (the LFR authors' code, 2021).
    Truncated,
}

/// What [`contaminate`] draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DrawOptions {
    /// Which items become outliers.
    pub outliers: Outliers,
    /// How many.
    pub count: Count,
}

/// All items of class `inlier` and `floor(ratio n)` outliers, where `n` is their number, drawn uniformly without
/// replacement from all other classes together (Lin et al. 2023, section 4; the draw of the authors' code, 2021), unless
/// `options` say otherwise.
/// `ratio` is the paper's c, outliers / inliers; the contamination is c / (1 + c).
/// The draw depends on data set, class, ratio and seed alone, so all methods see the same outliers.
///
/// # Errors
/// A class without items, a negative or infinite ratio, one that asks for more outliers than there are.
pub fn contaminate(
    name: Name,
    classes: &[u8],
    inlier: u8,
    ratio: f64,
    seed: Seed,
    options: DrawOptions,
) -> Result<Contaminated> {
    let others: Vec<usize> = (0..classes.len()).filter(|&i| classes[i] != inlier).collect();
    let inliers = classes.len() - others.len();
    if inliers == 0 {
        return Err(Error::config("class", inlier, format!("{name} has no items of this class")));
    }
    let outliers = outlier_count(ratio, inliers, options.count)
        .filter(|&count| count <= others.len())
        .ok_or_else(|| {
            let most = others.len() as f64 / inliers as f64;
            Error::config(
                "c",
                ratio,
                format!("the ratio of outliers to inliers must lie between 0 and {most:.3}"),
            )
        })?;
    let mut rng = seed.stream(&format!("outliers/{name}/{inlier}/{ratio}"));
    let chosen = match options.outliers {
        Outliers::Random => index::sample(&mut rng, others.len(), outliers).into_vec(),
        Outliers::First => (0..outliers).collect(),
    };
    let mut keep: Vec<bool> = classes.iter().map(|&class| class == inlier).collect();
    chosen.into_iter().for_each(|i| keep[others[i]] = true);
    let indices: Vec<usize> = (0..classes.len()).filter(|&i| keep[i]).collect();
    let labels = indices.iter().map(|&i| u8::from(classes[i] != inlier)).collect();
    Ok(Contaminated { indices, labels })
}

/// `floor(ratio * inliers)` with `ratio` read as the decimal number it is printed as, or what the authors' code makes of it:
/// n p / (1 - p) with p = c / (1 + c).
fn outlier_count(ratio: f64, inliers: usize, count: Count) -> Option<usize> {
    let share = ratio / (1.0 + ratio);
    let count = match count {
        Count::Floor => (ratio * inliers as f64 + 1e-9).floor(),
        Count::Truncated => (inliers as f64 * share / (1.0 - share)).floor(),
    };
    (ratio.is_finite() && ratio >= 0.0 && count < 1e9).then_some(count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_number_of_outliers_is_exact() {
        let counted = |n, count| [0.1, 0.3, 0.5, 0.7, 0.9].map(|c| outlier_count(c, n, count).unwrap());
        let counts = |n| counted(n, Count::Floor);
        assert_eq!(counts(1000), [100, 300, 500, 700, 900]);
        assert_eq!(counts(100), [10, 30, 50, 70, 90]);
        assert_eq!(counts(360), [36, 108, 180, 252, 324]);
        assert_eq!(counts(359), [35, 107, 179, 251, 323]);
        // [int(n * p / (1 - p)) for p in (c / (1 + c) for c in (.1, .3, .5, .7, .9))] of Python for n = 1000 and 100
        assert_eq!(counted(1000, Count::Truncated), [100, 299, 499, 700, 900]);
        assert_eq!(counted(100, Count::Truncated), [10, 29, 49, 69, 90]);
    }

    #[test]
    fn the_draw_depends_on_each_of_its_arguments() {
        let classes: Vec<u8> = (0..1000).map(|i| (i % 10) as u8).collect();
        let draw = |name, class, c, seed| {
            contaminate(name, &classes, class, c, Seed(seed), DrawOptions::default()).unwrap()
        };
        let base = draw(Name::Mnist, 3, 0.5, 0);
        assert_eq!(base, draw(Name::Mnist, 3, 0.5, 0));
        assert_ne!(base, draw(Name::Cifar10, 3, 0.5, 0));
        assert_ne!(base, draw(Name::Mnist, 4, 0.5, 0));
        assert_ne!(base, draw(Name::Mnist, 3, 0.51, 0));
        assert_ne!(base, draw(Name::Mnist, 3, 0.5, 1));
    }

    #[test]
    fn the_draw_never_changes() {
        let classes: Vec<u8> = (0..20).map(|i| (i % 4) as u8).collect();
        let draw = contaminate(Name::Mnist, &classes, 1, 0.6, Seed(7), DrawOptions::default()).unwrap();
        assert_eq!(draw.indices, [1, 5, 9, 10, 13, 14, 15, 17]);
    }

    #[test]
    fn the_first_outliers_are_the_same_with_every_seed() {
        let classes: Vec<u8> = (0..20).map(|i| (i % 4) as u8).collect();
        let options = DrawOptions { outliers: Outliers::First, ..DrawOptions::default() };
        let draw = |seed| contaminate(Name::Mnist, &classes, 1, 0.6, Seed(seed), options).unwrap();
        assert_eq!(draw(7).indices, [0, 1, 2, 3, 5, 9, 13, 17]);
        assert_eq!(draw(7), draw(8));
    }

    #[test]
    fn impossible_ratios_and_classes_are_refused() {
        let refused = |class, c| {
            contaminate(Name::Mnist, &[0, 0, 1], class, c, Seed(0), DrawOptions::default())
                .unwrap_err()
                .to_string()
        };
        for c in [-0.1, f64::NAN, f64::INFINITY, 1.0, 1e300] {
            assert!(refused(0, c).contains("between 0 and 0.500"), "{}", refused(0, c));
        }
        assert!(refused(9, 0.1).contains("no items of this class"));
    }

    proptest! {
        #[test]
        fn all_inliers_and_distinct_outliers(classes in proptest::collection::vec(0u8..4, 1..80), c in 0.0..0.9f64) {
            let n = classes.iter().filter(|&&class| class == 0).count();
            if let Ok(draw) = contaminate(Name::Mnist, &classes, 0, c, Seed(1), DrawOptions::default()) {
                prop_assert!(draw.indices.is_sorted_by(|a, b| a < b));
                prop_assert_eq!(draw.labels.iter().filter(|&&label| label == 0).count(), n);
                prop_assert_eq!(draw.labels.len() - n, (c * n as f64 + 1e-9) as usize);
                let labels: Vec<_> = draw.indices.iter().map(|&i| u8::from(classes[i] != 0)).collect();
                prop_assert_eq!(labels, draw.labels);
            }
        }
    }
}
