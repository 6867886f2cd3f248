//! All rows of a table that was fitted on a sample of its rows.

use std::collections::HashMap;
use std::path::Path;

use super::page::one;
use super::{Run, Truth};
use crate::Data;
use crate::data::Items;
use crate::error::{Error, Result};
use crate::input::Options;
use crate::labels::outlier_labels;
use crate::output::Ids;
use crate::sample::{Rows, some_rows};

/// Rows that are read and scored at once.
const CHUNK: usize = 1 << 15;

/// What is kept of the rows that are not in the sample.
pub(super) struct Whole {
    pub ids: Ids,
    /// Places of the rows of the sample, ascending.
    places: Vec<usize>,
    /// The most anomalous of the others.
    worst: HashMap<usize, Items>,
}

impl Whole {
    /// The row at `place`, if it is at hand.
    pub fn item(&self, sample: &Data, place: usize) -> Option<Items> {
        match self.places.binary_search(&place) {
            Ok(i) => one(&sample.items, i),
            Err(_) => self.worst.get(&place).cloned(),
        }
    }
}

impl Run {
    /// Scores all `rows` of the table of which the pile is a sample, reading it again, and keeps the `show` most anomalous
    /// for the report. `labels`, one a row, are those of the input unless given. `watch` is told how many are scored.
    ///
    /// # Errors
    /// Reading; [`Error::Input`] when the table has changed since; [`Error::Labels`]; or what `watch` returns.
    pub fn over(
        mut self,
        rows: Rows,
        labels: Option<Vec<bool>>,
        show: usize,
        mut watch: impl FnMut(usize) -> Result<()>,
    ) -> Result<Self> {
        let path = Path::new(&self.data.input);
        let own = rows.labels.as_ref().filter(|_| labels.is_none());
        let own = own.map(|texts| outlier_labels(&texts.iter().collect::<Vec<_>>())).transpose()?;
        let labels = labels.or(own);
        let start = std::time::Instant::now();
        let options = Options { chunk: CHUNK, ..self.data.reading.clone() };
        let mut scores: Vec<f32> = Vec::with_capacity(rows.ids.len());
        let mut worst = Worst { show, rows: Vec::new() };
        let source = self.model.stream(path, &options, |chunk, part| {
            worst.add(scores.len(), &chunk.items, part, &rows.places)?;
            scores.extend_from_slice(part);
            watch(scores.len())
        })?;
        let changed = |what: String| Error::input(path, format!("changed while it was read: {what}"));
        if scores.len() != rows.ids.len() {
            return Err(changed(format!("{} rows, then {}", rows.ids.len(), scores.len())));
        }
        if let Some(labels) = labels.as_ref().filter(|labels| labels.len() != scores.len()) {
            return Err(Error::Labels {
                problem: format!("{} labels for {} items", labels.len(), scores.len()),
            });
        }
        self.warnings.extend(source.warnings());
        // Rows of the fit are scored as such: none is its own neighbour.
        rows.places.iter().zip(&self.scores).for_each(|(&place, &score)| scores[place] = score);
        self.truth = labels.map(|labels| Truth::new(labels, None)).transpose()?;
        self.scores = scores;
        let seconds = start.elapsed().as_secs_f64();
        *self.seconds.entry("score".into()).or_default() += seconds;
        *self.seconds.entry("total".into()).or_default() += seconds;
        let worst = worst.rows.into_iter().map(|(_, place, items)| (place, items)).collect();
        self.whole = Some(Whole { ids: rows.ids, places: rows.places, worst });
        Ok(self)
    }
}

/// The most anomalous rows so far, worst first.
struct Worst {
    show: usize,
    rows: Vec<(f32, usize, Items)>,
}

impl Worst {
    /// Looks at the rows of a chunk that begins at `start`, but for those at `places`.
    fn add(&mut self, start: usize, items: &Items, scores: &[f32], places: &[usize]) -> Result<()> {
        let floor = match self.rows.last() {
            Some((score, ..)) if self.rows.len() >= self.show => *score,
            _ => f32::NEG_INFINITY,
        };
        let mut found: Vec<usize> = (0..scores.len())
            .filter(|&i| scores[i] > floor && places.binary_search(&(start + i)).is_err())
            .collect();
        found.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        for &i in found.iter().take(self.show) {
            let mask: Vec<bool> = (0..scores.len()).map(|j| i == j).collect();
            self.rows.push((scores[i], start + i, some_rows(items, &mask)?));
        }
        self.rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        self.rows.truncate(self.show);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::Method;
    use crate::output::Texts;
    use crate::run::Fit;

    /// A table of 300 rows in a file, the last one odd; a pile of every third; and what there is to know of all.
    fn table() -> (tempfile::NamedTempFile, Data, Rows) {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let row =
            |i: usize| if i == 299 { "90.5,-70".into() } else { format!("{}.5,{}", i % 11, i * 7 % 13) };
        let rows: String = (0..300).map(|i| row(i) + "\n").collect();
        std::fs::write(file.path(), format!("a,b\n{rows}")).unwrap();
        let mut data = Data::read(file.path(), &Options::default()).unwrap();
        let places: Vec<usize> = (0..300).step_by(3).collect();
        let mask: Vec<bool> = (0..300).map(|i| i % 3 == 0).collect();
        data.items = vec![some_rows(&data.items[0], &mask).unwrap()];
        data.ids = places.iter().map(usize::to_string).collect();
        let mut labels = Texts::default();
        labels.extend((0..300).map(|i| if i == 299 { "1" } else { "0" }));
        (file, data, Rows { ids: Ids::Rows(300), labels: Some(labels), places })
    }

    #[test]
    fn all_rows_are_scored_and_those_of_the_sample_as_in_the_fit() {
        let (_file, data, rows) = table();
        let run = Fit::new(Method::named("knn", None).unwrap()).run(data).unwrap();
        let own = run.scores.clone();
        let mut seen = 0;
        let run = run.over(rows.clone(), None, 2, |scored| {
            seen = scored;
            Ok(())
        });
        let run = run.unwrap();
        assert_eq!((run.scores.len(), seen, run.ranking().order()[0]), (300, 300, 299));
        assert!(rows.places.iter().zip(&own).all(|(&place, &score)| run.scores[place] == score));
        let record = run.record().unwrap();
        assert_eq!((record.items, record.metrics.map(|metrics| metrics.auroc)), (300, Some(1.0)));
        assert_eq!(run.score_table().ids.get(299), "299");
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.html");
        run.write_report(&report, 2).unwrap();
        assert!(std::fs::read_to_string(report).unwrap().contains("-70"), "the odd row is shown");
    }

    #[test]
    fn a_table_that_changed_is_refused() {
        let (file, data, rows) = table();
        let run = Fit::new(Method::named("pca", None).unwrap()).run(data).unwrap();
        std::fs::write(file.path(), "a,b\n1.5,2\n3.5,4\n").unwrap();
        let message = run.over(rows, None, 2, |_| Ok(())).err().unwrap().to_string();
        assert!(message.contains("changed while it was read: 300 rows, then 2"), "{message}");
    }
}
