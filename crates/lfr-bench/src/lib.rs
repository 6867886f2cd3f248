//! Experiments: a [`Grid`] names the runs, a [`Sweep`] makes their records, [`table()`] and [`plot`] compare them with
//! published results.
//!
//! A [`Job`] is a value whose hash, over all that determines its scores, names its [`Record`], one JSON file. So runs resume
//! where they were stopped, share out over processes and machines, and merge by copying files; [`pack`] makes few files of
//! many. A record that was made with other settings than those in force is no record of the job.

mod audit;
mod claim;
mod curve;
mod data;
mod difference;
mod figure;
mod forecast;
mod grid;
mod inlier;
mod job;
mod marked;
mod metric;
mod pack;
mod picture;
mod published;
mod quality;
mod record;
mod render;
mod row;
mod runner;
mod shard;
mod source;
mod status;
mod store;
mod sweep;
mod table;

pub use audit::Audit;
pub use data::DataOptions;
pub use figure::{Figure, plot};
pub use grid::{Entry, Grid};
pub use inlier::Inlier;
pub use job::{Job, MethodSpec};
pub use marked::Marking;
pub use metric::Metric;
pub use pack::pack;
pub use published::{Elsewhere, Published, PublishedCurve, PublishedTable};
pub use record::{Point, Quality, Record, Run, Scores};
pub use row::{Row, Score};
pub use runner::{Runner, RunnerOptions};
pub use shard::Shard;
pub use status::{Group, Status, status};
pub use store::Records;
pub use sweep::{Event, JobRunner, Progress, Sweep, Watcher};
pub use table::{Block, Cell, Table, table};
