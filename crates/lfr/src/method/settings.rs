//! The settings of every method with default, meaning and source, read from the docstrings of their structs.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::Method;
use crate::method::registry::each;

/// One setting of a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// As in the configuration file under `[settings]`; those of a table within follow a dot.
    pub key: String,
    /// Its value, as the configuration file has it.
    pub value: String,
    /// What it does.
    pub meaning: String,
    /// Where the default is from.
    pub source: String,
    /// The words it can be; empty for numbers and lists.
    pub choices: Vec<Choice>,
}

/// A word that a setting can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// As in the configuration file.
    pub name: String,
    /// What it does.
    pub meaning: String,
}

impl Method {
    /// Every setting with the value it has here, tables within in place.
    pub fn settings(&self) -> Vec<Setting> {
        let values = serde_json::to_value(self).unwrap_or_default();
        let mut settings = Vec::new();
        collect(&each!(self, config => schema(config)), &values, "", &mut settings);
        settings
    }
}

fn schema<T: JsonSchema>(_: &T) -> Value {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

fn collect(schema: &Value, values: &Value, prefix: &str, settings: &mut Vec<Setting>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let key = format!("{prefix}{name}");
        if property["properties"].is_object() {
            collect(property, &values[name], &format!("{key}."), settings);
            continue;
        }
        let text = description(property);
        let (meaning, source) = text.split_once(" Source: ").unwrap_or((&text, ""));
        let choices = property["oneOf"].as_array().into_iter().flatten();
        settings.push(Setting {
            key,
            value: written(&values[name], property["format"] == "float"),
            meaning: meaning.to_owned(),
            source: source.trim_end_matches('.').to_owned(),
            choices: choices.map(choice).collect(),
        });
    }
}

fn choice(schema: &Value) -> Choice {
    Choice { name: schema["const"].as_str().unwrap_or_default().to_owned(), meaning: description(schema) }
}

/// A docstring in one line, without its markup.
fn description(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['\\', '`'], "")
}

/// `value` as in the configuration file; `single` precision numbers in the digits they have.
fn written(value: &Value, single: bool) -> String {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(number) if single => format!("{:?}", number as f32),
        Some(number) => format!("{number:?}"),
        None => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every path to a value that is no table.
    fn leaves(value: &Value, prefix: &str, found: &mut Vec<String>) {
        for (name, value) in value.as_object().into_iter().flatten() {
            match value {
                Value::Object(_) => leaves(value, &format!("{prefix}{name}."), found),
                _ => found.push(format!("{prefix}{name}")),
            }
        }
    }

    #[test]
    fn every_setting_of_every_method_says_what_it_is_and_where_it_is_from() {
        for description in Method::ALL {
            let method = Method::named(description.name, None).unwrap();
            let settings = method.settings();
            let mut keys = Vec::new();
            leaves(&serde_json::to_value(&method).unwrap(), "", &mut keys);
            keys.retain(|key| key != "method");
            assert_eq!(
                settings.iter().map(|setting| &setting.key).collect::<Vec<_>>(),
                keys.iter().collect::<Vec<_>>()
            );
            for setting in settings {
                let place = format!("{} {}: {setting:?}", description.name, setting.key);
                assert!(!setting.meaning.is_empty() && !setting.source.is_empty(), "{place}");
                assert!(!setting.meaning.contains("Source"), "{place}");
                let quoted = setting.value.trim_matches('"');
                let known =
                    setting.choices.iter().any(|choice| choice.name == quoted && !choice.meaning.is_empty());
                assert_eq!(known, setting.value.starts_with('"'), "{place}");
            }
        }
    }

    #[test]
    fn values_read_as_they_are_written() {
        let of = |name: &str, preset, key: &str| {
            let settings = Method::named(name, preset).unwrap().settings();
            settings.into_iter().find(|setting| setting.key == key).unwrap().value
        };
        assert_eq!(of("ae-lfr", None, "lfr.lambda_2"), "0.1");
        assert_eq!(of("ae-lfr", Some("authors-2021"), "lfr.lambda_2"), "0.01");
        assert_eq!(of("ae", Some("authors-2021"), "latent"), "128");
        assert_eq!(of("ae-lfr", None, "schedule.epsilon"), "1e-8");
        assert_eq!(of("ae-lfr", None, "schedule.epochs"), "1000");
        assert_eq!(of("geom", None, "score"), "\"mean-log-prob\"");
        assert_eq!(of("combined", None, "members"), "[]");
    }

    #[test]
    fn a_setting_given_back_changes_nothing() {
        for description in Method::ALL {
            let method = Method::named(description.name, None).unwrap();
            for Setting { key, value, .. } in method.settings().into_iter().filter(|s| s.value != "null") {
                let overrides: toml::Value = toml::from_str(&format!("{key} = {value}")).unwrap();
                let again = method.with(&serde_json::to_value(overrides).unwrap()).unwrap();
                assert_eq!(again, method, "{key} = {value}");
            }
        }
    }
}
