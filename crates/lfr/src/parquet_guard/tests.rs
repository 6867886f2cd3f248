use super::*;
use std::io::Write;
use std::sync::Arc;

use arrow::array::{Float32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;

/// A file of two columns and twenty rows.
fn good() -> Vec<u8> {
    let names = StringArray::from_iter_values((0..20).map(|i| format!("name {}", i % 3)));
    let numbers = Float32Array::from_iter_values((0..20).map(|i| i as f32));
    let batch =
        RecordBatch::try_from_iter([("id", Arc::new(names) as _), ("n", Arc::new(numbers) as _)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn checked(bytes: &[u8]) -> Result<Checked, String> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    check(&mut file)
}

/// A file that is nothing but this footer.
fn of_footer(footer: &[u8]) -> Vec<u8> {
    let length = (footer.len() as u32).to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

/// A footer whose columns have so many below them, in the order of a walk.
fn columns(children: &[u8]) -> Vec<u8> {
    let mut footer = vec![0x15, 2, 0x19, 0xfc, children.len() as u8];
    children.iter().for_each(|&count| footer.extend([0x55, 2 * count, 0]));
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    footer
}

#[test]
fn a_sound_file_passes() {
    let found = checked(&good()).unwrap();
    assert_eq!(found.rows, 20);
    assert!((18..200).contains(&found.dictionary), "{found:?}");
}

#[test]
fn a_tree_of_columns_must_be_whole_and_shallow() {
    assert_eq!(checked(&of_footer(&columns(&[2, 0, 0]))).unwrap().rows, 0);
    let refusal = |children: &[u8]| checked(&of_footer(&columns(children))).unwrap_err();
    assert!(refusal(&[2, 0]).contains("more columns than it lists"));
    assert!(refusal(&[1, 0, 0]).contains("belong nowhere"));
    assert!(refusal(&[[1; 100].as_slice(), &[0]].concat()).contains("nested more than 64 deep"));
}

#[test]
fn a_page_that_promises_more_than_it_holds_is_refused() {
    let bytes = good();
    let dictionary = [0x4c, 0x15, 6, 0x15];
    let at = bytes.windows(4).position(|w| w == dictionary).expect("a dictionary of three values") + 2;
    let mut many = bytes.clone();
    many[at] = 126;
    assert!(checked(&many).unwrap_err().contains("a dictionary of 63 values"), "{:?}", checked(&many));
}

#[test]
fn what_is_cut_short_or_no_parquet_is_refused() {
    let bytes = good();
    for length in 0..bytes.len() {
        assert!(checked(&bytes[..length]).is_err(), "{length}");
    }
    assert!(checked(b"PAR1PAR1PAR1PAR1").is_err());
}

proptest! {
    #[test]
    fn damaged_files_never_panic(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = good();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = checked(&bytes);
    }

    #[test]
    fn noise_never_panics(footer in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = checked(&of_footer(&footer));
    }
}
