//! Which columns of a table identify, label or describe its rows.

use std::collections::HashSet;
use std::path::Path;

use crate::arrow::array::RecordBatch;
use crate::arrow::strings;
use arrow_select::filter::filter_record_batch;

use super::names::Names;
use super::{Batch, Notes, Options};
use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::error::{Error, Result};

/// The columns of a table that are read at all, and what each is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Places in the file, ascending. The other fields are places in this list.
    pub picked: Vec<usize>,
    id: Option<usize>,
    label: Option<usize>,
    content: Content,
}

/// What the items are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Rows(Vec<usize>),
    Documents(usize),
}

impl Columns {
    /// Assigns the columns as the options ask, or else as a model remembers them. The names of the rows identify them unless
    /// another column does; a remembered column that is not there does not, which a note says.
    ///
    /// # Errors
    /// [`Error::Config`] for a column that does not exist, [`Error::Input`] when none is left to describe the rows.
    pub fn choose(path: &Path, columns: &Names, options: &Options, notes: &Notes) -> Result<Self> {
        let Names { all: names, index, spare } = columns;
        let place = |key: &str, name: &String| {
            names.iter().position(|n| n == name).ok_or_else(|| {
                Error::config(
                    key,
                    name,
                    format!("there is no such column in {}; there are {}", path.display(), list(names)),
                )
            })
        };
        let one = |key: &str, name: &Option<String>| name.as_ref().map(|name| place(key, name)).transpose();
        let remembered = |name: &Option<String>| names.iter().position(|n| Some(n) == name.as_ref());
        let (id, label, text) =
            (one("id", &options.id)?, one("label", &options.label)?, one("text", &options.text)?);
        let text = text.or_else(|| remembered(&options.known.text));
        let id = id.or_else(|| remembered(&options.known.id).filter(|&id| Some(id) != text));
        if let (None, None, Some(lost)) = (id, index, &options.known.id) {
            notes.add(format!(
                "there is no column `{lost}`, which identified the rows of the training; rows are identified by their number"
            ));
        }
        let ignored: HashSet<usize> =
            options.ignore.iter().map(|name| place("ignore", name)).collect::<Result<_>>()?;
        let spared = |i: &usize| Some(*i) == *index || spare.contains(i);
        let free = |i: &usize| !ignored.contains(i) && !spared(i) && Some(*i) != id && Some(*i) != label;
        let id = id.or(*index);
        let features: Vec<usize> = (0..names.len()).filter(free).collect();
        let text = match (text, options.kind, features.as_slice()) {
            (None, Some(Kind::Text), [only]) => Some(*only),
            (None, Some(Kind::Text), _) => {
                let problem =
                    format!("say which column of {} holds the documents: {}", path.display(), list(names));
                return Err(Error::config("text", "", problem));
            }
            (text, _, _) => text,
        };
        if text.is_none() && features.is_empty() {
            let problem = format!("no column is left to describe the rows (there are {})", list(names));
            return Err(Error::input(path, problem));
        }
        let used = text.map_or(features.clone(), |text| vec![text]);
        let picked: Vec<usize> = (0..names.len())
            .filter(|i| used.binary_search(i).is_ok() || [id, label].contains(&Some(*i)))
            .collect();
        let within = |place: usize| picked.binary_search(&place).ok();
        let content = match text.and_then(within) {
            Some(text) => Content::Documents(text),
            None => Content::Rows(features.iter().filter_map(|&place| within(place)).collect()),
        };
        Ok(Self { id: id.and_then(within), label: label.and_then(within), content, picked })
    }

    /// What the items are.
    pub fn kind(&self) -> Kind {
        match self.content {
            Content::Rows(_) => Kind::Table,
            Content::Documents(_) => Kind::Text,
        }
    }

    /// The chunk of the rows in `batch`, which has the picked columns, numbered by `rows`. Rows without an
    /// identifier keep their number; rows without a document go to the bad ones.
    ///
    /// # Errors
    /// [`Error::Input`] when a column cannot be read as what it is for.
    pub fn batch(
        &self,
        path: &Path,
        batch: RecordBatch,
        rows: Vec<u64>,
        bad: Vec<Quarantined>,
    ) -> Result<Batch> {
        self.assemble(batch, rows, bad).map_err(|error| Error::input(path, error.to_string()))
    }

    fn assemble(
        &self,
        mut batch: RecordBatch,
        mut rows: Vec<u64>,
        mut bad: Vec<Quarantined>,
    ) -> Result<Batch, arrow_schema::ArrowError> {
        if let Content::Documents(text) = self.content {
            let texts = strings(batch.column(text))?;
            let kept =
                texts.iter().map(|text| Some(text.is_some_and(|text| !text.trim().is_empty()))).collect();
            let empty =
                rows.iter().zip(&texts).filter(|(_, text)| text.is_none_or(|text| text.trim().is_empty()));
            bad.extend(empty.map(|(row, _)| Quarantined { id: row.to_string(), reason: EMPTY.into() }));
            batch = filter_record_batch(&batch, &kept)?;
            let mut keep = kept.iter();
            rows.retain(|_| keep.next().flatten() == Some(true));
        }
        let column = |place: usize| strings(batch.column(place));
        let ids = match self.id.map(column).transpose()? {
            None => rows.iter().map(u64::to_string).collect(),
            Some(ids) => {
                rows.iter().zip(&ids).map(|(row, id)| id.map_or(row.to_string(), str::to_owned)).collect()
            }
        };
        let labels = self.label.map(column).transpose()?;
        let labels = labels.map(|labels| labels.iter().map(|label| label.unwrap_or("").to_owned()).collect());
        let items = match &self.content {
            Content::Rows(features) => Items::Rows(batch.project(features)?),
            Content::Documents(text) => {
                Items::Documents(column(*text)?.iter().map(|text| text.unwrap_or("").to_owned()).collect())
            }
        };
        Ok(Batch { chunk: Chunk { ids, labels, items }, bad })
    }
}

/// Why an item without a visible character is left out.
pub(super) const EMPTY: &str = "the document is empty";

/// Names for a message, the first twenty of them.
pub(super) fn list(names: &[String]) -> String {
    let shown = names.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 20 { format!("{shown}, ... ({} in all)", names.len()) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::{ArrayRef, Int32Array, StringArray};
    use crate::input::Known;
    use std::sync::Arc;

    fn choose(names: &[&str], options: &Options) -> Result<Columns> {
        let all = names.iter().map(|&name| name.to_owned()).collect();
        Columns::choose(Path::new("t.csv"), &Names { all, ..Names::default() }, options, &Notes::default())
    }

    fn asked(id: &str, label: &str, ignore: &str) -> Options {
        Options {
            id: Some(id.into()),
            label: Some(label.into()),
            ignore: vec![ignore.into()],
            ..Options::default()
        }
    }

    #[test]
    fn identifiers_labels_and_ignored_columns_are_no_features() {
        let columns = choose(&["a", "id", "skip", "b", "y"], &asked("id", "y", "skip")).unwrap();
        assert_eq!(columns.picked, [0, 1, 3, 4]);
        assert_eq!((columns.id, columns.label), (Some(1), Some(3)));
        assert_eq!(columns.content, Content::Rows(vec![0, 2]));
    }

    #[test]
    fn unknown_columns_are_refused_with_those_there_are() {
        for options in [asked("nope", "y", "a"), asked("a", "nope", "a"), asked("a", "y", "nope")] {
            let message = choose(&["a", "b", "y"], &options).unwrap_err().to_string();
            assert!(message.contains("nope") && message.contains("a, b, y"), "{message}");
        }
        let options = Options { text: Some("nope".into()), ..Options::default() };
        assert!(choose(&["a"], &options).unwrap_err().to_string().contains("`text` = nope"));
    }

    #[test]
    fn the_names_of_rows_identify_them_and_are_no_feature() {
        let all = ["column 1", "x", "column 3"].map(str::to_owned).to_vec();
        let names = Names { all, index: Some(0), spare: vec![2] };
        let choose = |options: &Options| Columns::choose(Path::new("t"), &names, options, &Notes::default());
        let columns = choose(&Options::default()).unwrap();
        assert_eq!((columns.picked.as_slice(), columns.id), (&[0, 1][..], Some(0)));
        let options = Options { id: Some("x".into()), ..Options::default() };
        let problem = choose(&options).unwrap_err().to_string();
        assert!(problem.contains("no column is left"), "{problem}");
    }

    #[test]
    fn columns_that_a_model_remembers_are_taken_where_they_are() {
        let known = Known { id: Some("rid".into()), text: Some("body".into()), ..Known::default() };
        let choose = |names: &[&str], options: Options| {
            let all = names.iter().map(|&name| name.to_owned()).collect();
            let (names, notes) = (Names { all, ..Names::default() }, Notes::default());
            let options = Options { known: known.clone(), ..options };
            Columns::choose(Path::new("t"), &names, &options, &notes).map(|columns| (columns, notes.list()))
        };
        let (columns, said) = choose(&["a", "rid", "body"], Options::default()).unwrap();
        assert_eq!((columns.id, columns.content, said.len()), (Some(0), Content::Documents(1), 0));
        let (columns, said) = choose(&["a", "body"], Options::default()).unwrap();
        let lost = "there is no column `rid`, which identified the rows of the training; rows are identified by their number";
        assert_eq!((columns.id, said), (None, vec![lost.to_owned()]));
        let other = Options { id: Some("a".into()), text: Some("rid".into()), ..Options::default() };
        let (columns, said) = choose(&["a", "rid", "body"], other).unwrap();
        assert_eq!((columns.picked, columns.content, said.len()), (vec![0, 1], Content::Documents(1), 0));
        let text = Options { kind: Some(Kind::Text), ..Options::default() };
        assert!(choose(&["a", "b"], text).unwrap_err().to_string().contains("holds the documents: a, b"));
    }

    #[test]
    fn something_has_to_be_left() {
        assert!(choose(&["y"], &asked("y", "y", "y")).unwrap_err().to_string().contains("no column is left"));
    }

    #[test]
    fn documents_come_from_the_named_or_the_only_column() {
        let text = Options { kind: Some(Kind::Text), ..Options::default() };
        assert_eq!(choose(&["a"], &text).unwrap().kind(), Kind::Text);
        assert!(choose(&["a", "b"], &text).unwrap_err().to_string().contains("a, b"));
        let named = Options { text: Some("b".into()), ..Options::default() };
        assert_eq!(choose(&["a", "b"], &named).unwrap().picked, [1]);
    }

    #[test]
    fn chunks_keep_numbers_where_identifiers_or_documents_are_absent() {
        let options = Options { text: Some("t".into()), id: Some("i".into()), ..Options::default() };
        let columns = choose(&["t", "i"], &options).unwrap();
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("one"), Some(" "), None, Some("four")]));
        let ids: ArrayRef = Arc::new(Int32Array::from(vec![Some(7), Some(8), Some(9), None]));
        let rows = RecordBatch::try_from_iter_with_nullable([("t", texts, true), ("i", ids, true)]).unwrap();
        let batch = columns.batch(Path::new("t"), rows, vec![10, 11, 12, 13], Vec::new()).unwrap();
        assert_eq!(batch.chunk.ids, ["7", "13"]);
        assert!(matches!(batch.chunk.items, Items::Documents(d) if d == ["one", "four"]));
        let bad: Vec<_> = batch.bad.iter().map(|bad| bad.id.as_str()).collect();
        assert_eq!(bad, ["11", "12"]);
    }
}
