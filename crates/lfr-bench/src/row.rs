//! The rows of a grid's tables, which are the lines of its figures.

use serde::Deserialize;

use crate::grid::{Entry, Grid};
use crate::job::Job;
use crate::marked::UNGUIDED;

/// A score of a run: what the decoder is fed in scoring (Lin et al. 2023, Eq. 12), of which any run of a method with a latent
/// layer has both, or that without labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// The latent.
    Latent,
    /// The reconstructed latent.
    Reconstructed,
    /// No label seen: the ranking whose top is marked, of runs with marks.
    Unguided,
}

impl Score {
    /// Its name in the paper and in records.
    pub fn name(self) -> &'static str {
        match self {
            Score::Latent => "S_A",
            Score::Reconstructed => "S_B",
            Score::Unguided => UNGUIDED,
        }
    }
}

/// A row of tables, a line of figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is called.
    pub label: String,
    /// What the paper calls it.
    pub published: String,
    /// Its runs, and which score of each; `None` takes the method's own.
    pub runs: Vec<(Job, Option<Score>)>,
}

impl Grid {
    /// The rows of its tables, in the order of its methods.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for entry in &self.methods {
            let jobs = self.runs_of(entry);
            for (name, score) in entry.rows() {
                for &labelled in &self.labelled {
                    let runs =
                        jobs.iter().filter(|job| job.labelled == labelled).map(|job| (job.clone(), score));
                    let label = self.marked(&name, labelled);
                    match rows.iter_mut().find(|row| row.label == label) {
                        Some(row) => row.runs.extend(runs),
                        None => {
                            let published = entry.published.clone().unwrap_or_else(|| label.clone());
                            rows.push(Row { label, published, runs: runs.collect() });
                        }
                    }
                }
            }
        }
        rows
    }

    /// The label of the row of `labelled` marks.
    fn marked(&self, name: &str, labelled: usize) -> String {
        match self.labelled.as_slice() {
            [0] => name.to_owned(),
            _ => format!("{name}, {labelled} marks"),
        }
    }

    fn runs_of(&self, entry: &Entry) -> Vec<Job> {
        let mut jobs = Vec::new();
        for &dataset in self.dataset.iter().filter(|&&dataset| self.takes(entry, dataset)) {
            for &ratio in &self.ratio {
                for &seed in &self.seed {
                    for &labelled in &self.labelled {
                        jobs.extend(self.runs(entry, dataset, ratio, seed, labelled));
                    }
                }
            }
        }
        jobs
    }
}

impl Entry {
    fn rows(&self) -> Vec<(String, Option<Score>)> {
        let label = match (&self.label, &self.preset) {
            (Some(label), _) => label.clone(),
            (None, Some(preset)) => format!("{} ({preset})", self.method),
            (None, None) => self.method.clone(),
        };
        match self.score.as_slice() {
            [] => vec![(label, None)],
            [score] => vec![(label, Some(*score))],
            scores => scores.iter().map(|s| (format!("{label} {}", s.name()), Some(*s))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::grid::tests::{SMALL, grid};

    #[test]
    fn rows_follow_the_scores_and_share_labels() {
        let rows = grid(SMALL).unwrap().rows();
        let labels: Vec<_> = rows.iter().map(|row| (row.label.as_str(), row.runs.len())).collect();
        assert_eq!(labels, [("ae", 42), ("L_A S_A", 12), ("L_A S_B", 12)]);
        let text =
            format!("{SMALL}\n[[method]]\nmethod = \"ae\"\nlabel = \"L_A S_A\"\ndataset = [\"reuters\"]\n");
        let rows = grid(&text).unwrap().rows();
        assert_eq!((rows.len(), rows[1].runs.len()), (3, 12 + 30));
    }

    #[test]
    fn marks_make_rows_of_their_own() {
        let text =
            SMALL.replace("seed = ", "labelled = [0, 20]\n        seed = ").replace("\"ae\"", "\"combined\"");
        let rows = grid(&text).unwrap().rows();
        let labels: Vec<_> = rows.iter().take(2).map(|row| (row.label.as_str(), row.runs.len())).collect();
        assert_eq!(labels, [("combined, 0 marks", 42), ("combined, 20 marks", 42)]);
        assert_eq!(grid(&text).unwrap().jobs().len(), 2 * 54);
        let refused =
            grid(&SMALL.replace("seed = ", "labelled = [5]\n        seed = ")).unwrap_err().to_string();
        assert!(refused.contains("does not learn from labels"), "{refused}");
    }
}
