//! All that a review works on: the run, its marks, and the pile, which is read while the page is open already.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use lfr::data::{Items, Kind};
use lfr::output::{RunRecord, Scores};
use lfr::ranking::Ranking;
use lfr::score::Model;
use lfr::threshold::{AutoRule, Rule, Threshold, threshold};

use super::gallery::Kept;
use super::marks::Marks;
use super::near::Near;
use super::pictures::Pictures;
use crate::past::{self, MODEL, Past};

/// The share of the items above the first cut, where the scores give none.
const FALLBACK: f64 = 0.05;

/// The pile and the model that explains its items.
pub struct Opened {
    /// The model.
    pub model: Model,
    /// The items, in the order of the scores.
    pub items: Vec<Items>,
    /// The residual that is drawn white-hot, once a card was made.
    pub heat: OnceLock<f32>,
    near: OnceLock<Result<Arc<Near>, String>>,
}

/// A run under review.
pub struct Desk {
    /// Its folder.
    pub folder: PathBuf,
    /// How it came about.
    pub record: RunRecord,
    /// Its scores.
    pub scores: Scores,
    /// The input.
    pub root: PathBuf,
    /// The pictures shown so far.
    pub pictures: Pictures,
    /// The cut that the page begins with.
    pub cut: Threshold,
    ranking: Ranking,
    ranks: Vec<usize>,
    shuffled: Vec<usize>,
    /// The scores, ascending.
    sorted: Vec<f32>,
    marks: Mutex<Marks>,
    data: OnceLock<Result<Opened, String>>,
    kept: OnceLock<Kept>,
}

impl Desk {
    /// Lays out the run in `folder`; `input` is where its data is now, if it has been moved.
    ///
    /// # Errors
    /// What the reading of record, scores and marks meets.
    pub fn open(folder: &Path, input: Option<&Path>) -> lfr::Result<Self> {
        let past = Past::read(folder)?;
        past.check()?;
        let Past { record, scores } = past;
        let root = input.map_or_else(|| PathBuf::from(&record.input), Path::to_owned);
        Self::of(folder, record, scores.with_formulas(), root)
    }

    /// The same from parts.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub fn of(folder: &Path, record: RunRecord, scores: Scores, root: PathBuf) -> lfr::Result<Self> {
        let marks = Mutex::new(Marks::open(folder, &scores.ids)?);
        let ranking = Ranking::of(&scores.scores);
        let ranks = ranking.ranks();
        let mut sorted = scores.scores.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let mut shuffled: Vec<usize> = (0..scores.len()).collect();
        shuffled.sort_by_key(|&item| scrambled(item as u64));
        Ok(Self {
            folder: folder.to_owned(),
            cut: first_cut(&record, &scores.scores)?,
            record,
            root,
            pictures: Pictures::default(),
            ranks,
            ranking,
            shuffled,
            sorted,
            scores,
            marks,
            data: OnceLock::new(),
            kept: OnceLock::new(),
        })
    }

    /// Reads the pile and the model again, unless that is done.
    pub fn read_pile(&self, data_dir: Option<&Path>) {
        self.data.get_or_init(|| self.reread(data_dir));
    }

    /// The same on a thread of its own.
    pub fn read_pile_meanwhile(self: &Arc<Self>, data_dir: Option<PathBuf>) {
        let desk = Arc::clone(self);
        thread::spawn(move || {
            desk.read_pile(data_dir.as_deref());
            // Whoever asks for similar items first need not wait for the features.
            let _ = desk.near();
        });
    }

    fn reread(&self, data_dir: Option<&Path>) -> Result<Opened, String> {
        let input = self.root.display();
        let model = Model::load(self.folder.join(MODEL)).map_err(|e| e.to_string())?;
        let data = past::data(&model, &self.record.fingerprint, &self.root, data_dir);
        let data = data.map_err(|error| match error {
            lfr::Error::Mismatch { .. } => format!("{input} is not as it was at the time of the run"),
            error => error.to_string(),
        })?;
        let same = data.len() == self.len() && data.ids.iter().enumerate().all(|(i, id)| *id == self.id(i));
        if !same {
            return Err("the score file is not in the order of the input; take it as the run wrote it".into());
        }
        Ok(Opened { model, items: data.items, heat: OnceLock::new(), near: OnceLock::new() })
    }

    /// The pile and the model.
    ///
    /// # Errors
    /// Why they are not to be had, now or at all.
    pub fn data(&self) -> Result<&Opened, String> {
        match self.data.get() {
            Some(data) => data.as_ref().map_err(String::clone),
            None => Err(format!("{} is still being read", self.root.display())),
        }
    }

    /// Whether the pile is still being read.
    pub fn is_reading(&self) -> bool {
        self.data.get().is_none()
    }

    /// The distances between items; computes the features the first time.
    ///
    /// # Errors
    /// As [`Desk::pile`].
    pub fn near(&self) -> Result<Arc<Near>, String> {
        let opened = self.data()?;
        let near = opened
            .near
            .get_or_init(|| Near::of(&opened.model, &opened.items).map(Arc::new).map_err(|e| e.to_string()));
        near.clone()
    }

    /// The items that the report of the run shows.
    pub fn kept(&self) -> &Kept {
        self.kept.get_or_init(|| Kept::read(&self.folder.join("report.html")))
    }

    /// The marks, for as long as nobody else needs them.
    pub fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// What the items are.
    pub fn kind(&self) -> Kind {
        self.record.kind
    }

    /// The identifier of an item.
    pub fn id(&self, item: usize) -> String {
        self.scores.ids.get(item)
    }

    /// The score of an item.
    pub fn score(&self, item: usize) -> f32 {
        self.scores.scores[item]
    }

    /// The rank of an item, 1 = most anomalous.
    pub fn rank(&self, item: usize) -> usize {
        self.ranks[item]
    }

    /// One rank an item.
    pub fn ranks(&self) -> &[usize] {
        &self.ranks
    }

    /// The items, most anomalous first.
    pub fn order(&self) -> &[usize] {
        self.ranking.order()
    }

    /// The items in a random order, always the same for a number of items.
    pub fn shuffled(&self) -> &[usize] {
        &self.shuffled
    }

    /// Number of items above a cut.
    pub fn flagged(&self, cut: f32) -> usize {
        self.len() - self.sorted.partition_point(|&score| score <= cut)
    }

    /// The cut above which the `n` highest scores are, or fewer when more items tie there.
    pub fn top(&self, n: usize) -> f32 {
        match threshold(&self.scores.scores, Rule::TopK(n)) {
            Ok(cut) => cut.value,
            Err(_) => f32::MAX,
        }
    }
}

/// The cut of the run or, where it has none, one from the scores.
fn first_cut(record: &RunRecord, scores: &[f32]) -> lfr::Result<Threshold> {
    if let Some(cut) = record.threshold.clone().filter(|cut| cut.value.is_finite()) {
        return Ok(cut);
    }
    let cut = threshold(scores, Rule::Auto(AutoRule::default()))?;
    match cut.flagged * 2 <= scores.len() && cut.flagged > 0 {
        true => Ok(cut),
        false => threshold(scores, Rule::Contamination(FALLBACK)),
    }
}

/// A number that looks random (Steele et al. 2014, SplitMix64), different for each `n`.
fn scrambled(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
