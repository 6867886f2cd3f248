//! `lfr data`: what is there, whether it is right, and how it is fetched.

use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use crate::fixture::{Place, Run, names};
use crate::mnist;

const FETCH: &str = "data fetch fashion-mnist --data-dir data";

/// The four files of Fashion-MNIST.
const FILES: [&str; 4] = [
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
];

#[test]
fn data_sets_are_listed_with_their_places() {
    let place = Place::new();
    mnist::lay(&place.path("data/mnist"));
    let text = place.lfr("data list --data-dir data").ok();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[6]), (7, "looked in data"));
    for name in ["fashion-mnist", "mnist", "cifar10", "caltech101", "20news", "reuters"] {
        let line = lines.iter().find(|line| line.split(' ').next() == Some(name)).unwrap();
        let found = if name == "mnist" { "data/mnist" } else { "not found" };
        assert!(line.contains(found), "{line}");
    }
    let other = place.command("data list").env("LFR_DATA_DIR", "data").output().unwrap();
    assert_eq!(Run::from(other).ok(), text);
}

#[test]
fn verify_tells_the_state_of_every_file() {
    let place = Place::new();
    mnist::lay(&place.path("data/mnist"));
    place.write("data/mnist/train-labels-idx1-ubyte.gz", "damaged");
    let run = place.lfr("data verify mnist --data-dir data");
    assert_eq!(run.code, 2, "{run:?}");
    for (file, state) in [
        ("train-images-idx3-ubyte.gz", "missing"),
        ("train-labels-idx1-ubyte.gz", "DAMAGED"),
        ("t10k-images-idx3-ubyte.gz", "present, no digest known"),
        ("t10k-labels-idx1-ubyte.gz", "present, no digest known"),
    ] {
        assert!(run.stdout.contains(&format!("{file}: {state}\n")), "{run:?}");
    }
    assert!(run.stderr.contains("data/mnist/train-images-idx3-ubyte.gz: missing or damaged"), "{run:?}");
    place.lfr("data verify imagenet").refused("unknown data set; known are fashion-mnist, mnist");
    place.lfr("data fetch imagenet").refused("unknown data set");
}

/// A proxy on this machine: `answer` gives the body of the file it is asked for, and there is no way to HTTPS.
pub fn proxy(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|stream| serve(stream, &answer));
        }
    });
    address
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str) -> Vec<u8>) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    // The first line of a request; those up to the empty one are passed over.
    let mut request = || {
        lines
            .by_ref()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .fold(String::new(), |first, line| if first.is_empty() { line } else { first })
    };
    if !request().contains(":80 ") {
        return stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let asked = request();
    let body = answer(asked.split(' ').nth(1).and_then(|url| url.rsplit('/').next()).unwrap_or_default());
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body)
}

/// Fetches Fashion-MNIST through `proxy`.
fn fetch(place: &Place, proxy: &str) -> Run {
    place.command(FETCH).env("ALL_PROXY", proxy).output().unwrap().into()
}

#[test]
fn a_download_with_a_wrong_digest_is_kept_aside_and_not_used() {
    let place = Place::new();
    let run = fetch(&place, &proxy(|_| b"something else".to_vec()));
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
    let file = "train-images-idx3-ubyte.gz";
    assert!(run.stderr.contains(&format!("cannot download data/fashion-mnist/{file}: ")), "{run:?}");
    assert!(run.stderr.contains("the digest is wrong (kept as data/fashion-mnist/"), "{run:?}");
    assert_eq!(place.read(&format!("data/fashion-mnist/{file}.bad")), "something else");
    assert!(!place.path("data/fashion-mnist").join(file).exists());
}

#[test]
fn without_a_network_every_source_is_named() {
    let place = Place::new();
    let run = fetch(&place, "http://127.0.0.1:1");
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
    for part in ["http://fashion-mnist.s3", "https://github.com/", "try again later, or put it there by hand"]
    {
        assert!(run.stderr.contains(part), "{run:?}");
    }
}

/// Where the real files of Fashion-MNIST are, or `None`, loudly.
fn originals() -> Option<PathBuf> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/datasets");
    let folder = PathBuf::from(std::env::var_os("LFR_DATA_DIR").unwrap_or_else(|| shared.into()));
    let folder = folder.join("fashion-mnist");
    let found = FILES.iter().all(|file| folder.join(file).is_file());
    if !found {
        eprintln!("SKIPPED: fashion-mnist is not in {}; set LFR_DATA_DIR to test on it", folder.display());
    }
    found.then_some(folder)
}

#[test]
fn what_is_missing_is_fetched_and_the_rest_left_alone() {
    let Some(originals) = originals() else { return };
    let place = Place::new();
    let folder = place.path("data/fashion-mnist");
    std::fs::create_dir_all(&folder).unwrap();
    for file in &FILES[1..] {
        std::fs::copy(originals.join(file), folder.join(file)).unwrap();
    }
    std::fs::write(folder.join(FILES[1]), "damaged").unwrap();
    let run = fetch(
        &place,
        &proxy(move |file| {
            assert!(FILES[..2].contains(&file), "{file} was there");
            std::fs::read(originals.join(file)).unwrap()
        }),
    );
    assert_eq!(run.ok().matches(": original\n").count(), 4);
    assert_eq!(std::fs::read(folder.join("t10k-labels-idx1-ubyte.gz.bad")).unwrap(), b"damaged");
    assert_eq!(names(&folder).len(), 5);
    place.lfr("data verify fashion-mnist --data-dir data").ok();
    assert_eq!(fetch(&place, "http://127.0.0.1:1").code, 0, "asked the network for what is there");
}
