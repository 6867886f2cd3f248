//! How an XML file says that it is encoded.

use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use encoding_rs::Encoding;
use regex::bytes::Regex;

use crate::error::{Error, Result};
use crate::input::{encoding, legacy, stream, unpack};

/// Bytes looked at.
const START: u64 = 1 << 16;

/// The declaration at the start of a file.
static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']"#).ok()
});

/// The encoding by which the file has to be opened: that of its mark or of its declaration, else UTF-8; `None` where its
/// bytes show it, which are UTF-16 or, without a declaration, an encoding that leaves no doubt.
///
/// # Errors
/// [`Error::Input`] for an encoding that is unknown, [`Error::Io`] when the file cannot be read.
pub(super) fn of(path: &Path) -> Result<Option<String>> {
    let mut start = Vec::new();
    let read = unpack::open(path)?.take(START).read_to_end(&mut start);
    read.map_err(|e| stream::broken(path, &e))?;
    if encoding::wide(&start).is_some() {
        return Ok(None);
    }
    let Some(label) = declared(&start) else {
        return Ok(legacy::found(&start).is_none().then(|| "utf-8".to_owned()));
    };
    match Encoding::for_label(label.as_bytes()) {
        // Text that was converted keeps its declaration.
        Some(encoding) if encoding.output_encoding() != encoding => Ok(Some("utf-8".to_owned())),
        Some(encoding) => Ok(Some(encoding.name().to_owned())),
        None => {
            let problem = format!("declares the encoding `{label}`, which is not known; convert it to UTF-8");
            Err(Error::input(path, problem))
        }
    }
}

/// The name that the declaration gives; that of UTF-8 where a mark says so.
fn declared(start: &[u8]) -> Option<String> {
    if start.starts_with(b"\xef\xbb\xbf") {
        return Some("utf-8".to_owned());
    }
    let label = DECLARED.as_ref()?.captures(start)?.get(1)?;
    Some(String::from_utf8_lossy(label.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Result<Option<String>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        of(file.path())
    }

    #[test]
    fn the_mark_goes_before_the_declaration_and_the_bytes_before_both() {
        let label = |bytes: &[u8]| found(bytes).unwrap();
        let is = |name: &str| Some(name.to_owned());
        assert_eq!(label(b"<a/>"), is("utf-8"));
        assert_eq!(label(b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), is("windows-1252"));
        assert_eq!(label(b"\n<?xml version=\"1.0\" encoding = \"Shift_JIS\"?><a/>"), is("Shift_JIS"));
        assert_eq!(label(b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"latin1\"?><a/>"), is("UTF-8"));
        assert_eq!(label(b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>"), is("utf-8"), "converted");
        let wide: Vec<u8> = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(label(&wide), None);
        assert_eq!(label("<a>Москва и Киев</a>\n".as_bytes()), is("utf-8"));
    }

    #[test]
    fn an_unknown_encoding_is_refused() {
        let message = found(b"<?xml version='1.0' encoding='klingon'?><a/>").unwrap_err().to_string();
        assert!(message.contains("`klingon`") && message.contains("UTF-8"), "{message}");
    }
}
