//! What reads bytes from outside.

use std::path::Path;

use lfr::data::{Items, Kind};
use lfr::input::{Known, Options};
use lfr::output::{RunRecord, Scores};
use lfr::preprocess::{PreprocessOptions, Preprocessor};
use lfr::{Data, Model};

use crate::{mutate, seeds};

/// Changes the first input; parts of the second may come in.
type Change = fn(&[u8], &[u8], &mut mutate::Chance) -> Vec<u8>;

/// A reader.
pub struct Target {
    pub name: &'static str,
    /// The name of the file that it is given.
    pub file: &'static str,
    pub seeds: fn() -> Vec<Vec<u8>>,
    pub change: Change,
    /// Reads the file with these bytes and tells what came of it.
    pub read: fn(&Path, &[u8]) -> String,
}

const fn target(
    name: &'static str,
    file: &'static str,
    seeds: fn() -> Vec<Vec<u8>>,
    change: Change,
    read: fn(&Path, &[u8]) -> String,
) -> Target {
    Target { name, file, seeds, change, read }
}

/// All of them.
pub const ALL: &[Target] = &[
    target("npy", "a.npy", seeds::npy, mutate::bytes, data),
    target("npz", "a.npz", seeds::npz, mutate::zipped, data),
    target("idx", "a-idx3-ubyte", seeds::idx, mutate::bytes, data),
    target("csv", "a.csv", seeds::csv, mutate::bytes, data),
    target("packed", "a.csv.gz", seeds::packed, mutate::packed, data),
    target("jsonl", "a.jsonl", seeds::jsonl, mutate::bytes, data),
    target("json", "a.json", seeds::json, mutate::bytes, data),
    target("xml", "a.xml", seeds::xml, mutate::bytes, data),
    target("parquet", "a.parquet", seeds::parquet, mutate::bytes, data),
    target("workbook", "a.xlsx", seeds::workbook, mutate::zipped, data),
    target("old_workbook", "a.xls", seeds::old_workbook, mutate::bytes, data),
    target("opendocument", "a.ods", seeds::opendocument, mutate::zipped, data),
    target("picture", "a.png", seeds::pictures, mutate::bytes, picture),
    target("text", "a.txt", seeds::text, mutate::bytes, data),
    target("lines", "a.log", seeds::lines, mutate::bytes, data),
    target("tar", "a.tar", seeds::tar, mutate::bytes, data),
    target("archive", "a.zip", seeds::archive, mutate::zipped, data),
    target("model", "a.safetensors", seeds::models, mutate::model, model),
    target("scores", "a.csv", seeds::scores, mutate::bytes, |path, _| told(Scores::read(path))),
    target("scores_parquet", "a.parquet", seeds::scores_parquet, mutate::bytes, |path, _| {
        told(Scores::read(path))
    }),
    target("labels", "a.csv", seeds::labels, mutate::bytes, |path, _| told(lfr::labels::Labels::read(path))),
    target("grid", "a.toml", seeds::grids, mutate::bytes, |path, _| told(lfr_bench::Grid::read(path))),
    target("record", "run.json", seeds::records, mutate::bytes, |path, _| told(RunRecord::read(path))),
];

/// The target called `name`.
pub fn named(name: &str) -> &'static Target {
    ALL.iter().find(|target| target.name == name).expect(name)
}

fn told<T>(result: lfr::Result<T>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "read".into())
}

/// Options that follow from the bytes, so that an input alone shows a failure again.
fn options(bytes: &[u8]) -> Options {
    let hash = bytes.iter().fold(0_u32, |hash, &byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let pick = |shift: u32, of: u32| hash.rotate_right(shift) % of;
    let known =
        || Known { columns: vec!["a".into(), "b".into()], sheet: Some("2".into()), ..Known::default() };
    Options {
        kind: [None, None, None, None, Some(Kind::Table), Some(Kind::Text)][pick(3, 6) as usize],
        header: [None, None, Some(true), Some(false)][pick(7, 4) as usize],
        delimiter: [None, None, None, Some(b';'), Some(b' ')][pick(11, 5) as usize],
        encoding: [None, None, None, Some("utf-16le"), Some("shift_jis")][pick(13, 5) as usize]
            .map(str::to_owned),
        id: (pick(17, 8) == 0).then(|| "a".to_owned()),
        text: (pick(19, 8) == 0).then(|| "b".to_owned()),
        known: if pick(23, 4) == 0 { known() } else { Known::default() },
        chunk: 1 + pick(5, 50) as usize,
        keep_footer: pick(9, 4) == 0,
        max_bad_fraction: 0.9,
        image_size: 8,
        ..Options::default()
    }
}

/// Reads a pile, looks at its columns and makes features.
fn data(path: &Path, bytes: &[u8]) -> String {
    let data = match Data::read(path, &options(bytes)) {
        Ok(data) => data,
        Err(error) => return error.to_string(),
    };
    let features = features(&data.items);
    format!("{}: {} {}", data.kind, data.notes.join("; "), features.unwrap_or_else(|error| error.to_string()))
}

fn features(items: &[Items]) -> lfr::Result<String> {
    let (preprocessor, said) = Preprocessor::fit(items, &PreprocessOptions::default())?;
    for items in items {
        preprocessor.apply(items)?;
    }
    let kinds: Vec<String> = preprocessor.columns().iter().map(|column| column.kind()).collect();
    Ok(format!("{} {}", said.join("; "), kinds.join("; ")))
}

/// Reads a file of a picture, in a folder of its own.
fn picture(path: &Path, bytes: &[u8]) -> String {
    let found =
        Data::picture_files(vec![path.to_owned()], &Options { max_bad_fraction: 1.0, ..options(bytes) });
    let picture = lfr::input::thumbnail(path.parent().unwrap_or(path), "a.png", 16);
    format!("{} {}", told(found), told(picture))
}

/// Loads a model and scores two rows with it.
fn model(_: &Path, bytes: &[u8]) -> String {
    let model = match Model::from_bytes(bytes) {
        Ok(model) => model,
        Err(error) => return error.to_string(),
    };
    let scored =
        Data::rows(3, &[1.0_f32, 2.0, 3.0, 100.0, f32::NAN, -5.0]).and_then(|data| model.score(&data));
    told(scored)
}
