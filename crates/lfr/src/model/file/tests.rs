use super::*;
use crate::data::{Array, Kind, Values};
use crate::model::{Quantiles, Reading};
use proptest::prelude::*;

fn model() -> ModelFile {
    let mut weights = Weights::default();
    weights.put_f32("net.weight", &[2, 3], vec![1.0, -2.5, 3.0, 0.0, f32::MIN_POSITIVE, 6.0]);
    weights.put_f64("scale", &[1], vec![0.1]);
    weights.put_u32("forest.feature", &[2], vec![7, u32::MAX]);
    weights.put_u8("flags", &[3], vec![0, 1, 255]);
    weights.put_f32("none", &[0, 4], vec![]);
    ModelFile { header: header(), weights }
}

fn header() -> Header {
    Header {
        tool_version: "0.1.0".into(),
        kind: Kind::Table,
        method: serde_json::json!({ "method": "pca", "share": 0.1f32, "note": "quote \" and ünï" }),
        preprocessor: serde_json::json!({ "kind": "table", "columns": ["a", "b"] }),
        reading: Reading {
            image_size: 32,
            channels: None,
            range: None,
            id: Some("id".into()),
            ignore: vec!["x".into()],
            ..Reading::default()
        },
        seed: u64::MAX,
        fingerprint: "ab".repeat(32),
        items: 4,
        featureless_score: None,
        quantiles: Quantiles::of(&[0.1, 0.2, 0.30000001, 4e30]).unwrap(),
        warnings: vec!["columns: one was constant".into()],
    }
}

/// The file's bytes after `change`, with a checksum that fits again.
fn resealed(change: impl FnOnce(String) -> String) -> Vec<u8> {
    let bytes = model().to_bytes().unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let json = change(String::from_utf8(bytes[8..8 + length].to_vec()).unwrap());
    let mut changed = (json.len() as u64).to_le_bytes().to_vec();
    changed.extend(json.as_bytes());
    changed.extend(&bytes[8 + length..]);
    reseal(changed)
}

fn reseal(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = checksum(&bytes).unwrap();
    bytes[CHECKSUM].copy_from_slice(sum.as_bytes());
    bytes
}

/// What loading says of a file of `bytes`.
fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, bytes).unwrap();
    let error = ModelFile::load(&path).unwrap_err();
    assert!(matches!(error, Error::Model { .. }), "{error:?}");
    let message = error.to_string();
    assert!(message.starts_with(&format!("{}: not a usable model: ", path.display())), "{message}");
    message
}

#[test]
fn a_model_comes_back_and_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    model().save(&path).unwrap();
    let first = std::fs::read(&path).unwrap();
    let loaded = ModelFile::load(&path).unwrap();
    assert_eq!(loaded, model());
    assert_eq!(loaded.header.method_name(), "pca");
    loaded.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), first);
}

#[test]
fn it_is_an_ordinary_safetensors_file() {
    let bytes = model().to_bytes().unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("net.weight").unwrap().shape(), [2, 3]);
    assert_eq!(tensors.len(), 5);
}

#[test]
fn every_flipped_bit_is_found() {
    let bytes = model().to_bytes().unwrap();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            assert!(ModelFile::from_bytes(&changed).is_err(), "byte {place} bit {bit}");
        }
    }
    let mut changed = bytes.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(refusal(&changed).ends_with("its checksum is wrong, so it was damaged or changed; get it again"));
}

#[test]
fn every_cut_is_found() {
    let bytes = model().to_bytes().unwrap();
    for length in 0..bytes.len() {
        assert!(ModelFile::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert!(refusal(&bytes[..bytes.len() - 1]).contains("cut short"));
    assert!(refusal(&bytes[..40]).contains("cut short"));
    assert!(ModelFile::from_bytes(&[&bytes[..], b"x"].concat()).is_err());
}

#[test]
fn other_files_are_told_apart() {
    assert!(refusal(b"").contains("not a safetensors file"));
    assert!(refusal(b"\x80\x05\x95\x00\x00\x00\x00\x00\x00\x00pickle").contains("not a safetensors file"));
    let none: [(&str, Stored<'_>); 0] = [];
    assert!(refusal(&safetensors::serialize(none, None).unwrap()).contains("but not an lfr model"));
    assert!(refusal(&[&u64::MAX.to_le_bytes()[..], b"{}"].concat()).contains("cut short or damaged"));
}

#[test]
fn a_newer_format_is_named() {
    let bytes = resealed(|json| json.replace(r#"\"format\":1"#, r#"\"format\":7,\"new\":true"#));
    assert!(refusal(&bytes).contains("it has format 7, this lfr"));
}

#[test]
fn a_description_that_does_not_follow_the_format_is_refused() {
    let changes: [(&str, &str); 4] = [
        (r#"\"seed\":"#, r#"\"sead\":"#),
        (r#"\"kind\":\"table\","#, r#"\"kind\":\"sound\","#),
        (r#"\"items\":4"#, r#"\"items\":-4"#),
        (r#"\"quantiles\":[0.1,"#, r#"\"quantiles\":[9.1,"#),
    ];
    for (from, to) in changes {
        let bytes = resealed(|json| {
            assert!(json.contains(from), "{from}");
            json.replacen(from, to, 1)
        });
        assert!(refusal(&bytes).contains("its description is damaged"), "{from}");
    }
}

#[test]
fn a_tensor_of_another_shape_does_not_pass_for_the_right_one() {
    let bytes = resealed(|json| json.replace(r#""shape":[2,3]"#, r#""shape":[3,3]"#));
    assert!(refusal(&bytes).contains("cut short or damaged"));
    let bytes = resealed(|json| json.replace(r#""shape":[2,3]"#, r#""shape":[3,2]"#));
    let mut weights = ModelFile::from_bytes(&bytes).unwrap().weights;
    let message = weights.take_f32("net.weight", &[Some(2), Some(3)]).unwrap_err().to_string();
    assert!(message.contains("net.weight"), "{message}");
}

#[test]
fn numbers_that_are_not_finite_are_refused_when_read_and_when_written() {
    let bytes = model().to_bytes().unwrap();
    let one = bytes.windows(4).rposition(|w| w == 1f32.to_le_bytes()).unwrap();
    for bad in [f32::NAN, f32::INFINITY] {
        let mut changed = bytes.clone();
        changed[one..one + 4].copy_from_slice(&bad.to_le_bytes());
        assert!(refusal(&reseal(changed)).contains("array `net.weight` holds NaN or infinity"));
    }
    let mut bad = model();
    bad.weights.put_f64("scale", &[1], vec![f64::NAN]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    assert!(matches!(bad.save(&path), Err(Error::Model { .. })));
    assert!(!path.exists());
}

#[test]
fn arrays_of_other_types_and_wrong_shapes_are_refused() {
    let bytes = resealed(|json| json.replace(r#""dtype":"U32""#, r#""dtype":"I32""#));
    assert!(refusal(&bytes).contains("array `forest.feature` holds I32"));
    let mut bad = model();
    bad.weights.insert("x", Array { shape: vec![usize::MAX, 2], values: Values::U8(vec![]) });
    assert!(bad.to_bytes().is_err());
}

#[test]
fn what_cannot_be_opened_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    assert!(matches!(ModelFile::load(&absent), Err(Error::Io { .. })));
    assert!(matches!(ModelFile::load(folder.path()), Err(Error::Io { .. })));
    assert!(matches!(model().save(&absent.join("m")), Err(Error::Io { .. })));
}

#[test]
fn a_giant_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("giant");
    std::fs::File::create(&path).unwrap().set_len(MAX_SIZE + 1).unwrap();
    assert!(matches!(ModelFile::load(&path), Err(Error::TooLarge { .. })));
}

proptest! {
    #[test]
    fn damaged_files_never_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
        sealed in any::<bool>(),
    ) {
        let mut bytes = model().to_bytes().unwrap();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        if sealed && checksum(&bytes).is_some() {
            bytes = reseal(bytes);
        }
        let _ = ModelFile::from_bytes(&bytes);
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(ModelFile::from_bytes(&bytes).is_err());
    }

    #[test]
    fn any_list_of_arrays_never_panics(
        start in any::<u64>(), end in any::<u64>(), shape in prop::collection::vec(any::<u64>(), 0..4),
    ) {
        let bytes = resealed(|json| {
            json.replace(r#""data_offsets":[0,8]"#, &format!(r#""data_offsets":[{start},{end}]"#))
                .replace(r#""shape":[2,3]"#, &format!(r#""shape":{shape:?}"#))
        });
        let _ = ModelFile::from_bytes(&bytes);
    }
}
