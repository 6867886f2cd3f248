//! Methods that score by distances to other items.

pub mod centroid;
mod dense;
pub mod knn;
pub mod lof;
mod nearest;
mod sparse;
