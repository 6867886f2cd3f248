//! Archives, good and malicious.

use std::io::Write;
use std::path::PathBuf;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use tar::{EntryType, Header};

use super::*;

const SMALL: Limits = Limits { bytes: 20_000, entries: 4 };

fn entry(name: &str, kind: EntryType, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    if kind != EntryType::Regular {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    let mut bytes = [header.as_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    entry(name, EntryType::Regular, content)
}

fn tar(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(path: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    members(
        path,
        SMALL,
        &|name| !name.ends_with(".skip") && !name.starts_with("__"),
        &mut |name, content| {
            found.push((name.to_owned(), content));
            Ok(())
        },
    )?;
    Ok(found)
}

/// What is read from a file called `name` with these bytes.
fn members_of(name: &str, bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

#[test]
fn the_same_members_come_out_of_every_kind() {
    let expected = [("a/1".to_owned(), b"one".to_vec()), ("a/2".to_owned(), b"two".to_vec())];
    let archive = tar(&[file("a/1", b"one"), file("./a/2", b"two"), file("b.skip", b"no")]);
    assert_eq!(members_of("x.tar", &archive).unwrap(), expected);
    assert_eq!(members_of("x.tar.gz", &gz(&archive)).unwrap(), expected);
    assert_eq!(
        members_of("x.zip", &zip(&[("a/1", b"one"), ("a/2", b"two"), ("b.skip", b"")])).unwrap(),
        expected
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("a")).unwrap();
    std::fs::write(folder.path().join("a/2"), "two").unwrap();
    std::fs::write(folder.path().join("a/1"), "one").unwrap();
    assert_eq!(read(folder.path()).unwrap(), expected);
}

#[test]
fn archives_in_a_zip_are_read_too() {
    let inner = gz(&tar(&[file("a/1", b"one")]));
    let entries: [(&str, &[u8]); 2] = [("__MACOSX/c/._inner.tar.gz", b"notes"), ("c/inner.tar.gz", &inner)];
    let found = members_of("x.zip", &zip(&entries)).unwrap();
    assert_eq!(found, [("a/1".to_owned(), b"one".to_vec())]);
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../x", "a/../../x", "/etc/x"] {
        let problem = members_of("x.tar", &tar(&[file(name, b"x")])).unwrap_err().to_string();
        assert!(problem.contains("leads out of the archive") && problem.contains(name), "{problem}");
        let problem = members_of("x.zip", &zip(&[(name, b"x")])).unwrap_err().to_string();
        assert!(problem.contains("leads out of the archive"), "{problem}");
    }
}

#[test]
fn links_and_devices_are_refused() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo] {
        let problem = members_of("x.tar", &tar(&[entry("a", kind, b"")])).unwrap_err().to_string();
        assert!(problem.contains("neither a file nor a folder"), "{problem}");
    }
    let mut writer = ::zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    writer.add_symlink("a", "/etc/passwd", ::zip::write::SimpleFileOptions::default()).unwrap();
    let problem = members_of("x.zip", &writer.finish().unwrap().into_inner()).unwrap_err().to_string();
    assert!(problem.contains("is a link"), "{problem}");
}

#[test]
fn bombs_stop_at_the_limits() {
    let bomb = vec![0; 30_000];
    let inner = gz(&tar(&[file("a", &bomb)]));
    for (name, bytes) in [
        ("x.tar.gz", inner.clone()),
        ("x.tar.gz", gz(&tar(&[file("b.skip", &bomb)]))),
        ("x.zip", zip(&[("a", &bomb)])),
        ("x.zip", zip(&[("a", &bomb[..15_000]), ("b", &bomb[..15_000])])),
        ("x.zip", zip(&[("inner.tar.gz", &inner)])),
    ] {
        let error = members_of(name, &bytes).unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 20_000, .. }), "{error}");
    }
    assert_eq!(members_of("x.zip", &zip(&[("a", &bomb[..20_000])])).unwrap().len(), 1);
    let five = ["1", "2", "3", "4", "5"].map(|name| file(name, b""));
    assert!(matches!(members_of("x.tar", &tar(&five)), Err(Error::TooLarge { limit: 4, .. })));
    assert_eq!(members_of("x.tar", &tar(&five[..4])).unwrap().len(), 4);
}

#[test]
fn cut_off_and_foreign_files_are_named() {
    let archive = gz(&tar(&[file("a", &[7; 5000])]));
    for (name, bytes) in [
        ("x.tar.gz", &archive[..archive.len() / 2]),
        ("x.tar.gz", b"<html>404</html>"),
        ("x.tar", &tar(&[file("a", &[7; 5000])])[..3000]),
        ("x.zip", b"PK\x03\x04 cut"),
    ] {
        let problem = members_of(name, bytes).unwrap_err().to_string();
        assert!(problem.contains(name) && problem.contains("damaged or cut short"), "{problem}");
    }
    let absent = read(Path::new("/nonexistent/x.tar")).unwrap_err();
    assert!(matches!(absent, Error::Io { .. }));
}

proptest! {
    #[test]
    fn a_flipped_byte_is_read_or_refused(at in 0usize..2048, flip in 1u8..) {
        let mut archive = tar(&[file("a/1", b"one")]);
        archive.truncate(2048);
        archive[at] ^= flip;
        let _ = members_of("x.tar", &archive);
        let mut packed = zip(&[("a", b"one")]);
        let at = at % packed.len();
        packed[at] ^= flip;
        let _ = members_of("x.zip", &packed);
    }
}
