//! What each method is, for people and by its name.

use serde_json::Value;

use super::{Method, MethodConfig, Registry};

/// What a method takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Pictures, tables and text.
    Anything,
    /// Pictures alone.
    Pictures,
    /// Anything, with a few labelled items beside it.
    LabelledToo,
}

impl Takes {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Takes::Anything => "anything",
            Takes::Pictures => "images",
            Takes::LabelledToo => "anything, plus a few labels",
        }
    }
}

/// What a method is, as its settings say ([`MethodConfig`]).
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// As in `--method`.
    pub name: &'static str,
    /// One sentence on how it scores.
    pub summary: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether a few labelled items can guide its fit.
    pub learns_from_labels: bool,
    /// Time on a thousand small pictures on a laptop.
    pub cost: &'static str,
    presets: fn() -> Vec<&'static str>,
    /// The method with the settings of a preset, if there is one so called.
    pub(super) preset: fn(Option<&str>) -> Option<Method>,
    /// The method with settings from a file.
    pub(super) read: fn(Value, &Registry) -> serde_json::Result<Method>,
}

impl Description {
    const fn new<T: MethodConfig>(
        preset: fn(Option<&str>) -> Option<Method>,
        read: fn(Value, &Registry) -> serde_json::Result<Method>,
    ) -> Self {
        Self {
            name: T::NAME,
            summary: T::SUMMARY,
            source: T::SOURCE,
            takes: T::TAKES,
            learns_from_labels: T::LEARNS_FROM_LABELS,
            cost: T::COST,
            presets: || T::PRESETS.iter().map(|(name, _)| *name).collect(),
            preset,
            read,
        }
    }

    /// Of a method of this library.
    pub(super) const fn built_in<T: MethodConfig + Into<Method>>() -> Self {
        Self::new::<T>(
            |preset| preset_of::<T>(preset).map(Into::into),
            |settings, methods| T::read(settings, methods).map(Into::into),
        )
    }

    /// Of a method of the user's own.
    pub(super) const fn own<T: MethodConfig>() -> Self {
        Self::new::<T>(
            |preset| preset_of::<T>(preset).map(Method::custom),
            |settings, methods| T::read(settings, methods).map(Method::custom),
        )
    }

    /// Presets beside the default, as in `--preset`.
    pub fn presets(&self) -> Vec<&'static str> {
        (self.presets)()
    }
}

/// The settings called `preset`; the default without a name.
fn preset_of<T: MethodConfig>(preset: Option<&str>) -> Option<T> {
    let Some(preset) = preset else { return Some(T::default()) };
    T::PRESETS.iter().find(|(name, _)| *name == preset).map(|(_, settings)| settings())
}
