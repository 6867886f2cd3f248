//! Known data sets, whole or as the draws of the protocol.

use std::ops::Range;
use std::path::Path;

use image::DynamicImage;
use rayon::prelude::*;

use super::frame::Frame;
use super::{Batch, Options, Source, square, text};
use crate::data::{Chunk, Images, Items};
use crate::dataset::{Uri, data_dir};
use crate::error::Result;

/// The items of `uri`, written `path`, with the labels of a draw. Pictures are resized as asked for.
///
/// # Errors
/// As [`Uri::open`]; [`Error::Config`](crate::Error::Config) when the options name a column of documents.
pub(super) fn open(path: &Path, uri: &Uri, options: &Options) -> Result<Source> {
    let all = uri.open(&data_dir(options.data_dir.as_deref())?, options.wide)?;
    let kind = all.items.kind();
    let natural = match &all.items {
        Items::Images(images) => images.channels,
        _ => {
            text::refuse_columns(path, options)?;
            1
        }
    };
    let (frame, count) = (Frame::new(path, options, natural), all.ids.len());
    let starts = (0..count).step_by(frame.chunk);
    let batches = starts.map(move |start| batch(&all, start..count.min(start + frame.chunk), &frame));
    Ok(Source::new(kind, path, options, batches))
}

/// The items of `all` in `range`.
fn batch(all: &Chunk, range: Range<usize>, frame: &Frame) -> Result<Batch> {
    let ids = all.ids[range.clone()].to_vec();
    let labels = all.labels.as_ref().map(|labels| labels[range.clone()].to_vec());
    let items = match &all.items {
        Items::Images(images) => {
            let one = |i: usize| {
                let values = picture(images, i).map(|picture| frame.values(&picture));
                (all.ids[i].clone(), values)
            };
            frame.batch(range.into_par_iter().map(one).collect())?.chunk.items
        }
        Items::Documents(documents) => Items::Documents(documents[range].to_vec()),
        Items::Rows(rows) => Items::Rows(rows.slice(range.start, range.len())),
    };
    Ok(Batch { chunk: Chunk { ids, labels, items }, bad: Vec::new() })
}

/// Picture `i`.
fn picture(images: &Images, i: usize) -> Result<DynamicImage, String> {
    let side = images.side as u32;
    square::from_planes(side, side, images.channels, images.image(i)).ok_or_else(|| "not square".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Data;
    use crate::data::Kind;

    /// Twelve pictures of MNIST's test split in `folder`: a 3 of value `i`, then a 5, and so on.
    fn lay(folder: &Path) {
        let pixels = (0..12u8).flat_map(|i| [i + 1; 784]);
        let images = [0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 28, 0, 0, 0, 28].into_iter().chain(pixels);
        std::fs::write(folder.join("t10k-images-idx3-ubyte"), images.collect::<Vec<u8>>()).unwrap();
        let classes = (0..12u8).map(|i| if i % 2 == 0 { 3 } else { 5 });
        let labels: Vec<u8> = [0, 0, 8, 1, 0, 0, 0, 12].into_iter().chain(classes).collect();
        std::fs::write(folder.join("t10k-labels-idx1-ubyte"), labels).unwrap();
    }

    fn read(text: &str, change: impl FnOnce(&mut Options)) -> Result<Data> {
        let folder = tempfile::tempdir().unwrap();
        lay(folder.path());
        let mut options = Options { data_dir: Some(folder.path().to_owned()), ..Options::default() };
        change(&mut options);
        Data::read(Path::new(text), &options)
    }

    fn images(data: &Data) -> Images {
        match Items::join(data.items.clone()).unwrap() {
            Items::Images(images) => images,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_draw_is_a_pile_with_labels_at_any_chunk_size() {
        let whole = read("dataset:mnist/3?c=0.5&seed=1", |_| ()).unwrap();
        assert_eq!((whole.kind, whole.len(), whole.bad), (Kind::Images, 9, 0));
        let labels = whole.labels.as_ref().unwrap();
        assert_eq!(labels.iter().filter(|label| *label == "1").count(), 3);
        let parts = read("dataset:mnist/3?c=0.5&seed=1", |options| options.chunk = 2).unwrap();
        assert_eq!((parts.items.len(), &parts.ids, &parts.labels), (5, &whole.ids, &whole.labels));
        assert_eq!((&parts.fingerprint, images(&parts)), (&whole.fingerprint, images(&whole)));
        let images = images(&whole);
        assert_eq!((images.channels, images.side), (1, 32));
        for (i, id) in whole.ids.iter().enumerate() {
            let place: u8 = id.strip_prefix("test/").unwrap().parse().unwrap();
            assert_eq!(images.image(i)[16 * 32 + 16], place + 1, "{id}");
            assert_eq!(labels[i], (place % 2).to_string(), "{id}");
        }
    }

    #[test]
    fn a_whole_data_set_and_a_draw_without_outliers_have_no_labels() {
        for (text, count) in [("dataset:mnist", 12), ("dataset:mnist/5?c=0", 6)] {
            let data = read(text, |_| ()).unwrap();
            assert_eq!((data.len(), data.labels), (count, None), "{text}");
        }
    }

    #[test]
    fn pictures_come_in_the_shape_asked_for() {
        let data =
            read("dataset:mnist", |options| (options.image_size, options.channels) = (16, Some(3))).unwrap();
        let images = images(&data);
        assert_eq!((images.len(), images.channels, images.side), (12, 3, 16));
        assert_eq!(images.image(4)[8 * 16 + 8], 5);
    }

    #[test]
    fn what_does_not_go_with_the_data_is_refused() {
        let refused = |text: &str, change: fn(&mut Options)| read(text, change).unwrap_err().to_string();
        let message = refused("dataset:mnist/3", |options| options.label = Some("y".into()));
        assert!(message.contains("have no columns"), "{message}");
        let message = refused("dataset:mnist", |options| options.kind = Some(Kind::Table));
        assert!(message.contains("holds images"), "{message}");
        let message = refused("dataset:reuters", |_| ());
        assert!(message.contains("lfr data fetch reuters"), "{message}");
        assert!(refused("dataset:mnist/ten", |_| ()).contains("mnist has the classes"));
    }
}
