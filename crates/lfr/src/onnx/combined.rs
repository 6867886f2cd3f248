//! Combinations: the members' standardised scores, voted on.

use super::graph::{Graph, Type};
use super::input::Rows;
use super::scores;
use crate::data::Weights;
use crate::error::{Error, Result};
use crate::method::combined::{MARKS, Vote, prefix};

/// What the graph needs to know of the settings.
#[derive(serde::Deserialize)]
pub(super) struct Members {
    /// Settings of the methods that have a say.
    members: Vec<serde_json::Value>,
    vote: Vote,
}

/// The mean or the largest of the members' standardised scores.
pub(super) fn score(
    graph: &mut Graph,
    config: &Members,
    rows: &Rows,
    weights: &mut Weights,
) -> Result<String> {
    if weights.iter().any(|(name, _)| name.starts_with(MARKS)) {
        let problem =
            "marked items shift its scores, and there is no graph for that; fit again without marks";
        return Err(Error::Export { problem: problem.into() });
    }
    let (_, present) = weights.take_u8("present", &[None])?;
    let mut votes = Vec::new();
    for (i, member) in config.members.iter().enumerate() {
        let mut own = weights.split_off(&prefix(i));
        if present.get(i) != Some(&1) {
            continue;
        }
        let (_, scale) = own.take_f64("scale", &[Some(2)])?;
        let score = scores(graph, member, rows, &mut own)?;
        votes.push(standardised(graph, &score, scale[0], scale[1]));
    }
    let all: Vec<&str> = votes.iter().map(String::as_str).collect();
    let score = match config.vote {
        Vote::Max => graph.op("Max", &all),
        Vote::Mean => {
            let (sum, share) = (graph.op("Sum", &all), graph.f64(1.0 / all.len() as f64));
            graph.op("Mul", &[&sum, &share])
        }
    };
    Ok(graph.cast(&score, Type::F32))
}

/// A member without any spread has no say.
fn standardised(graph: &mut Graph, score: &str, mean: f64, deviation: f64) -> String {
    let score = graph.cast(score, Type::F64);
    let (mean, scale) = (graph.f64(mean), graph.f64(if deviation > 0.0 { 1.0 / deviation } else { 0.0 }));
    let centred = graph.op("Sub", &[&score, &mean]);
    graph.op("Mul", &[&centred, &scale])
}
