//! How jobs read a data set and draw from it.

use serde::{Deserialize, Serialize};

use lfr::dataset::{Count, DrawOptions, LoadOptions, Outliers, Padding, Part, Split, Trim};

/// The `[data]` table of a grid. What it leaves out is as in the protocol of Lin et al. 2023 and its authors' code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataOptions {
    /// The split to draw from, see [`LoadOptions::split`].
    pub split: Option<Split>,
    /// Size of Fashion-MNIST and MNIST pictures.
    pub padding: Padding,
    /// Cleaning of 20 Newsgroups.
    pub trim: Trim,
    /// Which items become outliers.
    pub outliers: Outliers,
    /// How their number is rounded.
    pub count: Count,
}

impl Default for DataOptions {
    fn default() -> Self {
        let LoadOptions { split, padding, trim, .. } = LoadOptions::default();
        let DrawOptions { outliers, count } = DrawOptions::default();
        Self { split, padding, trim, outliers, count }
    }
}

impl DataOptions {
    /// Whether nothing differs from the protocol.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// How the pool, or what it leaves out, is read.
    pub(super) fn load(self, part: Part) -> LoadOptions {
        LoadOptions {
            part,
            split: self.split,
            padding: self.padding,
            trim: self.trim,
            ..LoadOptions::default()
        }
    }

    /// How outliers are drawn.
    pub(super) fn draw(self) -> DrawOptions {
        DrawOptions { outliers: self.outliers, count: self.count }
    }
}
