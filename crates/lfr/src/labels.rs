//! Labels from a file, for metrics and for the methods that need a few.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::regular;

/// Largest labels file, in bytes.
const MAX_SIZE: u64 = 1 << 30;

/// The label of an item that somebody looked at and could not decide on; rows with it are left out.
pub const UNSURE: &str = "unsure";

/// The content of a labels file.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// A CSV file with the columns `id` and `label`; items marked `unsure` are not in it.
    ById(HashMap<String, bool>),
    /// One label per line, in the order of the items.
    InOrder(Vec<bool>),
}

impl Labels {
    /// Reads a labels file: CSV with the columns `id` and `label` (others are ignored), separated by commas, semicolons or tabs, or
    /// one label per line. Rows whose label is [`UNSURE`] are no labels and are left out.
    ///
    /// # Errors
    /// [`Error::Labels`] for a file that cannot be read this way, a label that is neither 0 nor 1, or an id with
    /// two labels.
    pub fn read(path: &Path) -> Result<Self> {
        let problem = |problem: String| Error::Labels { problem: format!("{}: {problem}", path.display()) };
        let text = regular::read_text(path, "the size of the labels in bytes", MAX_SIZE)?;
        let delimiter = delimiter(&text);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(delimiter.unwrap_or(b','))
            .from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| problem(e.to_string()))?.clone();
        let column = |name: &str| {
            let place =
                |same: fn(&str, &str) -> bool| headers.iter().position(|header| same(header.trim(), name));
            place(|header, name| header == name)
                .or_else(|| place(|header, name| header.eq_ignore_ascii_case(name)))
        };
        let (Some(id), Some(label)) = (column("id"), column("label")) else {
            if delimiter.is_some() {
                let found: Vec<String> =
                    headers.iter().map(|header| format!("`{}`", header.trim())).collect();
                return Err(problem(format!(
                    "the first line must name the columns, `id` and `label` among them, and has {}; or write one label per line",
                    found.join(", ")
                )));
            }
            let heads = |line: &&str| !line.is_empty() && !line.eq_ignore_ascii_case("label");
            let lines: Vec<&str> = text.lines().map(str::trim).filter(heads).collect();
            return outlier_labels(&lines).map(Labels::InOrder).map_err(|e| problem(e.to_string()));
        };
        let mut labels: HashMap<String, (bool, u64)> = HashMap::new();
        for record in reader.records() {
            let record = record.map_err(|e| problem(e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let (Some(id), Some(label)) = (record.get(id), record.get(label)) else {
                return Err(problem(format!("line {line} has no id or no label")));
            };
            if label.trim().eq_ignore_ascii_case(UNSURE) {
                continue;
            }
            let outlier = outlier_label(label).ok_or_else(|| {
                let allowed = "write 0 for an inlier, 1 for an outlier, or unsure";
                problem(format!("line {line}: {id} has `{label}`; {allowed}"))
            })?;
            match labels.insert(id.to_owned(), (outlier, line)) {
                Some((other, before)) if other != outlier => {
                    let [first, second] =
                        [other, outlier].map(|outlier| if outlier { "outlier" } else { "inlier" });
                    return Err(problem(format!(
                        "{id} has two different labels: {first} in line {before}, {second} in line {line}"
                    )));
                }
                _ => {}
            }
        }
        Ok(Labels::ById(labels.into_iter().map(|(id, (outlier, _))| (id, outlier)).collect()))
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
    /// [`Error::Labels`] when the file names an item that is not there, has no ids or no label, or items share an id.
    pub fn of_some(&self, ids: &[String]) -> Result<Vec<(usize, bool)>> {
        let refused = |problem: String| Err(Error::Labels { problem });
        let Labels::ById(labels) = self else {
            return refused("known labels need the columns id and label".into());
        };
        if labels.is_empty() {
            return refused("none is known; label an item as an inlier or an outlier".into());
        }
        let index = index(ids)?;
        let absent = labels.keys().filter(|id| !index.contains_key(id.as_str()));
        if let Some(first) = absent.clone().min() {
            let (count, all) = (absent.count(), labels.len());
            return refused(format!(
                "{first} is not an item of the input ({count} of {all} labelled ids are not)"
            ));
        }
        let mut known: Vec<_> =
            labels.iter().filter_map(|(id, &outlier)| Some((*index.get(id.as_str())?, outlier))).collect();
        known.sort_unstable();
        Ok(known)
    }
}

/// What parts the columns of a labels file, by its first line; `None` where that has one column.
fn delimiter(text: &str) -> Option<u8> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    b",;\t".iter().copied().find(|&delimiter| first.trim().contains(char::from(delimiter)))
}

/// The place of every item by its id.
fn index(ids: &[String]) -> Result<HashMap<&str, usize>> {
    let mut index = HashMap::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        if let Some(other) = index.insert(id.as_str(), place) {
            let problem = format!(
                "{id} stands for several items, such as {other} and {place} (from 0); choose an --id that tells them apart, or give one label an item, in their order"
            );
            return Err(Error::Labels { problem });
        }
    }
    Ok(index)
}

/// Labels as 0 (inlier) and 1 (outlier): numbers, or the words inlier/normal/good and outlier/anomaly/bad.
///
/// # Errors
/// [`Error::Labels`] naming the first text that is neither.
pub fn outlier_labels<S: AsRef<str>>(labels: &[S]) -> Result<Vec<bool>> {
    let read = |(i, label): (usize, &S)| {
        let label = label.as_ref();
        let problem = || format!("item {i} has `{label}`; write 0 for an inlier and 1 for an outlier");
        outlier_label(label).ok_or_else(|| Error::Labels { problem: problem() })
    };
    labels.iter().enumerate().map(read).collect()
}

/// Whether `label` means an outlier; `None` when it means neither that nor an inlier.
fn outlier_label(label: &str) -> Option<bool> {
    match label.trim().to_lowercase().as_str() {
        "0" | "0.0" | "false" | "no" | "inlier" | "normal" | "good" => Some(false),
        "1" | "1.0" | "true" | "yes" | "outlier" | "anomaly" | "anomalous" | "bad" => Some(true),
        _ => None,
    }
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
    fn tables_of_spreadsheets_are_read_and_others_are_told_what_to_write() {
        let items = ids(&["a,b", "c"]);
        for text in [
            "id;label\n\"a,b\";1\nc;0\n",
            "ID,Label\n\"a,b\",1\nc,0\n",
            "\nID\tnote\tLABEL\na,b\tx\t1\nc\ty\t0\n",
        ] {
            assert_eq!(read(text).unwrap().of_all(&items).unwrap(), [true, false], "{text}");
        }
        assert_eq!(read("Label\n1\n0\n").unwrap().of_all(&items).unwrap(), [true, false]);
        for (text, found) in [("a,1\nb,0\n", "`a`, `1`"), ("name;label\na;1\n", "`name`, `label`")] {
            let message = read(text).unwrap_err().to_string();
            let expected = format!(
                "the first line must name the columns, `id` and `label` among them, and has {found}; or"
            );
            assert!(message.contains(&expected), "{message}");
        }
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
        let contradiction = read("id,label\na,1\nb,0\na,0\n").unwrap_err().to_string();
        assert!(
            contradiction.ends_with("a has two different labels: outlier in line 2, inlier in line 4"),
            "{contradiction}"
        );
        let odd = read("id,label\na,maybe\n").unwrap_err().to_string();
        assert!(
            odd.ends_with("line 2: a has `maybe`; write 0 for an inlier, 1 for an outlier, or unsure"),
            "{odd}"
        );
        let absent =
            read("id,label\na,1\nx,0\ny,1\n").unwrap().of_some(&ids(&["a"])).unwrap_err().to_string();
        assert_eq!(absent, "labels: x is not an item of the input (2 of 3 labelled ids are not)");
    }

    #[test]
    fn a_file_of_nothing_but_unsure_items_is_refused() {
        let some = read("id,label\na,unsure\nb,1\nb,Unsure\n").unwrap();
        assert_eq!(some.of_some(&ids(&["a", "b"])).unwrap(), [(1, true)]);
        assert!(
            some.of_all(&ids(&["a", "b"])).unwrap_err().to_string().contains("1 of 2 items have no label")
        );
        let none = read("id,label\na,unsure\n").unwrap().of_some(&ids(&["a"])).unwrap_err().to_string();
        assert!(none.contains("none is known"), "{none}");
    }

    #[test]
    fn labels_are_read_in_the_usual_spellings() {
        assert_eq!(outlier_labels(&["0", "1", " Normal", "anomaly"]).unwrap(), [false, true, false, true]);
        let message = outlier_labels(&["0", "7"]).unwrap_err().to_string();
        assert_eq!(message, "labels: item 1 has `7`; write 0 for an inlier and 1 for an outlier");
    }
}
