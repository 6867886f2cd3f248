//! Items without features: documents without a known word, pictures of one colour, rows without a value.
//!
//! Such an item says nothing, yet it does harm: a document without a word is nearer to every document than most real
//! ones are, so that a dozen of them become everybody's neighbours. No method is given them, neither to learn from nor to
//! score. They share one score above all others instead.

use std::borrow::Cow;

use crate::data::{Features, Kind};
use crate::error::Result;
use crate::train::{Epoch, Observer};

/// Which items of a pile have no features.
#[derive(Clone, Debug)]
pub struct Featureless {
    flags: Vec<bool>,
    /// Whether most items are like that, so that they are nothing special.
    usual: bool,
}

impl Featureless {
    /// Those of `x`.
    pub fn of(x: &Features) -> Self {
        Self { flags: x.featureless(), usual: false }
    }

    /// Those of a pile to fit on: none where most pictures are of one colour, because their colour tells them apart then.
    pub fn of_pile(x: &Features) -> Self {
        let flags = x.featureless();
        let usual = matches!(x, Features::Images(_)) && 2 * count(&flags) > flags.len();
        Self { flags: if usual { vec![false; flags.len()] } else { flags }, usual }
    }

    /// Those among the items at `places`.
    pub fn at(&self, places: &[usize]) -> Self {
        Self { flags: places.iter().map(|&place| self.flags[place]).collect(), usual: self.usual }
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

    /// The scores of all items from those of the others: an item without features has the score `own`.
    pub fn fill(&self, scores: Vec<f32>, own: f32) -> Vec<f32> {
        if !self.flags.contains(&true) {
            return scores;
        }
        let mut scores = scores.into_iter();
        self.flags.iter().map(|&flag| if flag { own } else { scores.next().unwrap_or(own) }).collect()
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
        let mut sorted = scores.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        Some(sorted[sorted.len() / 2])
    }

    /// What the user should know.
    pub fn warning(&self, kind: Kind) -> Option<String> {
        let (found, total) = (count(&self.flags), self.flags.len());
        let (things, one, many) = match kind {
            Kind::Images => ("pictures", "is of one colour", "are of one colour"),
            Kind::Table => ("rows", "holds no value", "hold no value"),
            Kind::Text => ("documents", "holds no known word", "hold no known word"),
        };
        match found {
            0 => None,
            1 => Some(format!("1 of {total} {things} {one}; it ranks first")),
            _ => Some(format!("{found} of {total} {things} {many}; they rank first")),
        }
    }
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
