//! Methods that score by how badly the features of an item predict one another.

pub mod also;
mod ridge;
