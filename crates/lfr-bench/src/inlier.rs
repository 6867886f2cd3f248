//! Which classes a grid takes as inliers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::grid::distinct;
use lfr::dataset::Name;
use lfr::error::{Error, Result};

/// Which classes are inliers in turn.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub enum Inlier {
    /// Every class of every data set (`"each"`).
    Each,
    /// These, of every data set.
    Classes(Vec<String>),
    /// These, by data set; every class of one that is not named.
    ByDataset(BTreeMap<Name, Vec<String>>),
}

impl Inlier {
    /// Checks the classes on `datasets`.
    ///
    /// # Errors
    /// A class that a data set does not have or that stands there twice; a data set that is not among them.
    pub(super) fn validate(&self, datasets: &[Name]) -> Result<()> {
        if let Self::ByDataset(by) = self
            && let Some(name) = by.keys().find(|name| !datasets.contains(name))
        {
            return Err(Error::config("inlier", name, "is not among the grid's data sets"));
        }
        datasets.iter().try_for_each(|&name| self.classes(name).map(drop))
    }

    /// The inlier classes of `name`, spelt as the data set does.
    ///
    /// # Errors
    /// A class the data set does not have.
    pub(super) fn classes(&self, name: Name) -> Result<Vec<&'static str>> {
        let all = name.class_names();
        let some = match self {
            Inlier::Each => return Ok(all.to_vec()),
            Inlier::Classes(some) => some,
            Inlier::ByDataset(by) => match by.get(&name) {
                Some(some) => some,
                None => return Ok(all.to_vec()),
            },
        };
        distinct("inlier", some, String::clone)?;
        some.iter().map(|text| Ok(all[usize::from(name.class(text)?)])).collect()
    }
}

impl TryFrom<toml::Value> for Inlier {
    type Error = String;

    fn try_from(value: toml::Value) -> std::result::Result<Self, String> {
        match value {
            toml::Value::String(word) if word == "each" => Ok(Self::Each),
            toml::Value::Array(_) => value.try_into().map(Self::Classes).map_err(|e| e.message().to_owned()),
            toml::Value::Table(_) => {
                value.try_into().map(Self::ByDataset).map_err(|e| e.message().to_owned())
            }
            other => Err(format!(
                "inlier = {other}: write \"each\", a list of class names, or a table of lists by data set"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inlier(text: &str) -> std::result::Result<Inlier, String> {
        let table: toml::Table = toml::from_str(&format!("inlier = {text}")).unwrap();
        Inlier::try_from(table["inlier"].clone())
    }

    #[test]
    fn each_some_or_by_data_set() {
        let classes = |text: &str, name| inlier(text).unwrap().classes(name).unwrap();
        assert_eq!(classes("\"each\"", Name::Reuters).len(), 5);
        assert_eq!(classes("[\"faces easy\", \"10\"]", Name::Caltech101), ["Faces_easy", "watch"]);
        assert_eq!(classes("{ caltech101 = [\"ketch\"] }", Name::Caltech101), ["ketch"]);
        assert_eq!(classes("{ caltech101 = [\"ketch\"] }", Name::Mnist).len(), 10);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["\"all\"", "3", "[3]", "{ caltech = [] }", "{ mnist = \"1\" }"] {
            assert!(inlier(text).is_err(), "{text}");
        }
        let refused = |text: &str| inlier(text).unwrap().validate(&[Name::Mnist]).unwrap_err().to_string();
        assert!(refused("{ reuters = [\"earn\"] }").contains("not among"));
        assert!(refused("{ mnist = [] }").contains("at least one"));
        assert!(refused("[\"1\", \"1\"]").contains("twice"));
    }
}
