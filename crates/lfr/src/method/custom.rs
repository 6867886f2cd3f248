//! A method of the user's own.

use serde::{Serialize, Serializer};

use super::config::AnyConfig;
use super::{Description, Method, MethodConfig};
use crate::error::{Error, Result};

/// A method that is not of this library; [`Method::custom`] makes one.
#[derive(Debug)]
pub struct Custom {
    pub(super) description: Description,
    pub(super) config: Box<dyn AnyConfig>,
}

impl Custom {
    pub(super) fn new<T: MethodConfig>(config: T) -> Self {
        Self { description: Description::own::<T>(), config: Box::new(config) }
    }

    /// Refuses names by which files mean another method.
    pub(super) fn check_name(&self) -> Result<()> {
        let name = self.description.name;
        match Method::ALL.iter().find(|other| other.name == name) {
            Some(_) => Err(Error::config("method", name, "is a method of this library; choose another name")),
            None => Ok(()),
        }
    }
}

impl Clone for Custom {
    fn clone(&self) -> Self {
        Self { description: self.description, config: self.config.boxed() }
    }
}

impl PartialEq for Custom {
    /// Whether both are the same in a file.
    fn eq(&self, other: &Self) -> bool {
        matches!((self.config.to_value(), other.config.to_value()), (Ok(a), Ok(b)) if a == b)
    }
}

impl Serialize for Custom {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.config.to_value().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}
