//! Methods by their names, in files and out of them, and those of a user among them.

use std::collections::BTreeSet;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::data::Matrix;
use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::combined::CombinedConfig;
use crate::method::knn::KnnConfig;
use crate::method::{Custom, Description, Detector, Method, MethodConfig, Preset, Registry};
use crate::nn::autoencoder::Shape;
use crate::seed::Seed;
use crate::train::{Context, Silent};

#[test]
fn every_method_and_preset_is_found_by_its_name_and_reads_back() {
    let names: BTreeSet<&str> = Method::ALL.iter().map(|method| method.name).collect();
    assert_eq!(names.len(), Method::ALL.len());
    for description in Method::ALL {
        for preset in description.presets().into_iter().map(Some).chain([None]) {
            let method = Method::named(description.name, preset).unwrap();
            method.validate().unwrap_or_else(|e| assert_eq!(description.name, "combined", "{e}"));
            let value = serde_json::to_value(&method).unwrap();
            assert_eq!(value["method"], description.name);
            assert_eq!(serde_json::from_value::<Method>(value).unwrap(), method);
            let text = serde_json::to_string(&method).unwrap();
            assert!(text.starts_with(&format!(r#"{{"method":"{}""#, description.name)), "{text}");
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (value, part) in [
        (json!({ "k": 3 }), "missing field `method`"),
        (json!({ "method": 3 }), "`method` is no name"),
        (json!(null), "missing field `method`"),
        (json!({ "method": "knnn" }), "unknown method `knnn`: there are combined, ae-lfr"),
        (
            json!({ "method": "knn", "neighbors": 3 }),
            "unknown field `neighbors`, expected one of `neighbours`",
        ),
        (json!({ "method": "combined", "members": [{ "method": "pca", "x": 0 }] }), "unknown field `x`"),
        (json!({ "method": "combined", "votes": "max" }), "unknown field `votes`"),
    ] {
        let message = serde_json::from_value::<Method>(value).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
    let message = Method::named("ae", Some("papers")).unwrap_err().to_string();
    assert!(message.contains("ae has paper, authors-2021"), "{message}");
}

/// The first number of every item, times a factor.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct First {
    factor: f32,
}

impl MethodConfig for First {
    type Fitted = Self;
    const NAME: &str = "first";
    const SUMMARY: &str = "";
    const SOURCE: &str = "";
    const COST: &str = "";
    const PRESETS: &[Preset<Self>] = &[("double", || Self { factor: 2.0 })];

    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn fit(&self, _: &Features, _: &mut Context<'_>) -> Result<Self> {
        Ok(self.clone())
    }

    fn load(&self, _: &Shape, _: &Device, _: &mut Weights) -> Result<Self> {
        Ok(self.clone())
    }
}

impl Detector for First {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        Ok((0..x.len()).map(|i| self.factor * x.dense(&[i])[0]).collect())
    }

    fn store(&self, _: &mut Weights) {}
}

#[test]
fn a_method_of_ones_own_is_one_among_the_others() {
    let registry = Registry::default().with::<First>();
    let own = registry.named("first", Some("double")).unwrap();
    assert_eq!(own, Method::custom(First { factor: 2.0 }));
    assert_ne!(own, Method::custom(First { factor: 3.0 }));
    assert_eq!((own.name(), own.description().presets()), ("first", vec!["double"]));
    let members = vec![own.clone(), KnnConfig::default().into()];
    let combined = Method::from(CombinedConfig { members, ..CombinedConfig::default() });
    for method in [own, combined] {
        let value = serde_json::to_value(&method).unwrap();
        assert_eq!(registry.read(value.clone()).unwrap(), method);
        let message = serde_json::from_value::<Method>(value).unwrap_err().to_string();
        assert!(message.contains("unknown method `first`"), "{message}");
        // Settings are put over those of a method that holds one.
        assert_eq!(method.with(&json!({})).unwrap(), method);
        let x = Features::Dense(Matrix { cols: 1, values: (0..40).map(|i| i as f32).collect() });
        let mut silent = Silent;
        let mut context = Context::new(Seed(0), Device::flex(), &mut silent);
        let fitted = method.fit(&x, &mut context).unwrap();
        let mut weights = Weights::default();
        fitted.store(&mut weights);
        let loaded = method.load(&Shape::of(&x, 0), &Device::flex(), &mut weights).unwrap();
        assert_eq!(loaded.scores(&x).unwrap(), fitted.scores(&x).unwrap());
    }
}

#[test]
fn the_name_of_a_method_of_this_library_is_refused() {
    let mut description = Description::own::<First>();
    description.name = "knn";
    let knn = Custom { description, config: Box::new(First::default()) };
    assert!(Method::Custom(knn).validate().unwrap_err().to_string().contains("choose another name"));
}
