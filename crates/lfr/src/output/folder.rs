//! The folder of a run, written in full or not at all.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::durable::{parent, permit, prefix, sync_folder};
use crate::error::{Error, Result};

/// An output folder in the making. Files are written into a temporary folder beside it, which takes its name when
/// all are there. Dropped before, it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    /// As the user wrote it.
    given: PathBuf,
    target: PathBuf,
    temporary: TempDir,
    force: bool,
}

impl OutputFolder {
    /// Prepares the folder `target`. With `force`, one that is there already will be replaced, provided that it holds
    /// nothing but what an earlier run wrote.
    ///
    /// # Errors
    /// [`Error::Exists`] when there is something at `target` and no `force`; [`Error::Input`] when it holds other
    /// things; [`Error::Io`] when the folder around it cannot be written.
    pub fn create(given: &Path, force: bool) -> Result<Self> {
        let given = given.to_owned();
        let target = std::path::absolute(&given).map_err(|e| Error::io("create", &given, e))?;
        if exists(&target)? {
            if !force {
                return Err(Error::Exists { path: given });
            }
            check_replaceable(&target)?;
        }
        let prefix = prefix(&target);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        permit(&mut builder, 0o777);
        let temporary = builder.tempdir_in(parent(&target)).map_err(|e| Error::io("create", &target, e))?;
        Ok(Self { given, target, temporary, force })
    }

    /// Where to write a file called `name`. The names are those of [`OutputFolder::NAMES`].
    pub fn file(&self, name: &str) -> PathBuf {
        debug_assert!(Self::NAMES.contains(&name));
        self.temporary.path().join(name)
    }

    /// Every name that a run may give to a file in its folder.
    pub const NAMES: [&str; 6] =
        ["scores.csv", "scores.jsonl", "scores.parquet", "model.safetensors", "report.html", "run.json"];

    /// Gives the folder its name and returns its path.
    ///
    /// # Errors
    /// [`Error::Exists`] or [`Error::Io`] when something came into its place or the disk refuses.
    pub fn commit(self) -> Result<PathBuf> {
        let Self { given, target, temporary, force } = self;
        let failed = |e| Error::io("create", &target, e);
        sync_folder(temporary.path())?;
        let old = match exists(&target)? {
            true if !force => return Err(Error::Exists { path: given }),
            true => {
                check_replaceable(&target)?;
                let old = temporary.path().with_extension("old");
                fs::rename(&target, &old).map_err(failed)?;
                Some(old)
            }
            false => None,
        };
        if let Err(error) = fs::rename(temporary.path(), &target) {
            if let Some(old) = &old {
                fs::rename(old, &target).map_err(failed)?;
            }
            return Err(failed(error));
        }
        // Its content has moved, so there is nothing left to delete.
        let _ = temporary.keep();
        if let Some(old) = old {
            fs::remove_dir_all(&old).map_err(|e| Error::io("remove", &old, e))?;
        }
        sync_folder(parent(&target))?;
        Ok(target)
    }
}

fn exists(target: &Path) -> Result<bool> {
    match target.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("create", target, error)),
    }
}

/// Refuses to delete what no run wrote.
fn check_replaceable(target: &Path) -> Result<()> {
    let failed = |e| Error::io("replace", target, e);
    for entry in fs::read_dir(target).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if !OutputFolder::NAMES.iter().any(|ours| name == OsStr::new(ours)) {
            let problem = format!(
                "--force does not replace it, because it holds {}, which lfr did not write",
                name.display()
            );
            return Err(Error::input(target, problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in `folder`, sorted.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn write(target: &Path, force: bool, file: &str) -> Result<PathBuf> {
        let folder = OutputFolder::create(target, force)?;
        fs::write(folder.file(file), file).unwrap();
        folder.commit()
    }

    #[test]
    fn a_folder_appears_as_a_whole() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("out");
        let folder = OutputFolder::create(&target, false).unwrap();
        fs::write(folder.file("run.json"), "{}").unwrap();
        assert!(!target.exists());
        assert_eq!(folder.commit().unwrap(), target);
        assert_eq!((names(place.path()), names(&target)), (vec!["out".into()], vec!["run.json".to_string()]));
    }

    #[test]
    fn nothing_is_left_of_one_that_is_given_up() {
        let place = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(&place.path().join("out"), false).unwrap();
        fs::write(folder.file("run.json"), "{}").unwrap();
        drop(folder);
        assert!(names(place.path()).is_empty());
    }

    #[test]
    fn an_old_folder_needs_force_and_goes_as_a_whole() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("out");
        write(&target, false, "scores.csv").unwrap();
        assert!(matches!(write(&target, false, "run.json"), Err(Error::Exists { .. })));
        assert_eq!(names(&target), ["scores.csv"]);
        write(&target, true, "run.json").unwrap();
        assert_eq!((names(place.path()), names(&target)), (vec!["out".into()], vec!["run.json".to_string()]));
    }

    #[test]
    fn force_never_deletes_what_is_not_ours() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("out");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("thesis.tex"), "years").unwrap();
        let message = write(&target, true, "run.json").unwrap_err().to_string();
        assert!(message.contains("it holds thesis.tex"), "{message}");
        assert_eq!(names(&target), ["thesis.tex"]);
        fs::write(place.path().join("file"), "").unwrap();
        assert!(matches!(write(&place.path().join("file"), true, "run.json"), Err(Error::Io { .. })));
    }

    #[test]
    fn one_that_appears_meanwhile_is_not_overwritten() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("out");
        let folder = OutputFolder::create(&target, false).unwrap();
        write(&target, false, "scores.csv").unwrap();
        assert!(matches!(folder.commit(), Err(Error::Exists { .. })));
        assert_eq!(
            (names(place.path()), names(&target)),
            (vec!["out".into()], vec!["scores.csv".to_string()])
        );
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let message = write(Path::new("/proc/out"), false, "run.json").unwrap_err().to_string();
        assert!(message.starts_with("cannot create /proc/out: "), "{message}");
        let message = write(Path::new("/nowhere/out"), false, "run.json").unwrap_err().to_string();
        assert!(message.starts_with("cannot create /nowhere/out: "), "{message}");
    }
}
