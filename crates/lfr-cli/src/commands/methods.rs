//! `lfr methods`.

use std::fmt::Write;

use anyhow::Result;
use lfr::method::Method;
use serde_json::json;

use crate::args::MethodsArgs;
use crate::terminal::{print, print_json};

/// Prints every method with its presets.
pub fn run(args: &MethodsArgs) -> Result<()> {
    if args.json {
        return print_json(&Method::ALL.iter().map(entry).collect::<Vec<_>>());
    }
    let mut text = String::new();
    for method in Method::ALL {
        writeln!(text, "{:<18}{}", method.name, method.summary)?;
        writeln!(text, "{:18}{}; {}", "", method.source, method.cost)?;
        if !method.presets.is_empty() {
            writeln!(text, "{:18}presets: {}", "", method.presets.join(", "))?;
        }
    }
    print(text.as_bytes())
}

fn entry(method: &lfr::method::Description) -> serde_json::Value {
    json!({
        "name": method.name,
        "presets": method.presets,
        "summary": method.summary,
        "source": method.source,
        "cost": method.cost,
    })
}
