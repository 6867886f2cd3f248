//! MNIST (LeCun, Cortes, Burges 1998) and Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), pictures and labels in IDX files.

use std::path::{Path, PathBuf};

use super::{LoadOptions, Name, Padding, Pool, Split};
use crate::data::{Images, Items};
use crate::error::{Error, Result};
use crate::idx::values;

/// The classes of MNIST, by label.
pub(super) const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The classes of Fashion-MNIST, by label.
pub(super) const CLOTHES: [&str; 10] =
    ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"];

/// Side of the published pictures in pixels.
const SIDE: usize = 28;
/// No file of either data set holds more (60 000 pictures are 47 MB).
const LIMIT: u64 = 64 << 20;

/// Reads the splits that `options` names, the 10 000 test pictures if none, from the IDX files in `folder`, packed or not.
pub(super) fn load(name: Name, folder: &Path, options: &LoadOptions) -> Result<Pool> {
    let side = if options.padding == Padding::To32 { 32 } else { SIDE };
    let (mut pixels, mut classes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for &split in options.splits(Split::Test) {
        let (prefix, label) = if split == Split::Train { ("train", "train") } else { ("t10k", "test") };
        let (path, labels) = read(name, folder, &format!("{prefix}-labels-idx1-ubyte"), &[])?;
        if let Some(row) = labels.iter().position(|&class| class > 9) {
            return Err(Error::input(
                path,
                format!("item {row} has label {}, not one of 0 to 9", labels[row]),
            ));
        }
        let (path, pictures) = read(name, folder, &format!("{prefix}-images-idx3-ubyte"), &[SIDE as u32; 2])?;
        let count = pictures.len() / (SIDE * SIDE);
        if count != labels.len() {
            return Err(Error::input(path, format!("{count} images, but {} labels", labels.len())));
        }
        pictures.chunks_exact(SIDE * SIDE).for_each(|picture| pad(picture, side, &mut pixels));
        classes.extend(labels);
        ids.extend((0..count).map(|i| format!("{label}/{i:05}")));
    }
    let items = Items::Images(Images { channels: 1, side, pixels });
    Ok(Pool { name, items, classes, ids, corpus: None })
}

/// Appends `picture`, centred on a black square of side `side`.
fn pad(picture: &[u8], side: usize, pixels: &mut Vec<u8>) {
    let margin = (side - SIDE) / 2;
    let start = pixels.len();
    pixels.resize(start + side * side, 0);
    let rows = pixels[start..].chunks_exact_mut(side).skip(margin);
    for (to, from) in rows.zip(picture.chunks_exact(SIDE)) {
        to[margin..margin + SIDE].copy_from_slice(from);
    }
}

/// The bytes of an IDX file of items with dimensions `item`.
fn read(name: Name, folder: &Path, file: &str, item: &[u32]) -> Result<(PathBuf, Vec<u8>)> {
    let packed = folder.join(format!("{file}.gz"));
    let path = if packed.exists() { packed } else { folder.join(file) };
    if !path.exists() {
        let problem = format!("{file} is missing; put it there, or run `lfr data fetch {name}`");
        return Err(Error::input(folder, problem));
    }
    let values = values(&path, item, LIMIT)?;
    Ok((path, values))
}

#[cfg(test)]
mod tests {
    use super::super::{Part, test_pool};
    use super::*;

    fn idx(extents: &[u32], values: usize) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, extents.len() as u8];
        extents.iter().for_each(|e| bytes.extend(e.to_be_bytes()));
        bytes.extend((0..values).map(|i| i as u8));
        bytes
    }

    #[test]
    fn pictures_are_centred_on_black() {
        let mut pixels = Vec::new();
        pad(&[9; 784], 32, &mut pixels);
        assert_eq!(pixels.iter().filter(|&&p| p == 9).count(), 784);
        assert!(
            pixels[2 * 32 + 2] == 9
                && pixels[2 * 32 + 1] == 0
                && pixels[32 + 2] == 0
                && pixels[29 * 32 + 29] == 9
        );
    }

    #[test]
    fn pictures_without_as_many_labels_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = load(Name::Mnist, folder.path(), &LoadOptions::default()).unwrap_err().to_string();
        assert!(
            error.contains("t10k-labels-idx1-ubyte is missing") && error.contains("fetch mnist"),
            "{error}"
        );
        std::fs::write(folder.path().join("t10k-images-idx3-ubyte"), idx(&[2, 28, 28], 1568)).unwrap();
        std::fs::write(folder.path().join("t10k-labels-idx1-ubyte"), idx(&[3], 3)).unwrap();
        let error = load(Name::Mnist, folder.path(), &LoadOptions::default()).unwrap_err().to_string();
        assert!(error.contains("2 images, but 3 labels"), "{error}");
        std::fs::write(folder.path().join("t10k-labels-idx1-ubyte"), idx(&[12], 12)).unwrap();
        let error = load(Name::Mnist, folder.path(), &LoadOptions::default()).unwrap_err().to_string();
        assert!(error.contains("item 10 has label 10"), "{error}");
        std::fs::write(folder.path().join("t10k-labels-idx1-ubyte.gz"), b"\x1f\x8b\x08oh no").unwrap();
        let error = load(Name::Mnist, folder.path(), &LoadOptions::default()).unwrap_err().to_string();
        assert!(error.contains("cut short"), "{error}");
    }

    #[test]
    fn the_test_split_of_mnist_has_its_published_class_sizes() {
        let Some(pool) = test_pool(Name::Mnist, &LoadOptions::default()) else { return };
        let sizes: Vec<_> = (0..10).map(|class| pool.class_len(class)).collect();
        assert_eq!(sizes, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    }

    #[test]
    fn every_class_of_fashion_mnist_has_its_published_size() {
        let Some(pool) = test_pool(Name::FashionMnist, &LoadOptions::default()) else { return };
        assert!((0..10).all(|class| pool.class_len(class) == 1000));
        let Items::Images(images) = &pool.items else { panic!("not pictures") };
        assert_eq!((images.len(), images.side, images.channels), (10_000, 32, 1));
        assert!(pool.ids[0] == "test/00000" && pool.classes[..4] == [9, 2, 1, 1]);
        let rest = LoadOptions { part: Part::Rest, padding: Padding::None, ..LoadOptions::default() };
        let train = test_pool(Name::FashionMnist, &rest).unwrap();
        assert!((0..10).all(|class| train.class_len(class) == 6000) && train.ids[59_999] == "train/59999");
        let both = LoadOptions { split: Some(Split::Both), ..LoadOptions::default() };
        assert_eq!(test_pool(Name::FashionMnist, &both).unwrap().ids.len(), 70_000);
    }
}
