//! The folder of a run, written in full or not at all.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::file::{parent, sync_folder};
use super::temporary::{self, Hold};
use crate::error::{Error, Result};

/// An output folder in the making. Files are written into a temporary folder beside it, which takes its name when
/// all are there. Dropped before, it leaves nothing behind; killed before, it is removed by the next run for this folder.
#[derive(Debug)]
pub struct OutputFolder {
    /// As the user wrote it.
    given: PathBuf,
    target: PathBuf,
    temporary: TempDir,
    hold: Hold,
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
        restore(&target)?;
        if exists(&target)? {
            if !force {
                return Err(Error::Exists { path: given });
            }
            check_replaceable(&target)?;
        }
        let (temporary, hold) = temporary::folder(&target).map_err(|e| Error::io("create", &target, e))?;
        Ok(Self { given, target, temporary, hold, force })
    }

    /// Lets `write` write the file called `name`, one of [`OutputFolder::NAMES`], at the path it is given. Errors name
    /// the place that the file will have.
    ///
    /// # Errors
    /// What `write` returns.
    pub fn put(&self, name: &str, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        debug_assert!(Self::NAMES.contains(&name));
        let folder = self.temporary.path();
        write(&folder.join(name)).map_err(|error| error.moved(folder, &self.given))
    }

    /// Every name that a run may give to a file in its folder.
    pub const NAMES: [&str; 6] =
        ["scores.csv", "scores.jsonl", "scores.parquet", "model.safetensors", "report.html", "run.json"];

    /// The name of the marks that `lfr review` keeps in the folder of a run, which no run replaces.
    pub const LABELS: &str = "labels.csv";

    /// Gives the folder its name and returns its path. An earlier folder changes places with it in one step where the
    /// file system can do that.
    ///
    /// # Errors
    /// [`Error::Exists`] or [`Error::Io`] when something came into its place or the disk refuses.
    pub fn commit(self) -> Result<PathBuf> {
        let Self { given, target, temporary, hold, force } = self;
        let failed = |e| Error::io("create", &target, e);
        sync_folder(temporary.path()).map_err(|error| error.moved(temporary.path(), &target))?;
        let committing = temporary::committing();
        match exists(&target)? {
            true if !force => return Err(Error::Exists { path: given }),
            true => {
                check_replaceable(&target)?;
                // What has the temporary name then is the earlier folder, and goes with it.
                if exchange(temporary.path(), &target).is_err() {
                    replace(temporary.path(), &target).map_err(failed)?;
                }
            }
            false => fs::rename(temporary.path(), &target).map_err(failed)?,
        }
        drop(committing);
        drop(temporary);
        drop(hold);
        sync_folder(parent(&target))?;
        Ok(target)
    }
}

/// Lets two folders change their names in one step.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Puts the folder `new` in the place of `target` in two steps; [`restore`] helps when nothing follows the first.
fn replace(new: &Path, target: &Path) -> io::Result<()> {
    let old = new.with_extension("old");
    fs::rename(target, &old)?;
    if let Err(error) = fs::rename(new, target) {
        fs::rename(&old, target)?;
        return Err(error);
    }
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

/// Gives an earlier result its name back that a run was killed over in [`replace`].
fn restore(target: &Path) -> Result<()> {
    for old in temporary::leftovers(target, ".old") {
        if !foreign(&old).is_ok_and(|name| name.is_none()) {
            continue;
        }
        match exists(target)? {
            true => fs::remove_dir_all(&old),
            false => fs::rename(&old, target),
        }
        .map_err(|e| Error::io("restore", target, e))?;
    }
    Ok(())
}

fn exists(target: &Path) -> Result<bool> {
    match target.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("create", target, error)),
    }
}

/// Refuses to delete what no run wrote.
fn check_replaceable(target: &Path) -> Result<()> {
    match foreign(target).map_err(|e| Error::io("replace", target, e))? {
        None => Ok(()),
        Some(name) if name == OutputFolder::LABELS => {
            let problem = "it is not replaced, because it holds the marks of a review; choose another place, or move its labels.csv away";
            Err(Error::input(target, problem))
        }
        Some(name) => {
            let name = name.display();
            let problem = format!("it is not replaced, because it holds {name}, which lfr did not write");
            Err(Error::input(target, problem))
        }
    }
}

/// The name of something in `folder` that no run wrote.
pub(super) fn foreign(folder: &Path) -> io::Result<Option<OsString>> {
    let half =
        |name: &str, file: &str| temporary::is_temporary(name, &temporary::prefix(file.as_ref()), ".tmp");
    let ours = |name: &str| OutputFolder::NAMES.iter().any(|file| name == *file || half(name, file));
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !name.to_str().is_some_and(ours) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    fn put(folder: &OutputFolder, file: &str, text: &str) {
        folder.put(file, |path| fs::write(path, text).map_err(|e| Error::io("write", path, e))).unwrap();
    }

    fn write(target: &Path, force: bool, file: &str) -> Result<PathBuf> {
        let folder = OutputFolder::create(target, force)?;
        put(&folder, file, file);
        folder.commit()
    }

    #[test]
    fn a_folder_appears_as_a_whole() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("out");
        let folder = OutputFolder::create(&target, false).unwrap();
        put(&folder, "run.json", "{}");
        assert!(!target.exists());
        assert_eq!(folder.commit().unwrap(), target);
        assert_eq!((names(place.path()), names(&target)), (vec!["out".into()], vec!["run.json".to_string()]));
    }

    #[test]
    fn nothing_is_left_of_one_that_is_given_up() {
        let place = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(&place.path().join("out"), false).unwrap();
        put(&folder, "run.json", "{}");
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
        fs::rename(target.join("thesis.tex"), target.join(OutputFolder::LABELS)).unwrap();
        let message = write(&target, true, "run.json").unwrap_err().to_string();
        assert!(message.contains("it holds the marks of a review"), "{message}");
        assert_eq!(names(&target), ["labels.csv"]);
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
    fn an_old_folder_is_replaced_in_two_steps_where_one_is_not_to_be_had() {
        let place = tempfile::tempdir().unwrap();
        let [target, new] = ["out", ".out-abcdef.tmp"].map(|name| place.path().join(name));
        write(&target, false, "scores.csv").unwrap();
        fs::create_dir(&new).unwrap();
        fs::write(new.join("run.json"), "{}").unwrap();
        replace(&new, &target).unwrap();
        assert_eq!((names(place.path()), names(&target)), (vec!["out".into()], vec!["run.json".to_string()]));
        assert!(replace(&new, &target).is_err());
        assert_eq!((names(place.path()), names(&target)), (vec!["out".into()], vec!["run.json".to_string()]));
    }

    #[test]
    fn a_result_hidden_by_a_kill_comes_back() {
        let place = tempfile::tempdir().unwrap();
        let [target, old] = ["out", ".out-abcdef.old"].map(|name| place.path().join(name));
        write(&old, false, "scores.csv").unwrap();
        assert!(matches!(OutputFolder::create(&target, false), Err(Error::Exists { .. })));
        assert_eq!(
            (names(place.path()), names(&target)),
            (vec!["out".into()], vec!["scores.csv".to_string()])
        );
        // One whose successor is there already was about to be removed.
        write(&old, false, "scores.csv").unwrap();
        write(&target, true, "run.json").unwrap();
        assert_eq!((names(place.path()), names(&target)), (vec!["out".into()], vec!["run.json".to_string()]));
    }

    #[test]
    fn errors_name_the_place_that_the_file_will_have() {
        let place = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(&place.path().join("out"), false).unwrap();
        let full = |path: &Path| Err(Error::io("write", path, io::ErrorKind::StorageFull.into()));
        let message = folder.put("scores.csv", full).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("cannot write {}", place.path().join("out/scores.csv").display()))
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
