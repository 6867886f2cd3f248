//! Files that a model scores: what it knows of its training data decides how they are read, where that is in doubt.

use crate::fixture::Place;

/// Forty rows with decimal commas, separated by semicolons, below names.
fn training() -> String {
    let row = |i: i32| format!("{},{};{},25;{}\n", i * 7 % 13, i % 10, i * 5 % 11, i * 3 % 7);
    format!("a;b;c\n{}", (0..40).map(row).collect::<String>())
}

fn scored(place: &Place, flags: &str) -> Vec<String> {
    let run = place.lfr(&format!("score m.safetensors {flags}"));
    assert!(!run.stderr.contains("missing") && !run.stderr.contains("could not"), "{}", run.stderr);
    run.ok().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn one_row_is_read_as_the_training_was() {
    let place = Place::with("a.csv", training());
    place.lfr("fit a.csv -o m.safetensors --method knn").ok();
    let all = scored(&place, "a.csv");
    let third = all[3].split(',').nth(1).unwrap().to_owned();
    let row = training().lines().nth(4).unwrap().to_owned();
    for (name, content) in [
        ("one.csv", format!("a;b;c\n{row}\n")),
        ("titled.csv", format!("Export, Monday\n\na;b;c\n{row}\n")),
        ("more.csv", format!("b;note;a;c\n5,0;x, y;8,3;2\n{row}\n").replace(&format!("{row}\n"), "")),
    ] {
        place.write(name, &content);
        let scores = scored(&place, name);
        assert_eq!(scores.len(), 1, "{content}");
        if name != "more.csv" {
            assert_eq!(scores[0].split(',').nth(1).unwrap(), third, "{content}");
        }
    }
    place.write("other.csv", "x;y;z\n1,5;2,5;3\n");
    place.lfr("score m.safetensors other.csv").refused("expected a, b, c");
}

#[test]
fn one_row_without_names_is_read_where_the_training_had_none() {
    let place = Place::with("a.csv", training().split_once('\n').unwrap().1);
    place.lfr("fit a.csv -o m.safetensors --method knn").ok();
    let all = scored(&place, "a.csv");
    place.write("one.csv", training().lines().nth(4).unwrap());
    let scores = scored(&place, "one.csv");
    assert_eq!(scores.len(), 1);
    assert_eq!(scores[0].split(',').nth(1), all[3].split(',').nth(1));
}

#[test]
fn sheets_are_those_of_workbooks() {
    let place = Place::with("a.csv", training());
    place.lfr("rank a.csv -o out --sheet 2").refused("a.csv is no workbook");
    place.lfr("columns a.csv --sheet Data").refused("only Excel and OpenDocument files have sheets");
}

#[test]
fn whole_numbers_have_no_decimal_comma() {
    let place = Place::with("a.csv", training());
    let columns = place.lfr("columns a.csv").ok();
    let line = |name: &str| columns.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("a ").contains("number, decimal comma"), "{columns}");
    assert!(line("c ").contains("number") && !line("c ").contains("comma"), "{columns}");
}
