//! Self-checks on a fit: signs that its scores mean nothing.
//!
//! A detector can collapse in silence: every item gets the same score, the loss stands still, half of the latent is
//! dead, and the files look as always. Each check looks at one such sign:
//!
//! | check | value | warns when |
//! |---|---|---|
//! | `finite-scores` | scores that are NaN or infinite | there is one |
//! | `distinct-scores` | distinct scores over items | below 0.1, with the highest score in more than 5 % of the items, or one score for two or more items |
//! | `score-spread` | range of the scores over the median's size | below 1e-5: rounding noise |
//! | `loss-trend` | how far the loss fell from the first epoch to the mean of the last tenth, over the first epoch's size | below 0.01, or a loss is not finite |
//! | `loss-rebound` | share of the fall to the lowest epoch that is lost again in the last tenth | above 0.25 |
//! | `dead-latent` | share of latent units whose variance is below 1e-6 of the mean variance | fewer live ones than half of what the data has columns, or the latent units |
//! | `agreement` | mean rank correlation (Spearman) of a combination's members | below 0.1, from 100 items on |
//! | `orthogonality` | mean squared entry of A Aᵀ - I | never: for information |
//!
//! The bounds are far from what a sound fit shows, so that a warning is worth reading.

use serde::{Deserialize, Serialize};

use crate::readable::number;
use crate::statistics::moments;

/// What the checks look at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence<'a> {
    /// Training scores, one per item.
    pub scores: &'a [f32],
    /// Mean loss of every epoch; empty for methods that do not train.
    pub losses: &'a [f32],
    /// Latents of a sample of items: the number of items, and `items * units` values row by row.
    pub latents: Option<(usize, &'a [f32])>,
    /// Numbers an item, so many latent units it may need; 0 where it is not known.
    pub width: usize,
    /// Mean squared entry of A Aᵀ - I, for methods that have an A.
    pub orthogonality: Option<f32>,
    /// Mean rank correlation of the members of a combination.
    pub agreement: Option<f32>,
}

/// One self-check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at, see the table above.
    pub name: String,
    /// What was found; finite.
    pub value: f64,
    /// What to make of it.
    pub verdict: Verdict,
    /// A sentence for the user: what was found and, with a warning, what to do.
    pub message: String,
}

/// Outcome of a self-check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// The scores may mean nothing.
    Warning,
}

/// Every check that the evidence allows.
pub fn checks(evidence: &Evidence<'_>) -> Vec<Check> {
    let mut checks = score_checks(evidence.scores);
    checks.extend(loss_checks(evidence.losses));
    checks.extend(evidence.latents.and_then(|(items, latents)| dead_latent(items, latents, evidence.width)));
    let items = evidence.scores.len();
    checks.extend(evidence.agreement.filter(|rho| rho.is_finite()).map(|rho| agreement(rho, items)));
    checks.extend(evidence.orthogonality.filter(|distance| distance.is_finite()).map(|distance| {
        let message =
            format!("the rows of A are {distance:.3} away from orthonormal (mean squared entry of AAᵀ - I)");
        check("orthogonality", f64::from(distance), None, message)
    }));
    checks
}

fn check(name: &str, value: f64, warning: Option<&str>, found: String) -> Check {
    let verdict = if warning.is_some() { Verdict::Warning } else { Verdict::Ok };
    let message = warning.map_or(found.clone(), |warning| format!("{found}; {warning}"));
    Check { name: name.to_owned(), value, verdict, message }
}

fn score_checks(scores: &[f32]) -> Vec<Check> {
    let mut sorted: Vec<f32> = scores.iter().copied().filter(|score| score.is_finite()).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let odd = scores.len() - sorted.len();
    let warning = (odd > 0).then_some("these items cannot be ranked; please report this as a bug");
    let found =
        if odd == 0 { "all scores are finite".into() } else { format!("{odd} scores are not finite") };
    let mut checks = vec![check("finite-scores", odd as f64, warning, found)];
    if sorted.len() >= 2 {
        checks.extend([distinct_scores(&sorted), score_spread(&sorted)]);
    }
    checks
}

fn distinct_scores(sorted: &[f32]) -> Check {
    let (n, distinct) = (sorted.len(), sorted.chunk_by(|a, b| a == b).count());
    let share = distinct as f64 / n as f64;
    // Where most items are alike, only the top of the ranking has to stand out.
    let top = sorted.iter().rev().take_while(|&&score| score == sorted[n - 1]).count();
    let warning = match distinct {
        1 => Some("nothing is ranked: the items are all alike, or the method cannot distinguish them"),
        _ if share < 0.1 && 20 * top > n => {
            Some("the highest ranks are arbitrary: look for duplicate items, or try another method")
        }
        _ => None,
    };
    let s = if distinct == 1 { "" } else { "s" };
    check("distinct-scores", share, warning, format!("{distinct} distinct score{s} for {n} items"))
}

fn score_spread(sorted: &[f32]) -> Check {
    let n = sorted.len();
    let [low, median, high] = [0, n / 2, n - 1].map(|i| f64::from(sorted[i]));
    let spread = (high - low) / median.abs().max(f64::MIN_POSITIVE);
    let spread = spread.min(f64::MAX);
    let one = sorted[0] == sorted[n - 1];
    let warning = (spread < 1e-5 && !one)
        .then_some("that is rounding noise, so the ranking means little; try another method");
    check(
        "score-spread",
        spread,
        warning,
        format!("from {} to {}, half of them above {}", number(low), number(high), number(median)),
    )
}

fn loss_checks(losses: &[f32]) -> Vec<Check> {
    if let Some(epoch) = losses.iter().position(|loss| !loss.is_finite()) {
        let warning = Some("training diverged; try a smaller learning rate");
        return vec![check(
            "loss-trend",
            0.0,
            warning,
            format!("the loss of epoch {} is not finite", epoch + 1),
        )];
    }
    let [first, _, ..] = losses else { return Vec::new() };
    let last = &losses[losses.len() - losses.len().div_ceil(10)..];
    let end = last.iter().map(|&loss| f64::from(loss)).sum::<f64>() / last.len() as f64;
    let (first, lowest) =
        (f64::from(*first), f64::from(losses.iter().copied().fold(f32::INFINITY, f32::min)));
    let share = |part: f64, whole: f64| (part / whole.max(f64::MIN_POSITIVE)).clamp(-f64::MAX, f64::MAX);
    let (fall, lost) = (share(first - end, first.abs()), share(end - lowest, first - lowest));
    let stuck =
        (fall < 0.01).then_some("the network learnt nothing; try more epochs or another learning rate");
    let risen =
        (lost > 0.25 && stuck.is_none()).then_some("training is unstable; try a smaller learning rate");
    vec![
        check("loss-trend", fall, stuck, format!("the loss went from {first:.4} to {end:.4}")),
        check("loss-rebound", lost, risen, format!("the loss ended at {end:.4} after a low of {lowest:.4}")),
    ]
}

/// Independent rankings of n items agree by 0 give or take 1 / sqrt(n); members of a combination agreed by .45 and more on
/// every pile of docs/defaults.md but one.
/// The order of a few ordinary items is chance, so that a low correlation says nothing below a hundred items.
fn agreement(rho: f32, items: usize) -> Check {
    let warning = (rho < 0.1 && items >= 100).then_some(
        "each ranks the items in another order, so what they rank together means little; compare single ones by `--method`",
    );
    let found = format!("the combined detectors agree by {rho:.2} (mean rank correlation)");
    check("agreement", f64::from(rho), warning, found)
}

fn dead_latent(items: usize, latents: &[f32], width: usize) -> Option<Check> {
    let units = latents.len().checked_div(items)?;
    if items < 2 || units == 0 {
        return None;
    }
    let column = |unit: usize| latents.iter().skip(unit).step_by(units).map(|&z| f64::from(z));
    let variance = |unit: usize| moments(column(unit), items).1;
    let variances: Vec<f64> = (0..units).map(variance).collect();
    let floor = 1e-6 * variances.iter().sum::<f64>() / units as f64;
    let dead = units - variances.iter().filter(|&&v| v > floor).count();
    let share = dead as f64 / units as f64;
    // Ten columns cannot keep a hundred units alive.
    let needed = if width == 0 { units } else { units.min(width) };
    let warning = (2 * (units - dead) < needed)
        .then_some("the network hardly uses its latent; try more epochs or another seed");
    Some(check("dead-latent", share, warning, format!("{dead} of {units} latent units never change")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The names of the checks that warn.
    fn warnings(evidence: Evidence<'_>) -> Vec<String> {
        let all = checks(&evidence).into_iter();
        all.filter(|check| check.verdict == Verdict::Warning).map(|check| check.name).collect()
    }

    fn of_scores(scores: &[f32]) -> Vec<String> {
        warnings(Evidence { scores, ..Evidence::default() })
    }

    fn of_losses(losses: &[f32]) -> Vec<String> {
        warnings(Evidence { losses, ..Evidence::default() })
    }

    #[test]
    fn a_sound_fit_passes() {
        let scores: Vec<f32> = (0..500).map(|i| (i as f32).sqrt()).collect();
        let losses: Vec<f32> = (1..60).map(|i| 1.0 + 1.0 / i as f32).collect();
        let latents: Vec<f32> = (0..600).map(|i| (i as f32).sin()).collect();
        let evidence = Evidence {
            scores: &scores,
            losses: &losses,
            latents: Some((100, &latents)),
            orthogonality: Some(0.3),
            agreement: Some(0.6),
            width: 6,
        };
        assert!(warnings(evidence).is_empty());
        assert_eq!(checks(&evidence).len(), 8);
    }

    #[test]
    fn collapsed_scores_warn() {
        assert_eq!(of_scores(&[0.5; 100]), ["distinct-scores"], "one cause, one warning");
        let two: Vec<f32> = (0..100u8).map(|i| f32::from(i % 2)).collect();
        assert_eq!(of_scores(&two), ["distinct-scores"]);
        let noise: Vec<f32> = (0..100).map(|i| f32::from_bits(1f32.to_bits() + i % 40)).collect();
        assert_eq!(of_scores(&noise), ["score-spread"]);
        assert_eq!(of_scores(&[1.0, f32::NAN, 2.0, f32::INFINITY]), ["finite-scores"]);
        assert!(of_scores(&[0.0, 1.0]).is_empty());
        let one: Vec<f32> = (0..150u8).map(|i| if i == 7 { 9.0 } else { 0.0 }).collect();
        assert!(of_scores(&one).is_empty(), "one item stands out from equal ones");
        let few: Vec<f32> = (0..200u8).map(|i| if i == 7 { 9.0 } else { 1.0 + f32::from(i % 3) }).collect();
        assert!(of_scores(&few).is_empty(), "so it does from three groups");
        assert!(of_scores(&[]).is_empty());
    }

    #[test]
    fn losses_that_stand_or_rise_warn() {
        assert_eq!(of_losses(&[1.0; 20]), ["loss-trend"]);
        assert_eq!(of_losses(&[1.0, 2.0]), ["loss-trend"], "one cause, one warning");
        assert_eq!(of_losses(&[3.0, 1.0, 0.2, 0.1, 1.0]), ["loss-rebound"]);
        assert_eq!(of_losses(&[1.0, f32::NAN]), ["loss-trend"]);
        assert!(of_losses(&[1.0]).is_empty() && of_losses(&[]).is_empty());
        assert!(of_losses(&[2.0, 1.0]).is_empty() && of_losses(&[-2.0, -3.0]).is_empty());
    }

    #[test]
    fn a_dead_latent_warns() {
        let of = |latents: &[f32]| warnings(Evidence { latents: Some((3, latents)), ..Evidence::default() });
        assert_eq!(of(&[1.0, 5.0, 7.0, 2.0, 5.0, 7.0, 4.0, 5.0, 7.0]), ["dead-latent"]);
        assert_eq!(of(&[0.0; 9]), ["dead-latent"]);
        assert!(of(&[1.0, 5.0, 2.0, 5.0, 4.0, 5.0]).is_empty());
        assert!(warnings(Evidence { latents: Some((0, &[])), ..Evidence::default() }).is_empty());
    }

    #[test]
    fn a_latent_wider_than_the_data_may_rest() {
        // Three items, four units, one of them alive.
        let latents = [1.0, 5.0, 7.0, 0.0, 2.0, 5.0, 7.0, 0.0, 4.0, 5.0, 7.0, 0.0];
        let of = |width| warnings(Evidence { latents: Some((3, &latents)), width, ..Evidence::default() });
        assert!(of(1).is_empty() && of(2).is_empty());
        assert_eq!([of(0), of(3), of(100)], [["dead-latent"]; 3]);
        let dead = Evidence { latents: Some((3, &[0.0; 9])), width: 1, ..Evidence::default() };
        assert_eq!(warnings(dead), ["dead-latent"]);
    }

    #[test]
    fn detectors_that_disagree_warn() {
        let many: Vec<f32> = (0..100u8).map(f32::from).collect();
        let among = |scores, rho| warnings(Evidence { scores, agreement: Some(rho), ..Evidence::default() });
        let of = |rho| among(&many, rho);
        assert!(among(&many[..40], -0.2).is_empty(), "few items are in no order");
        assert!(of(0.5).is_empty());
        assert_eq!([of(0.02), of(-0.9)], [["agreement"]; 2]);
    }

    #[test]
    fn a_warning_says_what_to_do() {
        let all = checks(&Evidence { scores: &[0.5; 3], ..Evidence::default() });
        let expected = "1 distinct score for 3 items; nothing is ranked: the items are all alike, or the method cannot distinguish them";
        assert_eq!(all[1].message, expected);
    }

    proptest! {
        #[test]
        fn any_evidence_gives_finite_values(
            scores in prop::collection::vec(any::<f32>(), 0..50),
            losses in prop::collection::vec(any::<f32>(), 0..20),
            latents in prop::collection::vec(any::<f32>(), 0..30),
            items in 0..9usize,
        ) {
            let evidence = Evidence {
                scores: &scores, losses: &losses, latents: Some((items, &latents)), width: items,
                orthogonality: scores.first().copied(), agreement: scores.last().copied(),
            };
            prop_assert!(checks(&evidence).iter().all(|check| check.value.is_finite()));
        }
    }
}
