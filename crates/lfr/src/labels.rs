//! Labels from a file, for metrics and for the methods that need a few.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::pile::outlier_labels;
use crate::regular;

/// Largest labels file, in bytes.
const MAX_SIZE: u64 = 1 << 30;

/// The label of an item that somebody looked at and could not decide on; rows with it are left out.
pub const UNSURE: &str = "unsure";

/// The content of a labels file.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// A CSV file with the columns `id` and `label`.
    ById(HashMap<String, bool>),
    /// One label per line, in the order of the items.
    InOrder(Vec<bool>),
}

impl Labels {
    /// Reads a labels file: CSV with the columns `id` and `label` (others are ignored), or one label per line. Rows whose
    /// label is [`UNSURE`] are no labels and are left out.
    ///
    /// # Errors
    /// [`Error::Labels`] for a file that cannot be read this way, a label that is neither 0 nor 1, or an id with
    /// two labels.
    pub fn read(path: &Path) -> Result<Self> {
        let problem = |problem: String| Error::Labels { problem: format!("{}: {problem}", path.display()) };
        let text = regular::read_text(path, "the size of the labels in bytes", MAX_SIZE)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| problem(e.to_string()))?.clone();
        let column = |name: &str| headers.iter().position(|header| header.trim() == name);
        let (Some(id), Some(label)) = (column("id"), column("label")) else {
            let lines: Vec<&str> =
                text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "label").collect();
            return outlier_labels(&lines).map(Labels::InOrder).map_err(|e| problem(e.to_string()));
        };
        let mut labels = HashMap::new();
        for (i, record) in reader.records().enumerate() {
            let record = record.map_err(|e| problem(e.to_string()))?;
            let (Some(id), Some(label)) = (record.get(id), record.get(label)) else {
                return Err(problem(format!("line {} has no id or no label", i + 2)));
            };
            if label.trim().eq_ignore_ascii_case(UNSURE) {
                continue;
            }
            let outlier = outlier_labels(&[label]).map_err(|e| problem(format!("line {}: {e}", i + 2)))?[0];
            if labels.insert(id.to_owned(), outlier).is_some_and(|other| other != outlier) {
                return Err(problem(format!("{id} has two different labels")));
            }
        }
        Ok(Labels::ById(labels))
    }

    /// A label for every item.
    ///
    /// # Errors
    /// [`Error::Labels`] when an item has none, the count differs, or labels by id meet an id of several items.
    pub fn of_all(&self, ids: &[String]) -> Result<Vec<bool>> {
        match self {
            Labels::InOrder(labels) if labels.len() == ids.len() => Ok(labels.clone()),
            Labels::InOrder(labels) => Err(Error::Labels {
                problem: format!("{} labels for {} items; give one for each", labels.len(), ids.len()),
            }),
            Labels::ById(labels) => {
                index(ids)?;
                let missing: Vec<&str> =
                    ids.iter().filter(|id| !labels.contains_key(*id)).map(String::as_str).collect();
                match missing.first() {
                    None => Ok(ids.iter().map(|id| labels[id]).collect()),
                    Some(first) => Err(Error::Labels {
                        problem: format!(
                            "{} of {} items have no label, {first} among them",
                            missing.len(),
                            ids.len()
                        ),
                    }),
                }
            }
        }
    }

    /// Index and label of the items that have one.
    ///
    /// # Errors
    /// [`Error::Labels`] when the file names an item that is not there, or has no ids, or items share one.
    pub fn of_some(&self, ids: &[String]) -> Result<Vec<(usize, bool)>> {
        let Labels::ById(labels) = self else {
            return Err(Error::Labels { problem: "known labels need the columns id and label".into() });
        };
        let index = index(ids)?;
        let mut known = labels
            .iter()
            .map(|(id, &outlier)| match index.get(id.as_str()) {
                Some(&i) => Ok((i, outlier)),
                None => Err(Error::Labels { problem: format!("{id} is not an item of the input") }),
            })
            .collect::<Result<Vec<_>>>()?;
        known.sort_unstable();
        Ok(known)
    }
}

/// The place of every item by its id.
fn index(ids: &[String]) -> Result<HashMap<&str, usize>> {
    let mut index = HashMap::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        if let Some(other) = index.insert(id.as_str(), place) {
            let problem = format!(
                "{id} stands for several items, such as {other} and {place} (from 0); choose an --id that tells them apart, or give a label a line"
            );
            return Err(Error::Labels { problem });
        }
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Labels> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, text).unwrap();
        Labels::read(&path)
    }

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn labels_are_found_by_id_or_by_order() {
        let by_id = read("id,kind,label\na,x,1\nb,y,0\n").unwrap();
        assert_eq!(by_id.of_all(&ids(&["b", "a"])).unwrap(), [false, true]);
        assert_eq!(by_id.of_some(&ids(&["c", "b", "a"])).unwrap(), [(1, false), (2, true)]);
        let in_order = read("0\n1\n1\n").unwrap();
        assert_eq!(in_order.of_all(&ids(&["p", "q", "r"])).unwrap(), [false, true, true]);
    }

    #[test]
    fn unsure_is_no_label() {
        let marks = read("id,label\na,outlier\nb,unsure\nc,normal\nd, Unsure\n").unwrap();
        let items = ids(&["a", "b", "c", "d"]);
        assert_eq!(marks.of_some(&items).unwrap(), [(0, true), (2, false)]);
        assert!(marks.of_all(&items).unwrap_err().to_string().contains("2 of 4 items have no label"));
    }

    #[test]
    fn what_does_not_match_is_said() {
        let message = |result: Result<_>| result.map(|_: Vec<bool>| ()).unwrap_err().to_string();
        let by_id = read("id,label\na,1\n").unwrap();
        assert_eq!(
            message(by_id.of_all(&ids(&["a", "z"]))),
            "labels: 1 of 2 items have no label, z among them"
        );
        assert!(by_id.of_some(&ids(&["z"])).unwrap_err().to_string().contains("a is not an item"));
        assert!(message(read("0\n1\n").unwrap().of_all(&ids(&["a"]))).contains("2 labels for 1 items"));
        let twins = ids(&["a", "b", "a"]);
        assert!(message(by_id.of_all(&twins)).contains("a stands for several items, such as 0 and 2"));
        assert!(by_id.of_some(&twins).unwrap_err().to_string().contains("a stands for several items"));
        assert_eq!(read("1\n0\n1\n").unwrap().of_all(&twins).unwrap(), [true, false, true]);
        assert!(read("id,label\na,1\na,0\n").unwrap_err().to_string().contains("two different"));
        assert!(read("id,label\na,maybe\n").unwrap_err().to_string().contains("line 2"));
    }
}
