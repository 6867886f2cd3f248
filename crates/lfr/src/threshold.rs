//! Cutting a ranking: which scores count as outliers, without labels.
//!
//! An item is flagged when its score is **above** the threshold, as in PyOD. Items with equal scores are never separated.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::statistics::quantile;

/// How to cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The so many highest scores; fewer when more items tie at the cut.
    TopK(usize),
    /// This share of the items, in (0, 1), rounded to whole items.
    Contamination(f64),
    /// Every score above this one.
    Value(f64),
    /// A cut found from the scores alone.
    Auto(AutoRule),
}

/// How to find a cut from the scores alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoRule {
    /// [`AutoRule::Mad`], then once more on what it left unflagged, so that many outliers cannot hide one another by
    /// stretching the spread (Yang, Rahardja, Fränti 2019, "2T"). The default. Where scores rise without a gap it flags
    /// many, and says so.
    #[default]
    TwoStage,
    /// Three scaled median absolute deviations above the median (Leys et al. 2013). Cautious.
    Mad,
    /// One and a half interquartile ranges above the third quartile (Tukey 1977).
    Iqr,
    /// The cut into two groups with the smallest spread within them (Otsu 1979, on the scores themselves instead of a
    /// histogram). For scores with two humps; it always flags something.
    Otsu,
}

impl AutoRule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::TwoStage, Self::Mad, Self::Iqr, Self::Otsu];

    /// The name as in `--threshold`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TwoStage => "two-stage",
            Self::Mad => "mad",
            Self::Iqr => "iqr",
            Self::Otsu => "otsu",
        }
    }
}

impl std::str::FromStr for AutoRule {
    type Err = Error;

    /// # Errors
    /// [`Error::Config`] listing the rules.
    fn from_str(name: &str) -> Result<Self> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|rule| rule.name() == name);
        found.ok_or_else(|| Error::config("threshold", name, format!("the rules are {}", names())))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TopK(k) => write!(f, "top {k}"),
            Self::Contamination(share) => write!(f, "contamination {share}"),
            Self::Value(value) => write!(f, "value {value}"),
            Self::Auto(rule) => f.write_str(rule.name()),
        }
    }
}

/// A cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The rule that made it, in a word or two.
    pub rule: String,
    /// Scores above this one are flagged.
    pub value: f32,
    /// How many are.
    pub flagged: usize,
    /// A sentence on how the value came about.
    pub explanation: String,
}

/// Cuts `scores` (higher = more anomalous, at least one) by `rule`.
///
/// # Errors
/// [`Error::Scores`] when there is none or one is not finite; [`Error::Config`] for a rule out of range.
pub fn threshold(scores: &[f32], rule: Rule) -> Result<Threshold> {
    if let Some(i) = scores.iter().position(|score| !score.is_finite()) {
        return Err(Error::Scores { problem: format!("score {i} (from 0) is {}, not a number", scores[i]) });
    }
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return Err(Error::Scores { problem: "there are none to set a threshold on".into() });
    };
    let (value, reason) = match rule {
        Rule::TopK(k) => top(&sorted, k),
        Rule::Contamination(share) if share > 0.0 && share < 1.0 => {
            top(&sorted, (share * sorted.len() as f64).round() as usize)
        }
        Rule::Contamination(share) => {
            return Err(Error::config("contamination", share, "must lie between 0 and 1, both excluded"));
        }
        Rule::Value(value) if value.is_finite() => (value as f32, "the value asked for".to_owned()),
        Rule::Value(value) => return Err(Error::config("threshold", value, "must be a finite number")),
        Rule::Auto(_) if low == high => (high, "all scores are equal, so nothing stands out".to_owned()),
        Rule::Auto(rule) => rule.cut(&sorted),
    };
    // JSON has no number beyond the finite ones, and no score lies there.
    let value = value.clamp(f32::MIN, f32::MAX);
    let flagged = sorted.len() - sorted.partition_point(|&score| score <= value);
    let above = shown(f64::from(value));
    let items = sorted.len();
    let doubt = if matches!(rule, Rule::Auto(_)) { doubt(flagged, items) } else { String::new() };
    let explanation = format!("flags {flagged} of {items} items, scores above {above}: {reason}{doubt}");
    Ok(Threshold { rule: rule.to_string(), value, flagged, explanation })
}

/// From this share of the items on, a cut that nobody asked for is doubtful: scores that rise without a gap have no place for it.
const MANY: f64 = 0.25;

/// What to think of a cut that flags many items.
fn doubt(flagged: usize, items: usize) -> String {
    let share = flagged as f64 / items as f64;
    if share <= MANY {
        return String::new();
    }
    format!(
        ". That is {:.0} % of the items: unless so many are expected, choose a number or a share of them instead",
        100.0 * share
    )
}

impl AutoRule {
    /// The cut of `sorted`, at least two distinct finite scores, ascending.
    fn cut(self, sorted: &[f32]) -> (f32, String) {
        match self {
            Self::Mad => {
                let (value, centre, spread) = mad(sorted);
                (value, median_rule(centre, spread))
            }
            Self::TwoStage => {
                let (first, ..) = mad(sorted);
                let rest = &sorted[..sorted.partition_point(|&score| score <= first)];
                let (value, centre, spread) = mad(rest);
                let rule = median_rule(centre, spread);
                let reason =
                    format!("{rule}, both of the scores up to a first such cut at {}", shown(first.into()));
                (value.min(first), reason)
            }
            Self::Iqr => {
                let (first, third) = (quantile(sorted, 0.25), quantile(sorted, 0.75));
                let reason = format!(
                    "the third quartile {} plus 1.5 times the interquartile range {}",
                    shown(third),
                    shown(third - first)
                );
                ((third + 1.5 * (third - first)) as f32, reason)
            }
            Self::Otsu => (otsu(sorted), "the cut that leaves the least spread within the two groups".into()),
        }
    }
}

fn median_rule(centre: f64, spread: f64) -> String {
    format!("the median {} plus three times the scaled median deviation {}", shown(centre), shown(spread))
}

/// A number with six significant digits, as short as may be.
fn shown(value: f64) -> String {
    let rounded = format!("{value:.5e}").parse().unwrap_or(value);
    if (1e-4..1e9).contains(&rounded.abs()) || rounded == 0.0 {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

/// The largest score outside the `k` highest.
fn top(sorted: &[f32], k: usize) -> (f32, String) {
    let rest = sorted.len().saturating_sub(k);
    let Some(&value) = rest.checked_sub(1).and_then(|last| sorted.get(last)) else {
        return (sorted[0].next_down(), format!("all items are among the {k} highest"));
    };
    let ties = sorted.len() - sorted.partition_point(|&score| score < value);
    let above = sorted.len() - sorted.partition_point(|&score| score <= value);
    let reason = if above < k {
        format!("the {k} highest were asked for, but {} items tie at the cut and are left out", ties - above)
    } else {
        format!("the {k} highest")
    };
    (value, reason)
}

/// Median plus three deviations, the median, and the scaled median absolute deviation of ascending scores. When more
/// than half the scores are equal, the scaled mean deviation stands in (Iglewicz and Hoaglin 1993).
fn mad(sorted: &[f32]) -> (f32, f64, f64) {
    let centre = quantile(sorted, 0.5);
    let mut deviations: Vec<f64> = sorted.iter().map(|&s| (f64::from(s) - centre).abs()).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    let median = 1.4826 * quantile(&deviations, 0.5);
    let mean = 1.2533 * deviations.iter().sum::<f64>() / deviations.len() as f64;
    let spread = if median > 0.0 { median } else { mean };
    ((centre + 3.0 * spread) as f32, centre, spread)
}

/// The largest score of the lower of two groups with the greatest variance between them.
fn otsu(sorted: &[f32]) -> f32 {
    let n = sorted.len() as f64;
    let total: f64 = sorted.iter().map(|&s| f64::from(s)).sum();
    let (mut below, mut best) = (0.0, (f64::NEG_INFINITY, sorted[0]));
    for (i, pair) in sorted.windows(2).enumerate() {
        below += f64::from(pair[0]);
        let count = (i + 1) as f64;
        let gap = below / count - (total - below) / (n - count);
        let between = count * (n - count) * gap * gap;
        if pair[0] < pair[1] && between > best.0 {
            best = (between, pair[0]);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(scores: &[f32], rule: Rule) -> Threshold {
        threshold(scores, rule).unwrap()
    }

    #[test]
    fn many_flagged_items_are_doubted() {
        let gap: Vec<f32> = (0..100).map(|i| if i < 95 { i as f32 / 95.0 } else { 50.0 }).collect();
        let slope: Vec<f32> = (0..100).map(|i| (i as f32 / 8.0).exp()).collect();
        let said = |scores: &[f32], rule| cut(scores, rule).explanation;
        assert!(!said(&gap, Rule::Auto(AutoRule::TwoStage)).contains('%'));
        let doubted = said(&slope, Rule::Auto(AutoRule::TwoStage));
        assert!(doubted.contains(" % of the items: unless so many are expected"), "{doubted}");
        assert!(!said(&slope, Rule::TopK(60)).contains('%'));
    }

    #[test]
    fn counts_and_values_are_kept() {
        let scores = [0.3, 0.1, 0.9, 0.5, 0.7];
        assert_eq!((cut(&scores, Rule::TopK(2)).value, cut(&scores, Rule::TopK(2)).flagged), (0.5, 2));
        assert_eq!(cut(&scores, Rule::TopK(0)).flagged, 0);
        assert_eq!(cut(&scores, Rule::TopK(9)).flagged, 5);
        assert_eq!(cut(&scores, Rule::Contamination(0.4)).flagged, 2);
        assert_eq!(cut(&scores, Rule::Value(0.5)).flagged, 2);
        assert_eq!([0.1 + 0.2, 1e10, -1234.5678, 0.0].map(shown), ["0.3", "1e10", "-1234.57", "0"]);
        let tied = cut(&[1.0, 2.0, 2.0, 3.0], Rule::TopK(2));
        assert_eq!(tied.flagged, 1);
        assert!(tied.explanation.contains("2 items tie"), "{}", tied.explanation);
    }

    // s = np.array([1, 2, 3, 4, 5, 6, 7, 8, 30, 40.])
    // np.median(s) + 3 * 1.4826 * np.median(abs(s - np.median(s)))               16.6195
    // the same of s[:8]                                                          13.3956
    // np.percentile(s, 75) + 1.5 * (np.percentile(s, 75) - np.percentile(s, 25)) 14.5
    #[test]
    fn rules_agree_with_numpy() {
        let scores = [40.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 30.0];
        let expected = [
            (AutoRule::Mad, 16.6195),
            (AutoRule::TwoStage, 13.3956),
            (AutoRule::Iqr, 14.5),
            (AutoRule::Otsu, 8.0),
        ];
        for (rule, value) in expected {
            let found = cut(&scores, Rule::Auto(rule));
            assert!((found.value - value).abs() < 1e-4, "{found:?}");
            assert_eq!(found.flagged, 2, "{found:?}");
        }
    }

    #[test]
    fn equal_scores_are_never_flagged() {
        for rule in AutoRule::ALL.map(Rule::Auto).into_iter().chain([Rule::TopK(1), Rule::Contamination(0.5)])
        {
            assert_eq!(cut(&[2.0; 7], rule).flagged, 0, "{rule}");
        }
        assert!(cut(&[2.0; 7], Rule::Auto(AutoRule::Mad)).explanation.contains("equal"));
        // Most scores equal: the median deviation is 0, and the one that differs stands out all the same.
        assert_eq!(cut(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0], Rule::Auto(AutoRule::Mad)).flagged, 1);
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        let auto = Rule::Auto(AutoRule::Mad);
        assert!(threshold(&[], auto).is_err());
        assert!(threshold(&[1.0, f32::NAN], auto).unwrap_err().to_string().contains("score 1"));
        assert!(threshold(&[f32::INFINITY], auto).is_err());
        for rule in [0.0, 1.0, f64::NAN].map(Rule::Contamination) {
            assert!(threshold(&[1.0], rule).is_err());
        }
        assert!(threshold(&[1.0], Rule::Value(f64::INFINITY)).is_err());
        assert!("median".parse::<AutoRule>().unwrap_err().to_string().contains("two-stage, mad"));
        assert_eq!("iqr".parse::<AutoRule>().unwrap(), AutoRule::Iqr);
    }

    #[test]
    fn cuts_beyond_all_scores_are_numbers_all_the_same() {
        for (value, flagged) in [(1e300, 0), (-1e300, 3)] {
            let found = cut(&[1.0, 2.0, 3.0], Rule::Value(value));
            assert_eq!((found.value.is_finite(), found.flagged), (true, flagged), "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn flagged_is_what_lies_above(scores in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::ZERO, 1..50), k in 0_usize..60) {
            let rules = AutoRule::ALL.map(Rule::Auto);
            for rule in rules.into_iter().chain([Rule::TopK(k), Rule::Contamination(0.1)]) {
                let found = cut(&scores, rule);
                prop_assert!(found.value.is_finite());
                prop_assert_eq!(found.flagged, scores.iter().filter(|&&s| s > found.value).count());
            }
            prop_assert!(cut(&scores, Rule::TopK(k)).flagged <= k);
        }
    }
}
