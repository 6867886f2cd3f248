use super::*;
use crate::args::{Command, RankArgs};

/// What `lfr rank pile` with `flags` makes of a file of `text`.
fn rank(text: &str, flags: &[&str]) -> Result<(Box<RankArgs>, Tables)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.toml");
    std::fs::write(&path, text).unwrap();
    let mut words: Vec<OsString> = ["lfr", "rank", "pile", "--config"].map(OsString::from).into();
    words.push(path.into());
    words.extend(flags.iter().map(OsString::from));
    let (cli, tables) = parse(words)?;
    match cli.command {
        Command::Rank(args) => Ok((args, tables)),
        other => panic!("{other:?}"),
    }
}

fn refusal(text: &str, flags: &[&str]) -> String {
    rank(text, flags).unwrap_err().to_string()
}

#[test]
fn keys_are_flags() {
    let text = "image_size = 64\nmax-bad-fraction = 0.5\nignore = [\"a\", \"b\"]\nid = \"-x\"\nstrict = true\nforce = false\n";
    let (args, _) = rank(text, &[]).unwrap();
    assert_eq!((args.reading.image_size, args.reading.max_bad_fraction), (Some(64), Some(0.5)));
    assert_eq!(
        (args.reading.ignore.as_slice(), args.reading.id.as_deref()),
        (&["a".into(), "b".into()][..], Some("-x"))
    );
    assert!(args.fitting.strict && !args.writing.force);
}

#[test]
fn flags_win() {
    let text = "seed = 7\nignore = [\"a\"]\ntop_k = 5\n";
    let (args, _) = rank(text, &["--seed", "0", "--ignore", "z", "--contamination", "0.1"]).unwrap();
    assert_eq!((args.fitting.seed, args.reading.ignore.as_slice()), (0, &["z".to_owned()][..]));
    assert_eq!((args.cut.top_k, args.cut.contamination), (None, Some(0.1)));
}

#[test]
fn a_switch_with_an_opposite_can_be_false() {
    let names = |text: &str, flags: &[&str]| rank(text, flags).unwrap().0.reading.file.names;
    assert!(names("header = true\n", &[]).header && names("header = false\n", &[]).no_header);
    assert!(!names("header = false\n", &["--header"]).no_header);
    let (args, _) = rank("kind = \"table\"\ndelimiter = \"tab\"\nsheet = 2\n", &[]).unwrap();
    assert_eq!((args.reading.file.delimiter, args.reading.file.sheet.as_deref()), (Some(b'\t'), Some("2")));
}

#[test]
fn words_after_a_double_dash_stay_last() {
    assert_eq!(rank("seed = 7", &["--",]).unwrap().0.fitting.seed, 7);
}

#[test]
fn tables_are_handed_on() {
    let (_, tables) = rank("[settings]\nlatent = 4\n[preprocess.text]\nmin_df = 2\n", &[]).unwrap();
    assert_eq!(tables.settings, Some(serde_json::json!({ "latent": 4 })));
    assert_eq!(tables.preprocess, Some(serde_json::json!({ "text": { "min_df": 2 } })));
}

#[test]
fn bad_files_are_refused_by_name() {
    assert!(
        refusal("epoch = 3", &[])
            .starts_with("bad setting `epoch` = 3: `lfr rank` has no such setting; there are ")
    );
    assert!(refusal("config = \"x\"", &[]).contains("no such setting"));
    assert!(refusal("input = \"x\"", &[]).contains("no such setting"));
    assert!(refusal("strict = 1", &[]).contains("`strict` = 1: must be true or false"));
    assert!(refusal("seed = [1]", &[]).contains("`seed` = [1]: must be a single text or number"));
    assert!(refusal("settings = 1", &[]).contains("must be a table"));
    assert!(refusal("seed = ", &[]).contains("run.toml: "));
    let bad = refusal("seed = \"x\"", &[]);
    assert!(
        bad.ends_with("run.toml: invalid value 'x' for '--seed <N>': invalid digit found in string"),
        "{bad}"
    );
    assert!(refusal("top_k = 1\ncontamination = 0.1", &[]).contains("cannot be used with"));
}

#[test]
fn the_grammar_is_consistent() {
    Cli::command().debug_assert();
}

/// Made-up configurations for a second, or as many as `LFR_FUZZ_SECONDS` says, as in the library's fuzz test.
#[test]
fn no_configuration_makes_it_panic() {
    let pieces = [
        "seed",
        "ignore",
        "top_k",
        "columns",
        "delimiter",
        "header",
        "config",
        "method",
        "epochs",
        " = ",
        "=",
        "7",
        "-1",
        "1e400",
        "true",
        "[\"a\", 1]",
        "\"x\"",
        "\"\\u0000\"",
        "\n",
        "\n",
        "[settings]\n",
        "[preprocess.table]\n",
        "[[a]]\n",
        "a.b",
        "{ c = 1 }",
        "#",
        "\"",
        "'",
        "\u{feff}",
        "é",
        "\0",
        "1979-05-27",
        "--",
        "-",
        "=\n",
    ];
    let seconds = std::env::var("LFR_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let (mut state, mut count) = (1_u64, 0);
    while std::time::Instant::now() < end {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        let text: String = (0..next() % 12).map(|_| pieces[next() % pieces.len()]).collect();
        let _ = rank(&text, &[]);
        count += 1;
    }
    assert!(count > 0);
}
