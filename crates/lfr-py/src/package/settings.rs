//! Settings as Python hands them over: a table of JSON.

use lfr::Error;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::errors::{exception, value_error};

/// Settings by name, each taken out by who knows it.
pub struct Settings(Map<String, Value>);

impl Settings {
    /// Reads a JSON table.
    pub fn read(json: &str) -> PyResult<Self> {
        serde_json::from_str(json).map(Self).map_err(value_error)
    }

    /// Takes out the setting `key`; `None` where it is not given.
    ///
    /// # Errors
    /// `ValueError` naming the setting when it is of another type.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str) -> PyResult<Option<T>> {
        match self.0.remove(key).unwrap_or_default() {
            Value::Null => Ok(None),
            value => match T::deserialize(&value) {
                Ok(setting) => Ok(Some(setting)),
                Err(problem) => Err(exception(Error::config(key, &value, problem.to_string()))),
            },
        }
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> PyResult<()> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((key, value)) => Err(exception(Error::config(key, value, "there is no such setting"))),
        }
    }
}
