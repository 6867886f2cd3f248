//! A grid: which methods run on which draws, as a TOML file.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::data::DataOptions;
use crate::inlier::Inlier;
use crate::job::{Job, MethodSpec};
use crate::marked::Marking;
use crate::published::Published;
use crate::row::Score;
use lfr::dataset::Name;
use lfr::error::{Error, Result};
use lfr::regular;

/// Largest grid, in bytes.
const MAX_SIZE: u64 = 16 << 20;

/// A file of `experiments/`: every method on every data set, inlier class, ratio and seed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// What its tables and figures are headed with.
    pub title: String,
    /// Why it is as it is, and what it leaves out.
    pub reason: String,
    /// Which published numbers stand beside its own, see [`Published`].
    pub published: Option<String>,
    /// The data sets.
    pub dataset: Vec<Name>,
    /// How they are read and drawn from; as in the protocol where left out.
    #[serde(default)]
    pub data: DataOptions,
    /// The classes that are inliers in turn.
    pub inlier: Inlier,
    /// The paper's c, outliers / inliers.
    pub ratio: Vec<f64>,
    /// Seeds of the draw and of the fit.
    pub seed: Vec<u64>,
    /// How many items are marked before the fit, see [`Job::labelled`]; none where left out.
    #[serde(default = "none")]
    pub labelled: Vec<usize>,
    /// Which items are marked, and how; the top of the ranking, truthfully, where left out.
    #[serde(default)]
    pub marking: Marking,
    /// The methods, in the order of the tables' rows.
    #[serde(rename = "method")]
    pub methods: Vec<Entry>,
}

/// A `[[method]]` of a grid.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// As in `--method`.
    pub method: String,
    /// As in `--preset`.
    pub preset: Option<String>,
    /// Settings over those of the preset, as in the program's configuration.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// The data sets it runs on; the grid's where left out.
    pub dataset: Option<Vec<Name>>,
    /// Which scores of the one run make rows; the method's own where empty.
    #[serde(default)]
    pub score: Vec<Score>,
    /// What its rows are called; `method (preset)` where left out. With several scores, the score's name is appended.
    /// Entries of one label share a row.
    pub label: Option<String>,
    /// What the paper calls the row, to find its published numbers; the label where left out.
    pub published: Option<String>,
    /// Whether to score the items during training too.
    #[serde(default)]
    pub curve: bool,
    /// Whether to keep every item's score.
    #[serde(default)]
    pub histogram: bool,
    /// The method with its settings on each data set.
    #[serde(skip)]
    resolved: BTreeMap<Name, MethodSpec>,
}

impl Grid {
    /// Reads the grid at `path`.
    ///
    /// # Errors
    /// A file that cannot be read, is not TOML or holds a key or value that is none; the message says where.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(path, &regular::read_text(path, "the size of the grid in bytes", MAX_SIZE)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut grid: Self = toml::from_str(text).map_err(|error| {
            let line =
                error.span().map_or(1, |at| 1 + text.get(..at.start).unwrap_or("").matches('\n').count());
            Error::input(path, format!("line {line}: {}", error.message().trim()))
        })?;
        grid.validate()
            .and_then(|()| grid.resolve())
            .map_err(|error| Error::input(path, error.to_string()))?;
        Ok(grid)
    }

    fn validate(&self) -> Result<()> {
        distinct("dataset", &self.dataset, Name::to_string)?;
        distinct("ratio", &self.ratio, f64::to_string)?;
        distinct("seed", &self.seed, u64::to_string)?;
        distinct("labelled", &self.labelled, usize::to_string)?;
        distinct("method", &self.methods, |entry| format!("{entry:?}"))?;
        if let Some(ratio) = self.ratio.iter().find(|c| !(c.is_finite() && **c > 0.0)) {
            return Err(Error::config("ratio", ratio, "outliers / inliers, a number above 0"));
        }
        let chosen = |entry: &Entry| entry.dataset.iter().flatten().copied().collect::<Vec<_>>();
        if let Some(name) = self.methods.iter().flat_map(chosen).find(|name| !self.dataset.contains(name)) {
            return Err(Error::config("method.dataset", name, "is not among the grid's data sets"));
        }
        if let Some(id) = &self.published {
            Published::read()?.check(id)?;
        }
        self.inlier.validate(&self.dataset)
    }

    /// Finds the settings in force, so that jobs bear them.
    fn resolve(&mut self) -> Result<()> {
        for entry in &mut self.methods {
            for &name in entry.dataset.as_ref().unwrap_or(&self.dataset) {
                let (preset, kind) = (entry.preset.as_deref(), name.kind());
                let spec = MethodSpec::resolve(&entry.method, preset, &entry.settings, kind)?;
                if self.labelled.iter().any(|&count| count > 0) && !spec.method()?.learns_from_labels() {
                    return Err(Error::config("labelled", &entry.method, "does not learn from labels"));
                }
                entry.resolved.insert(name, spec);
            }
        }
        Ok(())
    }

    /// Every job once: seed by seed and ratio by ratio, so that a sweep cut short has covered the widest ground, then by
    /// data set, method and class, so that shards cost about the same.
    pub fn jobs(&self) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for job in self.with_repeats() {
            match places.entry(job.hash()) {
                Slot::Vacant(slot) => {
                    slot.insert(jobs.len());
                    jobs.push(job);
                }
                // Two rows that need one run: it keeps what either asks for.
                Slot::Occupied(slot) => {
                    let first = &mut jobs[*slot.get()];
                    (first.curve, first.histogram) =
                        (first.curve || job.curve, first.histogram || job.histogram);
                }
            }
        }
        jobs
    }

    fn with_repeats(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for &seed in &self.seed {
            for &ratio in &self.ratio {
                for &labelled in &self.labelled {
                    for &dataset in &self.dataset {
                        for entry in self.methods.iter().filter(|entry| self.takes(entry, dataset)) {
                            jobs.extend(self.runs(entry, dataset, ratio, seed, labelled));
                        }
                    }
                }
            }
        }
        jobs
    }

    /// Whether `entry` runs on `dataset`.
    pub(super) fn takes(&self, entry: &Entry, dataset: Name) -> bool {
        entry.dataset.as_ref().unwrap_or(&self.dataset).contains(&dataset)
    }

    /// The runs of `entry` on `dataset`, one a class.
    pub(super) fn runs(
        &self,
        entry: &Entry,
        dataset: Name,
        ratio: f64,
        seed: u64,
        labelled: usize,
    ) -> Vec<Job> {
        let classes = self.inlier.classes(dataset).unwrap_or_default();
        let Some(method) = entry.resolved.get(&dataset) else { return Vec::new() };
        let job = |inlier: &str| Job {
            dataset,
            data: self.data,
            inlier: inlier.to_owned(),
            ratio,
            seed,
            labelled,
            marking: self.marking,
            method: method.clone(),
            curve: entry.curve,
            histogram: entry.histogram,
        };
        classes.into_iter().map(job).collect()
    }
}

fn none() -> Vec<usize> {
    vec![0]
}

/// Refuses lists that are empty or say something twice.
pub(super) fn distinct<T>(key: &str, values: &[T], text: impl Fn(&T) -> String) -> Result<()> {
    let mut seen = HashSet::new();
    if values.is_empty() {
        return Err(Error::config(key, "[]", "needs at least one"));
    }
    match values.iter().map(text).find(|text| !seen.insert(text.clone())) {
        Some(twice) => Err(Error::config(key, twice, "stands there twice")),
        None => Ok(()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) const SMALL: &str = r#"
        title = "t"
        reason = "r"
        dataset = ["caltech101", "reuters"]
        inlier = { caltech101 = ["ketch", "faces-easy"] }
        ratio = [0.1, 0.5]
        seed = [0, 1, 2]
        [[method]]
        method = "ae"
        [[method]]
        method = "ae-lfr"
        preset = "paper"
        label = "L_A"
        score = ["latent", "reconstructed"]
        settings = { schedule.epochs = 20, lfr = { init = "orthonormal" } }
        dataset = ["caltech101"]
    "#;

    pub(crate) fn grid(text: &str) -> Result<Grid> {
        Grid::parse(Path::new("grid.toml"), text)
    }

    #[test]
    fn a_grid_becomes_jobs_in_a_fixed_order() {
        let jobs = grid(SMALL).unwrap().jobs();
        assert_eq!(jobs.len(), 3 * 2 * ((2 + 5) + 2));
        let text: Vec<_> = jobs.iter().take(10).map(Job::to_string).collect();
        assert_eq!(text[0], "ae on caltech101/ketch, c = 0.1, seed 0");
        assert_eq!(text[1], "ae on caltech101/Faces_easy, c = 0.1, seed 0");
        assert_eq!(text[3], "ae-lfr (paper) on caltech101/Faces_easy, c = 0.1, seed 0");
        assert_eq!(text[9], "ae on caltech101/ketch, c = 0.5, seed 0");
        assert_eq!(jobs[2].method.settings["schedule"]["epochs"], 20);
    }

    #[test]
    fn a_job_that_two_rows_need_runs_once() {
        let again = SMALL.split("[[method]]").nth(1).unwrap();
        let jobs = grid(&format!("{SMALL}[[method]]{again}\nlabel = \"again\"")).unwrap().jobs();
        assert_eq!(jobs.len(), 54);
        let jobs =
            grid(&format!("{SMALL}[[method]]{again}\nlabel = \"again\"\ncurve = true")).unwrap().jobs();
        assert_eq!((jobs.len(), jobs.iter().filter(|job| job.curve).count()), (54, 42));
    }

    #[test]
    fn a_grid_may_read_and_draw_otherwise() {
        let text = format!("{SMALL}[data]\noutliers = \"first\"\ncount = \"truncated\"\n");
        let (usual, other) = (grid(SMALL).unwrap().jobs(), grid(&text).unwrap().jobs());
        assert!(usual[0].data.is_default() && !other[0].data.is_default());
        assert_ne!(usual[0].hash(), other[0].hash());
        let message = grid(&text.replace("first", "fist")).unwrap_err().to_string();
        assert!(message.contains("fist") && message.contains("random"), "{message}");
    }

    #[test]
    fn mistakes_are_named_with_what_is_allowed() {
        for (from, to, parts) in [
            ("ratio", "ratios", &["unknown field `ratios`", "`ratio`", "line 6"][..]),
            ("preset", "presets", &["unknown field `presets`", "`preset`"]),
            ("\"paper\"", "\"papers\"", &["papers", "authors-2021"]),
            ("\"ae\"", "\"aee\"", &["aee", "rsrae"]),
            ("epochs", "epocs", &["epocs", "batch_size"]),
            ("\"reuters\"", "\"routers\"", &["routers", "reuters"]),
            ("\"ketch\"", "\"yacht\"", &["yacht", "ketch"]),
            ("\"ketch\"", "\"Faces_easy\", \"faces-easy\", \"faces-easy\"", &["twice"]),
            ("{ caltech101", "{ caltech", &["caltech", "caltech101"]),
            ("0.1, 0.5", "0.1, 0.0", &["above 0"]),
            ("0.1, 0.5", "0.1, nan", &["above 0"]),
            ("0.1, 0.5", "", &["at least one"]),
            ("0, 1, 2", "0, 1, 0", &["seed", "twice"]),
            ("0, 1, 2", "0, -1", &["line 7", "-1"]),
            ("\"latent\"", "\"latents\"", &["latents", "reconstructed"]),
            ("title = \"t\"", "", &["title"]),
            ("title = \"t\"", "title = \"t\"\npublished = \"table9\"", &["table9", "table1"]),
            ("inlier = {", "inlier = \"all\" # {", &["each"]),
            ("ratio = [", "ratio = ", &["line 6"]),
        ] {
            let message = grid(&SMALL.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(parts.iter().all(|part| message.contains(part)), "{to}: {message}");
        }
        let missing = Grid::read(Path::new("/no/such.toml")).unwrap_err().to_string();
        assert!(missing.contains("/no/such.toml"));
    }

    #[test]
    fn every_grid_of_the_repository_is_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let count = |path: std::path::PathBuf| {
            let grid = Grid::read(&path).unwrap();
            let jobs = grid.jobs();
            for job in &jobs {
                let found = job.method.method().map(|method| method.name());
                assert!(found.as_ref().is_ok_and(|name| *name == job.method.name), "{job}: {found:?}");
            }
            let runs: HashSet<_> =
                grid.rows().iter().flat_map(|row| &row.runs).map(|(job, _)| job.hash()).collect();
            assert_eq!(runs.len(), jobs.len(), "{}", path.display());
            (path.file_stem().unwrap().to_string_lossy().into_owned(), jobs.len())
        };
        let found: HashMap<_, _> =
            files.filter(|path| path.extension().is_some_and(|e| e == "toml")).map(count).collect();
        assert!(found.values().all(|&jobs| jobs > 0), "{found:?}");
        for (name, jobs) in [("table1", 7750), ("smoke", 32), ("figure1", 3), ("figure7", 4)] {
            assert_eq!(found[name], jobs, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(at in 0usize..600, with in ".{0,6}") {
            let at = (0..=at.min(SMALL.len())).rev().find(|&at| SMALL.is_char_boundary(at)).unwrap_or(0);
            let _ = grid(&format!("{}{with}{}", &SMALL[..at], &SMALL[at..]));
        }
    }
}
