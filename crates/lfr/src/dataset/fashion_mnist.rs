//! Fashion-MNIST (Xiao, Rasul, Vollgraf 2017).

use std::path::Path;

use super::{LoadOptions, Name, Pool, idx};
use crate::error::Result;

/// The classes, by label.
pub(super) const CLASSES: [&str; 10] =
    ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"];

/// The 10 000 test pictures, unless `options` says otherwise.
pub(super) fn load(folder: &Path, options: &LoadOptions) -> Result<Pool> {
    idx::load(Name::FashionMnist, folder, options)
}

#[cfg(test)]
mod tests {
    use super::super::{Padding, Part, Split, test_pool};
    use super::*;
    use crate::data::Items;

    #[test]
    fn every_class_has_its_published_size() {
        let Some(pool) = test_pool(Name::FashionMnist, &LoadOptions::default()) else { return };
        assert!((0..10).all(|class| pool.class_len(class) == 1000));
        let Items::Images(images) = &pool.items else { panic!("not pictures") };
        assert_eq!((images.len(), images.side, images.channels), (10_000, 32, 1));
        assert!(pool.ids[0] == "test/00000" && pool.classes[..4] == [9, 2, 1, 1]);
        let rest = LoadOptions { part: Part::Rest, padding: Padding::None, ..LoadOptions::default() };
        let train = test_pool(Name::FashionMnist, &rest).unwrap();
        assert!((0..10).all(|class| train.class_len(class) == 6000) && train.ids[59_999] == "train/59999");
        let both = LoadOptions { split: Some(Split::Both), ..LoadOptions::default() };
        assert_eq!(test_pool(Name::FashionMnist, &both).unwrap().ids.len(), 70_000);
    }
}
