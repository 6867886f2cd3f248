//! `labels.csv` as it stands: a table with the columns `id` and `label`, and whatever else its owner put into it.

use csv::StringRecord;
use lfr::labels::UNSURE;
use lfr::labels::outlier_labels;
use serde::{Deserialize, Serialize};

/// What somebody says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// It stands out for a reason.
    Outlier,
    /// It is as the others are.
    Normal,
    /// Looked at, not decided; no label.
    Unsure,
}

impl Mark {
    /// As the file has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Outlier => "outlier",
            Self::Normal => "normal",
            Self::Unsure => UNSURE,
        }
    }

    /// What a label of the file says; `None` when it says nothing known.
    fn of(label: &str) -> Option<Self> {
        if label.trim().eq_ignore_ascii_case(UNSURE) {
            return Some(Self::Unsure);
        }
        let outlier = *outlier_labels(&[label]).ok()?.first()?;
        Some(if outlier { Self::Outlier } else { Self::Normal })
    }
}

/// The content of the file. Rows of items that the run does not have, and other columns, stay as they are.
#[derive(Clone, Debug)]
pub struct Sheet {
    header: StringRecord,
    id: usize,
    label: usize,
    rows: Vec<StringRecord>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { header: StringRecord::from(vec!["id", "label"]), id: 0, label: 1, rows: Vec::new() }
    }
}

impl Sheet {
    /// Reads the text of a file; an empty one has no rows.
    ///
    /// # Errors
    /// What is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| e.to_string())?.clone();
        let column = |name: &str| header.iter().position(|header| header.trim() == name);
        let (Some(id), Some(label)) = (column("id"), column("label")) else {
            return Err("its first line does not name the columns id and label".into());
        };
        let mut sheet = Self { id, label, rows: Vec::new(), header };
        let mut seen = std::collections::HashMap::new();
        for (i, row) in reader.records().enumerate() {
            let (row, line) = (row.map_err(|e| e.to_string())?, i + 2);
            let (Some(id), Some(label)) = (row.get(id), row.get(label)) else {
                return Err(format!("line {line} has no id or no label"));
            };
            let Some(mark) = Mark::of(label) else {
                return Err(format!("line {line} has the label `{label}`; write outlier, normal or unsure"));
            };
            if seen.insert(id.to_owned(), mark).is_some_and(|other| other != mark) {
                return Err(format!("line {line}: {id} has two different labels"));
            }
            sheet.rows.push(row);
        }
        Ok(sheet)
    }

    /// Every id and its mark.
    pub fn marks(&self) -> impl Iterator<Item = (&str, Mark)> {
        let mark = |row: &StringRecord| Mark::of(row.get(self.label)?);
        self.rows.iter().filter_map(move |row| Some((row.get(self.id)?, mark(row)?)))
    }

    /// The same with `mark` for the item `id`; none takes its rows away.
    #[must_use]
    pub fn with(&self, id: &str, mark: Option<Mark>) -> Self {
        let mut sheet = self.clone();
        let is_it = |row: &StringRecord| row.get(self.id) == Some(id);
        let Some(mark) = mark else {
            sheet.rows.retain(|row| !is_it(row));
            return sheet;
        };
        let field = |place: usize, old: &str| {
            if place == self.label { mark.word().to_owned() } else { old.to_owned() }
        };
        let mut found = false;
        for row in sheet.rows.iter_mut().filter(|row| is_it(row)) {
            *row = row.iter().enumerate().map(|(place, old)| field(place, old)).collect();
            found = true;
        }
        if !found {
            let new = |place| if place == self.id { id } else { "" };
            sheet.rows.push((0..self.header.len()).map(|place| field(place, new(place))).collect());
        }
        sheet
    }

    /// The file.
    ///
    /// # Errors
    /// Never for what [`Sheet::parse`] read.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut rows = std::iter::once(&self.header).chain(&self.rows);
        rows.try_for_each(|row| writer.write_record(row)).map_err(|e| e.to_string())?;
        writer.into_inner().map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sheet: &Sheet) -> String {
        String::from_utf8(sheet.bytes().unwrap()).unwrap()
    }

    #[test]
    fn marks_come_and_go() {
        let sheet = Sheet::default().with("a,b", Some(Mark::Outlier)).with("=1", Some(Mark::Unsure));
        assert_eq!(text(&sheet), "id,label\n\"a,b\",outlier\n=1,unsure\n");
        let sheet = sheet.with("a,b", Some(Mark::Normal)).with("=1", None).with("absent", None);
        assert_eq!(text(&sheet), "id,label\n\"a,b\",normal\n");
        assert!(Sheet::parse(&text(&sheet)).unwrap().marks().eq([("a,b", Mark::Normal)]));
    }

    #[test]
    fn what_others_wrote_stays() {
        let sheet = Sheet::parse("note,label,id\nodd,1,a\nfine,good,b\n,unsure,gone\n").unwrap();
        let marks: Vec<_> = sheet.marks().collect();
        assert_eq!(marks, [("a", Mark::Outlier), ("b", Mark::Normal), ("gone", Mark::Unsure)]);
        let sheet = sheet.with("a", Some(Mark::Normal)).with("c", Some(Mark::Outlier));
        assert_eq!(text(&sheet), "note,label,id\nodd,normal,a\nfine,good,b\n,unsure,gone\n,outlier,c\n");
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        let refused = |text: &str| Sheet::parse(text).unwrap_err();
        assert!(refused("a,outlier\n").contains("does not name the columns"));
        assert!(refused("id,label\na,outlier\nb,maybe\n").contains("line 3 has the label `maybe`"));
        assert!(refused("id,label\na\n").contains("line 2 has no id or no label"));
        assert!(refused("id,label\na,1\na,0\n").contains("line 3: a has two different labels"));
        assert!(Sheet::parse(" \n").unwrap().marks().next().is_none());
    }

    #[test]
    fn the_library_reads_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        let marks = [("a", Mark::Outlier), ("b\"c", Mark::Normal), ("d", Mark::Unsure)];
        let sheet = marks.iter().fold(Sheet::default(), |sheet, &(id, mark)| sheet.with(id, Some(mark)));
        std::fs::write(&path, sheet.bytes().unwrap()).unwrap();
        let ids = ["d", "b\"c", "a"].map(str::to_owned);
        let labels = lfr::labels::Labels::read(&path).unwrap();
        assert_eq!(labels.of_some(&ids).unwrap(), [(1, false), (2, true)]);
    }
}
