//! What a run leaves behind: score files, the record of the run, and the folder that holds them.

mod durable;
mod folder;
mod ids;
mod ranking;
mod read;
mod run;
mod scores;
mod write;

pub use durable::write;
pub use folder::OutputFolder;
pub use ids::{Ids, Texts};
pub use ranking::Ranking;
pub use run::{CurvePoint, Metrics, RunRecord};
pub use scores::{Format, Scores};
