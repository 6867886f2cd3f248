//! What a run leaves behind: score files, the record of the run, and the folder that holds them.

mod durable;
mod folder;
mod formula;
mod ids;
mod ranking;
mod read;
mod run;
mod scores;
mod temporary;
mod write;

pub use durable::{OutputFile, write};
pub use folder::OutputFolder;
pub use ids::{Ids, Texts};
pub use ranking::Ranking;
pub use run::{CurvePoint, Metrics, RunRecord};
pub use scores::{Format, Scores};
pub use temporary::discard;
