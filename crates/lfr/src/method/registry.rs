//! Every method by its name.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::{Context, Detector, Takes};
use crate::data::{Features, Kind, Weights};
use crate::error::{Error, Result};
use crate::method::autoencoder::ae::AeConfig;
use crate::method::autoencoder::ae_lfr::AeLfrConfig;
use crate::method::autoencoder::drae::DraeConfig;
use crate::method::autoencoder::rsrae::RsraeConfig;
use crate::method::combined::CombinedConfig;
use crate::method::ecod::EcodConfig;
use crate::method::elite::{EliteConfig, EliteKind};
use crate::method::forest::isolation_forest::IsolationForestConfig;
use crate::method::lvad::LvadConfig;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::KnnConfig;
use crate::method::neighbours::lof::LofConfig;
use crate::method::pca::PcaConfig;
use crate::method::transformation::e3outlier::E3OutlierConfig;
use crate::method::transformation::geom::GeomConfig;
use crate::method::transformation::gt_lfr::GtLfrConfig;
use crate::nn::Schedule;
use crate::nn::autoencoder::Shape;

/// A method and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Method {
    /// The plain autoencoder.
    Ae(AeConfig),
    /// The autoencoder with latent feature reconstruction.
    AeLfr(AeLfrConfig),
    /// The discriminative autoencoder.
    Drae(DraeConfig),
    /// The robust subspace recovery autoencoder.
    Rsrae(RsraeConfig),
    /// The classifier of geometric transformations.
    Geom(GeomConfig),
    /// The same with latent feature reconstruction.
    GtLfr(GtLfrConfig),
    /// The same over 111 operations, scored by entropy.
    E3outlier(E3OutlierConfig),
    /// Reweighted autoencoder guided by a few labels.
    EliteAe(EliteConfig),
    /// Reweighted one-class encoder guided by a few labels.
    EliteSvdd(EliteConfig),
    /// Several methods as one.
    Combined(CombinedConfig),
    /// Isolation forest.
    IsolationForest(IsolationForestConfig),
    /// Distance to the k-th neighbour.
    Knn(KnnConfig),
    /// Distance to the mean.
    Centroid(CentroidConfig),
    /// Local outlier factor.
    Lof(LofConfig),
    /// Principal components.
    Pca(PcaConfig),
    /// Empirical tail probabilities.
    Ecod(EcodConfig),
    /// Locally varying anomaly detection.
    Lvad(LvadConfig),
}

/// Calls `$body` with `$config` bound to the settings of whichever method `$method` is.
macro_rules! each {
    ($method:expr, $config:ident => $body:expr) => {
        match $method {
            Method::Ae($config) => $body,
            Method::AeLfr($config) => $body,
            Method::Drae($config) => $body,
            Method::Rsrae($config) => $body,
            Method::Geom($config) => $body,
            Method::GtLfr($config) => $body,
            Method::E3outlier($config) => $body,
            Method::EliteAe($config) => $body,
            Method::EliteSvdd($config) => $body,
            Method::Combined($config) => $body,
            Method::IsolationForest($config) => $body,
            Method::Knn($config) => $body,
            Method::Centroid($config) => $body,
            Method::Lof($config) => $body,
            Method::Pca($config) => $body,
            Method::Ecod($config) => $body,
            Method::Lvad($config) => $body,
        }
    };
}
pub(super) use each;

impl Method {
    /// The method called `name` with the settings of `preset`, its default when there is none.
    ///
    /// # Errors
    /// [`Error::Config`] listing the names there are.
    pub fn named(name: &str, preset: Option<&str>) -> Result<Self> {
        let names = || Self::ALL.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
        let description = Self::ALL
            .iter()
            .find(|d| d.name == name)
            .ok_or_else(|| Error::config("method", name, format!("there are {}", names())))?;
        if let Some(preset) = preset.filter(|preset| !description.presets.contains(preset)) {
            let known = match description.presets {
                [] => format!("{name} has no presets"),
                presets => format!("{name} has {}", presets.join(", ")),
            };
            return Err(Error::config("preset", preset, known));
        }
        Ok(match (name, preset) {
            ("ae", Some("authors-2021")) => Method::Ae(AeConfig::authors_2021()),
            ("ae", _) => Method::Ae(AeConfig::default()),
            ("ae-lfr", Some("authors-2021")) => Method::AeLfr(AeLfrConfig::authors_2021()),
            ("ae-lfr", Some("authors-2021-small")) => Method::AeLfr(AeLfrConfig::authors_2021_small()),
            ("ae-lfr", _) => Method::AeLfr(AeLfrConfig::default()),
            ("drae", _) => Method::Drae(DraeConfig::default()),
            ("rsrae", Some("plus")) => Method::Rsrae(RsraeConfig::plus()),
            ("rsrae", _) => Method::Rsrae(RsraeConfig::default()),
            ("geom", Some("original")) => Method::Geom(GeomConfig::original()),
            ("geom", _) => Method::Geom(GeomConfig::default()),
            ("gt-lfr", Some("fashion-mnist")) => Method::GtLfr(GtLfrConfig::fashion_mnist()),
            ("gt-lfr", Some("cifar10")) => Method::GtLfr(GtLfrConfig::cifar10()),
            ("gt-lfr", _) => Method::GtLfr(GtLfrConfig::default()),
            ("e3outlier", Some("original")) => Method::E3outlier(E3OutlierConfig::original()),
            ("e3outlier", _) => Method::E3outlier(E3OutlierConfig::default()),
            ("elite-ae", _) => Method::EliteAe(EliteConfig::default()),
            ("elite-svdd", _) => Method::EliteSvdd(EliteConfig::default()),
            ("isolation-forest", _) => Method::IsolationForest(IsolationForestConfig::default()),
            ("knn", _) => Method::Knn(KnnConfig::default()),
            ("centroid", _) => Method::Centroid(CentroidConfig::default()),
            ("lof", _) => Method::Lof(LofConfig::default()),
            ("pca", _) => Method::Pca(PcaConfig::default()),
            ("ecod", _) => Method::Ecod(EcodConfig::default()),
            ("lvad", _) => Method::Lvad(LvadConfig::default()),
            ("combined", _) => Method::Combined(CombinedConfig::default()),
            (other, _) => return Err(Error::config("method", other, format!("there are {}", names()))),
        })
    }

    /// The same with the settings of `overrides` (a table as in the configuration file) put over it.
    ///
    /// # Errors
    /// [`Error::Config`] naming a key that is unknown or of the wrong type.
    pub fn with(&self, overrides: &serde_json::Value) -> Result<Self> {
        let bad = |e: serde_json::Error| Error::config(self.name(), overrides, e.to_string());
        let mut value = serde_json::to_value(self).map_err(bad)?;
        merge(&mut value, overrides);
        serde_json::from_value(value).map_err(bad)
    }

    /// The method's name.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Ae(_) => "ae",
            Method::AeLfr(_) => "ae-lfr",
            Method::Drae(_) => "drae",
            Method::Rsrae(_) => "rsrae",
            Method::Geom(_) => "geom",
            Method::GtLfr(_) => "gt-lfr",
            Method::E3outlier(_) => "e3outlier",
            Method::EliteAe(_) => "elite-ae",
            Method::EliteSvdd(_) => "elite-svdd",
            Method::Combined(_) => "combined",
            Method::IsolationForest(_) => "isolation-forest",
            Method::Knn(_) => "knn",
            Method::Centroid(_) => "centroid",
            Method::Lof(_) => "lof",
            Method::Pca(_) => "pca",
            Method::Ecod(_) => "ecod",
            Method::Lvad(_) => "lvad",
        }
    }

    /// Its training budget, for methods that train a network.
    pub fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        match self {
            Method::Ae(config) => Some(&mut config.schedule),
            Method::AeLfr(config) => Some(&mut config.schedule),
            Method::Drae(config) => Some(&mut config.schedule),
            Method::Rsrae(config) => Some(&mut config.schedule),
            Method::Geom(config) => Some(&mut config.schedule),
            Method::GtLfr(config) => Some(&mut config.schedule),
            Method::E3outlier(config) => Some(&mut config.schedule),
            Method::Combined(config) => {
                let illustrator = config.illustrator.as_deref_mut();
                config.members.iter_mut().chain(illustrator).find_map(Method::schedule_mut)
            }
            _ => None,
        }
    }

    /// The same, a combination without members filled with those for data of `kind`.
    pub fn suited_to(self, kind: Kind) -> Self {
        match self {
            Method::Combined(config) if config.members.is_empty() => {
                Method::Combined(CombinedConfig::suited_to(kind))
            }
            other => other,
        }
    }

    /// The same for the features of an encoder, a combination without members filled with those that suit them.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] for a method that takes pictures alone.
    pub fn suited_to_encoded(self) -> Result<Self> {
        let pictures = self.description().takes == Takes::Pictures;
        match self {
            Method::Combined(config) if config.members.is_empty() => {
                Ok(Method::Combined(CombinedConfig::on_encoded()))
            }
            method if pictures => Err(Error::Unsuitable {
                method: method.name().into(),
                kind: "the features of an encoder".into(),
                hint: "it transforms pictures; leave --features out, or choose another method".into(),
            }),
            method => Ok(method),
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Config`] naming the first one out of range.
    pub fn validate(&self) -> Result<()> {
        each!(self, config => config.validate())
    }

    /// Fits on `x`.
    ///
    /// # Errors
    /// Settings out of range, too few items, or what the method itself meets.
    pub fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Box<dyn Detector>> {
        if x.len() < 2 {
            return Err(Error::TooFewItems { found: x.len(), needed: 2, what: "ranking".into() });
        }
        let seed = context.seed;
        Ok(match self {
            Method::Ae(config) => Box::new(config.fit(x, context)?),
            Method::AeLfr(config) => Box::new(config.fit(x, context)?),
            Method::Drae(config) => Box::new(config.fit(x, context)?),
            Method::Rsrae(config) => Box::new(config.fit(x, context)?),
            Method::Geom(config) => Box::new(config.fit(x, context)?),
            Method::GtLfr(config) => Box::new(config.fit(x, context)?),
            Method::E3outlier(config) => Box::new(config.fit(x, context)?),
            Method::EliteAe(config) => Box::new(config.fit(EliteKind::Autoencoder, x, context)?),
            Method::EliteSvdd(config) => Box::new(config.fit(EliteKind::Svdd, x, context)?),
            Method::Combined(config) => Box::new(config.fit(x, context)?),
            Method::IsolationForest(config) => Box::new(config.fit(x, seed)?),
            Method::Knn(config) => Box::new(config.fit(x, seed)?),
            Method::Centroid(config) => Box::new(config.fit(x)?),
            Method::Lof(config) => {
                let lof = config.fit(x, seed)?;
                context.warnings.extend(lof.warning());
                Box::new(lof)
            }
            Method::Pca(config) => Box::new(config.fit(x, seed)?),
            Method::Ecod(config) => Box::new(config.fit(x, seed)?),
            Method::Lvad(config) => Box::new(config.fit(x, seed)?),
        })
    }

    /// Restores a fitted method for items of `shape` from `weights`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not fit the settings.
    pub fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Box<dyn Detector>> {
        Ok(match self {
            Method::Ae(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::AeLfr(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::Drae(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::Rsrae(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::Geom(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::GtLfr(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::E3outlier(config) => Box::new(config.load(shape, device.clone(), weights)?),
            Method::EliteAe(config) => {
                Box::new(config.load(EliteKind::Autoencoder, shape, device.clone(), weights)?)
            }
            Method::EliteSvdd(config) => {
                Box::new(config.load(EliteKind::Svdd, shape, device.clone(), weights)?)
            }
            Method::Combined(config) => Box::new(config.load(shape, device, weights)?),
            Method::IsolationForest(config) => {
                Box::new(crate::method::forest::isolation_forest::IsolationForest::load(config, weights)?)
            }
            Method::Knn(config) => Box::new(crate::method::neighbours::knn::Knn::load(config, weights)?),
            Method::Centroid(config) => {
                Box::new(crate::method::neighbours::centroid::Centroid::load(config, weights)?)
            }
            Method::Lof(config) => Box::new(crate::method::neighbours::lof::Lof::load(config, weights)?),
            Method::Pca(config) => Box::new(crate::method::pca::Pca::load(config, weights)?),
            Method::Ecod(config) => Box::new(crate::method::ecod::Ecod::load(config, weights)?),
            Method::Lvad(config) => Box::new(crate::method::lvad::Lvad::load(config, weights)?),
        })
    }
}

/// Puts `over` onto `base`, table by table.
fn merge(base: &mut serde_json::Value, over: &serde_json::Value) {
    match (base, over) {
        (serde_json::Value::Object(base), serde_json::Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}
