//! Folders of pictures, and what must hold of a network's scores.

use std::collections::HashMap;
use std::path::Path;

use crate::fixture::Place;

/// A folder with so many of the sample's pictures under `photos`.
fn place(pictures: usize) -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("photos")).unwrap();
    for (name, bytes) in sample(pictures) {
        place.write(&format!("photos/{name}"), bytes);
    }
    place
}

/// Names and contents of the first pictures of the sample.
fn sample(pictures: usize) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sneakers/images");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named =
        |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap());
    paths.iter().take(pictures).map(|path| named(path)).collect()
}

/// The column anomaly_score of a file of scores, by id.
fn scores(csv: &str) -> HashMap<String, String> {
    let row = |line: &str| {
        let mut cells = line.split(',').map(str::to_owned);
        (cells.next().unwrap(), cells.next().unwrap())
    };
    csv.lines().skip(1).map(row).collect()
}

const NETWORK: &str = "--method ae-lfr --epochs 2 --seed 3";

#[test]
fn a_network_gives_the_same_bytes_twice() {
    let place = place(20);
    for out in ["one", "two"] {
        place.lfr(&format!("rank photos -q {NETWORK} -o {out}")).ok();
    }
    place.assert_same_results("one", "two");
}

/// Twenty pictures make no whole batch; alone, in another order and among others each scores alike, to the byte.
#[test]
fn a_score_depends_on_its_picture_alone() {
    let place = place(20);
    place.lfr(&format!("fit photos -q {NETWORK} -o model.safetensors")).ok();
    let all = scores(&place.lfr("score model.safetensors photos -q").ok());
    assert_eq!(all.len(), 20);
    for folder in ["alone", "turned"] {
        std::fs::create_dir(place.path(folder)).unwrap();
    }
    let pictures = sample(20);
    place.write("alone/x.png", &pictures[7].1);
    for (i, (_, bytes)) in pictures.iter().rev().enumerate() {
        place.write(&format!("turned/{i:02}.png"), bytes);
    }
    let alone = scores(&place.lfr("score model.safetensors alone -q").ok());
    assert_eq!(alone["x.png"], all[&pictures[7].0]);
    let turned = scores(&place.lfr("score model.safetensors turned -q").ok());
    for (i, (name, _)) in pictures.iter().rev().enumerate() {
        assert_eq!(turned[&format!("{i:02}.png")], all[name], "{name}");
    }
}

#[test]
fn a_broken_picture_is_left_out_and_told() {
    let place = place(20);
    let (name, bytes) = sample(1).remove(0);
    place.write(&format!("photos/{name}"), &bytes[..bytes.len() / 2]);
    place.write("photos/zz.jpg", "no picture at all");
    let run = place.lfr("rank photos --method pca --no-report");
    assert!(run.stderr.contains("warning: 2 items could not be read"), "{run:?}");
    assert!(run.stderr.contains(&name), "{run:?}");
    run.ok();
    assert_eq!(place.read("photos-lfr/scores.csv").lines().count(), 20);
}

#[test]
fn folders_without_pictures_are_refused() {
    let place = Place::new();
    std::fs::create_dir(place.path("empty")).unwrap();
    place.lfr("rank empty").refused("empty");
    let place = self::place(1);
    place.lfr("rank photos").refused("1 usable item; ");
    assert_eq!(place.names(), ["photos"]);
}

#[test]
fn a_model_of_pictures_refuses_a_table() {
    let place = place(20);
    place.lfr("fit photos -q --method pca -o model.safetensors").ok();
    place.write("table.csv", "a,b\n1,2\n3,4\n5,9\n");
    place.lfr("score model.safetensors table.csv").refused("table.csv");
    assert_eq!(place.names(), ["model.safetensors", "photos", "table.csv"]);
}
