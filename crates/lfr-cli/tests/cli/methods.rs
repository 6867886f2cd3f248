//! Every method from the command line, and what it refuses.

use crate::fixture::Place;

const OF_PICTURES: [&str; 4] = ["gt-lfr", "geom", "e3outlier", "patches"];

/// A table of 40 rows, every tenth an outlier, the labels of five of them, and settings that make Elite short.
fn place() -> Place {
    let row = |i: usize| {
        let (x, odd) = ((i * 7 % 40) as f64, if i % 10 == 9 { 90.0 } else { 0.0 });
        format!("r{i},{x},{},{}\n", 2.0 * x - odd, 40.0 - x + odd)
    };
    let place = Place::with("pile.csv", format!("id,a,b,c\n{}", (0..40).map(row).collect::<String>()));
    let known = [0, 1, 2, 9, 19].map(|i| format!("r{i},{}\n", i % 10 / 9)).concat();
    place.write("known.csv", format!("id,label\n{known}"));
    place.write("elite.toml", "[settings]\niterations = 12\nbatch_size = 16\n");
    place
}

/// Pictures of 3 x 7 pixels, which no method could take as they are.
fn small_pictures(place: &Place, n: u8) {
    std::fs::create_dir(place.path("photos")).unwrap();
    for i in 0..n {
        let mut bmp = b"BM".to_vec();
        let words = [54 + 84, 0, 54, 40, 3, 7, 1 | 24 << 16, 0, 84, 0, 0, 0, 0u32];
        bmp.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        bmp.extend(
            (0..84u8).map(|at| at.wrapping_mul(3).wrapping_add(if i == 5 { at.wrapping_mul(7) } else { i })),
        );
        place.write(&format!("photos/{i:02}.bmp"), bmp);
    }
}

fn names() -> Vec<String> {
    let methods: serde_json::Value = serde_json::from_str(&Place::new().lfr("methods --json").ok()).unwrap();
    methods.as_array().unwrap().iter().map(|method| method["name"].as_str().unwrap().to_owned()).collect()
}

/// What makes `method` quick, and gives it what it needs.
fn flags(method: &str) -> &'static str {
    match method {
        "elite-ae" | "elite-svdd" => "--labels-known known.csv --config elite.toml",
        "ae" | "ae-lfr" | "drae" | "rsrae" => "--epochs 2",
        "gt-lfr" | "geom" | "e3outlier" => "--epochs 1",
        _ => "",
    }
}

#[test]
fn every_method_that_takes_anything_ranks_a_table_and_scores_with_its_model() {
    let place = place();
    for method in names().iter().filter(|method| !OF_PICTURES.contains(&method.as_str())) {
        place.lfr(&format!("rank pile.csv -q --id id --method {method} {} -o {method}", flags(method))).ok();
        // Elite's labelled items are not trained on, but ranked.
        let scored = place.read(&format!("{method}/scores.csv")).lines().count() - 1;
        assert_eq!(scored, 40, "{method}");
        let again = place.lfr(&format!("score {method}/model.safetensors pile.csv -q")).ok();
        assert_eq!(again.lines().count(), 41, "{method}");
    }
}

#[test]
fn the_methods_for_pictures_rank_pictures_of_any_size() {
    let place = Place::new();
    small_pictures(&place, 6);
    for method in OF_PICTURES {
        let flags = flags(method);
        place.lfr(&format!("rank photos -q --image-size 8 --method {method} {flags} -o {method}")).ok();
        assert_eq!(place.read(&format!("{method}/scores.csv")).lines().count(), 7, "{method}");
    }
}

#[test]
fn rows_and_documents_are_refused_by_methods_for_pictures() {
    let place = place();
    std::fs::create_dir(place.path("mail")).unwrap();
    for i in 0..20 {
        place.write(&format!("mail/{i}.txt"), format!("dear friend number {i}, all is well"));
    }
    for method in OF_PICTURES {
        for data in ["pile.csv", "mail"] {
            place.lfr(&format!("rank {data} --method {method} -o out")).refused("does not take");
        }
    }
    assert!(!place.path("out").exists());
}

#[test]
fn lvad_on_a_handful_is_refused() {
    let place = Place::with("few.csv", "a,b\n1,2\n3,4\n5,9\n");
    place.lfr("rank few.csv --method lvad -o out").refused("at least 20");
    assert_eq!(place.names(), ["few.csv"]);
}

#[test]
fn known_labels_that_cannot_guide_are_refused() {
    let place = place();
    let elite = "rank pile.csv --id id --method elite-ae --config elite.toml -o out";
    place.lfr(elite).refused("--labels-known FILE");
    for (labels, message) in [
        ("r0,0\nr99,1\n", "r99 is not an item of the input"),
        ("r0,0\nr1,0\n", "found 2 and 0"),
        ("r9,1\n", "found 0 and 1"),
        ("r0,0\nr9,1\nr0,1\n", "r0"),
        ("r0,0\nr9,perhaps\n", "perhaps"),
    ] {
        place.write("known.csv", format!("id,label\n{labels}"));
        place.lfr(&format!("{elite} --labels-known known.csv")).refused(message);
    }
    place.write("known.csv", "0\n1\n");
    place.lfr(&format!("{elite} --labels-known known.csv")).refused("id and label");
    place
        .lfr("rank pile.csv --method pca --labels-known known.csv -o out")
        .refused("does not learn from labels");
    assert!(!place.path("out").exists());
}

#[test]
fn a_training_that_diverges_is_stopped_and_says_so() {
    let place = place();
    let run = place.lfr("rank pile.csv --id id --method ae --epochs 3 --learning-rate 1e30 -o out");
    let warning = "training diverged in epoch 2 of 3; the state before it is kept";
    assert!(run.code == 0 && run.stderr.contains(warning), "{run:?}");
    assert!(!place.read("out/scores.csv").contains("NaN"));
}
