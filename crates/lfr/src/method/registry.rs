//! Methods by their names: those of this library, and those a user adds.

use serde::de::Error as _;
use serde_json::Value;

use super::{Description, Method, MethodConfig};
use crate::error::{Error, Result};

/// The methods that names in files and commands mean: those of this library, and your own.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    own: Vec<Description>,
}

impl Registry {
    pub(super) fn of(own: Vec<Description>) -> Self {
        Self { own }
    }

    /// The same with the method of your own that has settings of type `T`. A name that this library uses stays the
    /// library's.
    pub fn with<T: MethodConfig>(mut self) -> Self {
        self.own.push(Description::own::<T>());
        self
    }

    /// Every method, those of this library first.
    pub fn methods(&self) -> impl Iterator<Item = &Description> {
        Method::ALL.iter().chain(&self.own)
    }

    /// The method called `name` with the settings of `preset`, its default when there is none.
    ///
    /// # Errors
    /// [`Error::Config`] listing the names there are.
    pub fn named(&self, name: &str, preset: Option<&str>) -> Result<Method> {
        let found = self.find(name).ok_or_else(|| Error::config("method", name, self.names()))?;
        (found.preset)(preset).ok_or_else(|| {
            let known = match found.presets() {
                presets if presets.is_empty() => format!("{name} has no presets"),
                presets => format!("{name} has {}", presets.join(", ")),
            };
            Error::config("preset", preset.unwrap_or_default(), known)
        })
    }

    /// The method as a file has it: a table of settings, with the name under the key `method`.
    ///
    /// # Errors
    /// [`Error::Config`] for a name or key that is unknown, or a value of the wrong type.
    pub fn read(&self, method: Value) -> Result<Method> {
        let text = method.to_string();
        self.parse(method).map_err(|e| Error::config("method", text, e.to_string()))
    }

    pub(crate) fn parse(&self, mut method: Value) -> serde_json::Result<Method> {
        let name = method.as_object_mut().and_then(|table| table.remove("method"));
        let name = name.ok_or_else(|| serde_json::Error::missing_field("method"))?;
        let name = name.as_str().ok_or_else(|| serde_json::Error::custom("`method` is no name"))?;
        let found = self.find(name);
        let found = found
            .ok_or_else(|| serde_json::Error::custom(format!("unknown method `{name}`: {}", self.names())))?;
        (found.read)(method, self)
    }

    fn find(&self, name: &str) -> Option<&Description> {
        self.methods().find(|method| method.name == name)
    }

    fn names(&self) -> String {
        format!("there are {}", self.methods().map(|method| method.name).collect::<Vec<_>>().join(", "))
    }
}
