//! Ranks rows of numbers in memory: `cargo run -p lfr --example rank_rows`.

use lfr::threshold::{AutoRule, Rule};
use lfr::{Data, Fit, Method, Result};

/// 200 points near a circle, and one in its centre.
pub fn main() -> Result<()> {
    let around = |i: u16| {
        let angle = f32::from(i) * 0.7;
        [angle.cos(), angle.sin()]
    };
    let values: Vec<f32> = (0..200).flat_map(around).chain([0.0, 0.0]).collect();
    let ids = (0..200).map(|i| format!("point {i}")).chain(["centre".into()]).collect();
    let data = Data::rows(2, &values)?.with_ids(ids)?;

    let mut run = Fit::new(Method::named("knn", None)?).seed(7).run(data)?;
    run.cut(Rule::Auto(AutoRule::TwoStage))?;
    for &item in run.ranking().order().iter().take(3) {
        println!("{:<10} {:.3}", run.data.ids[item], run.scores[item]);
    }
    for warning in &run.warnings {
        println!("warning: {warning}");
    }
    if let Some(cut) = &run.threshold {
        println!("{} of {} points are flagged: {}", cut.flagged, run.data.len(), cut.explanation);
    }
    assert_eq!(run.data.ids[run.ranking().order()[0]], "centre");
    Ok(())
}
