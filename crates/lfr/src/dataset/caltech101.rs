//! Caltech-101 (Fei-Fei, Fergus, Perona 2004): the categories with at least 100 pictures, 100 random ones each.

use std::collections::BTreeMap;
use std::path::Path;

use image::imageops::{FilterType, resize};
use rayon::prelude::*;

use super::archive::{LIMITS, members};
use super::{LoadOptions, Name, Part, Pool, sample};
use crate::data::{Images, Items};
use crate::error::{Error, Result};

/// The 11 categories with at least 100 pictures (Lai et al. 2020), in the order of their folders.
pub(super) const CLASSES: [&str; 11] = [
    "Faces",
    "Faces_easy",
    "Leopards",
    "Motorbikes",
    "airplanes",
    "bonsai",
    "car_side",
    "chandelier",
    "hawksbill",
    "ketch",
    "watch",
];

/// Pictures a class.
const COUNT: usize = 100;
/// Height and width of the tests' pictures.
#[cfg(test)]
const SIDE: u32 = 32;
/// The largest original is 520 pixels high.
const LARGEST: u32 = 4096;

/// The pool of 1100 pictures, or those left out.
pub(super) fn load(path: &Path, options: &LoadOptions) -> Result<Pool> {
    let found = read(path)?;
    let chosen = choose(path, &found, options.part)?;
    let ids: Vec<_> =
        chosen.iter().map(|(class, file)| format!("{}/{file}", CLASSES[usize::from(*class)])).collect();
    let pictures: Vec<Vec<u8>> = (chosen.par_iter().zip(&ids))
        .map(|(key, id)| {
            decode(&found[key], options.side as u32).map_err(|e| Error::input(path, format!("{id}: {e}")))
        })
        .collect::<Result<_>>()?;
    let items = Items::Images(Images { channels: 3, side: options.side, pixels: pictures.concat() });
    let classes = chosen.iter().map(|(class, _)| *class).collect();
    Ok(Pool { name: Name::Caltech101, items, classes, ids, corpus: None })
}

/// Class and file name.
type Key = (u8, String);

/// All pictures of the classes, as JPEG.
fn read(path: &Path) -> Result<BTreeMap<Key, Vec<u8>>> {
    let mut found = BTreeMap::new();
    members(path, LIMITS, &|name| picture(name).is_some(), &mut |name, content| {
        if let Some((class, file)) = picture(name) {
            found.insert((class, file.to_owned()), content);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The pictures of the pool, or those left out.
fn choose<'a>(path: &Path, found: &'a BTreeMap<Key, Vec<u8>>, part: Part) -> Result<Vec<&'a Key>> {
    let mut chosen = Vec::new();
    for (class, name) in (0u8..).zip(CLASSES) {
        let files: Vec<_> = found.keys().filter(|(of, _)| *of == class).collect();
        if files.len() < COUNT {
            let problem =
                format!("{} pictures of {name}, expected at least {COUNT}; download it again", files.len());
            return Err(Error::input(path, problem));
        }
        chosen.extend(
            sample::choose(Name::Caltech101, name, files.len(), COUNT, part).iter().map(|&i| files[i]),
        );
    }
    Ok(chosen)
}

/// The class and the file name of a member that is a picture of one of the classes.
pub(super) fn picture(member: &str) -> Option<(u8, &str)> {
    let (folder, file) = member.rsplit_once('/')?;
    let category = folder.rsplit('/').next()?;
    let class = CLASSES.iter().position(|name| *name == category)?;
    let kept = file.starts_with("image_") && file.ends_with(".jpg");
    kept.then_some((u8::try_from(class).ok()?, file))
}

/// A picture as 3 x `side` x `side` bytes: resized at once, bilinear with the support grown to the scale; grey replicated.
fn decode(jpeg: &[u8], side: u32) -> image::ImageResult<Vec<u8>> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    let mut limits = image::Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LARGEST), Some(LARGEST));
    reader.limits(limits);
    let small = resize(&reader.decode()?.to_rgb8(), side, side, FilterType::Triangle);
    Ok((0..3).flat_map(|channel| small.pixels().map(move |pixel| pixel.0[channel])).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{locate::locate, test_dir, test_pool};
    use super::*;

    #[test]
    fn categories_have_their_published_sizes_and_the_pool_a_hundred_each() {
        let Some(folder) = test_dir(Name::Caltech101) else { return };
        let found = read(&locate(Name::Caltech101, &folder).unwrap()).unwrap();
        let size = |keys: &[&Key], class| keys.iter().filter(|key| key.0 == class).count();
        let sizes = |keys: Vec<&Key>| (0..11).map(|class| size(&keys, class)).collect::<Vec<_>>();
        let all = [435, 435, 200, 798, 800, 128, 123, 107, 100, 114, 239];
        assert_eq!(sizes(found.keys().collect()), all);
        assert_eq!(sizes(choose(&folder, &found, Part::Pool).unwrap()), [100; 11]);
        assert_eq!(sizes(choose(&folder, &found, Part::Rest).unwrap()), all.map(|size| size - 100));
    }

    #[test]
    fn the_pool_is_of_small_colour_pictures_in_the_order_of_classes() {
        let Some(pool) = test_pool(Name::Caltech101, &LoadOptions::default()) else { return };
        let Items::Images(images) = &pool.items else { panic!("not pictures") };
        assert_eq!((images.len(), images.channels, images.side), (1100, 3, 32));
        assert!(
            pool.classes.is_sorted() && pool.ids.is_sorted() && pool.ids[1099].starts_with("watch/image_")
        );
    }

    // import numpy as np; from PIL import Image
    // x = Image.open("Leopards/image_0001.jpg").convert("RGB").resize((32, 32), Image.BILINEAR)
    // print(np.asarray(x).transpose(2, 0, 1)[:, 16, 8:16])
    #[test]
    fn pictures_are_pillows_but_for_rounding() {
        let Some(folder) = test_dir(Name::Caltech101) else { return };
        let found = read(&locate(Name::Caltech101, &folder).unwrap()).unwrap();
        for (class, expected) in [
            (
                2,
                [
                    [86, 73, 97, 151, 152, 91, 99, 119],
                    [91, 79, 89, 130, 133, 89, 96, 113],
                    [63, 50, 54, 95, 97, 51, 61, 79],
                ],
            ),
            (
                6,
                [
                    [232, 239, 235, 230, 235, 237, 229, 232],
                    [232, 239, 235, 230, 235, 237, 229, 232],
                    [232, 239, 235, 230, 235, 237, 229, 232],
                ],
            ),
        ] {
            let pixels = decode(&found[&(class, "image_0001.jpg".to_owned())], SIDE).unwrap();
            for (channel, expected) in pixels.chunks_exact(1024).zip(expected) {
                let row = &channel[16 * 32 + 8..][..8];
                assert!(row.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 2), "{row:?} {expected:?}");
            }
        }
    }

    #[test]
    fn members_are_told_apart_by_their_last_two_names() {
        assert_eq!(picture("101_ObjectCategories/Faces/image_0001.jpg"), Some((0, "image_0001.jpg")));
        assert_eq!(picture("ketch/image_0002.jpg"), Some((9, "image_0002.jpg")));
        for other in
            ["101/ketch/._image_0001.jpg", "101/ant/image_0001.jpg", "image_0001.jpg", "ketch/notes.txt"]
        {
            assert_eq!(picture(other), None);
        }
    }

    #[test]
    fn a_folder_without_enough_pictures_or_with_broken_ones_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let problem = || load(folder.path(), &LoadOptions::default()).unwrap_err().to_string();
        assert!(problem().contains("0 pictures of Faces"));
        for class in CLASSES {
            std::fs::create_dir(folder.path().join(class)).unwrap();
            for i in 0..COUNT {
                std::fs::write(folder.path().join(class).join(format!("image_{i:04}.jpg")), b"\xff\xd8no")
                    .unwrap();
            }
        }
        assert!(problem().contains("image_0"));
    }
}
