//! Files and folders that are there in full or not at all.

mod file;
mod folder;
mod temporary;

pub use file::{OutputFile, write};
pub use folder::OutputFolder;
pub use temporary::discard;
