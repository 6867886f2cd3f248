//! The list of all methods, and what goes through every one of them.

use burn::tensor::Device;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::config::{AnyConfig, Named};
use super::settings::{Setting, settings};
use super::{Custom, Description, Detector, MethodConfig, Registry, Takes};
use crate::data::{Features, Kind, Weights};
use crate::error::{Error, Result};
use crate::method::autoencoder::ae::AeConfig;
use crate::method::autoencoder::ae_lfr::AeLfrConfig;
use crate::method::autoencoder::drae::DraeConfig;
use crate::method::autoencoder::rsrae::RsraeConfig;
use crate::method::combined::CombinedConfig;
use crate::method::dependence::also::AlsoConfig;
use crate::method::ecod::EcodConfig;
use crate::method::elite::{EliteAeConfig, EliteSvddConfig};
use crate::method::forest::isolation_forest::IsolationForestConfig;
use crate::method::lvad::LvadConfig;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::KnnConfig;
use crate::method::neighbours::lof::LofConfig;
use crate::method::patches::PatchesConfig;
use crate::method::pca::PcaConfig;
use crate::method::transformation::e3outlier::E3OutlierConfig;
use crate::method::transformation::geom::GeomConfig;
use crate::method::transformation::gt_lfr::GtLfrConfig;
use crate::nn::autoencoder::Shape;
use crate::train::{Context, Schedule};

/// Makes the enum of all methods, and whatever goes through all of them.
macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident($config:ty),)*) => {
        /// A method and its settings.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Method {
            $($(#[$doc])* $method($config),)*
            /// A method of the user's own, see [`Method::custom`].
            Custom(Custom),
        }

        impl Method {
            /// Every method of this library, in the order in which people look at them.
            pub const ALL: &[Description] = &[$(Description::built_in::<$config>()),*];

            /// What it is.
            pub fn description(&self) -> Description {
                match self {
                    $(Method::$method(_) => Description::built_in::<$config>(),)*
                    Method::Custom(custom) => custom.description,
                }
            }

            /// Every setting with the value it has here, tables within in place; of a method of the user's own none.
            pub fn settings(&self) -> Vec<Setting> {
                match self {
                    $(Method::$method(config) => settings(config),)*
                    Method::Custom(_) => Vec::new(),
                }
            }

            fn config(&self) -> &dyn AnyConfig {
                match self {
                    $(Method::$method(config) => config,)*
                    Method::Custom(custom) => custom.config.as_ref(),
                }
            }

            fn config_mut(&mut self) -> &mut dyn AnyConfig {
                match self {
                    $(Method::$method(config) => config,)*
                    Method::Custom(custom) => custom.config.as_mut(),
                }
            }
        }

        impl Serialize for Method {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Method::$method(config) => Named::new(config).serialize(serializer),)*
                    Method::Custom(custom) => custom.serialize(serializer),
                }
            }
        }

        $(impl From<$config> for Method {
            fn from(config: $config) -> Self {
                Method::$method(config)
            }
        })*
    };
}

methods! {
    /// Several methods as one.
    Combined(CombinedConfig),
    /// The autoencoder with latent feature reconstruction.
    AeLfr(AeLfrConfig),
    /// The plain autoencoder.
    Ae(AeConfig),
    /// The classifier of geometric transformations with latent feature reconstruction.
    GtLfr(GtLfrConfig),
    /// The classifier of geometric transformations.
    Geom(GeomConfig),
    /// The same over 111 operations, scored by entropy.
    E3outlier(E3OutlierConfig),
    /// The robust subspace recovery autoencoder.
    Rsrae(RsraeConfig),
    /// The discriminative autoencoder.
    Drae(DraeConfig),
    /// Reweighted autoencoder guided by a few labels.
    EliteAe(EliteAeConfig),
    /// Reweighted one-class encoder guided by a few labels.
    EliteSvdd(EliteSvddConfig),
    /// Locally varying anomaly detection.
    Lvad(LvadConfig),
    /// The mix of patches.
    Patches(PatchesConfig),
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
    /// Columns predicted from one another.
    Also(AlsoConfig),
    /// Empirical tail probabilities.
    Ecod(EcodConfig),
}

impl Method {
    /// Whether a few labelled items can guide its fit; those of [`super::Takes::LabelledToo`] cannot do without.
    pub fn learns_from_labels(&self) -> bool {
        self.description().learns_from_labels
    }

    /// A method of your own. Load its models through a [`Registry`] that knows it.
    pub fn custom<T: MethodConfig>(settings: T) -> Self {
        Method::Custom(Custom::new(settings))
    }

    /// The method called `name` with the settings of `preset`, its default when there is none.
    ///
    /// # Errors
    /// [`Error::Config`] listing the names there are.
    pub fn named(name: &str, preset: Option<&str>) -> Result<Self> {
        Registry::default().named(name, preset)
    }

    /// The same with the settings of `overrides` (a table as in the configuration file) put over it.
    ///
    /// # Errors
    /// [`Error::Config`] naming a key that is unknown or of the wrong type.
    pub fn with(&self, overrides: &Value) -> Result<Self> {
        let bad = |e: serde_json::Error| Error::config(self.name(), overrides, e.to_string());
        let mut value = self.config().to_value().map_err(bad)?;
        merge(&mut value, overrides);
        Registry::of(self.own()).parse(value).map_err(bad)
    }

    /// The methods of the user's own that it is or holds.
    fn own(&self) -> Vec<Description> {
        match self {
            Method::Custom(custom) => vec![custom.description],
            Method::Combined(config) => config.all().flat_map(Method::own).collect(),
            _ => Vec::new(),
        }
    }

    /// The method's name.
    pub fn name(&self) -> &'static str {
        self.description().name
    }

    /// The same for the features of an encoder, a combination without members filled with those that suit them.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] for a method that takes pictures alone.
    pub fn suited_to_encoded(self) -> Result<Self> {
        let pictures = self.description().takes == Takes::Pictures;
        match self {
            Method::Combined(config) if config.members.is_empty() => Ok(CombinedConfig::on_encoded().into()),
            method if pictures => Err(Error::Unsuitable {
                method: method.name().into(),
                kind: "the features of an encoder".into(),
                hint: "it takes pictures alone; leave --features out, or choose another method".into(),
            }),
            method => Ok(method),
        }
    }

    /// Names of the detectors in it that are networks, and of the others.
    pub fn networks(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let parts: Vec<&Method> = match self {
            Method::Combined(config) => config.all().collect(),
            one => vec![one],
        };
        let (networks, others): (Vec<&Method>, Vec<&Method>) =
            parts.into_iter().partition(|method| method.description().is_network);
        let names = |methods: Vec<&Method>| methods.into_iter().map(Method::name).collect();
        (names(networks), names(others))
    }

    /// Its training budget, for methods that train a network.
    pub fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        self.config_mut().schedule_mut()
    }

    /// The same, a combination without members filled with those for data of `kind`.
    pub fn suited_to(self, kind: Kind) -> Self {
        match self {
            Method::Combined(config) if config.members.is_empty() => CombinedConfig::suited_to(kind).into(),
            other => other,
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Config`] naming the first one out of range.
    pub fn validate(&self) -> Result<()> {
        if let Method::Custom(custom) = self {
            custom.check_name()?;
        }
        self.config().validate()
    }

    /// Fits on `x`.
    ///
    /// # Errors
    /// Settings out of range, too few items, or what the method itself meets.
    pub fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Box<dyn Detector>> {
        if x.len() < 2 {
            return Err(Error::TooFewItems { found: x.len(), needed: 2, what: "ranking".into() });
        }
        self.config().fit(x, context)
    }

    /// Restores a fitted method for items of `shape` from `weights`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not fit the settings.
    pub fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Box<dyn Detector>> {
        self.config().load(shape, device, weights)
    }
}

impl<'de> Deserialize<'de> for Method {
    /// One of this library; others take a [`Registry`].
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Registry::default().parse(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Puts `over` onto `base`, table by table.
fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}
