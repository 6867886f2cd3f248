//! One call to fit: from a pile to its scores, with the model, the record and the report.

mod page;
mod record;
mod recorder;
mod truth;
mod whole;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

pub use page::{one, show, write_page};
use recorder::Recorder;
use truth::Truth;
use whole::Whole;

use crate::Data;
use crate::check::Check;
use crate::data::Kind;
use crate::durable::{OutputFile, OutputFolder};
use crate::error::{Error, Result};
use crate::fit::{FitOptions, Fitted, default_method, fit};
use crate::labels::outlier_labels;
use crate::method::Method;
use crate::output::{CurvePoint, Format, Ids, RunRecord, Scores, Texts};
use crate::preprocess::PreprocessOptions;
use crate::ranking::Ranking;
use crate::score::{Model, header};
use crate::seed::Seed;
use crate::threshold::{Rule, Threshold, threshold};
use crate::train::{Checkpoints, Findings, Observer, Silent};

/// How to fit. [`Fit::default`] takes the default method for the kind of data.
#[derive(Clone, Debug, Default)]
pub struct Fit {
    options: FitOptions,
    labels: Option<Vec<bool>>,
}

impl Fit {
    /// Fits `method`.
    pub fn new(method: Method) -> Self {
        Self { options: FitOptions { method: Some(method), ..FitOptions::default() }, labels: None }
    }

    /// The seed of everything random; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = Seed(seed);
        self
    }

    /// Where networks run, see [`crate::device::names`]; the processor unless set.
    pub fn device(mut self, name: impl Into<String>) -> Self {
        self.options.device = name.into();
        self
    }

    /// How items become features.
    pub fn preprocess(mut self, options: PreprocessOptions) -> Self {
        self.options.preprocess = options;
        self
    }

    /// Index and label (true = outlier) of items that guide the fit of methods that learn from labels, see
    /// [`Method::learns_from_labels`].
    pub fn known(mut self, known: Vec<(usize, bool)>) -> Self {
        self.options.known = Some(known);
        self
    }

    /// Declares every item normal, see [`FitOptions::all_normal`].
    pub fn all_normal(mut self) -> Self {
        self.options.all_normal = true;
        self
    }

    /// Networks in training leave their state in `checkpoints`, and go on from what they find there.
    pub fn checkpoints(mut self, checkpoints: Checkpoints) -> Self {
        self.options.checkpoints = Some(checkpoints);
        self
    }

    /// Whether each item is an outlier: reported on, never trained on. Unless set, the labels of the pile are taken.
    pub fn labels(mut self, labels: Vec<bool>) -> Self {
        self.labels = Some(labels);
        self
    }

    /// The method for data of `kind`.
    pub fn method(&self, kind: Kind) -> Method {
        self.options.method.clone().unwrap_or_else(|| default_method(kind)).suited_to(kind)
    }

    /// Fits on `data` and scores it.
    ///
    /// # Errors
    /// As [`fit`]; [`Error::Labels`] for labels of the pile that are neither inlier nor outlier, or not one per item.
    pub fn run(&self, data: impl Into<Arc<Data>>) -> Result<Run> {
        self.watched(data, &mut Silent)
    }

    /// The same under the eyes of `observer`.
    ///
    /// # Errors
    /// As [`Fit::run`], or what the observer returns.
    pub fn watched(&self, data: impl Into<Arc<Data>>, observer: &mut dyn Observer) -> Result<Run> {
        let (start, data) = (Instant::now(), data.into());
        let labels = match (&self.labels, &data.labels) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(own)) => Some(outlier_labels(own)?),
            (None, None) => None,
        };
        if let Some(found) = labels.as_ref().map(Vec::len).filter(|&found| found != data.len()) {
            return Err(Error::Labels { problem: format!("{found} labels for {} items", data.len()) });
        }
        let truth = labels.map(|labels| Truth::new(labels, self.options.known.as_deref())).transpose()?;
        let mut recorder = Recorder::new(observer, truth.as_ref());
        let fitted = fit(&data, &self.options, &mut recorder)?;
        let curve = recorder.curve;
        let header = header(&fitted, &data, self.options.seed)?;
        let Fitted { preprocessor, detector, scores, findings, nearest, warnings, seconds, .. } = fitted;
        let mut seconds: BTreeMap<_, _> =
            [("preprocess", seconds.preprocess), ("fit", seconds.fit), ("score", seconds.score)]
                .map(|(stage, seconds)| (stage.to_owned(), seconds))
                .into();
        let encoding = data.encoded.as_ref().map(|encoded| encoded.seconds);
        seconds.extend(encoding.map(|encoding| ("encode".to_owned(), encoding)));
        seconds.insert("total".into(), start.elapsed().as_secs_f64() + encoding.unwrap_or_default());
        let model = Model::new(header, preprocessor, detector);
        let (threads, options) = (rayon::current_num_threads(), self.options.clone());
        let threshold = None;
        Ok(Run {
            data,
            model,
            scores,
            curve,
            warnings,
            findings,
            nearest,
            seconds,
            threads,
            truth,
            threshold,
            whole: None,
            options,
        })
    }
}

impl From<FitOptions> for Fit {
    fn from(options: FitOptions) -> Self {
        Self { options, labels: None }
    }
}

/// A fit and all that came of it.
pub struct Run {
    /// What was fitted on.
    pub data: Arc<Data>,
    /// Scores other items.
    pub model: Model,
    /// One score an item of the pile, or of the whole table that it is a sample of; higher = more anomalous.
    pub scores: Vec<f32>,
    /// One point an epoch; empty for methods that do not train.
    pub curve: Vec<CurvePoint>,
    /// Sentences for the user.
    pub warnings: Vec<String>,
    /// What the self-checks look at.
    pub findings: Findings,
    /// For the most anomalous items the typical ones most similar to them; empty where no encoder made the features.
    pub nearest: Vec<(usize, Vec<usize>)>,
    /// Wall time by stage, in seconds: `preprocess`, `fit`, `score` and `total`; before them `encode` where an encoder
    /// made the features.
    pub seconds: BTreeMap<String, f64>,
    /// Threads of the processor that the fit had.
    pub threads: usize,
    /// The cut between items flagged and not, once [`Run::cut`] made one.
    pub threshold: Option<Threshold>,
    /// The rows of which the pile is a sample, once [`Run::over`] scored them; `scores` is then one a row.
    whole: Option<Whole>,
    options: FitOptions,
    truth: Option<Truth>,
}

/// What [`Run::write`] leaves besides the model and the record.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// Form of the scores.
    pub format: Format,
    /// Whether CSV gets a quote before ids and labels that a spreadsheet would run as formulas.
    pub safe_csv: bool,
    /// Items in the gallery of the report; `None` for no report.
    pub show: Option<usize>,
}

impl Run {
    /// Whether each item is an outlier, when labels were given.
    pub fn labels(&self) -> Option<&[bool]> {
        self.truth.as_ref().map(Truth::outlier)
    }

    /// The items from the most to the least anomalous, those whose label guided the fit last.
    pub fn ranking(&self) -> Ranking {
        let known = self.known();
        Ranking::with_last(&self.scores, |item| known.get(item).is_some_and(Option::is_some))
    }

    /// The labels that guided the fit, `None` for the other items; empty where none did.
    fn known(&self) -> Vec<Option<bool>> {
        let Some(given) = &self.options.known else { return Vec::new() };
        let mut known = vec![None; self.scores.len()];
        given.iter().for_each(|&(item, outlier)| known[item] = Some(outlier));
        known
    }

    /// Signs that the scores mean nothing.
    pub fn checks(&self) -> Vec<Check> {
        record::self_checks(self)
    }

    /// Flags items as `rule` says, among those whose label is not known; a known outlier is flagged, a known inlier not.
    ///
    /// # Errors
    /// [`Error::Config`] for a rule out of range.
    pub fn cut(&mut self, rule: Rule) -> Result<()> {
        self.threshold = Some(threshold(&self.score_table().ranked(), rule)?);
        Ok(())
    }

    /// The scores with identifiers, percentiles, flags and labels, as the score files hold them.
    pub fn score_table(&self) -> Scores {
        let (ids, known) = match &self.whole {
            Some(whole) => (whole.ids.clone(), Vec::new()),
            None => {
                let mut ids = Ids::default();
                ids.extend(&self.data.ids);
                (ids, self.known())
            }
        };
        let mut table = Scores::of_guided_pile(ids, self.scores.clone(), known);
        table.labels = self.labels().map(|labels| {
            let mut texts = Texts::default();
            texts.extend(labels.iter().map(|&outlier| if outlier { "1" } else { "0" }));
            texts
        });
        if let Some(cut) = &self.threshold {
            table.flag(cut.value);
        }
        table
    }

    /// How the scores came about. The command is left empty.
    ///
    /// # Errors
    /// [`Error::Scores`] when the scores cannot be compared with the labels.
    pub fn record(&self) -> Result<RunRecord> {
        let mut record = record::of_run(self, &self.options);
        if let Some(truth) = &self.truth {
            truth.report(&self.scores, &mut record)?;
        }
        Ok(record)
    }

    /// Writes the model file, see [`Model::save`].
    ///
    /// # Errors
    /// As [`Model::save`].
    pub fn save_model(&self, path: impl AsRef<Path>) -> Result<()> {
        self.model.save(path)
    }

    /// Writes the record as JSON.
    ///
    /// # Errors
    /// As [`Run::record`] and [`RunRecord::write`].
    pub fn write_record(&self, path: impl AsRef<Path>) -> Result<()> {
        self.record()?.write(path.as_ref())
    }

    /// Writes the report, a page of HTML with the `show` most anomalous items.
    ///
    /// # Errors
    /// As [`Run::record`]; [`Error::Io`] when it cannot be written.
    pub fn write_report(&self, path: impl AsRef<Path>, show: usize) -> Result<()> {
        let file = OutputFile::create(path.as_ref(), true)?;
        self.write_page(file, &self.record()?, &self.score_table(), show)
    }

    fn write_page(&self, file: OutputFile, record: &RunRecord, scores: &Scores, show: usize) -> Result<()> {
        let item = |place| match &self.whole {
            Some(whole) => whole.item(&self.data, place),
            None => page::one(&self.data.items, place),
        };
        page::write(file, record, scores, &item, &self.model, show)
    }

    /// Writes all that `lfr rank` leaves: scores, model, `record` and report.
    ///
    /// # Errors
    /// What the writing of any of them meets.
    pub fn write(&self, folder: &OutputFolder, record: &RunRecord, contents: &Contents) -> Result<()> {
        let (scores, format) = (self.score_table(), contents.format);
        let name = format!("scores.{}", format.extension());
        match contents.safe_csv && format == Format::Csv {
            true => folder.put(&name, |path| scores.clone().without_formulas().write(path, format))?,
            false => folder.put(&name, |path| scores.write(path, format))?,
        }
        folder.put("model.safetensors", |path| self.save_model(path))?;
        if let Some(show) = contents.show {
            folder.put("report.html", |path| {
                let file = OutputFile::create(path, true)?;
                self.write_page(file, record, &scores, show)
            })?;
        }
        folder.put("run.json", |path| record.write(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Options;

    /// Forty rows near one another but for row 7.
    fn rows() -> Vec<f32> {
        let row = |i: usize| if i == 7 { [95.0, -80.0] } else { [(i * 7 % 11) as f32, (i * 5 % 13) as f32] };
        (0..40).flat_map(row).collect()
    }

    fn pca() -> Fit {
        Fit::new(Method::named("pca", None).unwrap()).seed(5)
    }

    #[test]
    fn a_run_ranks_records_and_saves() {
        let data = Data::rows(2, &rows()).unwrap();
        let labels = (0..40).map(|i| i == 7).collect();
        let mut run = pca().labels(labels).run(data).unwrap();
        assert_eq!(run.ranking().order()[0], 7);
        run.cut(Rule::TopK(1)).unwrap();
        let record = run.record().unwrap();
        assert_eq!((record.seed, record.items, record.input.as_str()), (5, 40, "data in memory"));
        assert_eq!(record.metrics.map(|m| m.auroc), Some(1.0));
        assert_eq!(
            run.score_table().outliers.map(|flags| flags.iter().filter(|&&flag| flag).count()),
            Some(1)
        );
        assert!(run.checks().iter().all(|check| check.verdict == crate::check::Verdict::Ok));

        let folder = tempfile::tempdir().unwrap();
        let [model, report] = ["m.safetensors", "r.html"].map(|name| folder.path().join(name));
        run.save_model(&model).unwrap();
        run.write_report(&report, 3).unwrap();
        assert!(std::fs::read_to_string(&report).unwrap().contains("data in memory"));
        let loaded = Model::load(&model).unwrap();
        assert_eq!(loaded.header.seed, 5);
        assert_eq!(loaded.score(&run.data).unwrap(), run.model.score(&run.data).unwrap());
        assert_eq!(Model::from_bytes(&run.model.to_bytes().unwrap()).unwrap().header, loaded.header);
        assert!(Model::from_bytes(b"x").is_err());
    }

    #[test]
    fn labels_must_be_one_per_item() {
        let data = Data::rows(2, &rows()).unwrap();
        let message = pca().labels(vec![true]).run(data.clone()).err().unwrap().to_string();
        assert_eq!(message, "labels: 1 labels for 40 items");
        let odd = data.with_labels(vec!["7".into(); 40]).unwrap();
        assert!(matches!(pca().run(odd), Err(Error::Labels { .. })));
    }

    #[test]
    fn a_model_tells_how_its_pile_was_read() {
        let picture = crate::input::Picture::new(9, 9, 1, (0..81).collect()).unwrap();
        let options = Options { image_size: 16, ..Options::default() };
        let data = Data::pictures(vec![picture; 12], &options).unwrap();
        let run = pca().run(data).unwrap();
        let reading = run.model.reading(&Options::default());
        assert_eq!((reading.image_size, reading.channels), (16, Some(1)));
    }
}
