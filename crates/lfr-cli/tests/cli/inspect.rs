//! `lfr inspect`, and model files that must not be used.

use lfr::data::{Kind, Weights};
use lfr::input::PixelRange;
use lfr::model::{Header, ModelFile, Quantiles, Reading};

use crate::fixture::Place;

/// A folder with the model file `m.safetensors`.
fn place() -> Place {
    let place = Place::new();
    let mut weights = Weights::default();
    weights.put_f32("net.weight", &[2, 3], vec![0.5; 6]);
    let range = Some(PixelRange { low: 550.0, high: 610.0 });
    let reading = Reading { image_size: 32, channels: Some(1), range, ..Reading::default() };
    let header = Header {
        tool_version: "0.1.0".into(),
        kind: Kind::Images,
        method: serde_json::json!({ "method": "ae-lfr", "epochs": 60 }),
        preprocessor: serde_json::json!({ "kind": "images", "channels": 1, "side": 32 }),
        reading,
        seed: 7,
        fingerprint: "ab".repeat(32),
        items: 1234,
        featureless_score: None,
        quantiles: Quantiles::of(&[1.0, 2.0, 4.0]).unwrap(),
        warnings: vec!["look out".into()],
    };
    ModelFile { header, weights }.save(&place.path("m.safetensors")).unwrap();
    place
}

#[test]
fn a_model_is_shown() {
    let text = place().lfr("inspect m.safetensors").ok();
    for part in [
        "method      ae-lfr",
        "1 234 images",
        "lfr 0.1.0 with seed 7",
        "grey images, resized to 32 x 32 pixels, values 550 to 610 from black to white",
        "1.0000 to 4.0000 in training, median 2.0000",
        "look out",
        "\"epochs\": 60",
        "1 with 6 numbers",
        "net.weight f32 [2, 3]",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn json_holds_everything() {
    let json: serde_json::Value =
        serde_json::from_str(&place().lfr("inspect m.safetensors --json").ok()).unwrap();
    assert_eq!((&json["header"]["method"]["epochs"], &json["header"]["items"]), (&60.into(), &1234.into()));
    assert_eq!(
        json["arrays"][0],
        serde_json::json!({ "name": "net.weight", "dtype": "f32", "shape": [2, 3] })
    );
}

#[test]
fn bad_model_files_are_refused_by_every_command() {
    let place = place();
    place.write("pile.csv", "a,b\n1,2\n3,4\n");
    let good = std::fs::read(place.path("m.safetensors")).unwrap();
    let changed = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|bytes| bytes == from).unwrap();
        [&good[..at], to, &good[at + from.len()..]].concat()
    };
    let cases: [(Vec<u8>, &str); 6] = [
        (good[..good.len() - 4].to_vec(), "cut short or damaged"),
        (changed(b"ae-lfr", b"ae-lfs"), "its checksum is wrong"),
        (changed(&0.5f32.to_le_bytes(), &f32::NAN.to_le_bytes()), "its checksum is wrong"),
        (changed(b"[2,3]", b"[2,4]"), "cut short or damaged"),
        (changed(br#"\"format\":1"#, br#"\"format\":9"#), "it has format 9, this lfr"),
        (b"PK\x03\x04 a pickle, perhaps".to_vec(), "not a safetensors file"),
    ];
    for (bytes, message) in cases {
        place.write("bad.safetensors", bytes);
        for command in ["inspect bad.safetensors", "score bad.safetensors pile.csv -o out.csv"] {
            place.lfr(command).refused(message);
            place.lfr(command).refused("bad.safetensors: not a usable model: ");
        }
    }
    assert_eq!(place.names(), ["bad.safetensors", "m.safetensors", "pile.csv"]);
}
