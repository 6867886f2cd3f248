//! Tables too large to be held in memory: a random sample of the rows to fit on, and all rows scored piece by piece.
//!
//! A row is kept when the first bits of a hash of its place are zero; whenever the rows kept take too much memory, one more
//! bit has to be.

use std::path::Path;

use arrow_select::filter::filter_record_batch;

use crate::Data;
use crate::arrow::array::BooleanArray;
use crate::data::{Chunk, Items, Kind};
use crate::error::{Error, Result};
use crate::input::{self, Options};
use crate::memory;
use crate::memory::size;
use crate::output::{Ids, Texts};
use crate::seed::Seed;

/// Rows that a sample has at least.
const ENOUGH: usize = 100_000;

/// When rows are too many.
#[derive(Clone, Copy)]
struct Limits {
    /// Bytes of a table that is held as a whole.
    whole: u64,
    /// Bytes of a sample, if that leaves rows enough.
    sample: u64,
    /// Bytes of anything.
    most: u64,
    enough: usize,
}

/// What an input was read as.
pub enum Loaded {
    /// All of it.
    Whole(Data),
    /// Some rows of a large table, and what there is to know of all.
    Sample(Data, Rows),
}

/// All rows of a table of which a pile holds a sample.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Their identifiers.
    pub ids: Ids,
    /// Their labels, when the input has a column of them.
    pub labels: Option<Texts>,
    /// Places of the rows of the sample, ascending.
    pub(crate) places: Vec<usize>,
}

impl Loaded {
    /// Reads `path`: as [`Data::read`] what can be held in memory, and a sample of the rows of a table that is larger
    /// than 256 MB there. `watch` is told how many items were read so far.
    ///
    /// # Errors
    /// As [`Data::read`], or what `watch` returns.
    pub fn of(
        path: &Path,
        options: &Options,
        seed: Seed,
        watch: impl FnMut(usize) -> Result<()>,
    ) -> Result<Self> {
        let most = memory::available() / 2;
        let limits = Limits { whole: most.min(256 << 20), sample: 64 << 20, most, enough: ENOUGH };
        Self::within(path, options, seed, limits, watch)
    }

    fn within(
        path: &Path,
        options: &Options,
        seed: Seed,
        limits: Limits,
        mut watch: impl FnMut(usize) -> Result<()>,
    ) -> Result<Self> {
        let mut source = input::open(path, options)?;
        let mut thinned = Thinned { seed: seed.part("sample").0, limits, ..Thinned::new(limits) };
        for chunk in source.by_ref() {
            thinned.add(path, chunk?)?;
            watch(thinned.read)?;
        }
        let Thinned { parts, read, level, rows, .. } = thinned;
        let (chunks, places): (Vec<Chunk>, Vec<Vec<usize>>) = parts.into_iter().unzip();
        let mut data = Data::assembled(chunks, &source, path.display().to_string(), options);
        if level == 0 {
            return Ok(Self::Whole(data));
        }
        data.labels = None;
        data.notes.push(format!(
            "too large to be held in memory: fitted on {} of {read} rows, drawn at random; all are scored",
            data.len()
        ));
        Ok(Self::Sample(data, Rows { places: places.concat(), ..rows }))
    }

    /// The pile to fit on, and all rows of which it is a sample.
    pub fn parts(self) -> (Data, Option<Rows>) {
        match self {
            Self::Whole(data) => (data, None),
            Self::Sample(data, rows) => (data, Some(rows)),
        }
    }

    /// The pile to fit on.
    pub fn data(&self) -> &Data {
        match self {
            Self::Whole(data) | Self::Sample(data, _) => data,
        }
    }
}

/// The rows kept of those read so far.
struct Thinned {
    seed: u64,
    limits: Limits,
    /// Leading zero bits that the hash of a row's place has.
    level: u32,
    /// Items read.
    read: usize,
    /// Bytes and number of the items kept.
    kept: (u64, usize),
    /// The items kept and their places.
    parts: Vec<(Chunk, Vec<usize>)>,
    rows: Rows,
}

impl Thinned {
    fn new(limits: Limits) -> Self {
        let (parts, rows) = (Vec::new(), Rows::default());
        Self { seed: 0, limits, level: 0, read: 0, kept: (0, 0), parts, rows }
    }

    fn add(&mut self, path: &Path, chunk: Chunk) -> Result<()> {
        let places: Vec<usize> = (self.read..self.read + chunk.ids.len()).collect();
        self.read += places.len();
        let table = chunk.items.kind() == Kind::Table;
        if table {
            self.rows.ids.extend(&chunk.ids);
            if let Some(labels) = &chunk.labels {
                self.rows.labels.get_or_insert_default().extend(labels);
            }
        }
        self.keep(chunk, places)?;
        while self.excessive() {
            if !table {
                return Err(Error::Memory {
                    path: path.to_owned(),
                    items: self.read,
                    bytes: self.kept.0,
                    limit: self.limits.most,
                });
            }
            self.level += 1;
            self.kept = (0, 0);
            for (chunk, places) in std::mem::take(&mut self.parts) {
                self.keep(chunk, places)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, chunk: Chunk, places: Vec<usize>) -> Result<()> {
        let part = if self.level == 0 { (chunk, places) } else { self.thin(chunk, &places)? };
        if !part.1.is_empty() {
            self.kept.0 += size(&part.0);
            self.kept.1 += part.1.len();
            self.parts.push(part);
        }
        Ok(())
    }

    fn excessive(&self) -> bool {
        let (bytes, rows) = self.kept;
        let limit = if self.level == 0 { self.limits.whole } else { self.limits.sample };
        bytes > self.limits.most
            || bytes > limit && rows > 2 * self.limits.enough && self.parts[0].0.items.kind() == Kind::Table
    }

    fn thin(&self, chunk: Chunk, places: &[usize]) -> Result<(Chunk, Vec<usize>)> {
        let mask: Vec<bool> =
            places.iter().map(|&place| hash(self.seed, place).leading_zeros() >= self.level).collect();
        let chosen = |texts: Vec<String>| -> Vec<String> {
            texts.into_iter().zip(&mask).filter(|(_, keep)| **keep).map(|(text, _)| text).collect()
        };
        let places = places.iter().zip(&mask).filter(|(_, keep)| **keep).map(|(&place, _)| place).collect();
        let items = some_rows(&chunk.items, &mask)?;
        Ok((Chunk { ids: chosen(chunk.ids), labels: chunk.labels.map(chosen), items }, places))
    }
}

/// The rows of the mask, copied.
pub(crate) fn some_rows(items: &Items, mask: &[bool]) -> Result<Items> {
    match items {
        Items::Rows(batch) => filter_record_batch(batch, &BooleanArray::from(mask.to_vec()))
            .map(Items::Rows)
            .map_err(|e| Error::input("the table", e.to_string())),
        other => Ok(other.clone()),
    }
}

/// A number that looks random (the finaliser of SplitMix64, Steele et al. 2014).
fn hash(seed: u64, place: usize) -> u64 {
    let mut z = seed.wrapping_add((place as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of 20 000 rows, read with little memory in chunks of so many rows.
    fn read(chunk: usize, seed: u64) -> (Data, Rows) {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let rows: String = (0..20_000).map(|i| format!("{i}.5,{},{}\n", i % 7, i % 2)).collect();
        std::fs::write(file.path(), format!("a,b,y\n{rows}")).unwrap();
        let limits = Limits { whole: 1 << 16, sample: 1 << 15, most: 1 << 30, enough: 100 };
        let options = Options { chunk, label: Some("y".into()), ..Options::default() };
        match Loaded::within(file.path(), &options, Seed(seed), limits, |_| Ok(())).unwrap() {
            Loaded::Sample(data, rows) => (data, rows),
            Loaded::Whole(_) => panic!("all rows were kept"),
        }
    }

    #[test]
    fn a_sample_is_random_small_and_knows_all_rows() {
        let (data, rows) = read(1000, 1);
        assert_eq!((rows.ids.len(), rows.labels.as_ref().unwrap().len()), (20_000, 20_000));
        assert!((101..2000).contains(&data.len()) && data.labels.is_none(), "{}", data.len());
        let ids: Vec<String> = rows.places.iter().map(|place| place.to_string()).collect();
        assert_eq!(data.ids, ids);
        let low = rows.places.iter().filter(|&&place| place < 10_000).count();
        assert!((2 * low).abs_diff(data.len()) < data.len() / 3);
        assert!(data.notes.last().unwrap().contains("of 20000 rows"));
        assert_ne!(read(1000, 2).1.places, rows.places);
    }

    #[test]
    fn small_piles_are_whole_and_too_large_ones_of_another_kind_are_refused() {
        let file = tempfile::Builder::new().suffix(".txt").tempfile().unwrap();
        std::fs::write(file.path(), "one\ntwo\nthree\n").unwrap();
        let read = |most| {
            let limits = Limits { whole: 1 << 10, sample: 1 << 9, most, enough: 0 };
            Loaded::within(file.path(), &Options::default(), Seed(0), limits, |_| Ok(()))
        };
        assert!(matches!(read(1 << 20), Ok(Loaded::Whole(data)) if data.len() == 3));
        assert!(read(10).err().unwrap().to_string().contains("more than fits in memory"));
    }
}
