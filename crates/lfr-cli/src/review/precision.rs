//! How many of the items above the cut are outliers, as far as the marks tell.

use serde::Serialize;

use super::sheet::Mark;

/// Marked items from which on a share is told.
const ENOUGH: usize = 10;

/// The normal quantile of a two-sided interval of 95 %.
const Z: f64 = 1.959_964;

/// A share of outliers with Wilson's interval (1927) of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Items marked as outliers.
    pub outliers: usize,
    /// These and those marked as normal.
    pub judged: usize,
    /// Lower end of the interval, in \[0, 1\].
    pub low: f64,
    /// Upper end of the interval, in \[0, 1\].
    pub high: f64,
}

impl Share {
    fn of(outliers: usize, judged: usize) -> Self {
        let (n, p) = (judged as f64, outliers as f64 / judged as f64);
        let (middle, width) = (p + Z * Z / (2.0 * n), Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt());
        let scale = 1.0 + Z * Z / n;
        // What rounding leaves beyond the ends.
        let low = if outliers == 0 { 0.0 } else { (middle - width) / scale };
        let high = if outliers == judged { 1.0 } else { (middle + width) / scale };
        Self { outliers, judged, low, high }
    }

    fn words(&self) -> String {
        let percent = |share: f64| (share * 100.0).round();
        let share = percent(self.outliers as f64 / self.judged as f64);
        format!("{share} %, 95 % interval {} to {} %", percent(self.low), percent(self.high))
    }
}

/// What the marks tell about the items above a cut.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Precision {
    /// Items above the cut.
    pub flagged: usize,
    /// All that are marked as outlier or normal, once there are enough.
    pub marked: Option<Share>,
    /// Those that stand first in the random order, which are a fair sample, once there are enough.
    pub sample: Option<Share>,
    /// The same in words, with what they do not tell.
    pub words: String,
}

/// Measures the items above a cut, given by their marks in a random order that was drawn before any was marked.
pub fn precision(shuffled: impl Iterator<Item = Option<Mark>>) -> Precision {
    let marks: Vec<Option<Mark>> = shuffled.collect();
    let flagged = marks.len();
    let share = |marks: &[Option<Mark>]| {
        let count = |wanted| marks.iter().filter(|&&mark| mark == Some(wanted)).count();
        let (outliers, normal) = (count(Mark::Outlier), count(Mark::Normal));
        (outliers, outliers + normal)
    };
    let (outliers, judged) = share(&marks);
    let enough = |(outliers, judged): (usize, usize), needed: usize| {
        (judged >= needed && judged > 0).then(|| Share::of(outliers, judged))
    };
    let marked = enough((outliers, judged), ENOUGH.min(flagged));
    // The first so many of a random order are a random sample, whatever made somebody mark them.
    let first = marks.iter().take_while(|mark| mark.is_some()).count();
    let sample = enough(share(&marks[..first]), ENOUGH).filter(|_| judged < flagged);
    let words = words(flagged, judged, marked, sample);
    Precision { flagged, marked, sample, words }
}

fn words(flagged: usize, judged: usize, marked: Option<Share>, sample: Option<Share>) -> String {
    let Some(share) = marked else {
        return match flagged {
            0 => "No item is above the cut.".into(),
            _ => format!(
                "Precision: mark {} of the items above the cut as outlier or normal to see it; {judged} are.",
                ENOUGH.min(flagged)
            ),
        };
    };
    let (outliers, told) = (share.outliers, share.words());
    if judged == flagged {
        let share = (outliers as f64 / judged as f64 * 100.0).round();
        return format!(
            "All {flagged} items above the cut are marked, {outliers} of them as outliers: a precision of {share} %."
        );
    }
    if let Some(sample) = sample {
        return format!(
            "Precision: {}. From the first {} of the random order, {} of them outliers, which are a fair sample of the {flagged} above the cut.",
            sample.words(),
            sample.judged,
            sample.outliers
        );
    }
    format!(
        "Precision among the marked: {told} ({outliers} outliers of {judged}). It holds for all {flagged} above the cut only if the marked ones are like them: marked from the top down or as \u{201c}label next\u{201d} they are not. The random order gives a fair number."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(outliers: usize, normal: usize, unmarked: usize) -> Precision {
        let part = |mark, n| std::iter::repeat_n(mark, n);
        // The unmarked first, so that nothing stands first in the random order.
        let marks = part(None, unmarked).chain(part(Some(Mark::Outlier), outliers));
        precision(marks.chain(part(Some(Mark::Normal), normal)))
    }

    #[test]
    fn the_interval_is_wilsons() {
        let share = of(8, 2, 5).marked.unwrap();
        assert!((share.low - 0.4902).abs() < 1e-4 && (share.high - 0.9433).abs() < 1e-4, "{share:?}");
        let (all, none) = (of(10, 0, 1).marked.unwrap(), of(0, 10, 1).marked.unwrap());
        assert!(all.high == 1.0 && (all.low - 0.7225).abs() < 1e-4, "{all:?}");
        assert!(none.low == 0.0 && (none.high - 0.2775).abs() < 1e-4, "{none:?}");
    }

    #[test]
    fn few_marks_tell_nothing() {
        assert_eq!(of(0, 0, 0).words, "No item is above the cut.");
        let few = of(5, 4, 30);
        assert_eq!((few.flagged, few.marked, few.sample), (39, None, None));
        assert!(few.words.contains("mark 10 of the items") && few.words.ends_with("9 are."), "{}", few.words);
        assert!(of(1, 1, 1).words.contains("mark 3 of the items"));
    }

    #[test]
    fn all_marks_are_the_truth_and_some_are_not() {
        let all = of(3, 1, 0);
        assert_eq!(
            all.words,
            "All 4 items above the cut are marked, 3 of them as outliers: a precision of 75 %."
        );
        assert!(of(9, 3, 30).words.contains("only if the marked ones are like them"));
    }

    #[test]
    fn the_first_of_a_random_order_are_a_fair_sample() {
        let (outlier, normal) = (Some(Mark::Outlier), Some(Mark::Normal));
        let mut marks = vec![outlier; 6];
        marks.extend([Some(Mark::Unsure), normal, normal, normal, normal, None, outlier, outlier]);
        let found = precision(marks.into_iter());
        let (sample, marked) = (found.sample.unwrap(), found.marked.unwrap());
        assert_eq!((sample.outliers, sample.judged, marked.outliers, marked.judged), (6, 10, 8, 12));
        assert!(found.words.starts_with("Precision: 60 %") && found.words.contains("fair sample of the 14"));
    }
}
