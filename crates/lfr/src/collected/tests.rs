use super::*;

fn refused(data: Result<Data>) -> String {
    data.unwrap_err().to_string()
}

#[test]
fn data_in_memory_is_checked() {
    let message = refused(Data::rows(3, &[0.0_f32; 7]));
    assert_eq!(message, "data in memory: 7 values are not a whole number of rows of 3");
    assert!(refused(Data::rows(0, &[1.0_f32])).contains("rows of 0"));
    for empty in
        [Data::rows(3, &[0.0_f64; 0]), Data::documents([""; 0]), Data::table(vec![], &Options::default())]
    {
        assert_eq!(refused(empty), "data in memory is empty: it holds no item");
    }
    let two = Data::documents(["a", ""]).unwrap();
    assert_eq!(two.ids, ["0", "1"]);
    assert!(refused(two.clone().with_ids(vec!["x".into()])).contains("1 identifiers for 2 items"));
    assert!(refused(two.with_labels(vec![])).contains("0 labels for 2 items"));
    assert!(Picture::new(2, 2, 3, vec![0; 11]).unwrap_err().to_string().contains("12 values, found 11"));
    assert!(Picture::new(2, 2, 2, vec![0; 8]).unwrap_err().to_string().contains("2 channels"));
    assert!(Picture::new(0, 2, 1, vec![]).is_err());
}

#[test]
fn columns_that_share_a_name_are_refused() {
    let column: crate::arrow::array::ArrayRef =
        std::sync::Arc::new(crate::arrow::array::Int32Array::from(vec![1]));
    let twice = RecordBatch::try_from_iter([("a", column.clone()), ("a", column.clone())]).unwrap();
    assert!(refused(Data::table(vec![twice], &Options::default())).contains("are all named `a`"));
    let [a, b] = ["a", "b"].map(|name| RecordBatch::try_from_iter([(name, column.clone())]).unwrap());
    assert!(refused(Data::table(vec![a, b], &Options::default())).contains("other columns"));
}

#[test]
fn memory_reads_as_files_do() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, picture) = (folder.path().join("a.txt"), folder.path().join("0"));
    std::fs::write(&lines, "one\ntwo\nthree\n").unwrap();
    let options = Options { chunk: 2, image_size: 8, ..Options::default() };
    let (file, memory) =
        (Data::read(&lines, &options).unwrap(), Data::documents(["one", "two", "three"]).unwrap());
    assert_eq!((&file.ids, &file.fingerprint), (&memory.ids, &memory.fingerprint));
    let renamed = memory.clone().with_ids(memory.ids.clone()).unwrap();
    assert_eq!(renamed.fingerprint, memory.fingerprint);

    std::fs::create_dir(&picture).unwrap();
    let values: Vec<u8> = (0..20 * 10 * 3).map(|i| (i * 7 % 251) as u8).collect();
    image::RgbImage::from_raw(10, 20, values.clone()).unwrap().save(picture.join("0.png")).unwrap();
    let file = Data::read(&picture, &options).unwrap();
    let memory = Data::pictures(vec![Picture::new(20, 10, 3, values).unwrap()], &options).unwrap();
    let paths = Data::picture_files(vec![picture.join("0.png")], &options).unwrap();
    let pixels = |data: &Data| match &data.items[0] {
        Items::Images(images) => images.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(pixels(&file), pixels(&memory));
    assert_eq!(pixels(&file), pixels(&paths));
    let missing = Data::picture_files(vec!["/nowhere.png".into()], &options);
    assert!(refused(missing).contains("/nowhere.png: cannot be read"));
}

#[cfg(feature = "encoders")]
#[test]
fn memory_is_encoded_as_files_are() {
    use crate::encoder::{Encoder, Progress};

    let toys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lfr-cli/tests/data/encoders");
    let options = Options { image_size: 8, ..Options::default() };
    let rows = |data: &Data| data.encoded.as_ref().unwrap().rows.clone();
    let folder = tempfile::tempdir().unwrap();
    let encoder = Encoder::open(toys.join("pictures.onnx"), None).unwrap();
    let values: Vec<u8> = (0..30 * 20 * 3).map(|i| (i * 7 % 251) as u8).collect();
    let path = folder.path().join("0.png");
    image::RgbImage::from_raw(20, 30, values.clone()).unwrap().save(&path).unwrap();
    let file = Data::encoded(folder.path(), &options, &encoder, None, &mut |_| Ok(())).unwrap();
    let picture = Picture::new(30, 20, 3, values).unwrap();
    for items in [Given::Pictures(vec![picture]), Given::PictureFiles(vec![path])] {
        let mut seen = Vec::new();
        let mut watch = |progress: Progress| {
            seen.push(progress);
            Ok(())
        };
        let memory = Data::encoded_given(items, &options, &encoder, None, &mut watch).unwrap();
        assert_eq!(rows(&memory), rows(&file));
        assert!(matches!(&memory.items[0], Items::Images(images) if images.side == 8));
        assert_eq!(seen.last().map(|progress| (progress.done, progress.total)), Some((1, Some(1))));
    }

    let lines = folder.path().join("a.txt");
    std::fs::write(&lines, "the cat sat\nthe dog ran\n").unwrap();
    let texts = || Given::Documents(vec!["the cat sat".into(), "the dog ran".into()]);
    let refused = Data::encoded_given(texts(), &options, &encoder, None, &mut |_| Ok(()));
    assert!(refused.unwrap_err().to_string().contains("it takes pictures, the data holds texts"));
    let encoder = Encoder::open(toys.join("texts"), None).unwrap();
    let file = Data::encoded(&lines, &options, &encoder, None, &mut |_| Ok(())).unwrap();
    let memory = Data::encoded_given(texts(), &options, &encoder, None, &mut |_| Ok(())).unwrap();
    assert_eq!((rows(&memory).cols, rows(&memory)), (8, rows(&file)));
}

#[test]
fn floats_of_32_bits_are_kept_and_have_the_fingerprint_of_64_bits() {
    let values = [0.5_f32, 0.1, f32::NAN, -3.0, f32::INFINITY, 7.25];
    let wide: Vec<f64> = values.iter().map(|&value| value.into()).collect();
    let (single, double) = (Data::rows(2, &values).unwrap(), Data::rows(2, &wide).unwrap());
    assert_eq!(single.fingerprint, double.fingerprint);
    let kind = |data: &Data| match &data.items[0] {
        Items::Rows(batch) => batch.column(0).data_type().to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!((kind(&single), kind(&double)), ("Float32".into(), "Float64".into()));
}

#[test]
fn what_does_not_fit_in_memory_is_refused_on_the_way() {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let rows: String = (0..1000).map(|i| format!("{i},{}\n", i * i)).collect();
    std::fs::write(file.path(), format!("a,b\n{rows}")).unwrap();
    let options = Options { chunk: 100, ..Options::default() };
    assert_eq!(Data::read_within(file.path(), &options, 1 << 20).unwrap().len(), 1000);
    let refused = Data::read_within(file.path(), &options, 2_000).unwrap_err();
    assert!(matches!(refused, Error::Memory { items: 100, limit: 2000, .. }), "{refused}");
    assert!(refused.to_string().contains("the first 100 items take 0.0 GB"), "{refused}");
}

#[test]
fn ids_of_several_items_are_told_once() {
    let told = |ids: &[&str]| repeated(&ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>());
    assert_eq!((told(&["0", "1", "2"]), told(&["b", "a"]), told(&[])), (None, None, None));
    let expected = "2 items have the id of an earlier one, such as `a`; only their places tell them apart";
    assert_eq!(told(&["a", "b", "a", "a"]).as_deref(), Some(expected));
}
