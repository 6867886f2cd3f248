//! Where the bytes of one array lie: a whole file, or a member of an archive.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use tempfile::TempPath;

use super::rows::Bytes;
use crate::error::{Error, Result};

/// A stretch of a file that can be read again and again.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// The file.
    pub path: PathBuf,
    /// Where the stretch begins, in bytes.
    pub start: u64,
    /// Its length in the file, in bytes.
    pub length: u64,
    /// Its declared length once unpacked, in bytes.
    pub size: u64,
    /// Whether it is packed.
    pub deflated: bool,
    /// Checksum of the unpacked content.
    pub crc: Option<u32>,
    /// The unpacked copy of the file in which the stretch lies, removed after use.
    pub copy: Option<Arc<TempPath>>,
}

impl Stored {
    /// A whole file.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be examined.
    pub fn file(path: &Path) -> Result<Self> {
        let size = path.metadata().map_err(|e| Error::io("read", path, e))?.len();
        Ok(Self {
            path: path.to_owned(),
            start: 0,
            length: size,
            size,
            deflated: false,
            crc: None,
            copy: None,
        })
    }

    /// The content, unpacked, at most as long as declared, and checked at its end.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be opened.
    pub fn open(&self) -> Result<Bytes> {
        let failed = |e| Error::io("read", &self.path, e);
        let place: &Path = self.copy.as_deref().map_or(&self.path, |copy| copy);
        let mut file = File::open(place).map_err(failed)?;
        file.seek(SeekFrom::Start(self.start)).map_err(failed)?;
        let packed = BufReader::new(file).take(self.length);
        let bytes: Bytes = if self.deflated {
            Box::new(BufReader::new(DeflateDecoder::new(packed)).take(self.size))
        } else {
            Box::new(packed)
        };
        Ok(match self.crc {
            Some(expected) => Box::new(Checked { bytes: CrcReader::new(bytes), expected }),
            None => bytes,
        })
    }
}

/// Compares the checksum when the content ends.
struct Checked {
    bytes: CrcReader<Bytes>,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        if count == 0 && !into.is_empty() && self.bytes.crc().sum() != self.expected {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum does not match"));
        }
        Ok(count)
    }
}
