//! Training: what a fit is given and tells, the schedule, the loop over the epochs, and states to go on from.

mod checkpoint;
mod context;
mod epochs;
mod keeper;
mod observer;
mod schedule;
mod step;
mod tally;

pub use checkpoint::Checkpoints;
pub use context::{Context, Findings, Known};
pub use epochs::{diverged, train};
pub use observer::{Epoch, Observer, Silent};
pub use schedule::Schedule;
pub use step::{AdamStep, Loss, Step};
