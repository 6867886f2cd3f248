//! Help, version, completions and manual pages.

use crate::fixture::Place;

const COMMANDS: [&str; 15] = [
    "rank",
    "columns",
    "fit",
    "score",
    "threshold",
    "review",
    "report",
    "inspect",
    "export",
    "methods",
    "bench",
    "data",
    "features",
    "completions",
    "man",
];

#[test]
fn help_names_every_command_and_shows_examples() {
    let help = Place::new().lfr("--help").ok();
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command}")), "{command}:\n{help}");
    }
    assert!(help.contains("Examples:\n  lfr rank photos/"), "{help}");
    assert!(!help.contains('\u{1b}'), "colours off a terminal");
}

#[test]
fn every_command_has_help_that_fits_the_width() {
    let place = Place::new();
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let help = place.lfr(&format!("{command} {flag}")).ok();
            assert!(help.contains("Usage: lfr"), "{command}");
            let widest = help.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= 100, "{command} {flag} is {widest} wide:\n{help}");
        }
    }
}

#[test]
fn flags_are_grouped() {
    let help = Place::new().lfr("rank --help").ok();
    let places = ["Output:", "Input:", "Method:", "Flagging:", "Running:"].map(|heading| help.find(heading));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{help}");
}

#[test]
fn no_command_is_answered_with_help() {
    let run = Place::new().lfr("");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("Usage: lfr <COMMAND>"), "{}", run.stderr);
}

#[test]
fn the_version_is_told() {
    assert_eq!(Place::new().lfr("--version").ok(), concat!("lfr ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Place::new().lfr(&format!("completions {shell}")).ok();
        assert!(script.contains("threshold") && script.contains("max-bad-fraction"), "{shell}");
    }
    Place::new().lfr("completions tcsh").refused("tcsh");
}

#[test]
fn manual_pages_are_roff() {
    let place = Place::new();
    let page = place.lfr("man").ok();
    assert!(page.contains(".TH lfr 1") && page.contains(".SH DESCRIPTION"), "{page}");
    let page = place.lfr("man rank").ok();
    assert!(page.contains("lfr\\-rank") && page.contains("contamination"), "{page}");
    place.lfr("man magic").refused("there is no command magic");
}

#[test]
fn methods_are_listed() {
    let place = Place::new();
    assert!(place.lfr("methods").ok().contains("ae-lfr"));
    let json: serde_json::Value = serde_json::from_str(&place.lfr("methods --json").ok()).unwrap();
    let presets = json.as_array().unwrap().iter().find(|method| method["name"] == "ae-lfr").unwrap();
    assert!(presets["presets"].as_array().unwrap().contains(&"paper".into()));
}

#[test]
fn the_settings_of_a_method_are_shown_as_a_configuration_file_has_them() {
    let place = Place::new();
    let text = place.lfr("methods ae-lfr --preset authors-2021").ok();
    for line in [
        "[settings]",
        "lfr.lambda_2 = 0.01",
        "train_on = \"latent\"",
        "    # Source: Lin et al. 2023, Eq. 12.",
    ] {
        assert!(text.lines().any(|found| found == line), "no `{line}` in\n{text}");
    }
    let (_, settings) = text.split_once("[settings]").unwrap();
    place.write("run.toml", format!("method = \"ae-lfr\"\nepochs = 1\n[settings]{settings}"));
    place.write("pile.csv", (0..30).map(|i| format!("{},{}\n", i, i * i)).collect::<String>());
    place.lfr("rank pile.csv --config run.toml -o out").ok();
    let json: serde_json::Value = serde_json::from_str(&place.lfr("methods ecod --json").ok()).unwrap();
    assert_eq!(json["settings"][1]["choices"].as_array().unwrap().len(), 2, "{json}");
    place.lfr("methods magic").refused("there are combined, ae-lfr");
    place.lfr("methods ae --preset magic").refused("ae has paper");
}
