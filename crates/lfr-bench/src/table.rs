//! Tables: means over seeds, then classes, beside the published values.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Audit;
use crate::grid::Grid;
use crate::metric::Metric;
use crate::published::Published;
use crate::row::{Row, Score};
use crate::store::Records;
use lfr::dataset::Name;
use lfr::error::Result;

/// One metric of a grid's records.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The grid's title.
    pub title: String,
    /// The metric.
    pub metric: Metric,
    /// Where the published values are from, when there are any.
    pub source: Option<String>,
    /// The data sets, in the grid's order.
    pub blocks: Vec<Block>,
    /// What other papers report, in sentences.
    pub notes: Vec<String>,
    /// What there is to know about the records.
    pub audit: Audit,
}

/// A data set: its rows are methods, its columns ratios.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The data set.
    pub dataset: Name,
    /// The paper's c, outliers / inliers.
    pub ratios: Vec<f64>,
    /// A label and a cell for each ratio.
    pub rows: Vec<(String, Vec<Cell>)>,
}

/// What a method reached on a data set at a ratio.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Mean over the seeds of each class, then over classes; `None` before the first run.
    pub mean: Option<f64>,
    /// Standard deviation from seed to seed: the root of the mean variance within classes; `None` with one seed.
    pub sd_seeds: Option<f64>,
    /// Standard deviation between the means of the classes; `None` with one class.
    pub sd_classes: Option<f64>,
    /// Classes behind the mean.
    pub classes: usize,
    /// Classes of the data set.
    pub all_classes: usize,
    /// Runs behind it.
    pub runs: usize,
    /// Runs the grid plans.
    pub planned: usize,
    /// Runs whose network died, see [`Record::is_dead`](crate::Record::is_dead).
    pub dead: usize,
    /// The published value.
    pub published: Option<f64>,
}

impl Cell {
    /// Whether the mean is over part of the classes: it cannot be set beside means over all.
    pub fn is_partial(&self) -> bool {
        self.classes < self.all_classes
    }

    /// The mean less the published value, which is over all classes.
    pub fn difference(&self) -> Option<f64> {
        Some(self.mean.filter(|_| !self.is_partial())? - self.published?)
    }

    /// The mean as shown, in thousandths, if it is over all classes.
    fn rank(&self) -> Option<i64> {
        self.mean.filter(|_| !self.is_partial()).map(|mean| (mean * 1000.0).round() as i64)
    }

    /// Whether no cell of its column, of which `best` is the highest, is above it.
    pub(super) fn is_best(&self, best: Option<i64>) -> bool {
        best.is_some() && self.rank() == best
    }

    fn of(column: &Column<'_>, all_classes: usize, published: Option<f64>) -> Self {
        let Column { values, planned, dead } = column;
        let means: Vec<f64> = values.values().filter_map(|seeds| mean(seeds)).collect();
        let within: Vec<f64> = values.values().filter_map(|seeds| variance(seeds)).collect();
        Self {
            mean: mean(&means),
            sd_seeds: mean(&within).map(f64::sqrt),
            sd_classes: variance(&means).map(f64::sqrt),
            classes: means.len(),
            all_classes,
            runs: values.values().map(Vec::len).sum(),
            planned: *planned,
            dead: *dead,
            published,
        }
    }
}

impl Block {
    /// The highest mean as shown of each column, among those over all classes.
    pub(super) fn best(&self) -> Vec<Option<i64>> {
        let column = |i: usize| self.rows.iter().filter_map(move |row| row.1.get(i)?.rank());
        (0..self.ratios.len()).map(|i| column(i).max()).collect()
    }
}

/// The table of `metric` over the records of `grid`.
///
/// # Errors
/// As [`Published::read`].
pub fn table(grid: &Grid, records: &Records, metric: Metric) -> Result<Table> {
    let published = Published::read()?;
    let mut sources = BTreeSet::new();
    let mut theirs = |dataset, label: &str, ratio| {
        let id = grid.published.as_deref()?;
        let (value, source) = published.value(id, metric, dataset, label, ratio)?;
        sources.insert(source.to_owned());
        Some(value)
    };
    let rows = grid.rows();
    let mut block = |&dataset: &Name| Block {
        dataset,
        ratios: grid.ratio.clone(),
        rows: rows
            .iter()
            .filter(|row| row.runs.iter().any(|(job, _)| job.dataset == dataset))
            .map(|row| (row.label.clone(), cells(row, dataset, &grid.ratio, records, metric, &mut theirs)))
            .collect(),
    };
    let blocks: Vec<_> = grid.dataset.iter().map(&mut block).collect();
    let compared = grid.published.is_some() && metric == Metric::Auroc;
    let notes = if compared { notes(&published, &blocks) } else { Vec::new() };
    let source = sources.into_iter().reduce(|all, one| format!("{all}; {one}"));
    let title = grid.title.clone();
    Ok(Table { title, metric, source, blocks, notes, audit: Audit::of(&grid.jobs(), records) })
}

/// The runs behind a cell.
#[derive(Clone, Default)]
struct Column<'a> {
    values: BTreeMap<&'a str, Vec<f64>>,
    planned: usize,
    dead: usize,
}

/// The cells of `row` on `dataset`, one a ratio.
fn cells(
    row: &Row,
    dataset: Name,
    ratios: &[f64],
    records: &Records,
    metric: Metric,
    theirs: &mut dyn FnMut(Name, &str, f64) -> Option<f64>,
) -> Vec<Cell> {
    let mut columns = vec![Column::default(); ratios.len()];
    for (job, score) in row.runs.iter().filter(|(job, _)| job.dataset == dataset) {
        let at = ratios.iter().position(|&ratio| ratio == job.ratio);
        let Some(column) = at.and_then(|at| columns.get_mut(at)) else { continue };
        column.planned += 1;
        let Some(record) = records.get(job) else { continue };
        if let Some(quality) = record.quality(score.map(Score::name)) {
            column.values.entry(&job.inlier).or_default().push(metric.of(quality));
            column.dead += usize::from(record.is_dead());
        }
    }
    let classes = dataset.class_names().len();
    let mut cell =
        |(column, &c): (&Column<'_>, &f64)| Cell::of(column, classes, theirs(dataset, &row.published, c));
    columns.iter().zip(ratios).map(&mut cell).collect()
}

/// What other papers report of the rows.
fn notes(published: &Published, blocks: &[Block]) -> Vec<String> {
    let rows = blocks.iter().flat_map(|block| block.rows.iter().map(|(label, _)| (label, block.dataset)));
    let notes = rows.flat_map(|(label, dataset)| {
        published.elsewhere(label, dataset).map(move |(other, value)| {
            let at = other.ratio.map_or(String::new(), |c| format!(" at c = {c}"));
            format!("{label} on {dataset}{at}: {value:.3} ({}; protocol: {}).", other.source, other.protocol)
        })
    });
    notes.collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample variance.
fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    Some(values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::record;

    const GRID: &str = r#"
        title = "T"
        reason = "r"
        published = "table1"
        dataset = ["caltech101", "reuters"]
        inlier = { caltech101 = ["ketch", "watch"] }
        ratio = [0.1, 0.5]
        seed = [0, 1]
        [[method]]
        method = "ae-lfr"
        label = "L_A"
        score = ["latent", "reconstructed"]
        [[method]]
        method = "geom"
        label = "GEOM"
        dataset = ["caltech101"]
    "#;

    fn grid(text: &str) -> Grid {
        crate::grid::tests::grid(text).unwrap()
    }

    /// All records but those of watch with seed 1; AUROC of S_B: 0.8, 0.9 (ketch), 0.6 (watch).
    pub(crate) fn small() -> (Grid, Records) {
        let grid = grid(GRID);
        let value = |inlier: &str, seed| if inlier == "watch" { 0.6 } else { 0.8 + 0.1 * seed as f64 };
        let jobs = grid.jobs().into_iter().filter(|job| !(job.inlier == "watch" && job.seed == 1));
        let records = jobs.map(|job| record::example(&job, value(&job.inlier, job.seed))).collect();
        (grid, records)
    }

    #[test]
    fn means_go_over_seeds_then_classes() {
        let (grid, records) = small();
        let table = table(&grid, &records, Metric::Auroc).unwrap();
        let block = &table.blocks[0];
        let labels: Vec<_> = block.rows.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["L_A S_A", "L_A S_B", "GEOM"]);
        let cell = &block.rows[1].1[0];
        let near = |value: Option<f64>, wanted: f64| (value.unwrap() - wanted).abs() < 1e-12;
        assert!(near(cell.mean, (0.85 + 0.6) / 2.0), "{cell:?}");
        assert!(near(cell.sd_seeds, 0.1 / 2f64.sqrt()) && near(cell.sd_classes, 0.25 / 2f64.sqrt()));
        assert_eq!((cell.classes, cell.all_classes, cell.runs, cell.planned), (2, 11, 3, 4));
        assert!(near(block.rows[0].1[1].mean, 0.725 - 0.125));
        assert_eq!(table.blocks[1].rows.len(), 2);
    }

    #[test]
    fn part_of_the_classes_is_neither_compared_nor_best() {
        let (grid, records) = small();
        let table = table(&grid, &records, Metric::Auroc).unwrap();
        let (part, whole) = (&table.blocks[0], &table.blocks[1]);
        let cell = &part.rows[1].1[0];
        assert_eq!((cell.is_partial(), cell.published, cell.difference()), (true, Some(0.75), None));
        assert_eq!(part.best(), [None, None]);
        assert_eq!(whole.best(), [Some(850), Some(850)]);
        assert!(whole.rows[1].1[0].is_best(Some(850)) && !cell.is_best(None));
        let whole = Cell { classes: 11, ..cell.clone() };
        assert!((whole.difference().unwrap() + 0.025).abs() < 1e-12);
    }

    #[test]
    fn runs_whose_network_died_are_counted() {
        let (grid, records) = small();
        let mut record = records.get(&grid.jobs()[0]).unwrap().clone();
        record.scores[1] = crate::Quality { name: "S_A".into(), ..record.scores[0].clone() };
        let rest = grid.jobs().into_iter().skip(1).filter_map(|job| records.get(&job).cloned());
        let records: Records = rest.chain([record]).collect();
        let table = table(&grid, &records, Metric::Auroc).unwrap();
        let dead = |row: usize| table.blocks[0].rows[row].1.iter().map(|cell| cell.dead).collect::<Vec<_>>();
        assert_eq!([dead(0), dead(1), dead(2)], [vec![1, 0], vec![1, 0], vec![0, 0]]);
        assert_eq!((table.audit.records, table.audit.unchecked), (records.len(), records.len()));
    }

    #[test]
    fn what_was_not_run_and_not_published_stays_empty() {
        let (grid, _) = small();
        let table = table(&grid, &Records::default(), Metric::AveragePrecision).unwrap();
        let planned = Cell { planned: 4, all_classes: 11, ..Cell::default() };
        assert_eq!(table.blocks[0].rows[0].1, [planned.clone(), planned]);
        assert_eq!((table.source, table.notes.len()), (None, 0));
        assert_eq!(table.blocks[0].best(), [None, None]);
    }

    #[test]
    fn other_papers_are_quoted_beside_their_method() {
        let text = GRID.replace("caltech101\"]\n    ", "cifar10\"]").replace("\"reuters\"]", "\"cifar10\"]");
        let table = table(&grid(&text), &Records::default(), Metric::Auroc).unwrap();
        assert!(table.notes[0].starts_with("GEOM on cifar10: 0.860 (Golan"), "{:?}", table.notes);
    }
}
