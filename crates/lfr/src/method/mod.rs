//! The methods: one file each, named as in the papers.

pub mod ae;
pub mod ae_lfr;
mod agreement;
mod blocks;
pub mod centroid;
mod column;
pub mod combined;
mod components;
mod context;
mod description;
mod detector;
pub mod drae;
pub mod e3outlier;
pub mod ecod;
pub mod elite;
mod elite_guide;
#[cfg(test)]
mod floor_tests;
pub mod geom;
pub mod gt_lfr;
mod inverted;
pub mod isolation_forest;
mod isolation_tree;
mod kmeans;
pub mod knn;
mod likelihood;
pub mod lof;
pub mod lvad;
mod lvad_cluster;
mod neighbours;
mod panels;
pub mod pca;
mod reconstruction;
mod reference;
mod registry;
pub mod rsrae;
pub mod scaling;
mod settings;
mod transformation;

pub use context::{Context, Epoch, Findings, Known, Observer, Silent};
pub use description::{Description, Takes};
pub use detector::Detector;
pub use registry::Method;
pub use settings::{Choice, Setting};
