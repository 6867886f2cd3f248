//! CIFAR-10 (Krizhevsky 2009), the binary version.

use std::collections::BTreeMap;
use std::path::Path;

use super::archive::{LIMITS, members};
use super::{LoadOptions, Name, Pool, Split};
use crate::data::{Images, Items};
use crate::error::{Error, Result};

/// The classes, by label.
pub(super) const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// Height and width in pixels.
const SIDE: usize = 32;
/// A label, then the red, green and blue planes.
const RECORD: usize = 1 + 3 * SIDE * SIDE;

/// The 10 000 test pictures, unless `options` says otherwise.
pub(super) fn load(path: &Path, options: &LoadOptions) -> Result<Pool> {
    let files: Vec<_> =
        options.splits(Split::Test).iter().flat_map(|&split| batches(split)).copied().collect();
    let mut found = BTreeMap::new();
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    members(path, LIMITS, &|name| files.contains(&base(name).as_str()), &mut |name, content| {
        found.insert(base(name), content);
        Ok(())
    })?;
    let (mut pixels, mut classes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let Some(content) = found.remove(file) else {
            return Err(Error::input(
                path,
                format!("{file} is missing; put it there, or run `lfr data fetch cifar10`"),
            ));
        };
        if content.is_empty() || !content.len().is_multiple_of(RECORD) {
            let problem =
                format!("{file} has {} bytes, not a multiple of {RECORD}; download it again", content.len());
            return Err(Error::input(path, problem));
        }
        for (i, record) in content.chunks_exact(RECORD).enumerate() {
            if record[0] > 9 {
                return Err(Error::input(
                    path,
                    format!("{file}: picture {i} has label {}, not 0 to 9", record[0]),
                ));
            }
            classes.push(record[0]);
            pixels.extend_from_slice(&record[1..]);
            ids.push(format!("{}/{i:05}", file.trim_end_matches(".bin")));
        }
    }
    let items = Items::Images(Images { channels: 3, side: SIDE, pixels });
    Ok(Pool { name: Name::Cifar10, items, classes, ids, corpus: None })
}

fn batches(split: Split) -> &'static [&'static str] {
    const FILES: [&str; 6] = [
        "data_batch_1.bin",
        "data_batch_2.bin",
        "data_batch_3.bin",
        "data_batch_4.bin",
        "data_batch_5.bin",
        "test_batch.bin",
    ];
    match split {
        Split::Train => &FILES[..5],
        Split::Test => &FILES[5..],
        Split::Both => &FILES,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Part, test_pool};
    use super::*;

    #[test]
    fn every_class_has_its_published_size() {
        let Some(pool) = test_pool(Name::Cifar10, &LoadOptions::default()) else { return };
        assert!((0..10).all(|class| pool.class_len(class) == 1000));
        assert!(pool.classes[..4] == [3, 8, 8, 0] && pool.ids[1] == "test_batch/00001");
        let Items::Images(images) = &pool.items else { panic!("not pictures") };
        assert_eq!((images.len(), images.side, images.channels), (10_000, 32, 3));
        assert_eq!(images.image(0)[..4], [158, 159, 165, 166]);
    }

    #[test]
    fn missing_short_and_mislabelled_batches_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test_batch.bin");
        let problem = |options| load(folder.path(), &options).unwrap_err().to_string();
        std::fs::write(&file, vec![0; RECORD + 1]).unwrap();
        assert!(problem(LoadOptions::default()).contains("has 3074 bytes, not a multiple of 3073"));
        std::fs::write(&file, vec![77; RECORD]).unwrap();
        assert!(problem(LoadOptions::default()).contains("picture 0 has label 77"));
        let rest = LoadOptions { part: Part::Rest, ..LoadOptions::default() };
        assert!(problem(rest).contains("data_batch_1.bin is missing"));
    }
}
