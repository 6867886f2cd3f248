//! The methods: a folder per family, a file per method, named as in the papers.

pub mod autoencoder;
pub mod combined;
mod config;
mod custom;
pub mod dependence;
mod description;
mod detector;
pub mod ecod;
pub mod elite;
pub mod forest;
mod list;
pub mod lvad;
pub mod neighbours;
pub mod patches;
pub mod pca;
mod reference;
mod registry;
pub mod scaling;
mod settings;
#[cfg(test)]
mod tests;
pub mod transformation;

pub use autoencoder::{Reconstructor, ae, ae_lfr, drae, rsrae};
pub use config::{MethodConfig, Preset};
pub use custom::Custom;
pub use dependence::also;
pub use description::{Description, Takes};
pub use detector::Detector;
pub use forest::isolation_forest;
pub use list::Method;
pub use neighbours::{centroid, knn, lof};
pub use registry::Registry;
pub use settings::{Choice, Setting};
pub use transformation::{
    GtScore, TransformationBackbone, TransformationClassifier, e3outlier, geom, gt_lfr,
};
