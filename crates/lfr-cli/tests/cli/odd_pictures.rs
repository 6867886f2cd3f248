//! Pictures as phones, cameras and attackers write them.

use std::path::{Path, PathBuf};

use crate::fixture::{Place, Run};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// A folder `photos` with the files of a folder of the test data.
fn place(folder: &str) -> Place {
    let place = Place::new();
    add(&place, "photos", &data().join(folder), usize::MAX);
    place
}

/// A folder `photos` with the first twelve pictures of the sample.
fn sneakers() -> Place {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sneakers/images");
    add(&place, "photos", &folder, 12);
    place
}

fn add(place: &Place, to: &str, from: &Path, most: usize) {
    std::fs::create_dir_all(place.path(to)).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().take(most) {
        let name = file.file_name().unwrap().to_str().unwrap();
        place.write(&format!("{to}/{name}"), std::fs::read(file).unwrap());
    }
}

/// Identifiers and scores, the most anomalous first.
fn ranked(csv: &str) -> Vec<(String, f64)> {
    let row = |line: &str| {
        let mut cells = line.split(',');
        (cells.next().unwrap().to_owned(), cells.next().unwrap().parse().unwrap())
    };
    let mut rows: Vec<(String, f64)> = csv.lines().skip(1).map(row).collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    rows
}

/// The scores of a run that went well and wrote `words` among its warnings, to the record as to stderr.
fn scores(place: &Place, run: Run, words: &str) -> Vec<(String, f64)> {
    assert!(run.stderr.contains(words), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    run.ok();
    assert!(place.read("photos-lfr/run.json").contains(words));
    ranked(&place.read("photos-lfr/scores.csv"))
}

const RANK: &str = "rank photos --no-report";

/// Five pictures of 550 counts in 16 bits and one of 610: black, all of them, by the range of 16 bits.
#[test]
fn counts_of_16_bits_are_told_apart() {
    let place = place("counts");
    let all = scores(&place, place.lfr(RANK), "their values, 550 to 610, are stretched to black and white");
    assert_eq!(all[0].0, "3.png");
    assert!(all[0].1 > all[1].1 && all[1].1 == all[5].1, "{all:?}");
}

#[test]
fn a_picture_of_16_bits_scores_alike_alone_and_in_company() {
    let place = place("counts");
    place.lfr("fit photos -q --method pca -o model.safetensors").ok();
    let all = ranked(&place.lfr("score model.safetensors photos -q").ok());
    for name in ["3.png", "4.png"] {
        let folder = format!("alone-{name}");
        std::fs::create_dir(place.path(&folder)).unwrap();
        std::fs::copy(place.path(&format!("photos/{name}")), place.path(&format!("{folder}/x.png"))).unwrap();
        let score = ranked(&place.lfr(&format!("score model.safetensors {folder} -q")).ok())[0].1;
        assert_eq!(score, all.iter().find(|(id, _)| id == name).unwrap().1, "{name}");
    }
}

/// Four of them have a film behind the end marker, with the letters of a marker in it.
#[test]
fn photos_with_a_film_behind_them_are_read() {
    let place = place("motion");
    place.lfr(&format!("{RANK} --max-bad-fraction 0")).ok();
    assert_eq!(ranked(&place.read("photos-lfr/scores.csv")).len(), 12);
    let jpeg = std::fs::read(place.path("photos/05.jpg")).unwrap();
    place.write("photos/cut.jpg", &jpeg[..jpeg.len() / 2]);
    let run = place.lfr(&format!("{RANK} --force"));
    assert!(run.stderr.contains("cut.jpg") && run.stderr.contains("cut short"), "{run:?}");
    run.ok();
}

#[test]
fn files_passed_over_are_counted_by_ending() {
    let place = place("heic");
    place.write("photos/labels.csv", "id,label\n");
    place.write("photos/.hidden", "");
    let words = "passed over 2 files that are not readable pictures: .csv 1, .heic 1; convert HEIC";
    assert_eq!(scores(&place, place.lfr(RANK), words).len(), 3);
    place.lfr("fit photos -q --method pca -o model.safetensors").ok();
    assert!(place.lfr("score model.safetensors photos").stderr.contains(words));
    for picture in ["p00.png", "p01.png", "p02.png"] {
        std::fs::remove_file(place.path(&format!("photos/{picture}"))).unwrap();
    }
    place.lfr("rank photos -o other").refused("convert HEIC and AVIF pictures to JPEG");
}

#[test]
fn most_files_say_what_a_folder_is() {
    let place = Place::new();
    add(&place, "letters", &data().join("heic"), 1);
    for i in 0..30 {
        place.write(&format!("letters/{i}.txt"), format!("dear friend number {i} we write to you"));
    }
    let run = place.lfr("rank letters --no-report --method pca");
    let words = "passed over 1 file that is not a readable document: .heic 1";
    assert!(run.stderr.contains(words), "{run:?}");
    run.ok();
    assert!(place.read("letters-lfr/run.json").contains(r#""kind": "text""#));
}

#[test]
fn a_decoder_that_panics_loses_one_picture() {
    let place = sneakers();
    place.write("photos/bad.png", std::fs::read(data().join("palette_of_4.png")).unwrap());
    let all = scores(&place, place.lfr(&format!("{RANK} --method pca")), "");
    assert_eq!(all.len(), 12);
    assert!(place.read("photos-lfr/run.json").contains("bad.png"));
}

/// Resized in floats from its whole width it would take 12 GB.
#[test]
fn a_very_wide_picture_is_one_like_others() {
    let place = sneakers();
    place.write("photos/wide.png", std::fs::read(data().join("wide_3000000x1.png")).unwrap());
    let all = scores(&place, place.lfr(&format!("{RANK} --method pca --image-size 256")), "");
    assert!(all.iter().any(|(id, _)| id == "wide.png"), "{all:?}");
}
