//! Several methods as one: the mean, or the maximum, of the members' scores, each standardised by the mean and the standard
//! deviation of its training scores. A few marked items change the scores, see `guidance.rs`.

mod agreement;
mod fit;
mod fitted;
mod guidance;
mod head;
mod marked_rows;
mod newton;
mod suited;
#[cfg(test)]
mod tests;
mod vote;

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
pub use crate::method::combined::fitted::Combined;
pub(crate) use crate::method::combined::fitted::{MARKS, prefix};
pub use crate::method::combined::vote::Vote;
use crate::method::scaling::Scaling;
use crate::method::{Method, MethodConfig, Registry};
use crate::nn::autoencoder::Shape;
use crate::train::{Context, Schedule};

/// Settings of a combination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CombinedConfig {
    /// The members; when there is none, those that suit the kind of data.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub members: Vec<Method>,
    /// What to make of the members' standardised scores.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    pub vote: Vote,
    /// A method that does not contribute to the score, whose reconstructions the report shows.
    #[schemars(extend("source" = "ours"))]
    #[schemars(with = "Option<serde_json::Value>")]
    pub illustrator: Option<Box<Method>>,
}

impl CombinedConfig {
    /// The members, then the illustrator.
    pub(super) fn all(&self) -> impl Iterator<Item = &Method> {
        self.members.iter().chain(self.illustrator.as_deref())
    }

    /// How the members that vote see an item, each way once.
    fn scalings(&self) -> Vec<Scaling> {
        let mut scalings: Vec<Scaling> = Vec::new();
        for scaling in self.members.iter().map(scaling) {
            if !scalings.contains(&scaling) {
                scalings.push(scaling);
            }
        }
        scalings
    }
}

impl MethodConfig for CombinedConfig {
    type Fitted = Combined;
    const NAME: &str = "combined";
    const SUMMARY: &str =
        "the default: mean or largest standardised score of fast detectors chosen for the kind of data";
    const SOURCE: &str = "docs/defaults.md";
    const COST: &str = "a minute";
    const LEARNS_FROM_LABELS: bool = true;

    fn validate(&self) -> Result<()> {
        for member in self.all() {
            if matches!(member, Method::Combined(_)) {
                return Err(Error::config("members", "combined", "a combination cannot hold another"));
            }
            member.validate()?;
        }
        Ok(())
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Combined> {
        self.validate()?;
        self.fit_members(x, context)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Combined> {
        self.validate()?;
        Combined::load(self, shape, device, weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        self.members.iter_mut().chain(self.illustrator.as_deref_mut()).find_map(Method::schedule_mut)
    }

    fn read(mut settings: Value, methods: &Registry) -> serde_json::Result<Self> {
        let mut held = |key: &str| settings.as_object_mut().and_then(|table| table.remove(key));
        let (members, illustrator) = (held("members"), held("illustrator").filter(|value| !value.is_null()));
        let mut config: Self = serde_json::from_value(settings)?;
        if let Some(members) = members {
            let members: Vec<Value> = serde_json::from_value(members)?;
            config.members =
                members.into_iter().map(|member| methods.parse(member)).collect::<Result<_, _>>()?;
        }
        config.illustrator = illustrator.map(|method| methods.parse(method).map(Box::new)).transpose()?;
        Ok(config)
    }
}

/// How `method` sees an item.
fn scaling(method: &Method) -> Scaling {
    match method {
        Method::IsolationForest(config) => config.scaling,
        Method::Knn(config) => config.scaling,
        Method::Centroid(config) => config.scaling,
        Method::Lvad(_) => Scaling::Instance,
        _ => Scaling::None,
    }
}
