//! Items without features: documents without a known word, pictures of one colour, rows without a value.
//!
//! Such an item says nothing, yet it does harm: a document without a word is nearer to every document than most real
//! ones are, so that a dozen of them become everybody's neighbours. No method is given them, neither to learn from nor to
//! score. They share one score above all others instead; but a document that has words, all of them stop words (`and you?`), is
//! nothing odd, and has a score in the middle.

use std::borrow::Cow;

use crate::data::{Features, Kind};
use crate::error::Result;
use crate::train::{Epoch, Observer};

/// Which items of a pile have no features.
#[derive(Clone, Debug)]
pub struct Featureless {
    flags: Vec<bool>,
    /// Which of them are nothing odd all the same; empty: none.
    commonplace: Vec<bool>,
    /// Their score; `None`: the middle of those of the others.
    typical: Option<f32>,
    /// Whether most items are like that, so that they are nothing special.
    usual: bool,
}

impl Featureless {
    /// Those of `x`.
    pub fn of(x: &Features) -> Self {
        Self { flags: x.featureless(), commonplace: Vec::new(), typical: None, usual: false }
    }

    /// Those of a pile to fit on: none where most pictures are of one colour, because their colour tells them apart then.
    pub fn of_pile(x: &Features) -> Self {
        let flags = x.featureless();
        let usual = matches!(x, Features::Images(_)) && 2 * count(&flags) > flags.len();
        let flags = if usual { vec![false; flags.len()] } else { flags };
        Self { flags, commonplace: Vec::new(), typical: None, usual }
    }

    /// With what is known of all items, which is asked only if some have no features: whether nothing is odd about each. Those
    /// then have the score `typical`, or that of the item in the middle.
    pub fn knowing(self, commonplace: impl FnOnce() -> Vec<bool>, typical: Option<f32>) -> Self {
        if self.flags.contains(&true) { Self { commonplace: commonplace(), typical, ..self } } else { self }
    }

    /// Those among the items at `places`.
    pub fn at(&self, places: &[usize]) -> Self {
        let at = |flags: &[bool]| places.iter().filter_map(|&place| flags.get(place).copied()).collect();
        Self { flags: at(&self.flags), commonplace: at(&self.commonplace), ..*self }
    }

    /// Whether the item at `place` has no features.
    ///
    /// # Panics
    /// With a place that is not among the items.
    pub fn is(&self, place: usize) -> bool {
        self.flags[place]
    }

    /// The other items.
    pub fn rest<'a>(&self, x: &'a Features) -> Cow<'a, Features> {
        if !self.flags.contains(&true) {
            return Cow::Borrowed(x);
        }
        let rest: Vec<usize> = (0..x.len()).filter(|&i| !self.flags[i]).collect();
        Cow::Owned(x.select(&rest))
    }

    /// The scores of all items from those of the others: an item without features has the score `own`, or a typical one if
    /// nothing is odd about it.
    pub fn fill(&self, scores: Vec<f32>, own: f32) -> Vec<f32> {
        if !self.flags.contains(&true) {
            return scores;
        }
        let typical = self.typical.unwrap_or_else(|| middle(&scores));
        let mut scores = scores.into_iter();
        let commonplace = self.commonplace.iter().copied().chain(std::iter::repeat(false));
        let score = |(&flag, commonplace): (&bool, bool)| match (flag, commonplace) {
            (true, false) => own,
            (true, true) => typical,
            (false, _) => scores.next().unwrap_or(own),
        };
        self.flags.iter().zip(commonplace).map(score).collect()
    }

    /// The score of an item without features: above all of `scores`. None where such items are scored as others.
    pub fn score(&self, scores: &[f32]) -> Option<f32> {
        (!self.usual).then(|| above(scores))
    }

    /// The same where all items are declared normal: the median of `scores` if some of them have no features, for then to
    /// have none is nothing odd.
    pub fn score_among_normal(&self, scores: &[f32]) -> Option<f32> {
        if !self.flags.contains(&true) || scores.is_empty() {
            return self.score(scores);
        }
        Some(middle(scores))
    }

    /// How many there are about which something is odd.
    pub fn found(&self) -> usize {
        count(&self.flags) - self.plain()
    }

    /// How many there are about which nothing is odd.
    fn plain(&self) -> usize {
        self.flags.iter().zip(&self.commonplace).filter(|&(&flag, &commonplace)| flag && commonplace).count()
    }

    /// What the user should know.
    pub fn warning(&self, kind: Kind) -> Option<String> {
        let told = told(kind, self.found(), self.flags.len());
        let rank = if self.found() == 1 { "it ranks first" } else { "they rank first" };
        let said: Vec<String> =
            told.map(|told| format!("{told}; {rank}")).into_iter().chain(self.of_stop_words()).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }

    fn of_stop_words(&self) -> Option<String> {
        let total = self.flags.len();
        match self.plain() {
            0 => None,
            1 => Some(format!("1 of {total} documents holds stop words only; it ranks in the middle")),
            plain => {
                Some(format!("{plain} of {total} documents hold stop words only; they rank in the middle"))
            }
        }
    }
}

/// Says that `found` of `total` items have no features; nothing where none is so.
pub fn told(kind: Kind, found: usize, total: usize) -> Option<String> {
    let (things, one, many) = match kind {
        Kind::Images => ("pictures", "is of one colour", "are of one colour"),
        Kind::Table => ("rows", "holds no value", "hold no value"),
        Kind::Text => ("documents", "holds no known word", "hold no known word"),
    };
    match found {
        0 => None,
        1 => Some(format!("1 of {total} {things} {one}")),
        _ => Some(format!("{found} of {total} {things} {many}")),
    }
}

/// The score of the item in the middle; 0 without any.
fn middle(scores: &[f32]) -> f32 {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|&&flag| flag).count()
}

/// A score above all of `scores`, by a tenth of their range; finite.
fn above(scores: &[f32]) -> f32 {
    let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
    let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if low > high {
        return 0.0;
    }
    let (low, high) = (f64::from(low), f64::from(high));
    let above = (high + 0.1 * (high - low)) as f32;
    above.max((high as f32).next_up()).min(f32::MAX)
}

/// Passes on what happens in a fit on the items with features as if it were one on all items.
pub struct Whole<'a> {
    /// Told of all items.
    pub observer: &'a mut dyn Observer,
    /// Which items the fit is not given.
    pub featureless: &'a Featureless,
}

impl Observer for Whole<'_> {
    fn member(&mut self, name: &str, member: usize, members: usize) -> Result<()> {
        self.observer.member(name, member, members)
    }

    fn step(&mut self, step: usize, steps: usize) -> Result<()> {
        self.observer.step(step, steps)
    }

    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        let featureless = self.featureless;
        self.observer.epoch(epoch, &|| {
            let scores = scores()?;
            let own = above(&scores);
            Ok(featureless.fill(scores, own))
        })
    }

    fn held(&self) -> serde_json::Value {
        self.observer.held()
    }

    fn restore(&mut self, held: &serde_json::Value) -> Result<()> {
        self.observer.restore(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Csr, Images, Matrix};

    fn documents() -> Features {
        Features::Sparse(Csr {
            cols: 2,
            offsets: vec![0, 1, 1, 2],
            indices: vec![1, 0],
            values: vec![1.0, 1.0],
        })
    }

    #[test]
    fn the_rest_keeps_its_order_and_the_others_come_first() {
        let x = documents();
        let featureless = Featureless::of_pile(&x);
        assert_eq!(*featureless.rest(&x), x.select(&[0, 2]));
        assert_eq!(featureless.fill(vec![3.0, 1.0], above(&[3.0, 1.0])), [3.0, 3.2, 1.0]);
        assert_eq!(
            featureless.warning(Kind::Text).unwrap(),
            "1 of 3 documents holds no known word; it ranks first"
        );
    }

    #[test]
    fn what_is_commonplace_has_a_score_in_the_middle() {
        let x = documents();
        let known = |typical| Featureless::of_pile(&x).knowing(|| vec![false, true, false], typical);
        assert_eq!(known(None).fill(vec![4.0, 1.0], 9.0), [4.0, 4.0, 1.0]);
        assert_eq!(known(Some(2.0)).fill(vec![4.0, 1.0], 9.0), [4.0, 2.0, 1.0]);
        assert_eq!(known(Some(2.0)).at(&[1]).fill(Vec::new(), 9.0), [2.0]);
        let said = "1 of 3 documents holds stop words only; it ranks in the middle";
        assert_eq!(known(None).warning(Kind::Text).unwrap(), said);
    }

    #[test]
    fn a_pile_of_plain_pictures_keeps_them() {
        let x = Features::Images(Images {
            channels: 1,
            side: 2,
            pixels: [[7; 4], [9; 4], [1, 2, 3, 4]].concat(),
        });
        assert_eq!(Featureless::of(&x).flags, [true, true, false]);
        assert_eq!(Featureless::of_pile(&x).flags, [false; 3]);
        let x = x.select(&[0, 2]);
        assert_eq!(Featureless::of_pile(&x).flags, [true, false]);
        let colour = Images { channels: 3, side: 1, pixels: vec![1, 2, 3] };
        assert_eq!(Featureless::of(&Features::Images(colour)).flags, [true], "each channel is constant");
    }

    #[test]
    fn a_row_without_a_number_has_no_features() {
        let nan = f32::NAN;
        let x = Features::Dense(Matrix { cols: 2, values: vec![nan, nan, nan, 1.0, 0.0, 0.0] });
        assert_eq!(Featureless::of(&x).flags, [true, false, false]);
    }

    #[test]
    fn a_score_above_all_is_finite_and_larger() {
        for scores in
            [vec![0.0, 1.0], vec![-3.0; 4], vec![f32::MIN, f32::MAX / 2.0], vec![1e-45], vec![1e30, 0.0]]
        {
            let own = above(&scores);
            assert!(own.is_finite() && scores.iter().all(|&score| score < own), "{scores:?}: {own}");
        }
        assert_eq!(above(&[]), 0.0);
    }
}
