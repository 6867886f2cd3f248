//! IDX arrays, the format of MNIST and its kin: a magic number, big-endian extents, values.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::number::Number;
use super::rows::{Bytes, Rows};
use super::stack::Stack;
use super::{Notes, Options, Source, picture};
use crate::error::{Error, Result};

const HEADER: u64 = 16;

/// Whether bytes begin as an IDX file of any type and rank does.
pub(super) fn is_magic(head: &[u8]) -> bool {
    matches!(head, [0, 0, 8 | 9 | 11..=14, 1..=4, ..])
}

/// An IDX file of grey pictures (N x H x W), plain or gzipped; identifiers count from 0.
///
/// # Errors
/// [`Error::Input`] for another rank, or a plain file whose size is not the declared one.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let (mut start, size) = bytes(path)?;
    let (number, [n, height, width]) = pictures(path, &mut start)?;
    let wrong = |reason| Error::input(path, reason);
    picture::check_pixels(width, height).map_err(wrong)?;
    let row = height * width * number.size() as u64;
    let declared = n.saturating_mul(row).saturating_add(HEADER);
    if let Some(size) = size.filter(|&size| size != declared) {
        let shape = format!("{n} pictures of {height} x {width}");
        return Err(wrong(format!("it declares {shape}, {declared} bytes in all, but has {size}")));
    }
    let extents = [height, width, 1];
    let stack = Stack { path, number, extents, planar: false, notes: Notes::default() };
    stack.open(options, |run| {
        let mut bytes = bytes(path)?.0;
        pictures(path, &mut bytes)?;
        Rows::new(path, bytes, n, row, run)
    })
}

/// The content, and its size unless that takes unpacking.
fn bytes(path: &Path) -> Result<(Bytes, Option<u64>)> {
    let failed = |e| Error::io("read", path, e);
    let open = || File::open(path).map_err(failed);
    let mut start = Vec::new();
    open()?.take(2).read_to_end(&mut start).map_err(failed)?;
    let file = BufReader::new(open()?);
    if start == [0x1f, 0x8b] {
        Ok((Box::new(BufReader::new(MultiGzDecoder::new(file))), None))
    } else {
        let size = file.get_ref().metadata().map_err(failed)?.len();
        Ok((Box::new(file), Some(size)))
    }
}

/// All values of an IDX file of bytes whose items have the extents `item`, at most `limit` of them.
///
/// # Errors
/// [`Error::Input`] for another file, [`Error::TooLarge`].
pub(crate) fn values(path: &Path, item: &[u32], limit: u64) -> Result<Vec<u8>> {
    let (mut content, _) = bytes(path)?;
    let (number, extents) = header(path, &mut content)?;
    let wrong = |problem: String| Error::input(path, problem);
    if number != Number::of_idx(8) || extents[1..] != *item {
        let found = &extents[1..];
        return Err(wrong(format!("an IDX file, but not of bytes in items of {item:?} (found {found:?})")));
    }
    let declared = extents.iter().fold(1, |total: u64, &extent| total.saturating_mul(extent.into()));
    if declared > limit {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            what: "the declared size",
            size: declared,
            limit,
        });
    }
    let mut values = Vec::new();
    let read = content.take(declared + 1).read_to_end(&mut values);
    match read.map_err(|e| wrong(format!("damaged: {e}")))? as u64 {
        found if found == declared => Ok(values),
        found if found < declared => {
            Err(wrong(format!("{found} bytes of data where the header promises {declared}; get it again")))
        }
        _ => Err(wrong(format!("goes on after the {declared} bytes that the header promises; get it again"))),
    }
}

/// The type of the values; N, H, W.
fn pictures(path: &Path, bytes: &mut impl Read) -> Result<(Number, [u64; 3])> {
    match header(path, bytes)? {
        (Some(number), extents) if extents.len() == 3 => {
            Ok((number, [extents[0], extents[1], extents[2]].map(u64::from)))
        }
        (_, extents) if extents.len() == 1 => {
            Err(Error::input(path, "an IDX file of labels; name the file of pictures"))
        }
        _ => Err(Error::input(path, "an IDX file, but not of pictures (N x H x W)")),
    }
}

/// The type of the values, none where it is unknown, and the extents: at least that of the items.
fn header(path: &Path, bytes: &mut impl Read) -> Result<(Option<Number>, Vec<u32>)> {
    let mut word = || {
        let mut word = [0; 4];
        bytes.read_exact(&mut word).map(|()| word).map_err(|e| match e.kind() {
            ErrorKind::UnexpectedEof => Error::input(path, "cut short within the header of an IDX file"),
            _ => Error::input(path, format!("damaged: {e}")),
        })
    };
    let head = word()?;
    if !is_magic(&head) {
        return Err(Error::input(path, format!("starts with {head:?}, not as an IDX file")));
    }
    let extents = (0..head[3]).map(|_| word().map(u32::from_be_bytes)).collect::<Result<_>>()?;
    Ok((Number::of_idx(head[2]), extents))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Chunk, Items};
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    fn idx(n: u32, height: u32, width: u32, values: &[u8]) -> Vec<u8> {
        [&[0, 0, 8, 3], &n.to_be_bytes()[..], &height.to_be_bytes(), &width.to_be_bytes(), values].concat()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(bytes).unwrap();
        gz.finish().unwrap()
    }

    fn read_with(bytes: &[u8], options: &Options) -> Result<Vec<Chunk>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        crate::input::open(file.path(), options)?.collect()
    }

    fn read(bytes: &[u8]) -> Result<Vec<Chunk>> {
        read_with(bytes, &Options { image_size: 8, chunk: 2, ..Options::default() })
    }

    fn refusal(bytes: &[u8]) -> String {
        read(bytes).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn pictures_come_in_order_and_padded() {
        let values: Vec<u8> = [1, 2, 3].iter().flat_map(|&v| [v; 4]).collect();
        let plain = idx(3, 2, 2, &values);
        for bytes in [plain.clone(), gzip(&plain)] {
            let chunks = read(&bytes).unwrap();
            let ids: Vec<_> = chunks.iter().flat_map(|chunk| chunk.ids.clone()).collect();
            assert_eq!((ids, chunks.len()), (vec!["0".into(), "1".into(), "2".into()], 2));
            let Items::Images(images) = &chunks[1].items else { panic!("no pictures") };
            let mut expected = vec![0; 64];
            for at in [27, 28, 35, 36] {
                expected[at] = 3;
            }
            assert_eq!((images.channels, images.image(0)), (1, expected.as_slice()));
        }
    }

    #[test]
    fn grey_is_replicated_where_a_model_wants_colour() {
        let options = Options { image_size: 8, channels: Some(3), ..Options::default() };
        let chunks = read_with(&idx(1, 8, 8, &[7; 64]), &options).unwrap();
        let Items::Images(images) = &chunks[0].items else { panic!("no pictures") };
        assert_eq!((images.channels, images.pixels.as_slice()), (3, &[7; 192][..]));
    }

    #[test]
    fn numbers_of_more_than_8_bits_are_stretched_over_the_pile() {
        let values: Vec<u8> =
            [[550_i16; 64], [580; 64], [610; 64]].iter().flatten().flat_map(|v| v.to_be_bytes()).collect();
        let mut bytes = idx(3, 8, 8, &values);
        bytes[2] = 0x0b;
        for bytes in [bytes.clone(), gzip(&bytes)] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            let options = Options { image_size: 8, ..Options::default() };
            let data = crate::data::Data::read(file.path(), &options).unwrap();
            let Items::Images(images) = &data.items[0] else { panic!("no pictures") };
            assert_eq!([0, 64, 128].map(|at| images.pixels[at]), [0, 128, 255]);
            assert_eq!(data.range, Some(crate::input::PixelRange { low: 550.0, high: 610.0 }));
            assert_eq!(data.notes, ["pixel values from 550 to 610 are stretched to black and white"]);
        }
    }

    #[test]
    fn a_giant_side_takes_no_giant_memory() {
        let wide = gzip(&idx(2, 1, 200_000, &[7; 400_000]));
        let options = Options { image_size: 256, ..Options::default() };
        let chunks = read_with(&wide, &options).unwrap();
        let Items::Images(images) = &chunks[0].items else { panic!("no pictures") };
        assert!(images.pixels.iter().all(|&pixel| pixel == 7));
    }

    #[test]
    fn all_bytes_of_items_of_a_known_size_are_read_or_refused() {
        let of = |bytes: &[u8], item: &[u32]| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            values(file.path(), item, 1000).map_err(|e| e.to_string())
        };
        let labels = |n: u32, values: &[u8]| [&[0, 0, 8, 1], &n.to_be_bytes()[..], values].concat();
        assert_eq!(of(&labels(3, &[0, 1, 2]), &[]).unwrap(), [0, 1, 2]);
        assert_eq!(of(&gzip(&idx(1, 2, 2, &[7; 4])), &[2, 2]).unwrap(), [7; 4]);
        for (bytes, item, part) in [
            (labels(3, &[0, 1]), &[][..], "2 bytes of data where the header promises 3"),
            (labels(3, &[0; 4]), &[], "goes on after the 3 bytes"),
            (labels(3, &[0; 3]), &[2, 2], "not of bytes in items of [2, 2]"),
            (idx(1, 2, 3, &[0; 6]), &[2, 2], "found [2, 3]"),
            (idx(u32::MAX, 2, 2, &[]), &[2, 2], "the declared size is"),
            (b"\x89PNG0000".to_vec(), &[], "not as an IDX file"),
            (vec![0, 0, 8], &[], "cut short"),
            (b"\x1f\x8b\x08oh no".to_vec(), &[], "cut short"),
        ] {
            let problem = of(&bytes, item).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn sizes_that_disagree_are_errors() {
        assert!(
            refusal(&idx(3, 2, 2, &[0; 8]))
                .contains("declares 3 pictures of 2 x 2, 28 bytes in all, but has 24")
        );
        assert!(refusal(&idx(3, 2, 2, &[0; 13])).contains("has 29"));
        assert!(refusal(&gzip(&idx(3, 2, 2, &[0; 8]))).contains("cut short"));
        assert!(refusal(&gzip(&idx(3, 2, 2, &[0; 13]))).contains("goes on after"));
        assert!(refusal(&gzip(&idx(u32::MAX, u32::MAX, u32::MAX, &[0; 8]))).contains("pixels"));
        assert!(matches!(read(&gzip(&idx(0, 2, 2, &[]))), Err(Error::Empty { .. })));
    }

    #[test]
    fn a_gzip_file_cut_anywhere_or_flipped_is_an_error() {
        let values: Vec<u8> = (0..400_u32).map(|i| (i * i % 251) as u8).collect();
        let whole = gzip(&idx(4, 10, 10, &values));
        assert!(read(&whole).is_ok());
        for end in 1..whole.len() {
            assert!(read(&whole[..end]).is_err(), "{end} of {} bytes", whole.len());
        }
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        assert!(read(&flipped).is_err());
    }

    #[test]
    fn other_idx_files_are_refused_by_name() {
        assert!(refusal(&[0, 0, 8, 1, 0, 0, 0, 1, 5]).contains("labels"));
        assert!(refusal(&[0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0]).contains("not of pictures"));
        assert!(refusal(&[0, 0, 8, 3, 0]).contains("header"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            shape in any::<[u8; 3]>(), junk in any::<[u32; 3]>(), absurd in any::<bool>(),
            values in proptest::collection::vec(any::<u8>(), 0..200), packed in any::<bool>(),
        ) {
            let [n, height, width] = if absurd { junk } else { shape.map(|v| u32::from(v % 8)) };
            let bytes = idx(n, height, width, &values);
            let bytes = if packed { gzip(&bytes) } else { bytes };
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &bytes).unwrap();
            let _ = (read(&bytes), super::values(file.path(), &[height, width], 1000));
        }
    }
}
