//! Writing and reading model files.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Header;
use super::arrays::{Stored, array};
use crate::data::Weights;
use crate::durable::OutputFile;
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::regular;

/// The version of the format that this code writes, and the newest it reads.
const FORMAT: u64 = 1;

/// Largest model file, in bytes.
const MAX_SIZE: u64 = 4 << 30;

/// What [`MAX_SIZE`] limits.
const WHAT: &str = "the model's size in bytes";

/// How every model file goes on after the eight bytes that give its header's length.
const OPENING: &[u8] = br#"{"__metadata__":{"lfr":"{\"sha256\":\""#;

/// Where the checksum stands: 64 hexadecimal digits.
const CHECKSUM: Range<usize> = 8 + OPENING.len()..8 + OPENING.len() + 64;

/// A fitted model as a file keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// What is known about it.
    pub header: Header,
    /// Its arrays.
    pub weights: Weights,
}

/// The metadata entry `lfr`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata<H> {
    /// Over the whole file, with zeros in the place of these digits. Comes first, see [`OPENING`].
    sha256: String,
    format: u64,
    header: H,
}

/// The part of the metadata that every version of the format shares.
#[derive(Deserialize)]
struct Version {
    format: u64,
}

impl ModelFile {
    /// Writes the file, replacing one that is there. The same model gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written, [`Error::TooLarge`] beyond 4 GiB, [`Error::Model`] when an array's
    /// shape and values disagree.
    pub fn save(&self, path: &Path) -> Result<()> {
        self.save_into(OutputFile::create(path, true)?)
    }

    /// Writes a file that was prepared before; otherwise as [`ModelFile::save`].
    ///
    /// # Errors
    /// As [`ModelFile::save`] and [`OutputFile::write`].
    pub fn save_into(&self, file: OutputFile) -> Result<()> {
        let path = &file.path().to_owned();
        let bytes = self.encode().map_err(|problem| Error::Model { path: path.to_owned(), problem })?;
        check_size(path, bytes.len() as u64)?;
        file.write(|out| out.write_all(&bytes).map_err(|e| Error::io("write", path, e)))
    }

    /// Reads a file, trusting nothing in it: size, checksum, version, layout and every number are checked.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, [`Error::TooLarge`] beyond 4 GiB, [`Error::Model`] saying what is wrong
    /// with it.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = regular::read(path, WHAT, MAX_SIZE)?;
        Self::decode(&bytes).map_err(|problem| Error::Model { path: path.to_owned(), problem })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Error::Model`] when an array's shape and values disagree.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.encode().map_err(|problem| Error::Model { path: "bytes".into(), problem })
    }

    /// Reads the bytes of a file, as [`ModelFile::load`] does.
    ///
    /// # Errors
    /// [`Error::Model`] saying what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::decode(bytes).map_err(|problem| Error::Model { path: "bytes".into(), problem })
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        let metadata = Metadata { sha256: "0".repeat(64), format: FORMAT, header: &self.header };
        let metadata = serde_json::to_string(&metadata).map_err(|e| e.to_string())?;
        let arrays = self.weights.iter().map(|(name, array)| (name, Stored(array)));
        let metadata = Some([("lfr".to_owned(), metadata)].into());
        let mut bytes = safetensors::serialize(arrays, metadata).map_err(|e| e.to_string())?;
        let checksum = checksum(&bytes).ok_or("cannot be sealed with a checksum")?;
        bytes[CHECKSUM].copy_from_slice(checksum.as_bytes());
        Self::decode(&bytes).map(|_| bytes)
    }

    fn decode(bytes: &[u8]) -> Result<Self, String> {
        let (text, tensors, data) = open(bytes)?;
        let damaged = |e: serde_json::Error| format!("its description is damaged ({e}); get it again");
        let Version { format } = serde_json::from_str(&text).map_err(damaged)?;
        if format > FORMAT {
            return Err(format!(
                "it has format {format}, this lfr {} reads up to {FORMAT}; use a newer lfr",
                env!("CARGO_PKG_VERSION")
            ));
        }
        if checksum(bytes).is_none_or(|sum| bytes.get(CHECKSUM) != Some(sum.as_bytes())) {
            return Err("its checksum is wrong, so it was damaged or changed; get it again".into());
        }
        let header = serde_json::from_str::<Metadata<Header>>(&text).map_err(damaged)?.header;
        let mut weights = Weights::default();
        for name in tensors.offset_keys() {
            let info = tensors.info(&name).ok_or("its list of arrays is damaged")?;
            let (start, end) = info.data_offsets;
            let bytes = data.get(start..end).ok_or("it is cut short")?;
            weights.insert(name.as_str(), array(&name, info, bytes)?);
        }
        Ok(Self { header, weights })
    }
}

/// Takes a file apart: the text about the model, the list of arrays, and the arrays' bytes.
fn open(bytes: &[u8]) -> Result<(String, safetensors::tensor::Metadata, &[u8]), String> {
    if bytes.get(8) != Some(&b'{') {
        return Err("it is not a safetensors file; `lfr fit` and `lfr rank` write models".into());
    }
    let broken = |e| format!("it is cut short or damaged ({e}); get it again");
    let (length, tensors) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let text = tensors.metadata().as_ref().and_then(|entries| entries.get("lfr")).cloned();
    let text = text.ok_or("it is a safetensors file, but not an lfr model")?;
    let data = bytes.get(8 + length..).ok_or("it is cut short")?;
    Ok((text, tensors, data))
}

/// SHA-256 of a file with zeros in the checksum's place, in hexadecimal digits; `None` when it has no such place.
fn checksum(bytes: &[u8]) -> Option<String> {
    let opens = bytes.get(8..CHECKSUM.start) == Some(OPENING);
    let rest = bytes.get(CHECKSUM.end..).filter(|_| opens)?;
    let hash =
        Sha256::new().chain_update(&bytes[..CHECKSUM.start]).chain_update([b'0'; 64]).chain_update(rest);
    Some(hex(&hash.finalize()))
}

fn check_size(path: &Path, size: u64) -> Result<()> {
    if size <= MAX_SIZE {
        return Ok(());
    }
    Err(Error::TooLarge { path: path.to_owned(), what: WHAT, size, limit: MAX_SIZE })
}

#[cfg(test)]
mod tests;
