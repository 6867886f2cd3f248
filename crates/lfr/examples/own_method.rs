//! A method of one's own, alone and beside a method of the library: `cargo run -p lfr --example own_method`.

use lfr::data::{Features, Weights};
use lfr::device::Device;
use lfr::method::combined::CombinedConfig;
use lfr::method::knn::KnnConfig;
use lfr::method::{Detector, MethodConfig, Registry};
use lfr::nn::autoencoder::Shape;
use lfr::train::Context;
use lfr::{Data, Fit, Method, Model, Result};
use serde::{Deserialize, Serialize};

/// Settings: how large a number may be before it counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Excess {
    tolerance: f32,
}

/// What is learnt: the largest size of a number that the middle item reaches.
struct Fitted {
    limit: f32,
}

impl MethodConfig for Excess {
    type Fitted = Fitted;
    const NAME: &'static str = "excess";
    const SUMMARY: &'static str = "how far the largest number of an item is above the usual";
    const SOURCE: &'static str = "this example";
    const COST: &'static str = "a moment";

    fn validate(&self) -> Result<()> {
        let sound = self.tolerance.is_finite();
        if sound { Ok(()) } else { Err(lfr::Error::config("tolerance", self.tolerance, "must be finite")) }
    }

    fn fit(&self, x: &Features, _: &mut Context<'_>) -> Result<Fitted> {
        let mut largest = largest(x);
        largest.sort_by(f32::total_cmp);
        Ok(Fitted { limit: largest[largest.len() / 2] + self.tolerance })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Fitted> {
        let (_, limit) = weights.take_f32("limit", &[Some(1)])?;
        Ok(Fitted { limit: limit[0] })
    }
}

impl Detector for Fitted {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        Ok(largest(x).into_iter().map(|value| value - self.limit).collect())
    }

    fn store(&self, weights: &mut Weights) {
        weights.put_f32("limit", &[1], vec![self.limit]);
    }
}

/// The largest size of a number of each item.
fn largest(x: &Features) -> Vec<f32> {
    let rows = (0..x.len()).map(|item| x.dense(&[item]));
    rows.map(|row| row.into_iter().map(f32::abs).fold(0.0, f32::max)).collect()
}

/// Fits the method and a combination with it, saves both, and scores with what was saved.
pub fn main() -> Result<()> {
    let values: Vec<f32> = (0..300_u16).map(|i| f32::from(i * 37 % 101)).chain([900.0, 0.0, 0.0]).collect();
    let own = Method::custom(Excess { tolerance: 0.5 });
    let members = vec![own.clone(), KnnConfig::default().into()];
    let combined = CombinedConfig { members, ..CombinedConfig::default() };
    for method in [own, combined.into()] {
        let run = Fit::new(method).run(Data::rows(3, &values)?)?;
        let worst = run.ranking().order()[0];
        println!("{}: row {worst} is the most anomalous", run.model.header.method_name());
        let saved = run.model.to_bytes()?;
        let loaded = Model::from_bytes_with(&saved, "cpu", &Registry::default().with::<Excess>())?;
        assert_eq!((worst, loaded.score(&run.data)?), (100, run.model.score(&run.data)?));
    }
    Ok(())
}
