//! Digests of files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::hex::hex;

/// A published digest of a file, in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha256(&'static str),
    /// Where nothing better is published.
    Md5(&'static str),
}

/// The digest of bytes still coming.
#[derive(Clone)]
pub(super) enum Running {
    Sha256(Sha256, &'static str),
    Md5(Md5, &'static str),
}

impl Digest {
    /// Before the first byte.
    pub(super) fn start(self) -> Running {
        match self {
            Digest::Sha256(wanted) => Running::Sha256(Sha256::new(), wanted),
            Digest::Md5(wanted) => Running::Md5(Md5::new(), wanted),
        }
    }

    /// Whether the file has this digest.
    pub(crate) fn matches(self, path: &Path) -> Result<bool> {
        let mut running = self.start();
        let mut file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        running.read(&mut file).map_err(|e| Error::io("read", path, e))?;
        Ok(running.matches())
    }
}

impl Running {
    /// Takes in the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Running::Sha256(hash, _) => hash.update(bytes),
            Running::Md5(hash, _) => hash.update(bytes),
        }
    }

    /// Takes in all that `reader` brings, and says how much that was.
    pub(super) fn read(&mut self, reader: &mut impl Read) -> std::io::Result<u64> {
        let mut buffer = vec![0; 1 << 16];
        let mut total = 0;
        loop {
            let count = reader.read(&mut buffer)?;
            if count == 0 {
                return Ok(total);
            }
            self.update(&buffer[..count]);
            total += count as u64;
        }
    }

    /// Whether the bytes so far are the whole, right file.
    pub(super) fn matches(&self) -> bool {
        match self.clone() {
            Running::Sha256(hash, wanted) => hex(&hash.finalize()) == wanted,
            Running::Md5(hash, wanted) => hex(&hash.finalize()) == wanted,
        }
    }
}

/// The SHA-256 of `bytes`.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
