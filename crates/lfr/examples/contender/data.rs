//! Piles of made-up items: how long a network takes does not depend on what it sees.

use lfr::data::{Csr, Features, Images};
use lfr::seed::Seed;
use rand::{Rng, RngExt};
use serde::Deserialize;

/// Terms that TF-IDF keeps.
const VOCABULARY: usize = 10_000;
/// Different terms in a document, 0.6 % of the vocabulary.
const TERMS: usize = 60;

/// What the items are.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// Pictures of one channel.
    Grey,
    /// Pictures of three channels.
    Colour,
    /// TF-IDF rows.
    Text,
}

impl Data {
    /// `items` items, pictures of `side x side`.
    pub fn data(self, items: usize, side: usize) -> Features {
        match self {
            Data::Grey => pictures(items, 1, side),
            Data::Colour => pictures(items, 3, side),
            Data::Text => documents(items),
        }
    }
}

fn pictures(items: usize, channels: usize, side: usize) -> Features {
    let mut pixels = vec![0; items * channels * side * side];
    Seed(0).stream("pixels").fill_bytes(&mut pixels);
    Features::Images(Images { channels, side, pixels })
}

/// Rows of length 1 whose terms lie one in each of `TERMS` equal stretches of the vocabulary.
fn documents(items: usize) -> Features {
    let mut random = Seed(0).stream("terms");
    let stretch = VOCABULARY / TERMS;
    let indices =
        (0..items * TERMS).map(|i| (i % TERMS * stretch + random.random_range(0..stretch)) as u32).collect();
    Features::Sparse(Csr {
        cols: VOCABULARY,
        offsets: (0..=items).map(|i| i * TERMS).collect(),
        indices,
        values: vec![1.0 / (TERMS as f32).sqrt(); items * TERMS],
    })
}
