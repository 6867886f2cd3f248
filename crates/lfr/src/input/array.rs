//! NumPy arrays as pictures or as a table, by their rank.

use std::io::{Cursor, Read};
use std::path::Path;

use crate::arrow::array::{ArrayRef, RecordBatch};

use super::columns::Columns;
use super::fortran::c_order;
use super::names::Names;
use super::npy::Header;
use super::number::Number;
use super::rows::{Bytes, Rows};
use super::stack::Stack;
use super::stored::Stored;
use super::{Notes, Options, Source, Value};
use crate::error::{Error, Result};

/// Largest array in Fortran order, which must be turned around in memory, in bytes.
const MAX_FORTRAN: u64 = 2 << 30;

/// Most columns of a table.
const MAX_COLUMNS: u64 = 1 << 20;

/// Shortest side of a picture whose channels come first; smaller ones may be something else.
const MIN_PLANE: u64 = 8;

/// An array of N x H x W or N x H x W x C (C = 1 or 3) as pictures, one of N x D as a table of columns `f0`, `f1`, ...
/// N x C x H x W is taken for pictures, with a note, where it can be nothing else. Identifiers count from 0.
///
/// # Errors
/// [`Error::Input`] for another shape or type, or when the content is shorter or longer than declared;
/// [`Error::TooLarge`] beyond the limits.
pub(super) fn open(path: &Path, stored: &Stored, options: &Options) -> Result<Source> {
    let header = Header::read(path, &mut stored.open()?)?;
    let array = Array { path, stored, header };
    array.check_size()?;
    match *array.header.shape {
        [n, columns] => array.table(n, columns, options),
        [n, height, width] => array.pictures(n, [height, width, 1], false, options),
        [n, height, width, channels @ (1 | 3)] => {
            array.pictures(n, [height, width, channels], false, options)
        }
        [n, channels @ (1 | 3), height @ (MIN_PLANE..), width @ (MIN_PLANE..)] => {
            array.pictures(n, [height, width, channels], true, options)
        }
        _ => {
            let accepted = "N x D (a table), N x H x W or N x H x W x C with C = 1 or 3 (pictures); \
                            numpy.moveaxis(x, 1, -1) turns N x C x H x W";
            Err(Error::input(path, format!("an array of shape {}; accepted are {accepted}", array.shape())))
        }
    }
}

struct Array<'a> {
    path: &'a Path,
    stored: &'a Stored,
    header: Header,
}

impl Array<'_> {
    /// Its extents, separated by crosses.
    fn shape(&self) -> String {
        self.header.shape.iter().map(u64::to_string).collect::<Vec<_>>().join(" x ")
    }

    fn item_size(&self) -> u64 {
        self.header.number.size() as u64
    }

    /// Compares the declared with the actual size, before anything is allocated.
    fn check_size(&self) -> Result<()> {
        let has = self.stored.size.saturating_sub(self.header.length);
        let declared = self.header.count().and_then(|count| count.checked_mul(self.item_size()));
        match declared {
            Some(declared) if declared == has => Ok(()),
            _ => {
                let declared = declared.map_or("more than 2^64".into(), |bytes| bytes.to_string());
                let shape = &self.header.shape;
                Err(Error::input(
                    self.path,
                    format!("shape {shape:?} takes {declared} bytes, there are {has}"),
                ))
            }
        }
    }

    /// The values in C order, rows of `width` values in runs of at most `run` rows.
    fn rows(&self, n: u64, width: u64, run: usize) -> Result<Rows> {
        let mut bytes = self.stored.open()?;
        let mut skip = vec![0; self.header.length as usize];
        bytes.read_exact(&mut skip).map_err(|e| Error::io("read", self.path, e))?;
        if self.header.fortran {
            bytes = self.turned(bytes)?;
        }
        Rows::new(self.path, bytes, n, width.saturating_mul(self.item_size()), run)
    }

    /// All values of an array in Fortran order, in C order.
    fn turned(&self, bytes: Bytes) -> Result<Bytes> {
        let size = self.stored.size.saturating_sub(self.header.length);
        if size > MAX_FORTRAN {
            let what = "an array in Fortran order (numpy.ascontiguousarray turns it)";
            return Err(Error::TooLarge { path: self.path.to_owned(), what, size, limit: MAX_FORTRAN });
        }
        let mut values = Vec::new();
        let damaged = |problem: String| Error::input(self.path, format!("damaged: {problem}"));
        bytes.take(size + 1).read_to_end(&mut values).map_err(|e| damaged(e.to_string()))?;
        if values.len() as u64 != size {
            return Err(damaged(format!("{size} bytes are declared, {} are there", values.len())));
        }
        Ok(Box::new(Cursor::new(c_order(&values, &self.header.shape, self.header.number.size()))))
    }

    fn table(&self, n: u64, width: u64, options: &Options) -> Result<Source> {
        if width > MAX_COLUMNS {
            let (path, limit) = (self.path.to_owned(), MAX_COLUMNS);
            return Err(Error::TooLarge { path, what: "the number of columns", size: width, limit });
        }
        let (path, number, width) = (self.path.to_owned(), self.header.number, width as usize);
        let rows = self.rows(n, width as u64, options.chunk)?;
        let names = Names::numbered(width);
        let notes = Notes::default();
        let columns = Columns::choose(&path, &names, options, &notes)?;
        let kind = columns.kind();
        let batches = rows.map(move |run| {
            let (first, values) = run?;
            let count = (values.len() / (width * number.size())) as u64;
            let column = |&i: &usize| (names.all[i].as_str(), column(number, &values, i, width));
            let batch = RecordBatch::try_from_iter(columns.picked.iter().map(column))
                .map_err(|e| Error::input(&path, e.to_string()))?;
            columns.batch(&path, batch, (first..first + count).collect(), Vec::new())
        });
        Ok(Source::new(kind, self.path, options, batches).noting(&notes))
    }

    fn pictures(&self, n: u64, extents: [u64; 3], planar: bool, options: &Options) -> Result<Source> {
        let notes = Notes::default();
        if planar {
            let shape = self.shape();
            notes.add(format!("the array of shape {shape} is read as N x C x H x W, channels first"));
        }
        let (number, width) =
            (self.header.number, extents.iter().fold(1_u64, |all, &n| all.saturating_mul(n)));
        let stack = Stack { path: self.path, number, extents, planar, notes };
        stack.open(options, |run| self.rows(n, width, run))
    }
}

/// Column `i` of rows of `width` values.
fn column(number: Number, rows: &[u8], i: usize, width: usize) -> ArrayRef {
    let values = rows.chunks_exact(number.size()).skip(i).step_by(width).map(|value| number.value(value));
    match number.is_single() {
        true => Value::column(values.map(|value| value as f32)),
        false => Value::column(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Items};
    use crate::input::{PixelRange, Stretch};
    use proptest::prelude::*;

    /// ```python
    /// import io, struct, zipfile
    /// import numpy as np
    /// a = np.arange(24).reshape(2, 3, 4)
    /// np.savez("forms.npz", c_u1=a.astype("u1"), f_i4=np.asfortranarray(a.astype("<i4")), be_f4=a.astype(">f4"),
    ///          f_be_f2=np.asfortranarray(a.astype(">f2")), unit_f8=a / 23, signed_f8=a / 11.5 - 1, wild_f8=a * 100.0,
    ///          table=(a.reshape(4, 6) / 8).astype("f4"), f_table=np.asfortranarray(a.reshape(4, 6).astype("i8")),
    ///          rgb=np.stack([a, a + 100, a + 200], -1).astype("u1"), planar=np.zeros((2, 3, 4, 4)),
    ///          flat=np.arange(3), mask=a > 11)
    /// np.savez_compressed("packed.npz", x=a.astype("u1"), y=np.array([0, 1]))
    /// np.savez("objects.npz", x=np.array([{"a": 1}, None], dtype=object))
    /// # A member that declares 4 billion values, as its archive does, in a hundred bytes.
    /// head, shape = io.BytesIO(), (4_000_000_000 // 784, 28, 28)
    /// np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": shape})
    /// size = len(head.getvalue())
    /// z = io.BytesIO()
    /// with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as f: f.writestr("x.npy", head.getvalue())
    /// lie = struct.pack("<I", 4_000_000_000 // 784 * 784 + size)
    /// open("bomb.npz", "wb").write(z.getvalue().replace(struct.pack("<I", size), lie))
    /// # The same where only the array lies.
    /// with zipfile.ZipFile("short.npz", "w") as f: f.writestr("x.npy", head.getvalue())
    /// ```
    fn open_data(name: &str, options: &Options) -> Result<Source> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/arrays");
        crate::input::open(&folder.join(name), options)
    }

    fn pictures(name: &str) -> Images {
        let options = Options { image_size: 8, ..Options::default() };
        match open_data(name, &options).unwrap().next().unwrap().unwrap().items {
            Items::Images(images) => images,
            other => panic!("{other:?}"),
        }
    }

    /// Rows of the batch's columns.
    fn rows(name: &str) -> Vec<Vec<f64>> {
        let Items::Rows(batch) = open_data(name, &Options::default()).unwrap().next().unwrap().unwrap().items
        else {
            panic!("no table");
        };
        let column = |i: usize| crate::arrow::numbers(batch.column(i)).unwrap();
        let columns: Vec<_> = (0..batch.num_columns()).map(column).collect();
        (0..batch.num_rows()).map(|row| columns.iter().map(|column| column.value(row)).collect()).collect()
    }

    fn refusal(name: &str) -> String {
        open_data(name, &Options::default()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn order_byte_order_and_type_do_not_matter() {
        let plain = pictures("forms.npz:c_u1");
        assert_eq!((plain.channels, plain.side, plain.len()), (1, 8, 2));
        for name in ["forms.npz:f_i4", "forms.npz:be_f4", "forms.npz:f_be_f2", "packed.npz", "packed.npz:x"] {
            assert_eq!(pictures(name), plain, "{name}");
        }
        assert_eq!(pictures("forms.npz:rgb").image(0)[..64], plain.image(0)[..64]);
        assert_eq!(pictures("forms.npz:rgb").channels, 3);
    }

    #[test]
    fn ranges_are_recognised() {
        assert_eq!(pictures("forms.npz:unit_f8"), pictures("forms.npz:signed_f8"));
        assert_eq!(pictures("forms.npz:mask").pixels.iter().max(), Some(&255));
        let wild = pictures("forms.npz:wild_f8");
        assert_eq!((wild.pixels.iter().min(), wild.pixels.iter().max()), (Some(&0), Some(&255)));
    }

    #[test]
    fn a_model_says_the_range_or_that_there_is_none() {
        let read = |name: &str, stretch| {
            let options = Options { image_size: 8, stretch, ..Options::default() };
            let mut source = open_data(name, &options)?;
            let items = source.next().unwrap()?.items;
            let Items::Images(images) = items else { panic!("no pictures") };
            Ok::<_, Error>((images, source.range(), source.notes()))
        };
        let (images, range, notes) = read("forms.npz:wild_f8", Stretch::Data).unwrap();
        assert_eq!((range, notes.len()), (Some(PixelRange { low: 0.0, high: 2300.0 }), 1));
        let again = read("forms.npz:wild_f8", Stretch::Between(range.unwrap())).unwrap();
        assert_eq!((again.0, again.2.len()), (images, 0));
        let narrow = Stretch::Between(PixelRange { low: 0.0, high: 100.0 });
        let (clipped, _, notes) = read("forms.npz:wild_f8", narrow).unwrap();
        assert_eq!(clipped.pixels.iter().max(), Some(&255));
        assert_eq!(notes, ["pixel values outside the range of the fit, 0 to 100, are clipped"]);
        let (_, range, notes) = read("forms.npz:c_u1", Stretch::Data).unwrap();
        assert_eq!((range, notes.len()), (None, 0));
        let message = read("forms.npz:wild_f8", Stretch::Full).unwrap_err().to_string();
        assert!(message.contains("pixels range from 0 to 2300"), "{message}");
    }

    #[test]
    fn channels_may_come_first() {
        let values: Vec<u8> = (0..2 * 3 * 64).map(|i| (i / 64 * 10) as u8).collect();
        let file = tempfile::Builder::new().suffix(".npy").tempfile().unwrap();
        std::fs::write(file.path(), npy("|u1", "False", "(2, 3, 8, 8)", &values)).unwrap();
        let options = Options { image_size: 8, ..Options::default() };
        let data = crate::Data::read(file.path(), &options).unwrap();
        let Items::Images(images) = &data.items[0] else { panic!("no pictures") };
        assert_eq!((images.channels, &images.pixels), (3, &values));
        assert_eq!(data.notes, ["the array of shape 2 x 3 x 8 x 8 is read as N x C x H x W, channels first"]);
    }

    #[test]
    fn two_axes_are_a_table() {
        let expected: Vec<Vec<f64>> =
            (0..4).map(|r| (0..6).map(|c| f64::from(6 * r + c)).collect()).collect();
        assert_eq!(rows("forms.npz:f_table"), expected);
        let eighths: Vec<Vec<f64>> =
            rows("forms.npz:table").iter().map(|r| r.iter().map(|v| v * 8.0).collect()).collect();
        assert_eq!(eighths, expected);
        let chunk = open_data("forms.npz:table", &Options { chunk: 3, ..Options::default() }).unwrap().nth(1);
        assert_eq!(chunk.unwrap().unwrap().ids, ["3"]);
        let options = Options { label: Some("f5".into()), ignore: vec!["f0".into()], ..Options::default() };
        let chunk = open_data("forms.npz:f_table", &options).unwrap().next().unwrap().unwrap();
        assert_eq!(chunk.labels, Some(["5.0", "11.0", "17.0", "23.0"].map(String::from).to_vec()));
        assert!(matches!(chunk.items, Items::Rows(batch) if batch.num_columns() == 4));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_words() {
        assert!(refusal("forms.npz:planar").contains("2 x 3 x 4 x 4"), "{}", refusal("forms.npz:planar"));
        assert!(refusal("forms.npz:flat").contains("shape 3;"), "{}", refusal("forms.npz:flat"));
        assert!(refusal("forms.npz").contains("c_u1, f_i4"), "{}", refusal("forms.npz"));
        assert!(refusal("forms.npz:nothing").contains("no array `nothing`"));
        assert!(refusal("objects.npz").contains("Python objects"), "{}", refusal("objects.npz"));
        assert!(refusal("short.npz").contains("3999999360 bytes, there are 0"), "{}", refusal("short.npz"));
        assert!(refusal("bomb.npz").contains("cannot hold"), "{}", refusal("bomb.npz"));
    }

    fn npy(descr: &str, fortran: &str, shape: &str, values: &[u8]) -> Vec<u8> {
        let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), values].concat()
    }

    /// All identifiers, and the reasons of bad items.
    fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>)> {
        let file = tempfile::Builder::new().suffix(".npy").tempfile().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let options = Options { image_size: 8, max_bad_fraction: 0.5, ..Options::default() };
        let mut source = crate::input::open(file.path(), &options)?;
        let mut ids = Vec::new();
        for chunk in source.by_ref() {
            ids.extend(chunk?.ids);
        }
        Ok((ids, source.quarantined().iter().map(|q| format!("{}: {}", q.id, q.reason)).collect()))
    }

    #[test]
    fn a_picture_with_nan_is_quarantined_and_the_others_keep_their_names() {
        let values: Vec<u8> = [0.0_f32, 1.0, f32::NAN, 0.5].iter().flat_map(|v| v.to_le_bytes()).collect();
        let (ids, bad) = read(&npy("<f4", "False", "(4, 1, 1)", &values)).unwrap();
        assert_eq!((ids, bad), (vec!["0".into(), "1".into(), "3".into()], vec!["2: a pixel is NaN".into()]));
    }

    #[test]
    fn declared_and_actual_size_must_agree() {
        for shape in
            ["(3, 1, 1)", "(1, 1, 1)", "(9999999999, 9999999999, 9)", "(9999999999, 0)", "(0, 99999999)"]
        {
            for order in ["False", "True"] {
                assert!(read(&npy("|u1", order, shape, &[1, 2])).is_err(), "{shape}");
                assert!(read(&npy("|u1", order, shape, &[])).is_err(), "{shape}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_content_makes_it_panic(
            order in "True|False", descr in "[<>|][biuf][1248]", shape in "\\([0-9]{1,2}(, ?[0-9]{1,2}){0,3},?\\)",
            values in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let _ = read(&npy(&descr, &order, &shape, &values));
        }
    }
}
