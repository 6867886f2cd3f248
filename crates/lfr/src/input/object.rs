//! One JSON object as a flat list of keys and values.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The keys and plain values of the object in line `number` (from 1), in order; values within objects and arrays
/// get keys such as `a.b` and `a.0`.
///
/// # Errors
/// Why it is no object, with line and column.
pub(super) fn parse(line: &[u8], number: u64) -> Result<Vec<(String, Value)>, String> {
    if line.trim_ascii_start().starts_with(b"[") {
        return Err(format!(
            "line {number} begins an array, not an object (`jq -c '.[]'` splits an array into lines)"
        ));
    }
    let Object(pairs) = serde_json::from_slice(line).map_err(|error| {
        // The parser only saw one line, so that of its "line 1 column 7" the column counts.
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        format!("line {number}, column {}: {reason}", error.column())
    })?;
    let mut cells = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        flatten(key, value, &mut cells);
    }
    Ok(cells)
}

fn flatten(key: String, value: Value, cells: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(inner) => {
            inner.into_iter().for_each(|(name, value)| flatten(format!("{key}.{name}"), value, cells));
        }
        Value::Array(inner) => {
            inner.into_iter().enumerate().for_each(|(i, value)| flatten(format!("{key}.{i}"), value, cells));
        }
        value => cells.push((key, value)),
    }
}

/// A JSON object that keeps the order of its keys.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_keep_their_order_and_nested_values_get_paths() {
        let found = parse(br#"{"z": 1, "a": {"x": true, "v": [2, {"w": null}]}, "e": []}"#, 1).unwrap();
        let mut keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys[0], "z");
        keys.sort_unstable();
        assert_eq!(keys, ["a.v.0", "a.v.1.w", "a.x", "z"]);
        assert!(found.contains(&("a.x".into(), json!(true))));
    }

    #[test]
    fn reasons_name_line_and_column() {
        assert_eq!(parse(b"{\"a\": nope}", 7).unwrap_err(), "line 7, column 8: expected ident");
        assert!(parse(b"3", 7).unwrap_err().contains("expected an object"));
        assert!(parse(b" [1]", 7).unwrap_err().starts_with("line 7 begins an array"));
        let deep = [vec![b'{'], b"\"a\":".to_vec(), vec![b'['; 10_000]].concat();
        assert!(parse(&deep, 1).is_err(), "no stack overflow");
    }
}
