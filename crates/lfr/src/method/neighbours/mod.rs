//! Methods that score by distances to other items.

pub mod centroid;
mod dense;
pub mod knn;
pub mod lof;
pub(in crate::method) mod nearest;
mod sparse;
