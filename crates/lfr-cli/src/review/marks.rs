//! The marks: one writer, every mark on the disk before it is told to anybody, and whatever somebody wrote into the
//! file meanwhile taken over first.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use lfr::Error;
use lfr::durable;
use lfr::durable::OutputFolder;
use lfr::output::Ids;
use lfr::regular;

use super::sheet::{Mark, Sheet};
use crate::past::RECORD;

/// Largest file of marks, in bytes.
const MAX_SIZE: u64 = 1 << 30;

/// Why a mark was not taken. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another window marked the item meanwhile.
    Changed(String),
    /// The file cannot be read or written.
    File(String),
    /// There is no such item, or its id stands for several.
    Item(String),
}

/// A mark that one window set.
#[derive(Clone, Debug)]
struct Act {
    window: String,
    item: usize,
    before: Option<Mark>,
    after: Option<Mark>,
}

/// The marks of a run.
pub struct Marks {
    folder: PathBuf,
    /// The items by their ids, but for ids of several items.
    places: HashMap<String, usize>,
    sheet: Sheet,
    /// The file as last read or written; none when there is none.
    known: Option<Vec<u8>>,
    marks: Vec<Option<Mark>>,
    /// The items whose marks changed, oldest first; its length is the version.
    log: Vec<usize>,
    acts: Vec<Act>,
    /// Why the file cannot be used at the moment.
    trouble: Option<String>,
    /// What was last taken over from the file, and how often anything was.
    notice: (usize, String),
    /// When the run was written.
    run: Option<SystemTime>,
}

impl Marks {
    /// Reads the marks in `folder`, which are those of the items `ids`.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that is no list of marks, [`Error::Io`] for one that cannot be read.
    pub fn open(folder: &Path, ids: &Ids) -> lfr::Result<Self> {
        let (mut places, mut repeated) = (HashMap::with_capacity(ids.len()), HashSet::new());
        for item in 0..ids.len() {
            if places.insert(ids.get(item), item).is_some() {
                repeated.insert(ids.get(item));
            }
        }
        places.retain(|id, _| !repeated.contains(id));
        let mut marks = Self {
            folder: folder.to_owned(),
            places,
            sheet: Sheet::default(),
            known: None,
            marks: vec![None; ids.len()],
            log: Vec::new(),
            acts: Vec::new(),
            trouble: None,
            notice: (0, String::new()),
            run: written(folder),
        };
        marks.known = marks.read()?;
        let path = marks.path();
        marks.sheet = parsed(marks.known.as_deref()).map_err(|problem| Error::input(path, problem))?;
        marks.take_over();
        Ok(marks)
    }

    /// Where the file is.
    pub fn path(&self) -> PathBuf {
        self.folder.join(OutputFolder::LABELS)
    }

    /// One an item.
    pub fn all(&self) -> &[Option<Mark>] {
        &self.marks
    }

    /// The number of changes there were.
    pub fn version(&self) -> usize {
        self.log.len()
    }

    /// The items whose marks changed since a version, each once. All marked ones for a version from elsewhere.
    pub fn since(&self, version: usize) -> Vec<usize> {
        let mut changed = match self.log.get(version..) {
            Some(log) if version > 0 => log.to_vec(),
            _ => (0..self.marks.len()).filter(|&item| self.marks[item].is_some()).collect(),
        };
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// At most `n` marked items, those marked last first.
    pub fn latest(&self, n: usize) -> Vec<usize> {
        let mut seen = HashSet::new();
        let latest = self.log.iter().rev().copied();
        latest.filter(|&item| self.marks[item].is_some() && seen.insert(item)).take(n).collect()
    }

    /// Whether the item has an id of its own, so that it can be marked.
    pub fn takes(&self, item: usize, id: &str) -> bool {
        self.places.get(id) == Some(&item)
    }

    /// How many items have an id of their own.
    pub fn markable(&self) -> usize {
        self.places.len()
    }

    /// Why the file cannot be used at the moment.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// How often changes by hand were taken over, and a sentence on the last time.
    pub fn notice(&self) -> (usize, &str) {
        (self.notice.0, &self.notice.1)
    }

    /// Rows of the file that belong to no item of the run.
    pub fn foreign(&self) -> usize {
        self.sheet.marks().filter(|(id, _)| !self.places.contains_key(*id)).count()
    }

    /// Takes over what somebody else wrote into the file.
    ///
    /// # Errors
    /// [`Refusal::File`] when it cannot be read as marks; those known so far stay.
    pub fn sync(&mut self) -> Result<(), Refusal> {
        let outcome = self.synced();
        self.trouble = outcome.as_ref().err().cloned();
        outcome.map_err(Refusal::File)
    }

    fn synced(&mut self) -> Result<(), String> {
        if written(&self.folder) != self.run {
            return Err("the run in this folder has been replaced; end lfr review and start it again".into());
        }
        let found = self.read().map_err(|e| e.to_string())?;
        if found == self.known {
            return Ok(());
        }
        let said = |problem| {
            format!(
                "labels.csv was changed and cannot be read: {problem}. Nothing is written until it is mended"
            )
        };
        self.sheet = parsed(found.as_deref()).map_err(said)?;
        let gone = found.is_none();
        self.known = found;
        let changed = self.take_over();
        let what = if gone { "removed" } else { "changed by hand" };
        let marks = if changed == 1 { "1 mark is".into() } else { format!("{changed} marks are") };
        self.notice = (self.notice.0 + 1, format!("labels.csv was {what}: {marks} different now"));
        Ok(())
    }

    /// Sets or, with none, removes the mark of `item`, which `window` believes to be `expected`.
    ///
    /// # Errors
    /// [`Refusal`]; nothing is written then.
    pub fn set(
        &mut self,
        window: &str,
        (item, id): (usize, &str),
        mark: Option<Mark>,
        expected: Option<Mark>,
    ) -> Result<(), Refusal> {
        self.sync()?;
        if !self.takes(item, id) {
            let problem = format!(
                "{id} stands for several items, so it cannot be marked; rank with an --id that tells them apart"
            );
            return Err(Refusal::Item(problem));
        }
        let before = self.marks[item];
        if before != expected {
            let word = before.map_or("without a mark", Mark::word);
            return Err(Refusal::Changed(format!("{id} was marked elsewhere meanwhile and is {word} now")));
        }
        if before != mark {
            self.write((item, id), mark)?;
            self.acts.push(Act { window: window.to_owned(), item, before, after: mark });
        }
        Ok(())
    }

    /// Takes back the last mark that `window` set, and gives its item; none when there is nothing to take back.
    ///
    /// # Errors
    /// [`Refusal`]; nothing is written then.
    pub fn undo(&mut self, window: &str, ids: &Ids) -> Result<Option<usize>, Refusal> {
        self.sync()?;
        let Some(last) = self.acts.iter().rposition(|act| act.window == window) else { return Ok(None) };
        let Act { item, before, after, .. } = self.acts[last].clone();
        if self.marks[item] != after {
            self.acts.remove(last);
            let problem = format!("{} was marked again meanwhile, so that stays", ids.get(item));
            return Err(Refusal::Changed(problem));
        }
        self.write((item, &ids.get(item)), before)?;
        self.acts.remove(last);
        Ok(Some(item))
    }

    /// Writes the file with a mark, then remembers it.
    fn write(&mut self, (item, id): (usize, &str), mark: Option<Mark>) -> Result<(), Refusal> {
        let sheet = self.sheet.with(id, mark);
        let bytes = sheet.bytes().map_err(Refusal::File)?;
        let path = self.path();
        let written =
            durable::write(&path, |out| out.write_all(&bytes).map_err(|e| Error::io("write", &path, e)));
        written.map_err(|e| Refusal::File(format!("the mark is not saved: {e}")))?;
        (self.sheet, self.known) = (sheet, Some(bytes));
        self.marks[item] = mark;
        self.log.push(item);
        Ok(())
    }

    fn read(&self) -> lfr::Result<Option<Vec<u8>>> {
        match regular::read(&self.path(), "the size of the marks in bytes", MAX_SIZE) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the marks those of the sheet, and gives how many changed.
    fn take_over(&mut self) -> usize {
        let mut marks = vec![None; self.marks.len()];
        for (id, mark) in self.sheet.marks() {
            if let Some(&item) = self.places.get(id) {
                marks[item] = Some(mark);
            }
        }
        let changed = (0..marks.len()).filter(|&item| marks[item] != self.marks[item]);
        let before = self.log.len();
        self.log.extend(changed);
        self.marks = marks;
        self.log.len() - before
    }
}

/// The rows of a file; none for no file.
fn parsed(bytes: Option<&[u8]>) -> Result<Sheet, String> {
    let text = std::str::from_utf8(bytes.unwrap_or_default()).map_err(|_| "it is not UTF-8".to_owned())?;
    Sheet::parse(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// When the record of the run in `folder` was written.
fn written(folder: &Path) -> Option<SystemTime> {
    folder.join(RECORD).metadata().and_then(|file| file.modified()).ok()
}
