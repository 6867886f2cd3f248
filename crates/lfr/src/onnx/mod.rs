//! Fitted models as ONNX graphs, for whatever runs those: the preprocessing is inside, the output is the raw score.
//!
//! One file for each kind of graph. They read a fitted model as its file has it, the settings and the named arrays.
//! Operators are of opset 18 and `ai.onnx.ml` 3, the file format is IR 8. What is measured in 64 bits in the library is
//! in the graph, too.

mod also;
mod autoencoder;
mod centroid;
mod combined;
mod ecod;
mod elite;
mod ensemble;
mod forest;
mod graph;
mod input;
mod lvad;
mod metadata;
mod neighbours;
mod network;
mod patches;
mod pca;
mod rsrae;
mod scaling;
mod table;
mod transformation;
mod wire;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::data::Weights;
use crate::error::{Error, Result};
use crate::latent::Fed;
use crate::method::ae_lfr::AeLfrConfig;
use crate::method::e3outlier::E3OutlierConfig;
use crate::method::elite::EliteKind;
use crate::method::geom::GeomConfig;
use crate::method::gt_lfr::GtLfrConfig;
use crate::score::Model;
use crate::transform::TransformSet;
use graph::{Graph, Type};
use input::{ITEMS, Rows};
use network::Network;

/// Largest file that readers of protocol buffers take, in bytes.
const MAX_SIZE: usize = (1 << 31) - 1;

impl Model {
    /// The model as an ONNX file: inputs as `docs/python.md` lists them, the output `anomaly_score`, `[N]` of 32-bit
    /// floats, and in the metadata the method, the quantiles of the training scores and how inputs are laid out.
    ///
    /// # Errors
    /// [`Error::Export`] for what a graph cannot express, or beyond 2 GiB.
    pub fn to_onnx(&self) -> Result<Vec<u8>> {
        let mut weights = Weights::default();
        self.detector().store(&mut weights);
        check_size(weights.iter().map(|(_, array)| array.values.bytes()).sum())?;
        let mut graph = Graph::default();
        let rows = input::rows(&mut graph, self.preprocessor())?;
        let score = scores(&mut graph, &self.header.method, &rows, &mut weights)?;
        let own = self.header.featureless_score;
        let score = input::corrected(&mut graph, &score, &rows, own);
        graph.output(&score, "anomaly_score", Type::F32, &[ITEMS]);
        let facts = metadata::facts(&self.header, self.preprocessor())?;
        let file = graph.finish(env!("CARGO_PKG_VERSION"), &facts);
        check_size(file.len())?;
        Ok(file)
    }
}

fn check_size(bytes: usize) -> Result<()> {
    if bytes <= MAX_SIZE {
        return Ok(());
    }
    let problem = format!(
        "it takes {} MiB and an ONNX file at most 2048; fit again with a smaller `max_reference`, `trees` or `max_values`",
        bytes >> 20
    );
    Err(Error::Export { problem })
}

/// The scores of `rows` by the method with these `settings`, whose arrays `weights` holds, `[n]` of 32-bit floats.
fn scores(graph: &mut Graph, settings: &Value, rows: &Rows, weights: &mut Weights) -> Result<String> {
    let name = settings.get("method").and_then(Value::as_str).unwrap_or("unknown");
    match name {
        "combined" => return combined::score(graph, &read(settings)?, rows, weights),
        "isolation-forest" => return forest::score(graph, &read(settings)?, rows, weights),
        "knn" => return neighbours::knn(graph, &read(settings)?, rows, weights),
        "lof" => return neighbours::lof(graph, &read(settings)?, rows, weights),
        "centroid" => return centroid::score(graph, &read(settings)?, rows, weights),
        "pca" => return pca::score(graph, &read(settings)?, rows, weights),
        "also" => return also::score(graph, &read(settings)?, rows, weights),
        "ecod" => return ecod::score(graph, &read(settings)?, rows, weights),
        "lvad" => return lvad::score(graph, rows, weights),
        "patches" => return patches::score(graph, &read(settings)?, rows, weights),
        _ => {}
    }
    let mut network = Network { graph, weights };
    let (plain, all) = (TransformSet::Regular72, TransformSet::All111);
    match name {
        "ae" | "drae" => autoencoder::score(&mut network, rows, Fed::Latent),
        "ae-lfr" => autoencoder::score(&mut network, rows, read::<AeLfrConfig>(settings)?.score_on),
        "rsrae" => rsrae::score(&mut network, rows),
        "elite-ae" => elite::score(&mut network, EliteKind::Autoencoder, rows),
        "elite-svdd" => elite::score(&mut network, EliteKind::Svdd, rows),
        "geom" => {
            let config: GeomConfig = read(settings)?;
            transformation::score(&mut network, rows, plain, Fed::Latent, config.score)
        }
        "gt-lfr" => {
            let config: GtLfrConfig = read(settings)?;
            transformation::score(&mut network, rows, plain, config.score_on, config.score)
        }
        "e3outlier" => {
            let config: E3OutlierConfig = read(settings)?;
            transformation::score(&mut network, rows, all, Fed::Latent, config.score)
        }
        other => Err(Error::Export { problem: format!("there is no graph for the method {other}") }),
    }
}

/// Settings of one method, without its name.
fn read<C: DeserializeOwned>(settings: &Value) -> Result<C> {
    let mut own = settings.clone();
    if let Value::Object(own) = &mut own {
        own.remove("method");
    }
    serde_json::from_value(own)
        .map_err(|e| Error::Export { problem: format!("its method is not known to this version: {e}") })
}
