//! Folders and archives of pictures.

use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
use rayon::prelude::*;

use super::frame::{Frame, Values};
use super::pixel::{PixelRange, Remarks, Stretch};
use super::walk::{self, File, HEIF, PICTURES, Sought, has_extension};
use super::{Batch, Notes, Options, Source, ids, picture, shrink};
use crate::data::Kind;
use crate::error::{Error, Result};

/// A folder or an archive of pictures, walked recursively in path order; identifiers are paths relative to it. Files without a
/// picture's extension are passed over and counted. Pictures have 3 channels unless the options say 1.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let sought = Sought { what: "picture", readable: false };
    let files = walk::taking(path, sought, &notes, is_picture);
    pictures(path, None, files, options, notes)
}

/// The picture files `files`, each identified by its path.
pub(super) fn open_files(path: &Path, files: Vec<PathBuf>, options: &Options) -> Result<Source> {
    let file = |path: PathBuf| File::new(path.display().to_string(), path);
    let files: Vec<File> = files.into_iter().map(file).collect();
    pictures(path, Some(files.clone()), files.into_iter().map(Ok), options, Notes::default())
}

fn pictures(
    path: &Path,
    listed: Option<Vec<File>>,
    mut files: impl Iterator<Item = Result<File>> + Send + 'static,
    options: &Options,
    notes: Notes,
) -> Result<Source> {
    let range = Arc::default();
    let mut folder = Folder {
        path: path.to_owned(),
        listed,
        frame: Frame::new(path, options, 3),
        stretch: options.stretch,
        remarks: Remarks::new(options.stretch, &notes),
        notes: notes.clone(),
        range: Arc::clone(&range),
        read: 0,
        several: 0,
    };
    let batches = std::iter::from_fn(move || {
        match files.by_ref().take(folder.frame.chunk).collect::<Result<Vec<_>>>() {
            Ok(files) if files.is_empty() => {
                folder.say_several();
                None
            }
            Ok(files) => Some(folder.batch(&files)),
            Err(error) => Some(Err(error)),
        }
    });
    Ok(Source::new(Kind::Images, path, options, batches).noting(&notes).ranging(&range))
}

/// How many files of the folder `path` are named as pictures; `None` when it is no folder.
pub(crate) fn count(path: &Path) -> Option<usize> {
    let is_named = |file: &Result<File>| file.as_ref().is_ok_and(|file| has_extension(&file.path, PICTURES));
    path.is_dir().then(|| walk::files(path, &Notes::default()).filter(is_named).count())
}

/// Whether a file is named as a picture that can be read. Phones and browsers name other pictures `.heic` too.
fn is_picture(file: &File) -> bool {
    let heif = || {
        let mut start = Vec::new();
        let read = file.open().and_then(|file| file.take(12).read_to_end(&mut start));
        read.is_err() || picture::is_heif(&start)
    };
    has_extension(&file.path, PICTURES) || (has_extension(&file.path, HEIF) && !heif())
}

/// How the pictures of a folder are read.
struct Folder {
    path: PathBuf,
    /// The files, where they are not those of the folder.
    listed: Option<Vec<File>>,
    frame: Frame,
    stretch: Stretch,
    remarks: Remarks,
    notes: Notes,
    range: Arc<OnceLock<PixelRange>>,
    /// Pictures so far, and those of several pages or frames among them.
    read: usize,
    several: usize,
}

/// The values of a picture and whether it has several pages or frames, nothing when it has more than 8 bits and the range is
/// not known yet; or the reason why it cannot be read.
type Made = Result<Option<(Values, bool)>, String>;

impl Folder {
    fn batch(&mut self, files: &[File]) -> Result<Batch> {
        if let Stretch::Between(range) = self.stretch {
            self.range.get_or_init(|| range);
        }
        let mut made = self.decoded(files);
        if made.iter().any(|made| matches!(made, Ok(None))) {
            self.stretch = self.settle()?;
            made = self.decoded(files);
        }
        let mut values = |made: Made| -> Result<Values, String> {
            let (values, several) = made?.ok_or("changed while it was read")?;
            self.read += 1;
            self.several += usize::from(several);
            Ok(values)
        };
        let made = files.iter().zip(made).map(|(file, made)| (file.id.clone(), values(made))).collect();
        self.frame.batch(made)
    }

    fn decoded(&self, files: &[File]) -> Vec<Made> {
        let values = |picture, several| (self.frame.values(&picture), several);
        files.par_iter().map(|file| picture::read(file, self.stretch, &self.remarks, values)).collect()
    }

    /// Says how many pictures have several pages or frames.
    fn say_several(&self) {
        let (several, read) = (self.several, self.read);
        let have = if several == 1 { "has" } else { "have" };
        if several > 0 {
            self.notes.add(format!(
                "{several} of {read} pictures {have} several pages or frames; the first is read"
            ));
        }
    }

    /// How to read pictures of more than 8 bits, from all pictures of the folder, and says so: over their range, or,
    /// where most have 8 bits, over the whole range of their type.
    fn settle(&self) -> Result<Stretch> {
        let files = match &self.listed {
            Some(files) => files.clone(),
            None => walk::files(&self.path, &self.notes).collect::<Result<Vec<_>>>()?,
        };
        let pictures = files.par_iter().filter(|file| is_picture(file));
        let ranges: Vec<_> = pictures.filter_map(|file| picture::range(file).ok()).collect();
        let deep: Vec<PixelRange> = ranges.iter().copied().flatten().collect();
        let (count, all) = (deep.len(), ranges.len());
        let Some(range) = deep.into_iter().reduce(PixelRange::with) else { return Ok(Stretch::Full) };
        let have = format!("{count} of {all} pictures have more than 8 bits per channel");
        if 2 * count < all {
            self.notes.add(format!("{have}; they are read over the whole range of their type"));
            return Ok(Stretch::Full);
        }
        let others = if count < all { "; the others stay as they are" } else { "" };
        self.notes.add(format!("{have}; their values, {range}, are stretched to black and white{others}"));
        let range = *self.range.get_or_init(|| range.settled());
        Ok(Stretch::Between(range))
    }
}

/// The file of picture `id` of the folder `root`; `None` when `root` is no folder or has no such picture.
///
/// # Errors
/// [`Error::Input`] when `id` leads out of the folder.
pub fn picture_file(root: &Path, id: &str) -> Result<Option<PathBuf>> {
    let name = ids::path(id);
    let path = root.join(&name);
    if !name.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Error::input(root, format!("`{id}` does not name a file inside this folder")));
    }
    let is_picture = |path: &PathBuf| path.is_file() && is_picture(&File::new(String::new(), path.clone()));
    Ok(Some(path).filter(is_picture))
}

/// The original of picture `id` of the folder `root`, shrunk to at most `max_side` pixels a side, its proportions
/// kept. `None` when `root` is no folder or has no such picture, and for a picture of more than 8 bits per channel,
/// whose look depends on the other pictures.
///
/// # Errors
/// [`Error::Input`] when the picture cannot be decoded, or when `id` leads out of the folder.
pub fn thumbnail(root: &Path, id: &str, max_side: u32) -> Result<Option<RgbImage>> {
    let Some(path) = picture_file(root, id)? else { return Ok(None) };
    let side = max_side.max(1);
    let shrunk = |picture: DynamicImage, _| {
        if picture.width().max(picture.height()) <= side {
            return picture.into_rgb8();
        }
        let short = shrink::to_sides(&picture, side);
        short.unwrap_or(picture).resize(side, side, FilterType::Triangle).into_rgb8()
    };
    let remarks = Remarks::new(Stretch::Data, &Notes::default());
    let file = File::new(id.to_owned(), path.clone());
    picture::read(&file, Stretch::Data, &remarks, shrunk).map_err(|reason| Error::input(&path, reason))
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
            message.contains("3 of 16 items could not be read, more than 10 %; the first: 01a.png: "),
            "{message}"
        );
    }

    /// Grey counts, one a picture, as 16-bit PNG.
    fn counts(folder: &Path, counts: &[u16]) {
        for (i, &count) in counts.iter().enumerate() {
            let picture = image::ImageBuffer::from_pixel(8, 8, Luma([count]));
            image::DynamicImage::ImageLuma16(picture).save(folder.join(format!("c{i}.png"))).unwrap();
        }
    }

    /// The first pixel of each picture, the range and the notes.
    fn firsts(folder: &Path, stretch: Stretch) -> (Vec<u8>, Option<PixelRange>, Vec<String>) {
        let mut source = crate::input::open(folder, &Options { stretch, ..options() }).unwrap();
        let mut pixels = Vec::new();
        for chunk in source.by_ref() {
            let Items::Images(images) = chunk.unwrap().items else { panic!("no pictures") };
            pixels.extend((0..images.len()).map(|i| images.image(i)[0]));
        }
        (pixels, source.range(), source.notes())
    }

    #[test]
    fn counts_are_stretched_over_the_pile_and_alone_as_the_model_says() {
        let folder = tempfile::tempdir().unwrap();
        counts(folder.path(), &[550, 580, 610, 560, 550, 600, 555]);
        let (pixels, range, notes) = firsts(folder.path(), Stretch::Data);
        assert_eq!(pixels, [0, 128, 255, 43, 0, 213, 21]);
        assert_eq!(range, Some(PixelRange { low: 550.0, high: 610.0 }));
        let note = "7 of 7 pictures have more than 8 bits per channel; their values, 550 to 610, are stretched to \
                    black and white";
        assert_eq!(notes, [note]);
        let alone = tempfile::tempdir().unwrap();
        counts(alone.path(), &[580]);
        let model = Stretch::Between(range.unwrap());
        assert_eq!(firsts(alone.path(), model), (vec![128], range, vec![]));
        counts(alone.path(), &[700]);
        let clipped = "pixel values outside the range of the fit, 550 to 610, are clipped";
        assert_eq!(firsts(alone.path(), model), (vec![255], range, vec![clipped.into()]));
        assert_eq!(firsts(alone.path(), Stretch::Full).0, [3]);
        grey(9).save(alone.path().join("c0.png")).unwrap();
        let (pixels, _, notes) = firsts(alone.path(), model);
        assert!(pixels == [9] && notes[0].contains("pictures of 8 bits are read as 0 to 255"), "{notes:?}");
        assert!(thumbnail(folder.path(), "c0.png", 4).unwrap().is_none());
    }

    #[test]
    fn a_few_pictures_of_16_bits_among_others_are_read_as_those() {
        let folder = folder();
        counts(folder.path(), &[257 * 40]);
        let (pixels, range, notes) = firsts(folder.path(), Stretch::Data);
        assert_eq!((pixels[11], pixels[12], range), (11, 40, None));
        assert!(notes[0].starts_with("1 of 13 pictures have more than 8 bits"), "{notes:?}");
        counts(folder.path(), &[1000; 30]);
        let (pixels, range, notes) = firsts(folder.path(), Stretch::Data);
        assert_eq!((pixels[11], pixels[12]), (11, 128));
        assert!(range.is_some() && notes[0].ends_with("; the others stay as they are"), "{notes:?}");
    }

    #[test]
    fn pages_and_frames_behind_the_first_are_counted() {
        let folder = folder();
        let mut gif = Vec::new();
        let frame =
            |i: u8| image::Frame::new(image::RgbaImage::from_pixel(8, 8, image::Rgba([i, i, i, 255])));
        image::codecs::gif::GifEncoder::new(&mut gif).encode_frames([frame(7), frame(200)]).unwrap();
        fs::write(folder.path().join("x.gif"), &gif).unwrap();
        let (pixels, _, notes) = firsts(folder.path(), Stretch::Data);
        assert_eq!((pixels.len(), pixels[12]), (13, 7));
        assert_eq!(notes, ["1 of 13 pictures has several pages or frames; the first is read"]);
        counts(folder.path(), &[1000; 30]);
        fs::write(folder.path().join("y.gif"), &gif).unwrap();
        let (_, _, notes) = firsts(folder.path(), Stretch::Data);
        assert_eq!(
            notes[1..],
            ["2 of 44 pictures have several pages or frames; the first is read"],
            "each once"
        );
    }

    #[test]
    fn files_passed_over_are_told_and_a_wrong_ending_is_no_matter() {
        let folder = folder();
        let png = fs::read(folder.path().join("11.png")).unwrap();
        for name in ["12.jfif", "13.HEIC", "14.jpe"] {
            fs::write(folder.path().join(name), &png).unwrap();
        }
        fs::write(folder.path().join("15.heic"), b"\0\0\0\x18ftypheic\0\0\0\0").unwrap();
        fs::write(folder.path().join("labels.csv"), "id,label").unwrap();
        let (pixels, _, notes) = firsts(folder.path(), Stretch::Data);
        assert_eq!(pixels[11..], [11; 4]);
        let note = "passed over 2 files that are not readable pictures: .csv 1, .heic 1; convert HEIC and AVIF \
                    pictures to JPEG";
        assert_eq!(notes, [note]);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_text_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        for (value, name) in [(1, b"a\xe8.png"), (2, b"a\xe9.png")] {
            let mut png = std::io::Cursor::new(Vec::new());
            grey(value).write_to(&mut png, image::ImageFormat::Png).unwrap();
            fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), png.into_inner()).unwrap();
        }
        let (ids, _) = read(folder.path(), &options()).unwrap();
        assert_eq!(ids, [r"a\xe8.png", r"a\xe9.png"]);
        let second = thumbnail(folder.path(), &ids[1], 8).unwrap().unwrap();
        assert_eq!(second.get_pixel(0, 0).0, [2; 3]);
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
