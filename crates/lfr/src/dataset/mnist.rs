//! MNIST (LeCun, Cortes, Burges 1998).

use std::path::Path;

use super::{LoadOptions, Name, Pool, idx};
use crate::error::Result;

/// The classes, by label.
pub(super) const CLASSES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The 10 000 test pictures, unless `options` says otherwise.
pub(super) fn load(folder: &Path, options: &LoadOptions) -> Result<Pool> {
    idx::load(Name::Mnist, folder, options)
}

#[cfg(test)]
mod tests {
    use super::super::test_pool;
    use super::*;

    #[test]
    fn the_test_split_has_its_published_class_sizes() {
        let Some(pool) = test_pool(Name::Mnist, &LoadOptions::default()) else { return };
        let sizes: Vec<_> = (0..10).map(|class| pool.class_len(class)).collect();
        assert_eq!(sizes, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    }
}
