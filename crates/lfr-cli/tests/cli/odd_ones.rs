//! Small files whose odd one out anyone sees: it comes first.

use crate::fixture::Place;

/// The identifiers of the ranking of `command`, most anomalous first.
fn ranking(place: &Place, command: &str) -> Vec<String> {
    place.lfr(&format!("rank {command} -q --no-report --force -o out")).ok();
    let scores = place.read("out/scores.csv");
    let rank = |line: &str| line.split(',').nth(2).and_then(|rank| rank.parse::<f64>().ok()).unwrap();
    let mut lines: Vec<&str> = scores.lines().skip(1).collect();
    lines.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    lines.iter().map(|line| line.split(',').next().unwrap().to_owned()).collect()
}

/// Twenty-three lines of five words out of nine.
fn colours() -> String {
    let words = ["blue", "pink", "green", "grey", "red", "black", "white", "gold", "brown"];
    let line =
        |i: usize| (0..5).map(|j| words[(i * (j + 2) + j * j) % 9]).collect::<Vec<_>>().join(" ") + "\n";
    (0..23).map(line).collect()
}

#[test]
fn a_line_of_emoji_among_colours_is_first() {
    let place = Place::with("lines.txt", colours() + "🔥🔥🔥\n");
    assert_eq!(ranking(&place, "lines.txt")[0], "23");
}

#[test]
fn a_line_without_a_word_is_first_and_the_summary_says_so() {
    let place = Place::with("lines.txt", format!("{}!!\n", colours()));
    assert_eq!(ranking(&place, "lines.txt")[0], "23");
    let run = place.read("out/run.json");
    assert!(run.contains("1 of 24 documents holds no known word; it ranks first"), "{run}");
    place.write("new.txt", "blue grey\n...\n");
    let scores = place.lfr("score out/model.safetensors new.txt -q").ok();
    let last = scores.lines().last().unwrap();
    assert!(last.contains(",1.0"), "the highest percentile: {last}");
}

#[test]
fn a_line_of_other_characters_is_first() {
    let line =
        |i: usize| ["今日は良い天気", "明日も良い天気", "昨日は悪い天気"][i % 3].repeat(1 + i % 2) + "\n";
    let place = Place::with("lines.txt", (0..24).map(line).collect::<String>() + "電車が遅れた\n");
    assert_eq!(ranking(&place, "lines.txt")[0], "24");
}

#[test]
fn emoji_are_compared_with_emoji() {
    let line = |i: usize| ["🔥🔥🌊", "🌊🔥🌳", "🌳🌊🌳"][i % 3].to_owned() + "\n";
    let place = Place::with("lines.txt", (0..24).map(line).collect::<String>() + "🚗🚗🚗\n");
    assert_eq!(ranking(&place, "lines.txt")[0], "24");
}

#[test]
fn equal_values_warn_by_lof_and_only_the_far_one_is_far() {
    let values = "1\n".repeat(25) + "1.001\n1.002\n50\n";
    let place = Place::with("pile.csv", format!("v\n{values}"));
    assert_eq!(ranking(&place, "pile.csv --method lof")[0], "27");
    assert!(place.read("out/run.json").contains("25 of 28 items equal at least 20 others"));
    let scores = place.read("out/scores.csv");
    let score = |id: &str| -> f64 {
        let line = scores.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap();
        line.split(',').nth(1).unwrap().parse().unwrap()
    };
    assert!(score("25") < 2.0 && score("26") < 2.0 && score("27") > 2.0, "{scores}");
}

#[test]
fn a_good_small_table_gives_no_alarm() {
    let row =
        |i: usize| format!("{},{},{}\n", i * 7 % 31, i * 11 % 23, if i == 20 { 900 } else { i * 5 % 19 });
    let place = Place::with("pile.csv", format!("a,b,c\n{}", (0..60).map(row).collect::<String>()));
    for method in ["combined", "ae-lfr --epochs 40 --learning-rate 1e-3 --batch-size 16"] {
        let run = place.lfr(&format!("rank pile.csv --no-report --force -o out --method {method}"));
        assert!(run.code == 0 && !run.stderr.contains("latent units"), "{run:?}");
    }
    let text = place.lfr("rank pile.csv --no-report --force -o out").ok();
    assert!(text.contains("ranked by combined (isolation-forest, knn, also, pca)"), "{text}");
}

#[test]
fn rows_without_a_value_rank_first_at_fit_and_at_score() {
    let row = |i: usize| match i {
        9 | 30 => format!("r{i},-,NA,?\n"),
        17 => "r17,900,x,5\n".into(),
        _ => format!("r{i},{},{},{}\n", 20 + i * 7 % 13, ["x", "y"][i % 2], i % 4),
    };
    let table = format!("id,a,b,c\n{}", (0..40).map(row).collect::<String>());
    let place = Place::with("a.csv", &table);
    let run = place.lfr("rank a.csv -o out --id id");
    assert!(run.stderr.contains("2 of 40 rows hold no value; they rank first"), "{run:?}");
    run.ok();
    let scores = place.read("out/scores.csv");
    let rank = |scores: &str, id: &str| -> usize {
        let line = scores.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap();
        line.split(',').nth(2).unwrap().parse().unwrap()
    };
    assert_eq!([rank(&scores, "r9"), rank(&scores, "r30"), rank(&scores, "r17")], [1, 2, 3]);
    assert!(place.read("out/report.html").contains("r9"));
    place.write("new.csv", "id,a,b,c\nn1,25,x,1\nn2,,,\nn3,5000,y,2\n");
    let new = place.lfr("score out/model.safetensors new.csv").ok();
    assert_eq!([rank(&new, "n2"), rank(&new, "n3")], [1, 2]);
}
