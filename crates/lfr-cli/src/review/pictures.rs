//! Pictures of items: small ones made on demand and kept, and the originals.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use lfr::data::Items;
use lfr::input::{picture_file, thumbnail};
use lfr::regular;
use lfr::report::{Encoded, encoded};
use lfr::run::one;
use lfr::views::seen;

use super::desk::Desk;

/// Longest side of a small picture, in pixels.
const SMALL: u32 = 192;

/// Longest side of an original that is sent in another format, in pixels.
const LARGE: u32 = 4096;

/// Largest file that is sent as it is, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// Bytes of small pictures that are kept.
const KEPT: usize = 96 << 20;

/// A picture as a browser takes it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its type.
    pub mime: &'static str,
    /// The file.
    pub bytes: Arc<Vec<u8>>,
}

/// The small pictures made so far.
#[derive(Debug, Default)]
pub struct Pictures(Mutex<(HashMap<usize, Sent>, usize)>);

impl Pictures {
    fn get(&self, item: usize) -> Option<Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.get(&item).cloned()
    }

    fn keep(&self, item: usize, sent: Sent) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.1 + sent.bytes.len() > KEPT {
            *kept = Default::default();
        }
        kept.1 += sent.bytes.len();
        kept.0.insert(item, sent);
    }
}

/// The picture of an item, small; none when it has none, or none yet.
pub fn small(desk: &Desk, item: usize) -> Option<Sent> {
    if let Some(sent) = desk.pictures.get(item) {
        return Some(sent);
    }
    let file = thumbnail(&desk.root, &desk.id(item), SMALL).ok().flatten();
    let sent = match file {
        Some(picture) => sent(encoded(&picture, SMALL)?),
        None => of_pile(desk, item)?,
    };
    desk.pictures.keep(item, sent.clone());
    Some(sent)
}

/// The picture of an item as large as there is one: the file itself where browsers know its format.
pub fn original(desk: &Desk, item: usize) -> Option<Sent> {
    let id = desk.id(item);
    let file = picture_file(&desk.root, &id).ok().flatten();
    if let Some(sent) = file.and_then(|path| as_it_is(&path)) {
        return Some(sent);
    }
    match thumbnail(&desk.root, &id, LARGE).ok().flatten() {
        Some(picture) => Some(sent(encoded(&picture, LARGE)?)),
        None => of_pile(desk, item),
    }
}

/// The picture as the model sees it.
fn of_pile(desk: &Desk, item: usize) -> Option<Sent> {
    match one(&desk.data().ok()?.items, item)? {
        Items::Images(images) => Some(sent(encoded(&seen(&images, 0), SMALL)?)),
        _ => None,
    }
}

fn sent(Encoded { mime, bytes, .. }: Encoded) -> Sent {
    Sent { mime, bytes: Arc::new(bytes) }
}

/// The file at `path`, if it begins as a picture that every browser shows.
fn as_it_is(path: &Path) -> Option<Sent> {
    let mut file = regular::open(path).ok()?.take(MAX_FILE + 1);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok().filter(|&size| size as u64 <= MAX_FILE)?;
    Some(Sent { mime: browsable(&bytes)?, bytes: Arc::new(bytes) })
}

/// The type of a picture that every browser shows.
fn browsable(bytes: &[u8]) -> Option<&'static str> {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let begins: [(&[u8], &str); 4] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
    ];
    let known = begins.into_iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, mime)| mime);
    known.or(is_webp.then_some("image/webp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_sent_as_they_are() {
        assert_eq!(browsable(b"\x89PNG\r\n\x1a\n..."), Some("image/png"));
        assert_eq!(browsable(b"RIFF....WEBPVP8"), Some("image/webp"));
        for other in [&b"<svg onload="[..], b"II*\0", b"RIFF", b"", b"root:x:0:0"] {
            assert_eq!(browsable(other), None);
        }
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let pictures = Pictures::default();
        let large = || Sent { mime: "image/png", bytes: Arc::new(vec![0; KEPT / 2]) };
        (0..2).for_each(|item| pictures.keep(item, large()));
        assert!(pictures.get(0).is_some() && pictures.get(1).is_some());
        pictures.keep(2, large());
        assert!(pictures.get(0).is_none() && pictures.get(2).is_some());
    }
}
