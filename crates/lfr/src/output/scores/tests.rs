use super::*;
use proptest::prelude::*;

fn scores() -> Scores {
    let mut ids = Ids::default();
    ids.extend(["a,b.png", "\"quoted\"", "ünï\ncode", ""]);
    let mut labels = Texts::default();
    labels.extend(["0", "1", "", "x"]);
    let mut scores = Scores::of_pile(ids, vec![0.1, 2.5e-30, -7.0, 0.1]);
    scores.outliers = Some(vec![true, false, false, true]);
    scores.labels = Some(labels);
    scores
}

/// Reads a file called `name` that holds `content`.
fn read_text(name: &str, content: impl AsRef<[u8]>) -> Result<Scores> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    Scores::read(&path)
}

fn refusal(name: &str, content: impl AsRef<[u8]>) -> String {
    read_text(name, content).unwrap_err().to_string()
}

fn round_trip(scores: &Scores, format: Format) -> Scores {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("scores.{}", format.extension()));
    scores.write(&path, format).unwrap();
    Scores::read(&path).unwrap()
}

/// A reader that went away.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_went_away_is_told_from_other_failures() {
    let many = Scores::of_pile(Ids::Rows(5000), vec![0.5; 5000]);
    for format in [Format::Csv, Format::Jsonl] {
        let error = many.write_to(&mut Gone, Path::new("out"), format).unwrap_err();
        let Error::Io { source, .. } = error else { panic!("{error:?}") };
        assert_eq!(source.kind(), std::io::ErrorKind::BrokenPipe, "{format:?}");
    }
}

#[test]
fn every_format_keeps_everything_but_flags() {
    let expected = Scores { outliers: None, ..scores() };
    for format in Format::ALL {
        assert_eq!(round_trip(&scores(), format), expected, "{format:?}");
    }
}

#[test]
fn a_sorted_file_is_joined_by_its_ids() {
    let ids = ["a", "=b", "c"].map(str::to_owned);
    let made = |names: &[&str], values: &[f32]| {
        let mut ids = Ids::default();
        ids.extend(names);
        let mut labels = Texts::default();
        labels.extend(names);
        Scores { labels: Some(labels), ..Scores::of_pile(ids, values.to_vec()) }
    };
    let whole = made(&["a", "=b", "c"], &[1.0, 2.0, 3.0]);
    assert_eq!(made(&["c", "a", "=b"], &[3.0, 1.0, 2.0]).in_order_of(&ids).unwrap(), whole);
    let quoted = made(&["c", "=b", "a"], &[3.0, 2.0, 1.0]).without_formulas();
    assert_eq!(quoted.in_order_of(&ids).unwrap().scores, whole.scores);
    let refusal =
        |names: &[&str]| made(names, &vec![0.0; names.len()]).in_order_of(&ids).unwrap_err().to_string();
    assert!(refusal(&["a", "=b"]).contains("none for the item `c`"));
    assert!(refusal(&["a", "=b", "c", "d"]).contains("`d` is not an item of the input"));
    assert!(refusal(&["c", "c", "a"]).contains("`c` stands for several items"));
    // In the order of the input the place tells items of one id apart.
    let twins = ["a", "a"].map(str::to_owned);
    assert_eq!(made(&["a", "a"], &[1.0, 2.0]).in_order_of(&twins).unwrap().scores, [1.0, 2.0]);
}

#[test]
fn row_numbers_stay_row_numbers() {
    let rows = Scores::of_pile(Ids::Rows(3), vec![1.0, 3.0, 2.0]);
    for format in Format::ALL {
        assert_eq!(round_trip(&rows, format).ids, Ids::Rows(3), "{format:?}");
    }
}

#[test]
fn csv_looks_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    let mut rows = Scores::of_pile(Ids::Rows(2), vec![1.0, 3.5]);
    rows.write(&path, Format::Csv).unwrap();
    let plain = "id,anomaly_score,anomaly_rank,anomaly_percentile\n0,1.0,2,0.5\n1,3.5,1,1.0\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), plain);
    rows.outliers = Some(vec![false, true]);
    rows.write(&path, Format::Csv).unwrap();
    let flagged =
        "id,anomaly_score,anomaly_rank,anomaly_percentile,outlier\n0,1.0,2,0.5,false\n1,3.5,1,1.0,true\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), flagged);
}

#[test]
fn bare_score_files_are_enough() {
    for (name, content) in [
        ("s.csv", "anomaly_score,other\n1,x\n 3 ,y\n"),
        ("s.jsonl", "{\"anomaly_score\": 1}\n\n{\"anomaly_score\": 3.0, \"other\": []}\n"),
    ] {
        assert_eq!(read_text(name, content).unwrap(), Scores::of_pile(Ids::Rows(2), vec![1.0, 3.0]));
    }
    let numbered = read_text("s.jsonl", "{\"id\": 17, \"anomaly_score\": 1, \"label\": true}").unwrap();
    assert_eq!((numbered.ids.get(0), numbered.labels.unwrap().get(0)), ("17".into(), Some("true")));
}

#[test]
fn bad_rows_are_named() {
    let head = "id,anomaly_score,anomaly_percentile\na,1,0.5\n";
    assert!(
        refusal("s.csv", format!("{head}b,NaN,1\n"))
            .ends_with("line 3: anomaly_score is missing or not a finite number")
    );
    assert!(refusal("s.csv", format!("{head}b,1e39,1\n")).contains("line 3: anomaly_score"));
    assert!(refusal("s.csv", format!("{head}b,,1\n")).contains("line 3: anomaly_score"));
    assert!(refusal("s.csv", format!("{head}b,2,1.5\n")).contains("line 3: anomaly_percentile"));
    assert!(refusal("s.csv", format!("{head}b,2\n")).contains("line: 3"));
    assert!(refusal("s.csv", b"id,anomaly_score\n\xff,1\n").contains("UTF-8"));
    assert!(
        refusal("s.csv", "anomaly_score,anomaly_score\n1,2\n")
            .contains("two columns are called anomaly_score")
    );
    assert!(
        refusal("s.jsonl", "{\"anomaly_score\": 1}\n{\"anomaly_score\": \"high\"}\n").contains("line 2: ")
    );
    assert!(refusal("s.jsonl", "{\"anomaly_score\": 1}\n{\"anomaly_score\"").contains("line 2: "));
    assert!(
        refusal("s.jsonl", "{\"anomaly_score\": 1}\n{\"id\": 2}\n")
            .contains("line 2: anomaly_score is missing")
    );
    let uneven = "{\"anomaly_score\": 1}\n{\"anomaly_score\": 2, \"label\": 1}\n";
    assert!(refusal("s.jsonl", uneven).contains("line 2: anomaly_percentile, label or known is missing"));
}

#[test]
fn other_files_are_refused() {
    assert!(refusal("s.csv", "a,b\n1,2\n").contains("not a score file: no column anomaly_score, only a, b"));
    assert!(matches!(read_text("s.csv", "anomaly_score\n"), Err(Error::Empty { .. })));
    assert!(matches!(read_text("s.jsonl", ""), Err(Error::Empty { .. })));
    assert!(refusal("s.csv", "").contains("not a score file"));
    assert!(refusal("s.parquet", "PAR1").contains("s.parquet: "));
    assert!(refusal("s.txt", "").contains("the name of a score file ends in .csv, .jsonl or .parquet"));
    assert!(matches!(Scores::read(Path::new("/nowhere/s.csv")), Err(Error::Io { .. })));
}

#[test]
fn a_truncated_parquet_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.parquet");
    scores().write(&path, Format::Parquet).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for length in [bytes.len() - 1, bytes.len() / 2, 5] {
        assert!(matches!(read_text("s.parquet", &bytes[..length]), Err(Error::Input { .. })), "{length}");
    }
}

#[test]
fn lists_of_different_length_are_refused() {
    let mut bad = scores();
    bad.percentiles.pop();
    let message = bad.write(Path::new("/nowhere"), Format::Csv).unwrap_err().to_string();
    assert!(message.contains("number of percentiles: expected 4, found 3"), "{message}");
}

proptest! {
    // Every case writes and syncs three files.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_scores_come_back_to_the_bit(
        rows in prop::collection::vec(("[^\r]{0,4}", prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL), 1..40),
    ) {
        let mut ids = Ids::default();
        ids.extend(rows.iter().map(|(id, _)| id));
        let scores = Scores::of_pile(ids, rows.iter().map(|&(_, score)| score).collect());
        for format in Format::ALL {
            prop_assert_eq!(&round_trip(&scores, format), &scores);
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), format in 0..3usize) {
        let head: &[u8] = if format == 0 { b"id,anomaly_score\n" } else { b"" };
        let name = format!("s.{}", Format::ALL[format].extension());
        let _ = read_text(&name, [head, &bytes].concat());
    }
}
