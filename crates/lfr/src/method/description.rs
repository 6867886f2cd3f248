//! What each method is, for people.

use super::Method;

/// What a method takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Pictures, tables and text.
    Anything,
    /// Pictures alone.
    Pictures,
    /// Anything, with a few labelled items beside it.
    LabelledToo,
}

impl Takes {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Takes::Anything => "anything",
            Takes::Pictures => "images",
            Takes::LabelledToo => "anything, plus a few labels",
        }
    }
}

/// What a method is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// As in `--method`.
    pub name: &'static str,
    /// Presets beside the default, as in `--preset`.
    pub presets: &'static [&'static str],
    /// One sentence on how it scores.
    pub summary: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Time on a thousand small pictures on a laptop.
    pub cost: &'static str,
}

impl Method {
    /// Every method.
    pub const ALL: &[Description] = &[
        Description {
            name: "combined",
            presets: &[],
            summary: "the default: mean or largest standardised score of fast detectors chosen for the kind of data",
            source: "docs/defaults.md",
            takes: Takes::Anything,
            cost: "a minute",
        },
        Description {
            name: "ae-lfr",
            presets: &["paper", "authors-2021", "authors-2021-small"],
            summary: "autoencoder scored through latent feature reconstruction",
            source: "Lin et al. 2023",
            takes: Takes::Anything,
            cost: "a second per epoch",
        },
        Description {
            name: "ae",
            presets: &["paper", "authors-2021"],
            summary: "plain autoencoder, scored by reconstruction error",
            source: "baseline of Lin et al. 2023",
            takes: Takes::Anything,
            cost: "a second per epoch",
        },
        Description {
            name: "gt-lfr",
            presets: &["paper", "fashion-mnist", "cifar10"],
            summary: "72-way transformation classifier scored through latent feature reconstruction",
            source: "Lin et al. 2023",
            takes: Takes::Pictures,
            cost: "an hour",
        },
        Description {
            name: "geom",
            presets: &["paper", "original"],
            summary: "72-way transformation classifier, scored by the probability of the true transformation",
            source: "Golan and El-Yaniv 2018",
            takes: Takes::Pictures,
            cost: "an hour",
        },
        Description {
            name: "e3outlier",
            presets: &["paper", "original"],
            summary: "111-way transformation classifier, scored by entropy",
            source: "Wang et al. 2019",
            takes: Takes::Pictures,
            cost: "two hours",
        },
        Description {
            name: "rsrae",
            presets: &["paper", "plus"],
            summary: "autoencoder with a robust subspace layer, scored by the cosine",
            source: "Lai et al. 2020",
            takes: Takes::Anything,
            cost: "a few seconds per epoch",
        },
        Description {
            name: "drae",
            presets: &["paper"],
            summary: "autoencoder that separates each batch by reconstruction error",
            source: "Xia et al. 2015",
            takes: Takes::Anything,
            cost: "a second per epoch",
        },
        Description {
            name: "elite-ae",
            presets: &["paper"],
            summary: "autoencoder reweighted by a few labelled items",
            source: "Zhang et al. 2021",
            takes: Takes::LabelledToo,
            cost: "an hour",
        },
        Description {
            name: "elite-svdd",
            presets: &["paper"],
            summary: "distance from a centre, reweighted by a few labelled items",
            source: "Zhang et al. 2021",
            takes: Takes::LabelledToo,
            cost: "an hour",
        },
        Description {
            name: "lvad",
            presets: &[],
            summary: "local likelihood ratios around k-means centres",
            source: "Lin et al. 2022 (LVAD)",
            takes: Takes::Anything,
            cost: "seconds",
        },
        Description {
            name: "isolation-forest",
            presets: &[],
            summary: "how few random splits isolate an item",
            source: "Liu et al. 2008",
            takes: Takes::Anything,
            cost: "a second",
        },
        Description {
            name: "knn",
            presets: &[],
            summary: "distance to the k-th nearest item",
            source: "Ramaswamy et al. 2000",
            takes: Takes::Anything,
            cost: "a second",
        },
        Description {
            name: "centroid",
            presets: &[],
            summary: "distance to the mean of all items",
            source: "Manevitz and Yousef 2001",
            takes: Takes::Anything,
            cost: "a second",
        },
        Description {
            name: "lof",
            presets: &[],
            summary: "local density compared with that of the neighbours",
            source: "Breunig et al. 2000",
            takes: Takes::Anything,
            cost: "a second",
        },
        Description {
            name: "pca",
            presets: &[],
            summary: "distance along, or from, the principal components",
            source: "Shyu et al. 2003",
            takes: Takes::Anything,
            cost: "a second",
        },
        Description {
            name: "ecod",
            presets: &[],
            summary: "empirical tail probability, feature by feature",
            source: "Li et al. 2022",
            takes: Takes::Anything,
            cost: "a second",
        },
    ];

    /// Whether a few labelled items can guide its fit; those of [`Takes::LabelledToo`] cannot do without.
    pub fn learns_from_labels(&self) -> bool {
        let guided = matches!(self, Method::Combined(_) | Method::AeLfr(_) | Method::GtLfr(_));
        guided || self.description().takes == Takes::LabelledToo
    }

    /// What it is, for people.
    pub fn description(&self) -> &'static Description {
        Self::ALL.iter().find(|d| d.name == self.name()).unwrap_or(&Self::ALL[0])
    }
}
