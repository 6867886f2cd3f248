//! Damaged and made-up bytes for everything that reads bytes from outside: none may cause a panic, and none more work
//! than its size is worth.
//!
//! Every target starts from sound inputs, changes them at random and keeps those that lead to an answer not seen before.
//! The same seed gives the same inputs. In the test suite a target runs for a second; longer with
//!
//! ```text
//! LFR_FUZZ_SECONDS=3600 cargo test --release -p lfr --test fuzz -- --nocapture --test-threads=1 parquet
//! ```
//!
//! `LFR_FUZZ_SEED` sets other seeds, `LFR_FUZZ_KEEP` the folder for inputs that fail. In a run of more than a minute inputs
//! that take over ten seconds or 2 GiB fail too. An input that was found to fail belongs into `found/TARGET`, where every run
//! begins.

mod mutate;
mod seeds;
mod targets;

use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutate::Chance;
use targets::Target;

/// Inputs kept because they led to a new answer, at most.
const KEPT: usize = 2000;
/// A run from which on time and memory count.
const LONG: Duration = Duration::from_secs(60);
/// Longest time for one input.
const SLOW: Duration = Duration::from_secs(10);
/// Most memory for one input, in KiB.
const LARGE: u64 = 2 << 20;

/// A number from the environment.
fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The most memory that this process took since the last call, in KiB; 0 where that is not told.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    let _ = fs::write("/proc/self/clear_refs", "5");
    peak.unwrap_or(0)
}

/// Runs a target for as long as is asked for.
fn fuzz(target: &Target) {
    let length = Duration::from_secs(setting("LFR_FUZZ_SECONDS", 1));
    let folder = tempfile::tempdir().unwrap();
    let mut run = Run {
        target,
        path: folder.path().join(target.file),
        long: length >= LONG,
        answers: HashSet::new(),
        failures: Vec::new(),
        count: 0,
    };
    let mut corpus = seeds::found(target.name);
    corpus.extend((target.seeds)());
    assert!(!corpus.is_empty());
    let sound = corpus.len();
    for input in &corpus {
        run.answers_anew(input);
    }
    let mut chance = Chance::new(target.name, setting("LFR_FUZZ_SEED", 0));
    let start = Instant::now();
    while start.elapsed() < length && run.failures.len() < 20 {
        let from = &corpus[chance.below(corpus.len())];
        let other = &corpus[chance.below(corpus.len())];
        let input = (target.change)(from, other, &mut chance);
        if run.answers_anew(&input) {
            if corpus.len() < KEPT {
                corpus.push(input);
            } else {
                let place = sound + chance.below(KEPT - sound);
                corpus[place] = input;
            }
        }
    }
    println!(
        "{}: {} inputs in {} s, {} different answers, {} failures",
        target.name,
        run.count,
        start.elapsed().as_secs(),
        run.answers.len(),
        run.failures.len()
    );
    assert!(run.failures.is_empty(), "{}: {}", target.name, run.failures.join("\n"));
}

/// A run of a target.
struct Run<'a> {
    target: &'a Target,
    /// Where the input is written.
    path: PathBuf,
    long: bool,
    answers: HashSet<String>,
    failures: Vec<String>,
    count: usize,
}

impl Run<'_> {
    /// Whether the answer to `input` was not seen before.
    fn answers_anew(&mut self, input: &[u8]) -> bool {
        fs::write(&self.path, input).unwrap();
        let start = Instant::now();
        let answer = catch_unwind(AssertUnwindSafe(|| (self.target.read)(&self.path, input)));
        self.count += 1;
        let problem = match &answer {
            Err(_) => Some("a panic".to_owned()),
            Ok(_) if self.long && start.elapsed() > SLOW => Some(format!("{} s", start.elapsed().as_secs())),
            Ok(_) if self.long => {
                Some(peak()).filter(|&peak| peak > LARGE).map(|peak| format!("{} MiB", peak >> 10))
            }
            Ok(_) => None,
        };
        if let Some(problem) = problem {
            self.failures.push(format!("{problem}: {}", keep(self.target.name, input).display()));
        }
        answer.is_ok_and(|answer| self.answers.insert(kind(&answer)))
    }
}

/// An answer without its numbers and names, so that answers of one kind are the same.
fn kind(answer: &str) -> String {
    let mut kind = String::new();
    let mut quoted = false;
    for c in answer.chars().take(300) {
        quoted ^= c == '`';
        let c = if c.is_ascii_digit() { '0' } else { c };
        if !(quoted || c == '0' && kind.ends_with('0')) {
            kind.push(c);
        }
    }
    kind
}

/// Keeps an input that failed.
fn keep(name: &str, input: &[u8]) -> PathBuf {
    let folder = std::env::var_os("LFR_FUZZ_KEEP")
        .map_or_else(|| std::env::temp_dir().join("lfr-fuzz"), PathBuf::from);
    let digest = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = folder.join(name).join(format!("{digest:016x}"));
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
    fs::write(&path, input).unwrap();
    path
}

/// One test for each target.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                fuzz(targets::named(stringify!($name)));
            }
        )*
        #[test]
        fn every_target_is_a_test() {
            let tests = [$(stringify!($name)),*];
            let targets: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
            assert_eq!(targets, tests);
        }
    };
}

tests!(
    npy,
    npz,
    idx,
    csv,
    packed,
    jsonl,
    json,
    xml,
    parquet,
    workbook,
    old_workbook,
    opendocument,
    picture,
    text,
    lines,
    tar,
    archive,
    model,
    scores,
    scores_parquet,
    labels,
    grid,
    record,
);
