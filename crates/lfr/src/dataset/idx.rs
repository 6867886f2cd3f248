//! Pictures and labels in IDX files, the format of MNIST and Fashion-MNIST.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::{LoadOptions, Name, Padding, Pool, Split};
use crate::data::{Images, Items};
use crate::error::{Error, Result};

/// Side of the published pictures in pixels.
const SIDE: usize = 28;
/// No file of either data set unpacks to more (60 000 pictures are 47 MB).
const LIMIT: u64 = 64 << 20;

/// Reads the splits that `options` names from the IDX files in `folder`, packed or not.
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
        let (path, pictures) = read(name, folder, &format!("{prefix}-images-idx3-ubyte"), &[SIDE, SIDE])?;
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
fn read(name: Name, folder: &Path, file: &str, item: &[usize]) -> Result<(PathBuf, Vec<u8>)> {
    let packed = folder.join(format!("{file}.gz"));
    let path = if packed.exists() { packed } else { folder.join(file) };
    if !path.exists() {
        let problem = format!("{file} is missing; put it there, or run `lfr data fetch {name}`");
        return Err(Error::input(folder, problem));
    }
    let open = File::open(&path).map_err(|source| Error::io("read", &path, source))?;
    let reader: Box<dyn Read> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(MultiGzDecoder::new(open))
    } else {
        Box::new(open)
    };
    let mut bytes = Vec::new();
    reader
        .take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::input(&path, format!("damaged: {e}")))?;
    if bytes.len() as u64 > LIMIT {
        return Err(Error::TooLarge { path, what: "the unpacked size", size: LIMIT + 1, limit: LIMIT });
    }
    let values = body(&bytes, item).map_err(|problem| Error::input(&path, problem))?;
    Ok((path, values))
}

/// The values of an IDX file of bytes, with checked header: two zeros, type 8, rank, then big-endian extents.
fn body(bytes: &[u8], item: &[usize]) -> std::result::Result<Vec<u8>, String> {
    let rank = item.len() + 1;
    let head = bytes.get(..4 + 4 * rank).ok_or("cut short in the header; download it again")?;
    if head[..4] != [0, 0, 8, rank as u8] {
        return Err(format!(
            "starts with {:?}, not as an IDX file of bytes with {rank} dimensions",
            &head[..4]
        ));
    }
    let extents: Vec<u64> =
        head[4..].chunks_exact(4).map(|e| u64::from(u32::from_be_bytes([e[0], e[1], e[2], e[3]]))).collect();
    if !extents[1..].iter().zip(item).all(|(&found, &wanted)| found == wanted as u64) {
        return Err(format!("items of {:?} pixels, expected {item:?}", &extents[1..]));
    }
    let values = &bytes[head.len()..];
    let promised = extents[0] * item.iter().product::<usize>() as u64;
    if values.len() as u64 != promised {
        return Err(format!(
            "{} bytes of data where the header promises {promised}; download it again",
            values.len()
        ));
    }
    Ok(values.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn idx(extents: &[u32], values: usize) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, extents.len() as u8];
        extents.iter().for_each(|e| bytes.extend(e.to_be_bytes()));
        bytes.extend((0..values).map(|i| i as u8));
        bytes
    }

    #[test]
    fn bad_headers_and_lengths_are_named() {
        assert_eq!(body(&idx(&[3], 3), &[]).unwrap(), [0, 1, 2]);
        let problem = |bytes: &[u8], item: &[usize]| body(bytes, item).unwrap_err();
        assert!(problem(&idx(&[3], 2), &[]).contains("2 bytes of data where the header promises 3"));
        assert!(problem(&idx(&[3], 4), &[]).contains("promises 3"));
        assert!(problem(&idx(&[u32::MAX, 28, 28], 0), &[28, 28]).contains("promises"));
        assert!(problem(&idx(&[1, 28, 29], 812), &[28, 28]).contains("[28, 29]"));
        assert!(problem(b"\x89PNG0000", &[]).contains("not as an IDX file"));
        assert!(problem(&[0, 0, 8], &[]).contains("cut short"));
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
        assert!(error.contains("damaged"), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = body(&bytes, &[28, 28]);
            if let Ok(values) = body(&bytes, &[]) {
                prop_assert_eq!(values.len(), bytes.len() - 8);
            }
        }
    }
}
