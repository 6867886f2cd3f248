//! `--features`: networks of others in front of every method. The toy encoders are made by `tests/data/encoders/make.py`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

use crate::fixture::Place;

fn toy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/encoders").join(name)
}

/// Copies the folder `from` with its folders.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

/// A place with the toy encoders and the folder `photos`: thirty reddish pictures, a blue one and a plain one.
fn photos() -> Place {
    let place = Place::new();
    copy(&toy(""), &place.path("toys"));
    std::fs::create_dir(place.path("photos")).unwrap();
    let noise = |x: u32, y: u32, i: u32| ((x * 31 + y * 17 + i * 13 + x * y * i) % 40) as u8;
    for i in 0..31 {
        let pixel = |x, y| match i {
            30 => Rgb([10, noise(x, y, i), 180 + noise(x, y, 5)]),
            _ => Rgb([180 + noise(x, y, i), 60 + noise(y, x, i), noise(x, y, i + 3)]),
        };
        RgbImage::from_fn(20, 20, pixel).save(place.path(&format!("photos/{i:02}.png"))).unwrap();
    }
    RgbImage::from_pixel(20, 20, Rgb([9, 9, 9])).save(place.path("photos/plain.png")).unwrap();
    place
}

const RANK: &str = "rank photos --features toys/pictures.onnx --features-cache kept";

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// The identifiers of a file of scores, the most anomalous first.
fn ranking(csv: &str) -> Vec<String> {
    let mut rows: Vec<(usize, String)> = csv
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[2].parse().unwrap(), cells[0].to_owned())
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn pictures_are_ranked_by_what_an_encoder_makes_of_them() {
    let place = photos();
    let run = place.lfr(RANK);
    assert!(run.stderr.contains("encoding photos with pictures.onnx: 32 of 32"), "{run:?}");
    assert!(run.stderr.contains("1 of 32 pictures is of one colour; it ranks first"), "{run:?}");
    assert!(run.stderr.contains("mean and deviation of ImageNet are used"), "{run:?}");
    run.ok();
    assert_eq!(ranking(&place.read("photos-lfr/scores.csv"))[..2], ["plain.png", "30.png"]);
    let record = json(&place.read("photos-lfr/run.json"));
    let encoder = &record["encoder"];
    assert_eq!((&encoder["name"], &encoder["width"]), (&"pictures.onnx".into(), &6.into()));
    assert_eq!(encoder["bytes"], std::fs::metadata(toy("pictures.onnx")).unwrap().len());
    assert_eq!(encoder["takes"]["pictures"]["side"], 16);
    assert!(record["seconds"]["encode"].as_f64().unwrap() > 0.0, "{}", record["seconds"]);
    // The blue picture is the 31st; typical ones stand beside it.
    let nearest = record["nearest"].as_array().unwrap();
    assert_eq!((&nearest[0][0], nearest[0][1].as_array().unwrap().len()), (&30.into(), 3));
    assert!(place.read("photos-lfr/report.html").contains("Most similar among the typical"));
    // Written again without the encoder.
    std::fs::remove_dir_all(place.path("toys")).unwrap();
    place.lfr("report photos-lfr").ok();
    assert!(place.read("photos-lfr/report.html").contains("Most similar among the typical"));
}

#[test]
fn a_second_run_takes_the_features_that_are_kept() {
    let place = photos();
    place.lfr(&format!("{RANK} -q -o one")).ok();
    let run = place.lfr(&format!("{RANK} -o two"));
    assert!(run.stderr.contains("32 of 32 (32 kept from before)"), "{run:?}");
    place.assert_same_results("one", "two");
    let run = place.lfr(&format!("{RANK} -o three --method pca"));
    assert!(run.stderr.contains("(32 kept from before)"), "{run:?}");
    // One picture more: only that one is encoded.
    RgbImage::from_fn(20, 20, |x, y| Rgb([x as u8, y as u8, 99])).save(place.path("photos/x.png")).unwrap();
    let run = place.lfr(&format!("{RANK} -o four"));
    assert!(run.stderr.contains("33 of 33 (32 kept from before)"), "{run:?}");
    let run = place.lfr("rank photos --features toys/pictures.onnx --no-features-cache -o five");
    assert!(!run.stderr.contains("kept from before"), "{run:?}");
    place.assert_same_results("four", "five");
}

#[test]
fn a_cache_that_cannot_be_used_is_told_and_does_no_harm() {
    let place = photos();
    place.lfr(&format!("{RANK} -q -o one")).ok();
    let own = std::fs::read_dir(place.path("kept")).unwrap().next().unwrap().unwrap().path();
    for entry in std::fs::read_dir(&own).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read(&path).unwrap();
        let at = text.iter().position(|&byte| byte == b' ').unwrap() + 1;
        let mut other = text.clone();
        other[at] = if other[at] == b'0' { b'1' } else { b'0' };
        std::fs::write(&path, other).unwrap();
    }
    let run = place.lfr(&format!("{RANK} -o two"));
    assert!(run.stderr.contains("holds features of another encoder; it is ignored"), "{run:?}");
    assert!(!run.stderr.contains("kept from before"), "{run:?}");
    run.ok();
    let scores = |folder: &str| place.read(&format!("{folder}/scores.csv"));
    assert_eq!(scores("one"), scores("two"));
    place.write("file", "no folder");
    let run = place.lfr("rank photos --features toys/pictures.onnx --features-cache file -o three");
    assert!(run.stderr.contains("warning: features are not kept for later runs"), "{run:?}");
    run.ok();
    assert_eq!(scores("one"), scores("three"));
}

#[test]
fn a_model_names_its_encoder_and_refuses_another() {
    let place = photos();
    place.lfr("fit photos -q --features toys/pictures.onnx --no-features-cache -o m.safetensors").ok();
    let refused = |flags: &str, message: &str| {
        place.lfr(&format!("score m.safetensors photos {flags}")).refused(message);
    };
    refused("", "the model needs this encoder");
    refused("--features toys/constant.onnx", "it is not the encoder of the model, pictures.onnx");
    refused("--features nowhere.onnx", "nowhere.onnx");
    let scores = place.lfr("score m.safetensors photos -q --features toys/pictures.onnx").ok();
    assert_eq!(scores.lines().count(), 33);
    place.lfr("fit photos -q --method pca -o plain.safetensors").ok();
    let run = place.lfr("score plain.safetensors photos --features toys/pictures.onnx");
    run.refused("the model was not fitted on the features of an encoder");
    // Alone as among others, to the byte.
    std::fs::create_dir(place.path("alone")).unwrap();
    std::fs::copy(place.path("photos/30.png"), place.path("alone/30.png")).unwrap();
    let alone = place.lfr("score m.safetensors alone -q --features toys/pictures.onnx").ok();
    let row = |csv: &str| {
        let line = csv.lines().find(|line| line.starts_with("30.png")).unwrap().to_owned();
        line.split(',').nth(1).unwrap().to_owned()
    };
    assert_eq!(row(&alone), row(&scores));
    place.lfr("inspect m.safetensors").ok();
}

#[test]
fn an_encoder_can_be_part_of_the_model() {
    let place = photos();
    let fit = "fit photos -q --features toys/pictures.onnx --no-features-cache";
    place.lfr(&format!("{fit} -o m.safetensors")).ok();
    place.lfr(&format!("{fit} --embed-into-model -o whole.safetensors")).ok();
    let named = place.lfr("score m.safetensors photos -q --features toys/pictures.onnx").ok();
    std::fs::remove_dir_all(place.path("toys")).unwrap();
    assert_eq!(place.lfr("score whole.safetensors photos -q").ok(), named);
    place.lfr("fit photos --embed-into-model").refused("--features");
}

/// Sixty messages about animals, one about stocks and one without a word that has a token of its own.
fn mails() -> Place {
    let place = Place::new();
    copy(&toy(""), &place.path("toys"));
    let (who, what, place_words) = (["cat", "dog", "cats"], ["sat", "ran"], ["mat", "house", "sun"]);
    let mut lines = String::new();
    for i in 0..60 {
        let text = format!("the {} {} on a {}", who[i % 3], what[i % 2], place_words[i / 3 % 3]);
        writeln!(lines, "{{\"id\": \"m{i}\", \"body\": \"{text}\"}}").unwrap();
    }
    lines += "{\"id\": \"odd\", \"body\": \"stock price fell, stock rose\"}\n";
    lines += "{\"id\": \"long\", \"body\": \"the cat sat on a mat the cat sat on a mat the cat sat\"}\n";
    lines += "{\"id\": \"empty\", \"body\": \" \\u0007 \"}\n";
    place.write("mails.jsonl", lines);
    place
}

#[test]
fn texts_are_ranked_by_what_an_encoder_makes_of_them() {
    let place = mails();
    let flags = "--text body --id id --features toys/texts --features-cache kept";
    let run = place.lfr(&format!("rank mails.jsonl {flags}"));
    assert!(run.stderr.contains("1 of 63 texts are longer than 12 tokens"), "{run:?}");
    assert!(run.stderr.contains("1 of 63 documents holds no known word; it ranks first"), "{run:?}");
    run.ok();
    assert_eq!(ranking(&place.read("mails-lfr/scores.csv"))[..2], ["empty", "odd"]);
    let record = json(&place.read("mails-lfr/run.json"));
    assert_eq!(
        (&record["encoder"]["name"], &record["encoder"]["takes"]["text"]["longest"]),
        (&"texts".into(), &12.into())
    );
    assert_eq!(record["encoder"]["takes"]["text"]["pooling"], "mean");
    let report = place.read("mails-lfr/report.html");
    assert!(report.contains("Most similar among the typical") && report.contains("stock price fell"));
    let scored = place.lfr("score mails-lfr/model.safetensors mails.jsonl -q --features toys/texts").ok();
    assert_eq!(scored.lines().count(), 64);
    let run = place.lfr(&format!("rank mails.jsonl {flags} -o again --embed-into-model"));
    assert!(run.stderr.contains("63 of 63 (63 kept from before)"), "{run:?}");
    let whole = place.lfr("score again/model.safetensors mails.jsonl -q").ok();
    assert_eq!(whole, scored);
}

#[test]
fn encoders_that_cannot_be_used_are_refused_in_words() {
    let place = photos();
    let bytes = std::fs::read(toy("pictures.onnx")).unwrap();
    place.write("cut.onnx", &bytes[..bytes.len() / 2]);
    place.write("text.onnx", "this is no network");
    place.write("none.onnx", "");
    std::fs::File::create(place.path("huge.onnx")).unwrap().set_len(3 << 30).unwrap();
    std::fs::create_dir(place.path("bare")).unwrap();
    place.write("bare/model.safetensors", "x");
    for (encoder, message) in [
        ("cut.onnx", "not an ONNX file, or a damaged one"),
        ("text.onnx", "not an ONNX file, or a damaged one"),
        ("none.onnx", "not an ONNX file, or a damaged one"),
        ("huge.onnx", "the encoder's size in bytes is 3221225472, the limit is 2147483648"),
        ("bare", "it holds model.safetensors, but no model.onnx; export it first"),
        ("toys", "there is no model.onnx or onnx/model.onnx in this folder"),
        ("nowhere.onnx", "cannot read nowhere.onnx"),
        ("toys/unknown.onnx", "it has an operation that cannot be run here"),
        ("toys/open.onnx", "it leaves height and width of its pictures open; say them by --image-size"),
        ("toys/two.onnx", "it takes left [1, 3, 16, 16], right [1, 3, 16, 16]; an encoder takes one"),
        ("toys/nan.onnx", "it gives numbers that are not finite"),
        ("toys/constant.onnx", "it gives the same numbers for every item"),
        ("toys/misfit", "tokenizer.json does not fit the network"),
        ("toys/texts", "it takes texts, the data holds pictures"),
    ] {
        place.lfr(&format!("rank photos --features {encoder} --no-features-cache")).refused(message);
    }
    place.write("names.txt", "the cat sat\nthe dog ran\nthe sun rose\n");
    let run = place.lfr("rank names.txt --features toys/pictures.onnx --no-features-cache");
    run.refused("it takes pictures, the data holds texts");
    place.write("table.csv", "a,b\n1,x y\n3,z\n5,z\n");
    let run = place.lfr("rank table.csv --features toys/texts --no-features-cache");
    run.refused("it takes texts, the data holds rows of a table; name the column with the texts by --text");
    let run = place.lfr("rank photos --features toys/pictures.onnx --image-size 32");
    run.refused("it takes pictures of 16 pixels a side, not of 32");
    let run = place.lfr("rank photos --features toys/pictures.onnx --method gt-lfr");
    run.refused("method gt-lfr does not take the features of an encoder");
    assert!(!place.names().contains(&"photos-lfr".to_owned()));
    // Its size said, the open one is as good as the other.
    place.lfr("rank photos -q --features toys/open.onnx --image-size 16 --no-features-cache").ok();
}

#[test]
fn a_file_beside_the_network_says_how_pictures_are_scaled() {
    let place = photos();
    let rank = "rank photos --features toys/pictures.onnx --no-features-cache --force";
    place.lfr(&format!("{rank} -q")).ok();
    let before = place.read("photos-lfr/scores.csv");
    place.write("toys/pictures.json", r#"{"image_mean": [0.5, 0.5, 0.5], "image_std": 0.5}"#);
    let run = place.lfr(rank);
    assert!(!run.stderr.contains("ImageNet"), "{run:?}");
    run.ok();
    assert_ne!(place.read("photos-lfr/scores.csv"), before);
    assert_eq!(
        json(&place.read("photos-lfr/run.json"))["encoder"]["takes"]["pictures"]["mean"],
        serde_json::json!([0.5, 0.5, 0.5])
    );
    place.write("toys/pictures.json", r#"{"image_mean": "half", "image_std": 0.5}"#);
    place.lfr(rank).refused("pictures.json: image_mean is \"half\", wanted is a list of numbers");
    place.write("toys/pictures.json", "{");
    place.lfr(rank).refused("pictures.json: not JSON");
}
