//! What is to be said about items that a model scored.

use crate::data::{Chunk, Items, Kind};
use crate::featureless::{Featureless, told};
use crate::model::Header;
use crate::preprocess::{Applied, Oddity, Preprocessor};

/// Rows that are named.
const NAMED: usize = 3;

/// From this strangeness on most words of a document are unknown, however many are usual.
const FOREIGN: f32 = 0.5;

/// The account of the items of a stream, chunk by chunk.
pub(super) struct Account<'a> {
    header: &'a Header,
    preprocessor: &'a Preprocessor,
    items: usize,
    /// Items without features.
    featureless: usize,
    /// Other items that score higher than those do.
    above: usize,
    /// Other items that are strange in part.
    strange: usize,
    /// Of those the ones that are so for the most part.
    foreign: usize,
    /// One for each column of a table.
    oddities: Vec<Oddity>,
    /// The first gaps of rows.
    gaps: Vec<String>,
}

impl<'a> Account<'a> {
    /// Of no item so far.
    pub fn new(header: &'a Header, preprocessor: &'a Preprocessor) -> Self {
        let oddities = preprocessor.no_oddities();
        let (items, gaps) = (0, Vec::new());
        Self { header, preprocessor, items, featureless: 0, above: 0, strange: 0, foreign: 0, oddities, gaps }
    }

    /// Takes in a chunk.
    pub fn add(&mut self, chunk: &Chunk, applied: Applied, scores: &[f32]) {
        self.items += scores.len();
        if let Some(own) = self.header.featureless_score {
            let featureless = &applied.featureless;
            let others = || (0..scores.len()).filter(|&place| !featureless.is(place));
            let strange = |place: &usize| applied.strange.get(*place).copied().unwrap_or_default();
            self.featureless += featureless.found();
            self.above += others().filter(|&place| scores[place] > own).count();
            self.strange += others().filter(|place| strange(place) > 0.0).count();
            self.foreign += others().filter(|place| strange(place) >= FOREIGN).count();
            self.quote(chunk, &applied.oddities, featureless);
        }
        for (all, oddity) in self.oddities.iter_mut().zip(applied.oddities) {
            all.add(Oddity { gaps: Vec::new(), ..oddity });
        }
    }

    /// Keeps the first gaps in words.
    fn quote(&mut self, chunk: &Chunk, oddities: &[Oddity], featureless: &Featureless) {
        let (Preprocessor::Table(encoder), Items::Rows(batch)) = (self.preprocessor, &chunk.items) else {
            return;
        };
        if self.gaps.len() < NAMED {
            let gaps = encoder.first_gaps(batch, oddities, |row| !featureless.is(row));
            let gaps = gaps.into_iter().map(|(row, gap)| format!("in {} {gap}", chunk.ids[row]));
            self.gaps.extend(gaps);
            self.gaps.truncate(NAMED);
        }
    }

    /// What is odd about the columns of a table.
    pub fn notes(&self) -> Vec<String> {
        self.preprocessor.odd(&self.oddities)
    }

    /// What the ranking cannot tell or tells for another reason than the method.
    pub fn warnings(&self) -> Vec<String> {
        let sentences = [self.of_featureless(), self.of_gaps(), self.of_foreign()];
        sentences.into_iter().flatten().collect()
    }

    /// None where such items are declared normal, and so are scored as the item in the middle.
    fn of_featureless(&self) -> Option<String> {
        let own = self.header.featureless_score?;
        let [_, _, highest] = self.header.quantiles.summary();
        let told = told(self.header.kind, self.featureless, self.items).filter(|_| own >= highest)?;
        let one = self.featureless == 1;
        let rank = match self.above {
            0 if self.featureless == self.items => "they share one score and are not ranked".to_owned(),
            0 if one => "it ranks first".to_owned(),
            0 => "they rank first".to_owned(),
            above => {
                let (its, ranks) = if one { ("its", "it ranks") } else { ("their", "they rank") };
                format!(
                    "{its} score, {own}, lies above all of the training, but {ranks} below {above} of the others here"
                )
            }
        };
        Some(format!("{told}; {rank}"))
    }

    fn of_gaps(&self) -> Option<String> {
        let rows = self.strange;
        if self.gaps.is_empty() || rows == 0 {
            return None;
        }
        let (lack, rank) = if rows == 1 { ("lacks", "ranks") } else { ("lack", "rank") };
        let first = self.gaps.join(", ");
        Some(format!(
            "{rows} of {} rows {lack} a value where every row of the training had one, and {rank} higher for it; the \
             first: {first}",
            self.items
        ))
    }

    fn of_foreign(&self) -> Option<String> {
        let most = 2 * (self.featureless + self.foreign) > self.items;
        if self.header.kind != Kind::Text || self.foreign == 0 || !most {
            return None;
        }
        Some(format!(
            "in {} of {} documents most words are not those of the training, as in another language or subject; their \
             ranking tells little",
            self.foreign, self.items
        ))
    }
}
