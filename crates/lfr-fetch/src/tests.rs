//! Downloads from a local server that misbehaves.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use lfr::dataset::{Digest, Name, State, verify};
use sha2::{Digest as _, Sha256};

use super::*;

/// Answers each connection by `answer(number of the request, first byte asked for)`: head lines and body.
/// Tells of each request's first byte.
fn serve(answer: impl Fn(usize, usize) -> (String, Vec<u8>) + Send + 'static) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let start = range_asked(&stream);
            let (head, body) = answer(number, start);
            let _ = write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(&body);
            if tell.send(start).is_err() {
                return;
            }
        }
    });
    (url, told)
}

fn range_asked(stream: &TcpStream) -> usize {
    let lines = BufReader::new(stream).lines().map_while(|line| line.ok().filter(|line| !line.is_empty()));
    let range =
        lines.filter_map(|line| Some(line.to_lowercase().strip_prefix("range: bytes=")?.to_owned())).last();
    range.map_or(0, |range| range.trim_end_matches('-').parse().unwrap())
}

fn content() -> Vec<u8> {
    (0..100_000u32).flat_map(|i| i.wrapping_mul(i).to_le_bytes()).collect()
}

fn remote() -> Remote {
    let digest = Digest::Sha256(
        Sha256::digest(content()).iter().map(|byte| format!("{byte:02x}")).collect::<String>().leak(),
    );
    Remote { file: "file", urls: &[], digest, limit: 500_000, unpacked: None }
}

fn ok(body: Vec<u8>) -> (String, Vec<u8>) {
    (format!("200 OK\r\nContent-Length: {}", body.len()), body)
}

/// What a good server answers.
fn honest(_: usize, start: usize) -> (String, Vec<u8>) {
    let rest = content()[start..].to_vec();
    if start == 0 {
        return ok(rest);
    }
    let (last, total) = (content().len() - 1, content().len());
    let range = format!("Content-Range: bytes {start}-{last}/{total}\r\nContent-Length: {}", rest.len());
    (format!("206 Partial Content\r\n{range}"), rest)
}

/// A good answer that breaks off after `most` bytes.
fn cut(most: usize, (head, mut body): (String, Vec<u8>)) -> (String, Vec<u8>) {
    body.truncate(most);
    (head, body)
}

struct Case {
    _folder: tempfile::TempDir,
    target: PathBuf,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Case { target: folder.path().join("file"), _folder: folder }
    }

    fn download(&self, urls: &[&str]) -> Result<()> {
        let urls: Vec<_> = urls.iter().map(|&url| url.to_owned()).collect();
        download(&remote(), &urls, &self.target, &mut |_| Ok(()))
    }

    fn assert_good(&self) {
        assert_eq!(fs::read(&self.target).unwrap(), content());
        assert!(!self.target.with_extension("part").exists());
    }

    /// The error of a download that must leave no file.
    fn problem(&self, urls: &[&str]) -> String {
        let problem = self.download(urls).unwrap_err().to_string();
        assert!(!self.target.exists());
        problem
    }

    fn bad(&self) -> Option<Vec<u8>> {
        fs::read(self.target.with_extension("bad")).ok()
    }
}

#[test]
fn a_file_in_a_folder_of_its_own_is_brought_once_and_a_wrong_one_kept_aside() {
    let (url, told) = serve(honest);
    let folder = tempfile::tempdir().unwrap();
    let urls: &'static [&'static str] = Box::leak(Box::new([&*url.leak()]));
    let remote = Remote { file: "onnx/file", urls, ..remote() };
    let target = folder.path().join("onnx/file");
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(&target, "damaged").unwrap();
    for _ in 0..2 {
        bring(&remote, folder.path(), &mut |_| Ok(())).unwrap();
        assert_eq!(fs::read(&target).unwrap(), content());
    }
    assert_eq!(fs::read(target.with_extension("bad")).unwrap(), b"damaged");
    assert_eq!(told.try_iter().count(), 1);
}

#[test]
fn a_good_server_and_a_progress_that_grows() {
    let case = Case::new();
    let (url, _told) = serve(honest);
    let mut seen = Vec::new();
    let mut note = |progress: Progress<'_>| {
        assert_eq!((progress.file, progress.total), ("file", Some(400_000)));
        seen.push(progress.done);
        Ok(())
    };
    download(&remote(), &[url], &case.target, &mut note).unwrap();
    case.assert_good();
    assert!(seen[0] == 0 && seen.is_sorted() && seen.last() == Some(&400_000));
}

#[test]
fn a_server_that_breaks_off_is_asked_for_the_rest() {
    let case = Case::new();
    let (url, told) = serve(|number, start| cut(90_000, honest(number, start)));
    case.download(&[&url]).unwrap();
    case.assert_good();
    assert_eq!(told.try_iter().take(4).collect::<Vec<_>>(), [0, 90_000, 180_000, 270_000]);
}

#[test]
fn an_interrupted_download_is_resumed_by_the_next_call() {
    let case = Case::new();
    let (url, told) = serve(honest);
    let mut stop = |progress: Progress<'_>| if progress.done > 0 { Err(Error::Interrupted) } else { Ok(()) };
    let stopped = download(&remote(), std::slice::from_ref(&url), &case.target, &mut stop);
    assert!(matches!(stopped, Err(Error::Interrupted)) && !case.target.exists());
    let kept = fs::metadata(case.target.with_extension("part")).unwrap().len();
    case.download(&[&url]).unwrap();
    case.assert_good();
    assert_eq!(told.iter().take(2).collect::<Vec<_>>(), [0, kept as usize]);
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let case = Case::new();
    let (url, _told) = serve(|number, _| if number == 0 { cut(90_000, honest(0, 0)) } else { honest(0, 0) });
    case.download(&[&url]).unwrap();
    case.assert_good();
    let (url, told) = serve(|_, _| cut(90_000, honest(0, 0)));
    let case = Case::new();
    assert!(case.problem(&[&url]).contains("it broke off"));
    assert_eq!(told.try_iter().count(), 1 + FUTILE as usize);
}

#[test]
fn a_server_that_resumes_elsewhere_or_not_at_all_starts_over() {
    for head in
        ["206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5", "416 Not Satisfiable"]
    {
        let case = Case::new();
        let (url, told) = serve(move |number, start| match number {
            0 => cut(90_000, honest(0, 0)),
            1 => (head.to_owned(), b"12345".to_vec()),
            _ => honest(0, start),
        });
        case.download(&[&url]).unwrap();
        case.assert_good();
        assert_eq!(told.iter().take(3).collect::<Vec<_>>(), [0, 90_000, 0]);
    }
}

#[test]
fn wrong_bytes_are_kept_aside_and_the_mirror_asked() {
    let case = Case::new();
    let (wrong, _told) = serve(|_, _| ok(vec![7; 400_000]));
    let (right, _told) = serve(honest);
    assert!(case.problem(&[&wrong]).contains("the digest is wrong (kept as"));
    assert_eq!(case.bad(), Some(vec![7; 400_000]));
    case.download(&[&wrong, &right]).unwrap();
    case.assert_good();
}

#[test]
fn a_wrong_start_from_an_earlier_try_is_thrown_away() {
    let case = Case::new();
    fs::write(case.target.with_extension("part"), vec![7; 1000]).unwrap();
    let (url, told) = serve(honest);
    case.download(&[&url]).unwrap();
    case.assert_good();
    assert_eq!(told.iter().take(2).collect::<Vec<_>>(), [1000, 0]);
}

#[test]
fn a_whole_part_needs_no_server() {
    let case = Case::new();
    fs::write(case.target.with_extension("part"), content()).unwrap();
    case.download(&["http://127.0.0.1:1/"]).unwrap();
    case.assert_good();
}

#[test]
fn lies_about_sizes_do_no_harm() {
    let lie =
        |length: &'static str| serve(move |_, _| (format!("200 OK\r\nContent-Length: {length}"), content()));
    let case = Case::new();
    let (longer, _told) = lie("400001");
    case.download(&[&longer]).unwrap();
    case.assert_good();
    for (length, part) in [
        ("399999", "digest is wrong"),
        ("0", "digest is wrong"),
        ("500001", "offers 500001 bytes, the limit is 500000"),
        ("18446744073709551615", "the limit is 500000"),
        ("many", ""),
    ] {
        let (url, _told) = lie(length);
        let problem = Case::new().problem(&[&url]);
        assert!(problem.contains(part), "{length}: {problem}");
    }
    let (endless, _told) = serve(|_, _| ("200 OK".to_owned(), vec![0; 600_000]));
    let case = Case::new();
    assert!(case.problem(&[&endless]).contains("sends more than 500000 bytes"));
    assert_eq!(fs::metadata(case.target.with_extension("part")).unwrap().len(), 0);
}

#[test]
fn refusals_redirect_loops_and_silence_are_named() {
    let case = Case::new();
    let (gone, _told) = serve(|_, _| ("404 Not Found\r\nContent-Length: 0".to_owned(), vec![]));
    let (round, told) =
        serve(|_, _| ("302 Found\r\nLocation: /file\r\nContent-Length: 0".to_owned(), vec![]));
    let (garbage, _told) = serve(|_, _| ("what?".to_owned(), vec![]));
    let nobody = "http://127.0.0.1:1/file";
    let problem = case.problem(&[&gone, &round, &garbage, nobody]);
    assert!(problem.contains("it answered 404") && problem.contains("put it there by hand"), "{problem}");
    assert!([&gone, &round, &garbage, nobody].iter().all(|url| problem.contains(*url)), "{problem}");
    assert!(told.try_iter().count() <= 6);
}

#[test]
fn two_downloads_of_one_file_do_not_mix() {
    let case = Case::new();
    let _first = Partial::open(&case.target, remote().digest).unwrap();
    assert!(case.problem(&[]).contains("another process"));
}

#[test]
fn what_is_there_is_not_fetched_again_and_what_is_wrong_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cifar-10/cifar-10-binary.tar.gz");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::create_dir(file.with_extension("gz.part")).unwrap();
    fs::write(&file, "not the archive").unwrap();
    // the folder in place of the part file ends it before the network is asked
    let problem = crate::dataset(Name::Cifar10, folder.path(), &mut |_| Ok(())).unwrap_err();
    assert!(matches!(problem, Error::Io { .. }), "{problem}");
    assert_eq!(fs::read(file.with_extension("gz.bad")).unwrap(), b"not the archive");
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/datasets");
    let shared = PathBuf::from(std::env::var_os("LFR_DATA_DIR").unwrap_or_else(|| shared.into()));
    let there = verify(Name::Reuters, &shared)
        .is_ok_and(|files| files.iter().all(|file| file.state == State::Original));
    if !there {
        eprintln!("SKIPPED: Reuters is not in {}; set LFR_DATA_DIR to test on it", shared.display());
        return;
    }
    let mut never = |_: Progress<'_>| -> Result<()> { panic!("asked the network") };
    assert_eq!(crate::dataset(Name::Reuters, &shared, &mut never).unwrap().len(), 1);
}
