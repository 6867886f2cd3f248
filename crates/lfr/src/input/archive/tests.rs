use std::io::Cursor;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use super::*;

/// A zip archive of files whose content is their name.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(name.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A tar archive of files whose content is their name.
fn tar(names: &[&str]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for name in names {
        let mut header = tar::Header::new_gnu();
        header.set_size(name.len() as u64);
        // The builder refuses names that lead out of the archive.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, name.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// The names and contents of the files in an archive.
fn read(bytes: &[u8]) -> Result<Vec<(String, String)>> {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    assert!(is_archive(file.path()).unwrap());
    let content = |file: walk::File| {
        let mut content = String::new();
        file.open().unwrap().read_to_string(&mut content).unwrap();
        (file.id, content)
    };
    Ok(files(file.path())?.into_iter().map(content).collect())
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn files_come_as_from_a_folder_whatever_the_archive() {
    let names =
        ["b.png", "a/z.png", "a/b/c.png", "A.png", ".x.png", "a/.y/z.png", "__MACOSX/a.png", "./d.png"];
    let tar = tar(&names);
    for archive in [zip(&names), gzip(&tar), tar] {
        let files = read(&archive).unwrap();
        let ids: Vec<&str> = files.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["A.png", "a/b/c.png", "a/z.png", "b.png", "d.png"]);
        assert!(files.iter().all(|(id, content)| content.trim_start_matches("./") == id), "{files:?}");
    }
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../a.png", "a/../../b.png", "/etc/passwd"] {
        assert!(refused(&zip(&[name])).contains("leads out of it"), "{name}");
        assert!(refused(&tar(&[name])).contains("leads out of it"), "{name}");
    }
}

#[test]
fn what_is_cut_short_is_refused() {
    let whole = tar(&["a.txt", "b.txt"]);
    assert!(refused(&whole[..1024 + 512 + 2]).contains("damaged archive"), "{}", refused(&whole[..1538]));
    let packed = gzip(&whole);
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &packed[..packed.len() - 9]).unwrap();
    assert!(files(file.path()).unwrap_err().to_string().contains("cut short"));
    let whole = zip(&["a.txt"]);
    assert!(refused(&whole[..whole.len() - 5]).contains("damaged zip"));
}

#[test]
fn a_bomb_is_refused_before_anything_is_unpacked() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"x").unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    // The declared size, in the list at the end of the archive.
    let at = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap() + 24;
    bytes[at..at + 4].copy_from_slice(&(2_u32 << 30).to_le_bytes());
    assert!(refused(&bytes).contains("unpack to more than 250 times"));
}

#[test]
fn a_file_longer_than_declared_does_not_pass() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    zip.write_all(&[b'x'; 100_000]).unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    let at = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap() + 24;
    bytes[at..at + 4].copy_from_slice(&9_u32.to_le_bytes());
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let mut content = Vec::new();
    let read = files(file.path()).unwrap()[0].open().unwrap().read_to_end(&mut content);
    assert!(read.is_err_and(|e| e.to_string().contains("checksum")) && content.len() <= 9);
}

#[test]
fn links_are_out_of_reach() {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "a.png", "/etc/passwd").unwrap();
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), tar.into_inner().unwrap()).unwrap();
    let files = files(file.path()).unwrap();
    assert!(files[0].open().err().unwrap().to_string().contains("a link"));
}

#[test]
fn a_long_name_of_a_tar_archive_is_bounded() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(8 << 20);
    header.set_cksum();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append(&header, io::repeat(b'a').take(8 << 20)).unwrap();
    tar.append_data(&mut tar::Header::new_gnu(), "b.png", io::empty()).unwrap();
    assert!(refused(&tar.into_inner().unwrap()).contains("name in it is too long"));
}

#[test]
fn of_two_files_with_one_name_the_later_counts() {
    let mut tar = tar::Builder::new(Vec::new());
    for content in ["old", "new"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        tar.append_data(&mut header, "a.txt", content.as_bytes()).unwrap();
    }
    assert_eq!(read(&tar.into_inner().unwrap()).unwrap(), [("a.txt".into(), "new".into())]);
}
