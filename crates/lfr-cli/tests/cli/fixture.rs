//! A folder to work in and the program to work with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A temporary folder that the program runs in.
pub struct Place(TempDir);

/// What a run left.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Data.
    pub stdout: String,
    /// Messages.
    pub stderr: String,
}

impl Place {
    /// An empty one.
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// One with the file `name`.
    pub fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.write(name, content);
        place
    }

    /// Writes the file `name`.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// The text of the file `name`.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Where the file `name` is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        names(self.0.path())
    }

    /// Checks that two runs left the same scores and model, byte for byte.
    pub fn assert_same_results(&self, one: &str, two: &str) {
        for file in ["scores.csv", "model.safetensors"] {
            let read = |folder: &str| std::fs::read(self.path(folder).join(file)).unwrap();
            assert!(read(one) == read(two), "{file}");
        }
    }

    /// The identifiers of the items that `lfr rank` ranks by `line`, most anomalous first, and what was said.
    pub fn ranking(&self, line: &str) -> (Vec<String>, String) {
        let run = self.lfr(&format!("rank {line} -o out --no-report --force"));
        let said = run.stderr.clone();
        run.ok();
        let scores = self.read("out/scores.csv");
        let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut rows: Vec<_> = scores.lines().skip(1).map(fields).collect();
        rows.sort_by_key(|fields| fields[2].parse::<usize>().unwrap());
        (rows.into_iter().map(|mut fields| fields.swap_remove(0)).collect(), said)
    }

    /// Runs `lfr` with the words of `line`, which are separated by single spaces.
    pub fn lfr(&self, line: &str) -> Run {
        self.command(line).output().unwrap().into()
    }

    /// `lfr` with the words of `line`, not yet run.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lfr"));
        command.current_dir(self.0.path()).env_clear().args(line.split(' ').filter(|word| !word.is_empty()));
        command
    }
}

/// The names in `folder`, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("ended by itself");
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Run {
    /// Stdout of a run that went well.
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// Checks that the run was refused for a reason that the user can fix, in words that hold `message`, and
    /// printed no data.
    pub fn refused(self, message: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{self:?}");
        assert!(self.stderr.contains(message), "{message:?} is not in {:?}", self.stderr);
        let told = |line: &str| line.starts_with("lfr: ") || line.starts_with("error: ");
        assert!(self.stderr.lines().any(told), "{self:?}");
    }
}
