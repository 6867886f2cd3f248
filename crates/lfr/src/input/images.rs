//! Folders of pictures.

use std::path::{Component, Path};

use image::RgbImage;
use image::imageops::FilterType;
use rayon::prelude::*;

use super::frame::Frame;
use super::picture;
use super::walk::{self, File, PICTURES, has_extension};
use super::{Options, Source};
use crate::data::Kind;
use crate::error::{Error, Result};

/// A folder of pictures, walked recursively in path order; identifiers are paths relative to it. Files without a
/// picture's extension are passed over. Pictures have 3 channels unless the options say 1.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let mut files = walk::files(path)
        .filter(|file| file.as_ref().map_or(true, |file| has_extension(&file.path, PICTURES)))
        .fuse();
    let frame = Frame::new(path, options, 3);
    let batches =
        std::iter::from_fn(move || match files.by_ref().take(frame.chunk).collect::<Result<Vec<_>>>() {
            Ok(files) if files.is_empty() => None,
            Ok(files) => {
                Some(frame.batch(files.into_par_iter().map(|File { id, path }| (id, picture::decode(&path)))))
            }
            Err(error) => Some(Err(error)),
        });
    Ok(Source::new(Kind::Images, path, options, batches))
}

/// The original of picture `id` of the folder `root`, shrunk to at most `max_side` pixels a side, its proportions
/// kept. `None` when `root` is no folder or has no such picture.
///
/// # Errors
/// [`Error::Input`] when the picture cannot be decoded, or when `id` leads out of the folder.
pub fn thumbnail(root: &Path, id: &str, max_side: u32) -> Result<Option<RgbImage>> {
    let path = root.join(id);
    if !Path::new(id).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Error::input(root, format!("`{id}` does not name a file inside this folder")));
    }
    if !has_extension(&path, PICTURES) || !path.is_file() {
        return Ok(None);
    }
    let picture = picture::decode(&path).map_err(|reason| Error::input(&path, reason))?;
    let side = max_side.max(1);
    let small = picture.width().max(picture.height()) <= side;
    let picture = if small { picture } else { picture.resize(side, side, FilterType::Triangle) };
    Ok(Some(picture.into_rgb8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Items};
    use crate::input::settle_channels;
    use image::{GrayImage, Luma, Rgb};
    use std::fs;

    fn grey(value: u8) -> image::DynamicImage {
        GrayImage::from_pixel(8, 8, Luma([value])).into()
    }

    /// A folder of twelve good pictures `00.png`.. of grey 0, 1, ..
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..12 {
            grey(i).save(folder.path().join(format!("{i:02}.png"))).unwrap();
        }
        folder
    }

    fn options() -> Options {
        Options { image_size: 8, chunk: 5, ..Options::default() }
    }

    fn read(path: &Path, options: &Options) -> Result<(Vec<String>, Vec<Images>)> {
        let chunks = crate::input::open(path, options)?.collect::<Result<Vec<_>>>()?;
        let ids = chunks.iter().flat_map(|chunk| chunk.ids.clone()).collect();
        let images = settle_channels(chunks).into_iter().map(|chunk| match chunk.items {
            Items::Images(images) => images,
            other => panic!("{other:?}"),
        });
        Ok((ids, images.collect()))
    }

    #[test]
    fn pictures_come_in_path_order_with_their_names() {
        let folder = folder();
        fs::create_dir(folder.path().join("05")).unwrap();
        grey(99).save(folder.path().join("05/x.tiff")).unwrap();
        fs::write(folder.path().join("labels.csv"), "id,label").unwrap();
        let (ids, images) = read(folder.path(), &options()).unwrap();
        assert_eq!(ids[4..8], ["04.png", "05/x.tiff", "05.png", "06.png"]);
        assert_eq!(images.iter().map(Images::len).collect::<Vec<_>>(), [5, 5, 3]);
        assert!(images.iter().all(|images| images.channels == 1));
        assert_eq!(images[1].pixels[0], 99);
    }

    #[test]
    fn bad_pictures_are_quarantined_and_the_rest_keep_their_names() {
        let folder = folder();
        let whole = fs::read(folder.path().join("11.png")).unwrap();
        fs::write(folder.path().join("01a.png"), &whole[..whole.len() / 2]).unwrap();
        fs::write(folder.path().join("02a.png"), "this is text").unwrap();
        fs::write(folder.path().join("03a.png"), "").unwrap();
        fs::write(folder.path().join("04a.jpg"), &whole).unwrap();
        let mut source =
            crate::input::open(folder.path(), &Options { max_bad_fraction: 0.2, ..options() }).unwrap();
        let ids: Vec<String> = source.by_ref().flat_map(|chunk| chunk.unwrap().ids).collect();
        assert_eq!(ids[..6], ["00.png", "01.png", "02.png", "03.png", "04.png", "04a.jpg"]);
        let bad: Vec<_> =
            source.quarantined().iter().map(|bad| (bad.id.as_str(), bad.reason.as_str())).collect();
        assert_eq!((bad[0].0, bad[2]), ("01a.png", ("03a.png", "the file is empty")));
        assert_eq!(bad[1], ("02a.png", "not a picture in a known format"));
        assert_eq!((source.bad(), ids.len()), (3, 13));
        let message = read(folder.path(), &options()).unwrap_err().to_string();
        assert!(
            message.contains("3 of 16 items could not be read (limit 0.1); the first: 01a.png: "),
            "{message}"
        );
    }

    #[test]
    fn one_coloured_picture_makes_all_of_them_colour() {
        let folder = folder();
        RgbImage::from_pixel(8, 8, Rgb([1, 2, 3])).save(folder.path().join("x.png")).unwrap();
        let (_, images) = read(folder.path(), &options()).unwrap();
        assert!(images.iter().all(|images| images.channels == 3));
        let found = read(folder.path(), &Options { channels: Some(1), ..options() });
        assert!(matches!(&found, Err(Error::Mismatch { what, .. }) if what.contains("x.png")), "{found:?}");
    }

    #[test]
    fn grey_pictures_serve_a_model_of_either_kind() {
        let folder = folder();
        let first = |channels| {
            let options = Options { channels: Some(channels), ..options() };
            match crate::input::open(folder.path(), &options).unwrap().next().unwrap().unwrap().items {
                Items::Images(images) => images,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!((first(1).channels, first(3).channels), (1, 3));
        assert_eq!(first(1).image(4)[..], first(3).image(4)[64..128]);
    }

    #[test]
    fn the_fingerprint_is_of_the_content_not_of_the_chunks() {
        let folder = folder();
        let print = |chunk| {
            let mut source = crate::input::open(folder.path(), &Options { chunk, ..options() }).unwrap();
            source.by_ref().for_each(|chunk| drop(chunk.unwrap()));
            source.fingerprint()
        };
        let before = print(5);
        assert_eq!((before.len(), print(1)), (64, before.clone()));
        grey(200).save(folder.path().join("03.png")).unwrap();
        assert_ne!(print(5), before);
    }

    #[test]
    fn a_thumbnail_is_the_original_shrunk_and_never_from_outside() {
        let folder = folder();
        RgbImage::from_pixel(100, 50, Rgb([1, 2, 3])).save(folder.path().join("x.png")).unwrap();
        let thumbnail = |id: &str| thumbnail(folder.path(), id, 20);
        let size = |id: &str| thumbnail(id).unwrap().map(|picture| picture.dimensions());
        assert_eq!((size("x.png"), size("00.png"), size("y.png")), (Some((20, 10)), Some((8, 8)), None));
        let outside = folder.path().join("x.png");
        for id in ["../x.png", "/etc/passwd", "a/../../x.png", "", outside.to_str().unwrap()] {
            assert!(!matches!(thumbnail(id), Ok(Some(_))), "{id}");
        }
        assert!(thumbnail("../x.png").is_err());
        assert_eq!(super::thumbnail(&outside, "0", 20).unwrap(), None);
    }
}
