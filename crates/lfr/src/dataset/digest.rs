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
pub enum Digest {
    /// 64 digits.
    Sha256(&'static str),
    /// 32 digits, where nothing better is published.
    Md5(&'static str),
}

/// The digest of bytes that are still coming, to be compared with a published one.
#[derive(Clone, Debug)]
pub struct RunningDigest {
    state: State,
    wanted: &'static str,
}

#[derive(Clone, Debug)]
enum State {
    Sha256(Sha256),
    Md5(Md5),
}

impl Digest {
    /// Before the first byte.
    pub fn start(self) -> RunningDigest {
        match self {
            Digest::Sha256(wanted) => RunningDigest { state: State::Sha256(Sha256::new()), wanted },
            Digest::Md5(wanted) => RunningDigest { state: State::Md5(Md5::new()), wanted },
        }
    }

    /// Whether the file has this digest.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn matches(self, path: &Path) -> Result<bool> {
        let mut running = self.start();
        let mut file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        running.read(&mut file).map_err(|e| Error::io("read", path, e))?;
        Ok(running.matches())
    }
}

impl RunningDigest {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha256(hash) => hash.update(bytes),
            State::Md5(hash) => hash.update(bytes),
        }
    }

    /// Takes in all that `reader` brings, and says how many bytes that was.
    ///
    /// # Errors
    /// Those of `reader`.
    pub fn read(&mut self, reader: &mut impl Read) -> std::io::Result<u64> {
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
    pub fn matches(&self) -> bool {
        match self.state.clone() {
            State::Sha256(hash) => hex(&hash.finalize()) == self.wanted,
            State::Md5(hash) => hex(&hash.finalize()) == self.wanted,
        }
    }
}

/// The SHA-256 of `bytes`.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
