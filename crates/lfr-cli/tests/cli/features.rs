//! `lfr features`: the register of encoders.

use crate::data::proxy;
use crate::fixture::{Place, Run};

const FETCH: &str = "features fetch resnet18-v2 --features-dir encoders";

#[test]
fn encoders_are_listed_with_licence_and_place() {
    let place = Place::new();
    let text = place.lfr("features list --features-dir encoders").ok();
    for part in ["all-minilm-l6-v2", "resnet18-v2", "(Apache-2.0): not fetched", "looked in encoders"] {
        assert!(text.contains(part), "{text}");
    }
    std::fs::create_dir_all(place.path("encoders/resnet18-v2")).unwrap();
    place.write("encoders/resnet18-v2/resnet18-v2-7.onnx", "damaged");
    let text = place.lfr("features list --features-dir encoders").ok();
    assert!(text.contains("(Apache-2.0): encoders/resnet18-v2/resnet18-v2-7.onnx"), "{text}");
    let run = place.lfr("features verify resnet18-v2 --features-dir encoders");
    assert!(run.code == 2 && run.stdout == "resnet18-v2-7.onnx: DAMAGED\n", "{run:?}");
    assert!(run.stderr.contains("run `lfr features fetch`"), "{run:?}");
    let run = place.lfr("features verify --features-dir encoders");
    assert!(run.code == 2 && run.stdout == "resnet18-v2/resnet18-v2-7.onnx: DAMAGED\n", "{run:?}");
    let text = place.lfr("features verify --features-dir nowhere").ok();
    assert_eq!(text, "no encoder in nowhere; `lfr features list` lists them\n");
    place.lfr("features verify resnet --features-dir x").refused("known are all-minilm-l6-v2, resnet18-v2");
}

#[test]
fn a_download_with_a_wrong_digest_is_kept_aside_and_not_used() {
    let place = Place::new();
    let fetch = place.command("features fetch all-minilm-l6-v2 --features-dir encoders");
    let run = through(fetch, &proxy(|_| b"something else".to_vec()));
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
    // The canonical place answers by HTTPS alone, to which the proxy of this test has no way.
    assert!(run.stderr.contains("cannot download encoders/all-minilm-l6-v2/onnx/model.onnx"), "{run:?}");
    assert!(run.stderr.contains("try again later, or put it there by hand"), "{run:?}");
    assert!(!place.path("encoders/all-minilm-l6-v2/onnx/model.onnx").exists());
}

#[test]
fn a_name_of_the_register_stands_for_what_was_fetched() {
    let place = Place::with("names.txt", "one\ntwo\nthree\n");
    let mut rank = place.command("rank names.txt --features resnet18-v2");
    let run: Run = rank.env("LFR_CACHE_DIR", "cache").output().unwrap().into();
    run.refused("it is not there yet; `lfr features fetch resnet18-v2` brings it");
    let run = through(place.command(FETCH), "http://127.0.0.1:1");
    assert_eq!(run.code, 1, "{run:?}");
}

fn through(mut command: std::process::Command, proxy: &str) -> Run {
    command.env("ALL_PROXY", proxy).output().unwrap().into()
}
