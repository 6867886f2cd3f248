//! Changes to bytes.

use std::io::{Cursor, Read, Write};

/// A stream of random numbers: xorshift64*.
pub struct Chance(u64);

impl Chance {
    /// That of a target and a seed.
    pub fn new(name: &str, seed: u64) -> Self {
        let start = name.bytes().fold(seed.wrapping_add(0x9e37_79b9_7f4a_7c15), |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(start | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end.max(1)
    }
}

/// Numbers at the edge of what a reader takes.
const EDGES: [u64; 14] = [
    0,
    1,
    2,
    3,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    0x7fff_ffff,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// Pieces of text that readers give a meaning to.
const TOKENS: &[&str] = &[
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "\"\"",
    "\n",
    "\r\n",
    "\r",
    "#",
    "sep=;\n",
    "\u{feff}",
    "1,5",
    "1.234,5",
    "-",
    "NA",
    "9e999",
    "<0.5",
    "12:30",
    "2024-02-30",
    "31.12.9999",
    "120/80",
    "3 x 4",
    "Total",
    "Summe;;",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "true",
    "\"a\":",
    "\\u0000",
    "\\ud800",
    "\\\"",
    "[[1,2],[3,4]]",
    "{\"a\":{\"0\":1}}",
    "1e400",
    "-0",
    "\0",
    "é",
    "\u{202e}",
    "P6\n",
    "(",
    ")",
    "'",
    "{'descr'",
    "True",
    "<f8",
    "<a>",
    "</a>",
    "<x v='1'/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE r [",
    "&a;",
    "&#x41;",
    "<?xml version='1.0' encoding='utf-16'?>",
    "<table:table-row",
    "number-columns-repeated=\"99999999\"",
    "r=\"XFD1048576\"",
    "=",
    "[[method]]\n",
    "seed = ",
    "\"method\"",
    "\u{0301}",
    "€",
    "1_000",
    "k",
    "%",
];

/// `from`, changed in a few places; parts of `other` may come in.
pub fn bytes(from: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = from.to_vec();
    for _ in 0..=chance.below(4) {
        change(&mut bytes, other, chance);
    }
    bytes.truncate(1 << 20);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let (at, length) = (chance.below(bytes.len() + 1), bytes.len());
    let end = (at + 1 + chance.below(32)).min(length);
    let at = at.min(end);
    match chance.below(10) {
        0 | 1 if at < length => bytes[at] ^= 1 << chance.below(8),
        2 if at < length => bytes[at] = chance.next() as u8,
        3 => {
            let width = [1, 2, 4, 8][chance.below(4)];
            let number = EDGES[chance.below(EDGES.len())].wrapping_add(chance.below(3) as u64);
            let mut number = number.to_le_bytes()[..width].to_vec();
            if chance.below(2) == 0 {
                number.reverse();
            }
            let end = (at + width).min(length);
            bytes.splice(at..end, number);
        }
        4 | 5 => {
            let token = TOKENS[chance.below(TOKENS.len())].bytes();
            let end = if chance.below(2) == 0 { at } else { end };
            bytes.splice(at..end, token);
        }
        6 => drop(bytes.drain(at..end)),
        7 => {
            let copy = bytes[at..end].repeat(1 + chance.below(8));
            bytes.splice(at..at, copy);
        }
        8 => {
            let start = chance.below(other.len() + 1);
            let part = other[start..(start + chance.below(256)).min(other.len())].to_vec();
            bytes.splice(at..end, part);
        }
        _ => bytes.truncate(if chance.below(4) == 0 { at } else { length }),
    }
}

/// A gzip of changed text, or the packed bytes changed.
pub fn packed(from: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut text = Vec::new();
    let sound = flate2::read::GzDecoder::new(from).take(1 << 20).read_to_end(&mut text).is_ok();
    if !sound || chance.below(3) == 0 {
        return bytes(from, other, chance);
    }
    gzip(&bytes(&text, b"a,b\n1,2\n", chance))
}

/// `bytes` as gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A zip archive with a changed part or a changed name, or the packed bytes changed.
pub fn zipped(from: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let Some(mut parts) = unzip(from).filter(|parts| !parts.is_empty()) else {
        return bytes(from, other, chance);
    };
    match chance.below(8) {
        0 => return bytes(from, other, chance),
        1 => {
            let place = chance.below(parts.len());
            parts.remove(place);
        }
        2 => {
            let (from, to) = (chance.below(parts.len()), chance.below(parts.len()));
            parts[to].1 = parts[from].1.clone();
        }
        _ => {
            let place = chance.below(parts.len());
            let (_, part) = &parts[place];
            let other = parts[chance.below(parts.len())].1.clone();
            parts[place].1 = bytes(part, &other, chance);
        }
    }
    zip(&parts)
}

fn unzip(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for i in 0..archive.len().min(64) {
        let part = archive.by_index(i).ok()?;
        let name = part.name().ok()?.into_owned();
        let mut content = Vec::new();
        part.take(1 << 20).read_to_end(&mut content).ok()?;
        parts.push((name, content));
    }
    Some(parts)
}

/// An archive of these parts.
pub fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        if writer.start_file(name.as_str(), options).is_ok() {
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A model file, changed behind a checksum that is right.
pub fn model(from: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    const MARK: &[u8] = br#"sha256\":\""#;
    let mut bytes = bytes(from, other, chance);
    let digits = bytes.windows(MARK.len()).position(|window| window == MARK).map(|at| at + MARK.len());
    let Some(at) = digits.filter(|at| at + 64 <= bytes.len()) else { return bytes };
    // The length of the header comes first.
    if let Some(end) = bytes.windows(3).rposition(|window| window == b"}} ") {
        let length = end as u64 + 2 - 8;
        if chance.below(4) > 0 && length < 1 << 20 {
            bytes[..8].copy_from_slice(&length.to_le_bytes());
        }
    }
    bytes[at..at + 64].fill(b'0');
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes[at..at + 64].copy_from_slice(digest.as_bytes());
    bytes
}
