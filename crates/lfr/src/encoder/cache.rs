//! Features of items kept in a folder, so that a second run on the same items need not encode them again.
//!
//! A folder holds segments: files that are written as a whole and never changed. A segment begins with a line of the
//! encoder's key, its width, the number of items and the checksum of what follows: the digests of the items, then their
//! features as little-endian floats.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

use super::Card;
use super::card::hex;
use crate::data::Items;
use crate::durable;
use crate::error::{Error, Result};

/// The digest of an item's content.
pub(super) type Content = [u8; 32];

/// How a segment begins.
const OPENING: &str = "lfr-features-1";

/// Bytes that the first line of a segment has at most.
const LINE: u64 = 256;

/// The folder for features: `given`, else the environment's `LFR_CACHE_DIR`, else `lfr` in the platform's cache folder;
/// `features` in the latter two. None for a user without a home folder.
pub fn cache_dir(given: Option<&Path>) -> Option<PathBuf> {
    if let Some(given) = given {
        return Some(given.to_owned());
    }
    Some(cache_base()?.join("features"))
}

/// The environment's `LFR_CACHE_DIR`, else `lfr` in the platform's cache folder.
pub(super) fn cache_base() -> Option<PathBuf> {
    let set = std::env::var_os("LFR_CACHE_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    set.or_else(|| Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("lfr")))
}

/// Features by the content of their items.
pub struct Cache {
    folder: PathBuf,
    key: String,
    width: usize,
    places: HashMap<Content, (usize, usize)>,
    segments: Vec<PathBuf>,
    /// The segment that was read last, and its features.
    at_hand: Option<(usize, Vec<f32>)>,
    is_full: bool,
    notes: Vec<String>,
}

impl Cache {
    /// What `folder` keeps of the encoder that `card` describes. A folder that is not there yet is empty.
    pub fn open(folder: &Path, card: &Card) -> Self {
        let key = card.key();
        let folder = folder.join(&key[..16]);
        let mut cache = Self {
            folder,
            key,
            width: card.width,
            places: HashMap::new(),
            segments: Vec::new(),
            at_hand: None,
            is_full: false,
            notes: Vec::new(),
        };
        let entries = fs::read_dir(&cache.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut paths: Vec<PathBuf> =
            entries.filter(|path| path.extension() == Some("features".as_ref())).collect();
        paths.sort();
        paths.into_iter().for_each(|path| cache.add(path));
        cache
    }

    /// What the user should know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The items of the segment `path`.
    fn add(&mut self, path: PathBuf) {
        match self.contents(&path) {
            Ok(contents) => {
                let segment = self.segments.len();
                let places = contents.into_iter().enumerate().map(|(row, content)| (content, (segment, row)));
                self.places.extend(places);
                self.segments.push(path);
            }
            Err(problem) => self.notes.push(format!("{} {problem}; it is ignored", path.display())),
        }
    }

    fn contents(&self, path: &Path) -> Result<Vec<Content>, String> {
        let (head, mut rest) = self.head(path)?;
        let mut bytes = vec![0; head.count * size_of::<Content>()];
        rest.read_exact(&mut bytes).map_err(|_| "is damaged")?;
        Ok(bytes.as_chunks().0.to_vec())
    }

    fn head(&self, path: &Path) -> Result<(Head, BufReader<fs::File>), String> {
        let unreadable = |e: std::io::Error| format!("cannot be read ({e})");
        let file = fs::File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let mut rest = BufReader::new(file);
        let mut line = Vec::new();
        (&mut rest).take(LINE).read_until(b'\n', &mut line).map_err(unreadable)?;
        let head = Head::read(&line).ok_or("is not a file of features, or a damaged one")?;
        if (&head.key, head.width) != (&self.key, self.width) {
            return Err("holds features of another encoder".into());
        }
        let row = size_of::<Content>() + head.width * size_of::<f32>();
        let wanted = head.count.checked_mul(row).and_then(|bytes| bytes.checked_add(line.len()));
        if wanted.and_then(|wanted| u64::try_from(wanted).ok()) != Some(size) {
            return Err("is damaged".into());
        }
        Ok((head, rest))
    }

    /// The features of an item, when they are kept.
    pub(super) fn get(&mut self, content: &Content) -> Option<&[f32]> {
        let &(segment, row) = self.places.get(content)?;
        if self.at_hand.as_ref().is_none_or(|&(at_hand, _)| at_hand != segment) {
            match self.features(&self.segments[segment]) {
                Ok(features) => self.at_hand = Some((segment, features)),
                Err(problem) => {
                    self.notes.push(format!("{} {problem}; it is ignored", self.segments[segment].display()));
                    self.places.retain(|_, place| place.0 != segment);
                    return None;
                }
            }
        }
        let features = &self.at_hand.as_ref()?.1;
        features.get(row * self.width..(row + 1) * self.width)
    }

    fn features(&self, path: &Path) -> Result<Vec<f32>, String> {
        let (head, mut rest) = self.head(path)?;
        let mut bytes = Vec::new();
        rest.read_to_end(&mut bytes).map_err(|e| format!("cannot be read ({e})"))?;
        if hex(&bytes) != head.checksum {
            return Err("is damaged".into());
        }
        let floats = bytes.get(head.count * size_of::<Content>()..).unwrap_or_default();
        Ok(floats.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
    }

    /// Keeps the features of items. After the first failure, as when the disk is full, nothing more is kept.
    pub(super) fn put(&mut self, contents: &[Content], features: &[f32]) {
        if contents.is_empty() || self.is_full {
            return;
        }
        match self.write(contents, features) {
            Ok(path) => self.add(path),
            Err(error) => {
                self.is_full = true;
                self.notes.push(format!("features are not kept for later runs: {error}"));
            }
        }
    }

    fn write(&self, contents: &[Content], features: &[f32]) -> Result<PathBuf> {
        let mut body = contents.as_flattened().to_vec();
        body.extend(features.iter().flat_map(|value| value.to_le_bytes()));
        let checksum = hex(&body);
        let path = self.folder.join(format!("{}.features", &checksum[..16]));
        let head = format!("{OPENING} {} {} {} {checksum}\n", self.key, self.width, contents.len());
        fs::create_dir_all(&self.folder).map_err(|e| Error::io("create", &self.folder, e))?;
        durable::write(&path, |out| {
            let failed = |e| Error::io("write", &path, e);
            out.write_all(head.as_bytes()).map_err(failed)?;
            out.write_all(&body).map_err(failed)
        })?;
        Ok(path)
    }
}

/// The first line of a segment.
struct Head {
    key: String,
    width: usize,
    count: usize,
    checksum: String,
}

impl Head {
    fn read(line: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(line).ok()?.strip_suffix('\n')?.split(' ');
        if words.next()? != OPENING {
            return None;
        }
        let key = words.next()?.to_owned();
        let (width, count) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let checksum = words.next()?.to_owned();
        words.next().is_none().then_some(Self { key, width, count, checksum })
    }
}

/// The digest of every item.
pub(super) fn contents(items: &Items) -> Vec<Content> {
    let digest = |bytes: &[u8]| Sha256::digest(bytes).into();
    match items {
        Items::Images(images) => super::batch::each(images.len(), |i| digest(images.image(i))),
        Items::Documents(texts) => texts.iter().map(|text| digest(text.as_bytes())).collect(),
        Items::Rows(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::{Layout, PictureInput, Takes};

    fn card(sha256: &str) -> Card {
        let (mean, deviation) = (vec![0.5], vec![0.5]);
        let input =
            PictureInput { name: "x".into(), side: 8, channels: 1, layout: Layout::Nchw, mean, deviation };
        let takes = Takes::Pictures(input);
        Card { name: "a".into(), sha256: sha256.into(), bytes: 1, width: 2, output: "y".into(), takes }
    }

    fn filled(folder: &Path) -> PathBuf {
        let mut cache = Cache::open(folder, &card("aa"));
        cache.put(&[[1; 32], [2; 32]], &[1.0, 2.0, f32::NAN, 4.0]);
        cache.put(&[[3; 32]], &[5.0, 6.0]);
        assert!(cache.notes().is_empty());
        cache.folder
    }

    #[test]
    fn features_come_back_under_another_name() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let mut cache = Cache::open(folder.path(), &Card { name: "b".into(), ..card("aa") });
        assert_eq!(cache.get(&[3; 32]), Some([5.0, 6.0].as_slice()));
        assert_eq!(cache.get(&[1; 32]), Some([1.0, 2.0].as_slice()));
        assert!(cache.get(&[2; 32]).unwrap()[0].is_nan() && cache.get(&[4; 32]).is_none());
        assert!(Cache::open(folder.path(), &card("bb")).get(&[1; 32]).is_none());
    }

    #[test]
    fn segments_of_other_encoders_and_damaged_ones_are_ignored_with_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let own = filled(folder.path());
        let other = Cache::open(folder.path(), &card("bb")).folder;
        fs::create_dir_all(&other).unwrap();
        for entry in fs::read_dir(&own).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, other.join(path.file_name().unwrap())).unwrap();
            // A flipped bit in the last feature is only seen when the features are wanted.
            let mut bytes = fs::read(&path).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&path, bytes).unwrap();
        }
        let cache = Cache::open(folder.path(), &card("bb"));
        assert_eq!(cache.notes().len(), 2);
        assert!(
            cache.notes()[0].contains("holds features of another encoder; it is ignored"),
            "{:?}",
            cache.notes()
        );
        let mut cache = Cache::open(folder.path(), &card("aa"));
        assert!(cache.notes().is_empty() && cache.get(&[1; 32]).is_none());
        assert!(cache.notes()[0].ends_with("is damaged; it is ignored"), "{:?}", cache.notes());
        fs::write(own.join("short.features"), "lfr-features-1 a").unwrap();
        assert!(Cache::open(folder.path(), &card("aa")).notes()[0].contains("not a file of features"));
    }

    #[test]
    fn a_place_that_takes_nothing_is_told_once() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut cache = Cache::open(file.path(), &card("aa"));
        cache.put(&[[1; 32]], &[1.0, 2.0]);
        cache.put(&[[2; 32]], &[1.0, 2.0]);
        assert_eq!(cache.notes().len(), 1);
        assert!(
            cache.notes()[0].starts_with("features are not kept for later runs: "),
            "{:?}",
            cache.notes()
        );
    }
}
