//! What differs between two configurations.

use std::collections::BTreeSet;

use serde_json::Value;

/// One sentence part per setting that differs, such as `schedule.epochs 30, now 20`.
pub(super) fn differences(then: &Value, now: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare("", Some(then), Some(now), &mut all);
    all
}

fn compare(at: &str, then: Option<&Value>, now: Option<&Value>, all: &mut Vec<String>) {
    match (then, now) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                compare(&path, a.get(key), b.get(key), all);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for i in 0..a.len().max(b.len()) {
                compare(&format!("{at}[{i}]"), a.get(i), b.get(i), all);
            }
        }
        _ if then == now => {}
        _ => {
            let text = |value: Option<&Value>| value.map_or("absent".to_owned(), Value::to_string);
            all.push(format!("{at} {}, now {}", text(then), text(now)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_by_their_path() {
        let then =
            json!({ "method": "pca", "variance": 0.5, "members": [{ "k": 1 }, { "k": 2 }], "old": true });
        let now = json!({ "method": "pca", "variance": 0.0, "members": [{ "k": 1 }, { "k": 3 }], "new": {} });
        let expected =
            ["members[1].k 2, now 3", "new absent, now {}", "old true, now absent", "variance 0.5, now 0.0"];
        assert_eq!(differences(&then, &now), expected);
        assert!(differences(&then, &then).is_empty());
    }
}
