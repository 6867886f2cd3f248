//! What a run leaves behind: score files and the record of the run.

mod formula;
mod ids;
mod read;
mod run;
mod scores;
mod write;

pub use ids::{Ids, Texts};
pub use run::{CurvePoint, Metrics, RunRecord};
pub use scores::{Format, Scores};
