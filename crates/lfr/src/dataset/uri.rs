//! A known data set as an input: `dataset:fashion-mnist/sneaker?c=0.1&seed=0`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{DrawOptions, LoadOptions, Name, Split, contaminate, load};
use crate::data::{Chunk, Images, Items};
use crate::error::{Error, Result};
use crate::seed::Seed;

/// A draw from a data set, or a whole pool.
///
/// Written `dataset:NAME/CLASS?c=RATIO&seed=SEED&split=train|test|both`; what follows `?` may be left out, in which
/// case `c=0.1` and `seed=0`. `dataset:NAME` alone is the whole pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uri {
    /// Which data set.
    pub name: Name,
    /// What is drawn; `None` takes the whole pool.
    pub draw: Option<Draw>,
    /// The split to draw from; `None` is the protocol's.
    pub split: Option<Split>,
}

/// The arguments of [`contaminate`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// The inlier class.
    pub class: u8,
    /// Outliers / inliers.
    pub ratio: f64,
    /// The seed of the draw.
    pub seed: u64,
}

impl Uri {
    /// What such inputs start with.
    pub const SCHEME: &str = "dataset:";

    /// What the input `path` names, if it is one of a data set.
    ///
    /// # Errors
    /// [`Error::Config`] for an unknown data set, class or key, or a value out of range.
    pub fn of(path: &Path) -> Result<Option<Self>> {
        path.to_str().filter(|text| text.starts_with(Self::SCHEME)).map(str::parse).transpose()
    }

    /// What to name files after, such as `fashion-mnist-sneaker`.
    pub fn stem(&self) -> String {
        let class = self.draw.and_then(|draw| self.name.class_names().get(usize::from(draw.class)));
        class.map_or_else(|| self.name.to_string(), |class| format!("{}-{class}", self.name))
    }

    /// The items with their identifiers, pictures `side` pixels high and wide where the originals are that large. A draw with outliers has labels, `0` (inlier) and `1` (outlier).
    ///
    /// # Errors
    /// As [`load`] and [`contaminate`].
    pub fn open(&self, data_dir: &Path, side: Option<usize>) -> Result<Chunk> {
        let usual = LoadOptions::default();
        let options = LoadOptions { split: self.split, side: side.unwrap_or(usual.side), ..usual };
        let pool = load(self.name, data_dir, &options)?;
        let Some(Draw { class, ratio, seed }) = self.draw else {
            return Ok(Chunk { ids: pool.ids, labels: None, items: pool.items });
        };
        let draw = contaminate(self.name, &pool.classes, class, ratio, Seed(seed), DrawOptions::default())?;
        let ids = draw.indices.iter().map(|&i| pool.ids[i].clone()).collect();
        let labels = draw.labels.contains(&1).then(|| draw.labels.iter().map(u8::to_string).collect());
        Ok(Chunk { ids, labels, items: select(&pool.items, &draw.indices)? })
    }
}

/// The items at the positions `indices`, in that order.
fn select(items: &Items, indices: &[usize]) -> Result<Items> {
    match items {
        Items::Images(images) => {
            let pixels = indices.iter().flat_map(|&i| images.image(i)).copied().collect();
            Ok(Items::Images(Images { pixels, ..*images }))
        }
        Items::Documents(texts) => Ok(Items::Documents(indices.iter().map(|&i| texts[i].clone()).collect())),
        Items::Rows(_) => {
            Err(Error::config("input", "a table", "only pictures and texts are drawn from by class"))
        }
    }
}

impl FromStr for Uri {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = |problem: &str| Error::config("input", text, problem);
        let body =
            text.strip_prefix(Self::SCHEME).ok_or_else(|| bad("a data set is written dataset:NAME/CLASS"))?;
        let (path, query) = body.split_once('?').unwrap_or((body, ""));
        let (name, class) = match path.split_once('/') {
            Some((name, class)) => (name.parse::<Name>()?, Some(class)),
            None => (path.parse()?, None),
        };
        let (mut ratio, mut seed, mut split) = (None, None, None);
        for (key, value) in query
            .split('&')
            .filter(|part| !part.is_empty())
            .filter_map(|p| p.split_once('=').or(Some((p, ""))))
        {
            match key {
                "c" => ratio = Some(value.parse::<f64>().map_err(|_| bad("c is a number, as in c=0.1"))?),
                "seed" => {
                    seed =
                        Some(value.parse::<u64>().map_err(|_| bad("seed is a whole number, as in seed=0"))?)
                }
                "split" => {
                    split = Some(parse_split(value).ok_or_else(|| bad("split is train, test or both"))?)
                }
                _ => return Err(bad(&format!("unknown key {key:?}; known are c, seed and split"))),
            }
        }
        let draw = match class {
            Some(class) => {
                let ratio = ratio.unwrap_or(0.1);
                if !(ratio.is_finite() && ratio >= 0.0) {
                    return Err(bad("c, outliers / inliers, is a number not below 0"));
                }
                Some(Draw { class: name.class(class)?, ratio, seed: seed.unwrap_or(0) })
            }
            None if ratio.or(seed.map(|_| 0.0)).is_some() => {
                return Err(bad(&format!(
                    "c and seed need an inlier class, as in dataset:{name}/{}",
                    name.class_names()[0]
                )));
            }
            None => None,
        };
        let options = LoadOptions { split, ..LoadOptions::default() };
        options.validate(name)?;
        Ok(Uri { name, draw, split })
    }
}

fn parse_split(text: &str) -> Option<Split> {
    [Split::Train, Split::Test, Split::Both].into_iter().find(|split| split.label() == text)
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::SCHEME, self.name)?;
        let mut separator = '?';
        if let Some(Draw { class, ratio, seed }) = self.draw {
            let class = self.name.class_names().get(usize::from(class)).unwrap_or(&"?");
            write!(f, "/{class}?c={ratio}&seed={seed}")?;
            separator = '&';
        }
        self.split.map_or(Ok(()), |split| write!(f, "{separator}split={}", split.label()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_dir;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_read_and_print() {
        let uri: Uri = "dataset:fashion-mnist/sneaker?c=0.5&seed=3&split=train".parse().unwrap();
        let draw = Draw { class: 7, ratio: 0.5, seed: 3 };
        assert_eq!(uri, Uri { name: Name::FashionMnist, draw: Some(draw), split: Some(Split::Train) });
        let print = |text: &str| text.parse::<Uri>().unwrap().to_string();
        assert_eq!(print("dataset:caltech101/faces-easy"), "dataset:caltech101/Faces_easy?c=0.1&seed=0");
        assert_eq!(print("dataset:20news?split=both"), "dataset:20news?split=both");
        assert_eq!(print("dataset:mnist/3?seed=9"), "dataset:mnist/3?c=0.1&seed=9");
        assert_eq!(print("dataset:mnist"), "dataset:mnist");
    }

    #[test]
    fn paths_are_told_from_data_sets_and_files_named_after_them() {
        let of = |text: &str| Uri::of(Path::new(text));
        assert_eq!(of("mnist/3").unwrap(), None);
        assert_eq!(of("./dataset:mnist").unwrap(), None);
        assert!(of("dataset:imagenet").is_err());
        let stem = |text: &str| of(text).unwrap().unwrap().stem();
        assert_eq!(stem("dataset:fashion-mnist/7?c=0.5"), "fashion-mnist-sneaker");
        assert_eq!(stem("dataset:mnist"), "mnist");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("mnist/3", "written dataset:NAME/CLASS"),
            ("dataset:imagenet/cat", "unknown data set"),
            ("dataset:mnist/ten", "mnist has the classes 0, 1"),
            ("dataset:mnist/3?ratio=1", "unknown key \"ratio\""),
            ("dataset:mnist/3?c=x", "c is a number"),
            ("dataset:mnist/3?c=-1", "not below 0"),
            ("dataset:mnist/3?c=NaN", "not below 0"),
            ("dataset:mnist/3?seed=1.5", "whole number"),
            ("dataset:mnist?c=0.1", "need an inlier class"),
            ("dataset:mnist?seed=0", "need an inlier class"),
            ("dataset:caltech101/ketch?split=test", "no splits"),
            ("dataset:mnist?split=half", "train, test or both"),
        ] {
            let message = text.parse::<Uri>().unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn a_draw_opens_as_items_with_labels() {
        let Some(folder) = test_dir(Name::Cifar10) else { return };
        let chunk = "dataset:cifar10/frog?c=0.3".parse::<Uri>().unwrap().open(&folder, None).unwrap();
        let labels = chunk.labels.unwrap();
        assert_eq!((chunk.ids.len(), chunk.items.len(), labels.len()), (1300, 1300, 1300));
        assert_eq!(labels.iter().filter(|label| *label == "1").count(), 300);
    }

    proptest! {
        #[test]
        fn every_uri_reads_back(class in 0u8..10, ratio in 0.0..10.0f64, seed: u64, cut in 0usize..60) {
            let uri = Uri { name: Name::Cifar10, draw: Some(Draw { class, ratio, seed }), split: None };
            prop_assert_eq!(uri.to_string().parse::<Uri>().unwrap(), uri);
            let _ = uri.to_string().get(..cut).unwrap_or("").parse::<Uri>();
        }
    }
}
