//! Methods that score by how well a classifier tells the geometric transformations of a picture apart.

mod classifier;
pub mod e3outlier;
pub mod geom;
pub mod gt_lfr;
mod likelihood;

pub use classifier::{TransformationBackbone, TransformationClassifier};
pub use likelihood::GtScore;
