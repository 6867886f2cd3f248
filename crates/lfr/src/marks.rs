//! The items of a pile that somebody marked, beside those that are to be ranked.

use crate::data::Features;
use crate::error::{Error, Result};
use crate::featureless::Featureless;
use crate::method::Method;
use crate::train::Known;

/// Marked items and the others.
pub(crate) struct Marks {
    /// Places of the items without a mark, ascending.
    pub(crate) unmarked: Vec<usize>,
    /// Place and mark (true = outlier) of the marked items that have features, ascending.
    marked: Vec<(usize, bool)>,
}

impl Marks {
    /// `known` are places and marks, in any order, among `items` items, of which some are `featureless`.
    ///
    /// # Errors
    /// [`Error::Labels`] for a place beyond the items or one with two different marks, or when no item is left to rank.
    pub(crate) fn new(known: &[(usize, bool)], featureless: &Featureless, items: usize) -> Result<Self> {
        let refused = |problem: String| Err(Error::Labels { problem });
        let mut marked = known.to_vec();
        marked.sort_unstable();
        marked.dedup();
        if let Some((place, _)) = marked.last().filter(|(place, _)| *place >= items) {
            return refused(format!("item {place} (from 0) is marked, but there are {items}"));
        }
        if let Some(twice) = marked.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return refused(format!("item {} (from 0) is marked as an inlier and as an outlier", twice[0].0));
        }
        let is_marked = |place: &usize| marked.binary_search_by_key(place, |&(own, _)| own).is_ok();
        let unmarked: Vec<usize> = (0..items).filter(|place| !is_marked(place)).collect();
        if unmarked.is_empty() {
            return refused(format!("all {items} items are marked; nothing is left to rank"));
        }
        marked.retain(|&(place, _)| !featureless.is(place));
        Ok(Self { unmarked, marked })
    }

    /// The marked items that have features.
    pub(crate) fn known(&self, features: &Features) -> Known {
        let (places, outlier): (Vec<usize>, Vec<bool>) = self.marked.iter().copied().unzip();
        Known { features: features.select(&places), outlier }
    }

    /// What the user should know.
    pub(crate) fn warning(&self, method: &Method) -> Option<String> {
        let outliers = self.marked.iter().filter(|(_, outlier)| *outlier).count();
        let (missing, there) = match (self.marked.len() - outliers, outliers) {
            (0, 0) => return Some("no marked item has features; the marks teach nothing".into()),
            (0, outliers) => ("inlier", format!("{outliers} outliers")),
            (inliers, 0) => ("outlier", format!("{inliers} inliers")),
            _ => return None,
        };
        let name = method.name();
        Some(format!("the marks hold {there} and no {missing}; {name} learns more from marks of both kinds"))
    }

    /// The scores of all items with features: those of the `unmarked` ones and those of the `marked` ones, each in order.
    pub(crate) fn woven(&self, unmarked: Vec<f32>, marked: Vec<f32>, featureless: &Featureless) -> Vec<f32> {
        let others = self.unmarked.iter().filter(|&&place| !featureless.is(place)).copied().zip(unmarked);
        let own = self.marked.iter().map(|&(place, _)| place).zip(marked);
        let mut all: Vec<(usize, f32)> = others.chain(own).collect();
        all.sort_unstable_by_key(|&(place, _)| place);
        all.into_iter().map(|(_, score)| score).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;

    fn marks(known: &[(usize, bool)]) -> Result<Marks> {
        let mut values: Vec<f32> = (0..5).map(|i| i as f32).collect();
        values[3] = f32::NAN;
        Marks::new(known, &Featureless::of(&Features::Dense(Matrix { cols: 1, values })), 5)
    }

    #[test]
    fn scores_come_back_in_the_order_of_the_items() {
        let marks = marks(&[(4, true), (1, false), (3, true), (1, false)]).unwrap();
        assert_eq!(marks.unmarked, [0, 2]);
        let x = Features::Dense(Matrix { cols: 1, values: (0..5).map(|i| i as f32).collect() });
        let known = marks.known(&x);
        assert_eq!((known.features.dense(&[0, 1]), known.outlier), (vec![1.0, 4.0], vec![false, true]));
        let empty =
            Featureless::of(&Features::Dense(Matrix { cols: 1, values: vec![0.0, 1.0, 2.0, f32::NAN, 4.0] }));
        assert_eq!(marks.woven(vec![0.0, 2.0], vec![1.0, 4.0], &empty), [0.0, 1.0, 2.0, 4.0]);
    }

    #[test]
    fn marks_that_cannot_be_are_refused_and_lopsided_ones_told() {
        let message = |known: &[(usize, bool)]| marks(known).err().unwrap().to_string();
        assert_eq!(message(&[(5, true)]), "labels: item 5 (from 0) is marked, but there are 5");
        assert!(
            message(&[(2, true), (2, false)])
                .contains("item 2 (from 0) is marked as an inlier and as an outlier")
        );
        assert!(message(&[0, 1, 2, 3, 4].map(|place| (place, false))).contains("all 5 items are marked"));
        let method = Method::named("combined", None).unwrap();
        let told = |known: &[(usize, bool)]| marks(known).unwrap().warning(&method).unwrap();
        assert!(
            told(&[(0, true), (1, true)])
                .starts_with("the marks hold 2 outliers and no inlier; combined learns")
        );
        assert!(told(&[(0, false)]).contains("1 inliers and no outlier"));
        assert!(told(&[(3, false)]).contains("teach nothing"));
        assert!(marks(&[(0, true), (1, false)]).unwrap().warning(&method).is_none());
    }
}
