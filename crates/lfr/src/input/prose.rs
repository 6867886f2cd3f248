//! A text that a record holds in parts: a list of strings and of objects with a `text`, as chat programs export messages.

use super::object::Cell;

/// The text of a record.
pub(super) struct Prose {
    /// Its name.
    pub key: String,
}

impl Prose {
    /// The one called `key`.
    pub fn of(key: &str) -> Self {
        Self { key: key.to_owned() }
    }

    /// What is behind the name of the text in that of a value within it: `0` and `1.text`.
    fn path<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(self.key.as_str())?.strip_prefix('.')
    }

    /// Whether a value of this name is a part of the text.
    pub fn is_part(&self, name: &str) -> bool {
        let Some(path) = self.path(name) else { return false };
        let place = path.strip_suffix(".text").unwrap_or(path);
        !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Adds the text, joined from its parts, to a record that has only those; a blank parts words that would touch.
    ///
    /// # Errors
    /// Why there is none, where the text is an object or a list of others.
    pub fn join(&self, cells: &mut Vec<Cell>) -> Result<(), String> {
        let within = || cells.iter().filter(|(name, _)| self.path(name).is_some());
        if cells.iter().any(|(name, _)| *name == self.key) || within().next().is_none() {
            return Ok(());
        }
        let parts: Vec<&str> = within()
            .filter(|(name, _)| self.is_part(name))
            .filter_map(|(_, value)| value.as_deref())
            .collect();
        if parts.is_empty() {
            return Err(format!("`{}` is an object or a list without a text", self.key));
        }
        let mut text = String::new();
        for part in parts {
            let touch = text.ends_with(char::is_alphanumeric) && part.starts_with(char::is_alphanumeric);
            text.extend(touch.then_some(' '));
            text.push_str(part);
        }
        cells.push((self.key.clone(), Some(text)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::object;

    fn joined(record: &str) -> Result<Option<String>, String> {
        let mut cells = object::parse(record, "").unwrap();
        Prose::of("text").join(&mut cells)?;
        Ok(cells.into_iter().find(|(name, _)| name == "text").and_then(|(_, value)| value))
    }

    #[test]
    fn lists_of_texts_are_joined() {
        let list = r#"{"text": ["see ", {"type": "link", "text": "http://a.b"}, ", or", {"type": "b", "text": "not"}], "x": 1}"#;
        assert_eq!(joined(list), Ok(Some("see http://a.b, or not".into())));
        assert_eq!(joined(r#"{"text": "plain", "text.0": "no"}"#), Ok(Some("plain".into())));
        for empty in [r#"{"text": []}"#, r#"{"text": null}"#, r#"{"texts": ["a"]}"#] {
            assert_eq!(joined(empty), Ok(None), "{empty}");
        }
        for other in [r#"{"text": {"a": "hello"}}"#, r#"{"text": [{"type": "link"}]}"#] {
            assert!(joined(other).is_err_and(|reason| reason.contains("`text` is an object")), "{other}");
        }
    }
}
