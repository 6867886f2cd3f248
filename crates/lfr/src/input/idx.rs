//! Pictures in IDX files, see [`crate::idx`].

use std::io::Read;
use std::path::Path;

use super::number::Number;
use super::rows::Rows;
use super::stack::Stack;
use super::{Notes, Options, Source, picture};
use crate::error::{Error, Result};
pub(super) use crate::idx::is_magic;
use crate::idx::{bytes, header};

const HEADER: u64 = 16;

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

/// The type of the values; N, H, W.
fn pictures(path: &Path, bytes: &mut impl Read) -> Result<(Number, [u64; 3])> {
    let (code, extents) = header(path, bytes)?;
    match (Number::of_idx(code), extents.as_slice()) {
        (Some(number), &[n, height, width]) => Ok((number, [n, height, width].map(u64::from))),
        (_, extents) if extents.len() == 1 => {
            Err(Error::input(path, "an IDX file of labels; name the file of pictures"))
        }
        _ => Err(Error::input(path, "an IDX file, but not of pictures (N x H x W)")),
    }
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
            let data = crate::Data::read(file.path(), &options).unwrap();
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
            let _ = (read(&bytes), crate::idx::values(file.path(), &[height, width], 1000));
        }
    }
}
