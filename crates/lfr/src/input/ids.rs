//! Names of files as identifiers: text that stands for exactly one name.

use std::path::{Path, PathBuf};

/// The path of a file within its folder, separated by `/`. Bytes that are not UTF-8 are written `\xNN`, and so is the
/// backslash of a name that holds such letters itself, so that different names stay different.
pub(super) fn id(base: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(base).unwrap_or(path).components();
    parts.map(|part| escaped(part.as_os_str().as_encoded_bytes())).collect::<Vec<_>>().join("/")
}

/// The path within its folder that [`id`] made `id` of.
pub(super) fn path(id: &str) -> PathBuf {
    let (mut bytes, mut rest) = (Vec::new(), id.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match escape(rest) {
            Some(byte) => (byte, &rest[4..]),
            None => (first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    native(bytes).unwrap_or_else(|| id.into())
}

#[cfg(unix)]
fn native(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn native(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

fn escaped(name: &[u8]) -> String {
    let (mut text, mut start) = (String::new(), 0);
    for chunk in name.utf8_chunks() {
        for (at, letter) in chunk.valid().char_indices() {
            match escape(&name[start + at..]) {
                Some(_) => text.push_str("\\x5c"),
                None => text.push(letter),
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        start += chunk.valid().len() + chunk.invalid().len();
    }
    text
}

/// The byte when `text` begins with `\xNN`.
fn escape(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"\\x")?.get(..2)?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(digits[0])? * 16 + digit(digits[1])?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_text_stay_as_they_are() {
        let base = Path::new("/pile");
        assert_eq!(id(base, Path::new("/pile/a/Übung \\ 1.png")), "a/Übung \\ 1.png");
        assert_eq!(id(base, Path::new(r"/pile/\xff.png")), r"\x5cxff.png");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf_8_differ() {
        use std::os::unix::ffi::OsStrExt;
        let name = |bytes: &[u8]| id(Path::new("p"), Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_eq!(name(b"p/caf\xe9.png"), r"caf\xe9.png");
        assert_eq!(name(b"p/caf\xe8.png"), r"caf\xe8.png");
    }

    #[cfg(unix)]
    proptest! {
        #[test]
        fn every_name_comes_back(name in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(b'\\'), Just(b'x'), Just(b'f')].prop_filter("", |b| !b"/.\0".contains(b)),
            1..12,
        )) {
            use std::os::unix::ffi::OsStringExt;
            let name: PathBuf = std::ffi::OsString::from_vec(name).into();
            prop_assert_eq!(path(&id(Path::new("p"), &Path::new("p").join(&name))), name);
        }
    }
}
