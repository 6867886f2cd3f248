//! Files and folders that are there in full or not at all.

mod file;
mod folder;
mod temporary;

pub use file::{OutputFile, write};
pub use folder::OutputFolder;
pub use temporary::discard;

/// The names in `folder`, sorted.
#[cfg(test)]
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
