//! `lfr methods`.

use std::fmt::Write;

use anyhow::Result;
use lfr::method::{Description, Method, Setting};
use serde_json::json;

use crate::args::MethodsArgs;
use crate::terminal::{print, print_json};

/// Columns of text.
const WIDTH: usize = 100;

/// Prints every method with its presets, or every setting of one.
pub fn run(args: &MethodsArgs) -> Result<()> {
    match &args.method {
        Some(name) => one(&Method::named(name, args.preset.as_deref())?, args),
        None => all(args),
    }
}

fn all(args: &MethodsArgs) -> Result<()> {
    if args.json {
        return print_json(&Method::ALL.iter().map(entry).collect::<Vec<_>>());
    }
    let mut text = String::new();
    for method in Method::ALL {
        writeln!(text, "{:<18}{}", method.name, method.summary)?;
        writeln!(text, "{:18}takes {}; {}; {}", "", method.takes.words(), method.source, method.cost)?;
        if !method.presets().is_empty() {
            writeln!(text, "{:18}presets: {}", "", method.presets().join(", "))?;
        }
    }
    text.push_str(
        "\nEvery method scores the data it is fitted on and, once fitted, items it never saw.\n\
         The cost is an estimate for a thousand small images on a laptop's processor.\n\
         `lfr methods METHOD` shows every setting of one.\n",
    );
    print(text.as_bytes())
}

fn one(method: &Method, args: &MethodsArgs) -> Result<()> {
    let (about, settings) = (method.description(), method.settings());
    if args.json {
        let mut entry = entry(&about);
        entry["settings"] = json!(settings);
        return print_json(&entry);
    }
    let mut text = String::new();
    writeln!(text, "{}: {}\n", about.name, about.summary)?;
    writeln!(text, "takes    {}", about.takes.words())?;
    writeln!(text, "source   {}", about.source)?;
    writeln!(text, "cost     {}", about.cost)?;
    if !about.presets().is_empty() {
        writeln!(text, "presets  {}", about.presets().join(", "))?;
    }
    let values =
        args.preset.as_ref().map_or("default values".to_owned(), |preset| format!("preset {preset}"));
    writeln!(text, "\nSettings, as in the configuration file ({values}):\n\n[settings]")?;
    for setting in &settings {
        write_setting(&mut text, setting)?;
    }
    print(text.as_bytes())
}

fn write_setting(text: &mut String, setting: &Setting) -> Result<()> {
    // A combination's absent illustrator has no value in TOML.
    let absent = if setting.value == "null" { "# " } else { "" };
    writeln!(text, "{absent}{} = {}", setting.key, setting.value)?;
    write_wrapped(text, "    # ", &setting.meaning)?;
    for choice in &setting.choices {
        write_wrapped(text, "    #   ", &format!("\"{}\": {}", choice.name, choice.meaning))?;
    }
    write_wrapped(text, "    # ", &format!("Source: {}.", setting.source))?;
    Ok(())
}

fn write_wrapped(text: &mut String, indent: &str, words: &str) -> Result<()> {
    let options = textwrap::Options::new(WIDTH).initial_indent(indent).subsequent_indent(indent);
    writeln!(text, "{}", textwrap::fill(words, options))?;
    Ok(())
}

fn entry(method: &Description) -> serde_json::Value {
    json!({
        "name": method.name,
        "presets": method.presets(),
        "summary": method.summary,
        "source": method.source,
        "takes": method.takes.words(),
        "cost": method.cost,
    })
}
