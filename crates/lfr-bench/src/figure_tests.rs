//! Figures from records made by hand.

use super::*;
use crate::job::Job;
use crate::record;
use crate::record::Point;

fn grid(text: &str) -> Grid {
    crate::grid::tests::grid(text).unwrap()
}

fn names(figures: &[Figure]) -> Vec<&str> {
    figures.iter().map(|figure| figure.name.as_str()).collect()
}

const CURVES: &str = r#"
    title = "T"
    reason = "r"
    published = "figure1"
    dataset = ["fashion-mnist"]
    inlier = ["t-shirt"]
    ratio = [0.1]
    seed = [0, 1]
    [[method]]
    method = "ae"
    label = "AE/CAE"
    curve = true
    histogram = true
    [[method]]
    method = "ae-lfr"
    curve = true
    score = ["latent", "reconstructed"]
"#;

fn point(epoch: usize, auroc: f64) -> Point {
    Point {
        epoch,
        loss: 1.0,
        gap: None,
        auroc,
        aupr_trapezoid: 0.5,
        inliers: 10.0,
        outliers: 100.0 / epoch as f64,
    }
}

/// Seed 0 has the epochs 1, 2 and 4, seed 1 the epochs 1 and 4 with AUROC higher by 0.2.
fn records(grid: &Grid) -> Records {
    let record = |job| {
        let mut record = record::example(&job, 0.5);
        let later = job.seed as f64 * 0.2;
        record.curve = [1, 2, 4].map(|epoch| point(epoch, 0.1 * epoch as f64 + later)).to_vec();
        record.curve.retain(|point| job.seed == 0 || point.epoch != 2);
        record.scores[0].values = Some(crate::Scores { inliers: vec![1.0, 2.0, 3.0], outliers: vec![4.0] });
        record
    };
    grid.jobs().into_iter().map(record).collect()
}

#[test]
fn curves_are_means_over_seeds_of_the_own_score() {
    let grid = grid(CURVES);
    let curves = curves(&grid.rows(), &records(&grid));
    assert_eq!(curves.len(), 1);
    let (_, trainings) = curves.first_key_value().unwrap();
    let labels: Vec<_> = trainings.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, ["AE/CAE", "ae-lfr S_B"]);
    let found: Vec<_> = trainings[0].1.iter().map(|p| (p.epoch, (p.auroc * 1000.0).round())).collect();
    assert_eq!(found, [(1, 200.0), (4, 500.0)]);
}

#[test]
fn several_classes_have_a_mean_curve_of_the_rows_run_on_all() {
    let grid = grid(&CURVES.replace("\"t-shirt\"", "\"t-shirt\", \"bag\"").replace("[0, 1]", "[0]"));
    let mut all = records(&grid);
    let figures = plot(&grid, &all, &[Metric::Auroc]).unwrap();
    let mean = "fashion-mnist-mean-of-2-classes-c-0.1-auroc-by-epoch";
    let drawn = |figures: &[Figure]| {
        let figure = figures.iter().find(|figure| figure.name == mean);
        figure.map(|figure| figure.svg().matches("<path class=\"line ").count())
    };
    assert_eq!(drawn(&figures), Some(2));
    let unrun = |job: &&Job| job.method.name == "ae-lfr" && job.inlier == "bag";
    let kept = grid.jobs().into_iter().filter(|job| !unrun(&job));
    all = kept.filter_map(|job| all.get(&job).cloned()).collect();
    assert_eq!(drawn(&plot(&grid, &all, &[Metric::Auroc]).unwrap()), Some(1));
    let means = means_over_classes(&curves(&grid.rows(), &all));
    let (_, trainings) = means.first_key_value().unwrap();
    let found: Vec<_> = trainings[0].1.iter().map(|p| (p.epoch, (p.auroc * 1000.0).round())).collect();
    assert_eq!(found, [(1, 100.0), (2, 200.0), (4, 400.0)]);
}

#[test]
fn curves_and_histograms_stand_beside_the_published_ones() {
    let grid = grid(CURVES);
    let figures = plot(&grid, &records(&grid), &[Metric::Auroc, Metric::AuprInliers]).unwrap();
    let expected = [
        "fashion-mnist-t-shirt-c-0.1-auroc-by-epoch",
        "fashion-mnist-t-shirt-c-0.1-aupr-inliers-by-epoch",
        "fashion-mnist-t-shirt-c-0.1-ae-cae-scores-by-epoch",
        "fashion-mnist-t-shirt-c-0.1-ae-lfr-s-b-scores-by-epoch",
        "fashion-mnist-t-shirt-c-0.1-ae-cae-histogram",
    ];
    let expected: Vec<_> = expected.into_iter().filter(|name| !name.contains("inliers")).collect();
    assert_eq!(names(&figures)[..4], expected[..]);
    let svg = figures[0].svg();
    assert!(svg.contains("AE/CAE, published") && !svg.contains("ae-lfr S_B, published"));
    assert_eq!(svg.matches("<path class=\"line ").count(), 3);
    assert_eq!(figures[1].svg().matches("<path class=\"line ").count(), 4);
    assert!(figures[3].svg().contains("share of the group"));
}

#[test]
fn a_grid_with_several_ratios_gives_ours_and_theirs_on_one_scale() {
    let (grid, records) = crate::table::tests::small();
    let figures = plot(&grid, &records, &[Metric::Auroc]).unwrap();
    assert_eq!(names(&figures), ["caltech101-auroc", "caltech101-auroc-published", "reuters-auroc"]);
    let ticks = |figure: &Figure| figure.svg().matches("class=\"tick\"").count();
    assert_eq!(ticks(&figures[0]), ticks(&figures[1]));
    assert_eq!(figures[0].svg().matches("<path class=\"line ").count(), 3);
}

#[test]
fn nothing_run_gives_the_published_figures_alone() {
    let (grid, _) = crate::table::tests::small();
    assert_eq!(
        names(&plot(&grid, &Records::default(), &[Metric::Auroc]).unwrap()),
        ["caltech101-auroc-published"]
    );
}
