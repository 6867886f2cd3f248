//! Isolation forest (Liu, Ting, Zhou 2008): an item that few random cuts separate from the others is an outlier.
//!
//! A tree cuts a random sample at a random value of a random column until items are alone or the depth reaches
//! log2 of the sample's size. The score is 2^(-E\[h\] / c), h being the number of cuts to an item's leaf plus the c of the
//! items left there, and c(n) = 2 (ln(n - 1) + 0.5772) - 2 (n - 1) / n the mean depth of n items: near 1 for outliers,
//! below 0.5 for inliers. Columns constant among a node's items are never chosen, as in scikit-learn.

use burn::tensor::Device;
use rand::seq::index;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::linalg::by_block;
use crate::method::MethodConfig;
use crate::method::detector::{Detector, bad_array, expect_items, expect_width};
use crate::method::forest::tree::{Nodes, Sample, mean_depth};
use crate::method::scaling::Scaling;
use crate::nn::autoencoder::Shape;
use crate::stop;
use crate::train::Context;

/// Settings of an isolation forest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IsolationForestConfig {
    /// Trees, at least 1. 100 in the paper, in scikit-learn and in PyOD.
    #[schemars(extend("source" = "Liu et al. 2008"))]
    pub trees: usize,
    /// Items a tree is grown on, drawn without replacement, at least 2; all items when there are fewer. 256 likewise.
    #[schemars(extend("source" = "Liu et al. 2008"))]
    pub sample: usize,
    /// How an item is scaled first; not at all in the paper.
    #[schemars(extend("source" = "ours: nothing in Liu et al. 2008"))]
    pub scaling: Scaling,
}

impl Default for IsolationForestConfig {
    fn default() -> Self {
        Self { trees: 100, sample: 256, scaling: Scaling::None }
    }
}

impl MethodConfig for IsolationForestConfig {
    type Fitted = IsolationForest;
    const NAME: &str = "isolation-forest";
    const SUMMARY: &str = "how few random splits isolate an item";
    const SOURCE: &str = "Liu et al. 2008";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        if !(1..=100_000).contains(&self.trees) {
            return Err(Error::config("trees", self.trees, "must lie between 1 and 100000"));
        }
        if !(2..=1_000_000).contains(&self.sample) {
            return Err(Error::config("sample", self.sample, "must lie between 2 and 1000000"));
        }
        Ok(())
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<IsolationForest> {
        self.validate()?;
        expect_items(x, 2, "an isolation forest")?;
        let x = &*self.scaling.apply(x);
        let sample = self.sample.min(x.len());
        let seed = context.seed;
        let grow = |tree: usize| {
            stop::check();
            let mut rng = seed.stream(&format!("tree {tree}"));
            let items = index::sample(&mut rng, x.len(), sample).into_vec();
            Sample::new(x, &items).grow(rng)
        };
        let trees: Vec<Nodes> = (0..self.trees).into_par_iter().map(grow).collect();
        let (mut roots, mut nodes) = (vec![], Nodes::default());
        for tree in trees {
            let too_large = || Error::config("trees", self.trees, "the forest outgrows its file; use fewer");
            roots.push(nodes.append(tree).ok_or_else(too_large)?);
        }
        Ok(IsolationForest { width: x.width(), sample, scaling: self.scaling, roots, nodes })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<IsolationForest> {
        IsolationForest::load(self, weights)
    }
}

/// A fitted isolation forest.
pub struct IsolationForest {
    width: usize,
    sample: usize,
    scaling: Scaling,
    /// Index of each tree's first node.
    roots: Vec<u32>,
    nodes: Nodes,
}

impl IsolationForest {
    /// Restores a fitted forest.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not make trees.
    pub fn load(config: &IsolationForestConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        let (_, size) = weights.take_u32("size", &[Some(2)])?;
        let (_, roots) = weights.take_u32("roots", &[Some(config.trees)])?;
        let (shape, column) = weights.take_u32("column", &[None])?;
        let (_, value) = weights.take_f32("value", &[Some(shape[0])])?;
        let (_, upper) = weights.take_u32("upper", &[Some(shape[0])])?;
        let (width, sample) = (size[0] as usize, size[1] as usize);
        if !(2..=config.sample).contains(&sample) {
            return Err(bad_array("items a tree", "a number from 2 to the setting `sample`", sample));
        }
        let nodes = Nodes { column, value, upper };
        nodes.check(&roots, width)?;
        Ok(Self { width, sample, scaling: config.scaling, roots, nodes })
    }

    /// Scores of a block of rows, tree by tree: a tree fits into the fastest memory, a forest does not.
    fn block(&self, rows: &[f32]) -> Vec<f32> {
        let mut depths = vec![0.0; rows.len() / self.width];
        for &root in &self.roots {
            for (depth, row) in depths.iter_mut().zip(rows.chunks_exact(self.width)) {
                *depth += f64::from(self.nodes.depth(row, root as usize));
            }
        }
        let unit = self.roots.len() as f64 * mean_depth(self.sample);
        depths.into_iter().map(|depth| (-depth / unit).exp2() as f32).collect()
    }
}

impl Detector for IsolationForest {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        expect_width(x, self.width)?;
        Ok(by_block(&self.scaling.apply(x), |items, rows| self.block(&rows[..items.len() * self.width])))
    }

    fn store(&self, weights: &mut Weights) {
        let nodes = self.nodes.upper.len();
        weights.put_u32("size", &[2], vec![self.width as u32, self.sample as u32]);
        weights.put_u32("roots", &[self.roots.len()], self.roots.clone());
        weights.put_u32("column", &[nodes], self.nodes.column.clone());
        weights.put_f32("value", &[nodes], self.nodes.value.clone());
        weights.put_u32("upper", &[nodes], self.nodes.upper.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Csr, Matrix};
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    /// Two columns of noise in a ring, an outlier at the end.
    fn ring(n: usize) -> Features {
        let angle = |i: usize| i as f32 * 2.4;
        let mut values: Vec<f32> = (1..n).flat_map(|i| [angle(i).cos(), 2.0 + angle(i).sin()]).collect();
        values.extend([5.0, -4.0]);
        Features::Dense(Matrix { cols: 2, values })
    }

    // import numpy as np; from sklearn.ensemble import IsolationForest
    // i = np.arange(1, 300) * np.float32(2.4); x = np.c_[np.cos(i), 2 + np.sin(i)]; x = np.r_[x, [[5, -4]]]
    // s = -np.mean([IsolationForest(n_estimators=100, random_state=r).fit(x).score_samples(x) for r in range(30)], 0)
    // print(s[:3], s[-1], s[:-1].mean())
    #[test]
    fn agrees_with_scikit_learn() {
        let x = ring(300);
        let scores = fit_seeded(&IsolationForestConfig { trees: 3000, ..Default::default() }, &x, Seed(0))
            .unwrap()
            .scores(&x)
            .unwrap();
        for (i, expected) in [(0, 0.4981), (1, 0.4809), (2, 0.4975), (299, 0.8538)] {
            assert!((scores[i] - expected).abs() < 0.01, "item {i}: {} instead of {expected}", scores[i]);
        }
        let mean = scores[..299].iter().sum::<f32>() / 299.0;
        assert!((mean - 0.4962).abs() < 0.005, "{mean}");
    }

    #[test]
    fn the_layout_does_not_matter_and_the_seed_repeats() {
        let rows = [[0.0, 1.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0], [0.0, 1.5, 0.5]];
        let dense = Features::Dense(Matrix { cols: 3, values: rows.concat() });
        let sparse = Features::Sparse(Csr {
            cols: 3,
            offsets: vec![0, 1, 2, 3, 5],
            indices: vec![1, 1, 2, 1, 2],
            values: vec![1.0, 2.0, 3.0, 1.5, 0.5],
        });
        let scores = |x: &Features, seed| {
            fit_seeded(&IsolationForestConfig::default(), x, Seed(seed)).unwrap().scores(x).unwrap()
        };
        assert_eq!(scores(&dense, 1), scores(&sparse, 1));
        assert_ne!(scores(&dense, 1), scores(&dense, 2));
        let same = Features::Dense(Matrix { cols: 2, values: vec![7.0; 20] });
        assert_eq!(scores(&same, 0), [0.5; 10]);
    }

    #[test]
    fn a_stored_forest_scores_the_same_and_a_bent_one_is_refused() {
        let (x, config) = (ring(40), IsolationForestConfig { trees: 3, sample: 16, ..Default::default() });
        let forest = fit_seeded(&config, &x, Seed(0)).unwrap();
        let mut stored = Weights::default();
        forest.store(&mut stored);
        let mut copy = stored.clone();
        let loaded = IsolationForest::load(&config, &mut copy).unwrap();
        copy.finish().unwrap();
        assert_eq!(loaded.scores(&x).unwrap(), forest.scores(&x).unwrap());
        assert!(loaded.scores(&Features::Dense(Matrix { cols: 3, values: vec![0.0; 3] })).is_err());

        let nodes = forest.nodes.upper.len();
        let bend = |name: &str, change: &dyn Fn(&mut Vec<u32>)| {
            let mut bent = stored.clone();
            let (shape, mut values) = bent.take_u32(name, &[None]).unwrap();
            change(&mut values);
            bent.put_u32(name, &shape, values);
            IsolationForest::load(&config, &mut bent).is_err()
        };
        assert!(bend("upper", &|upper| upper[0] = 1), "a loop or a child that is not there");
        assert!(bend("upper", &|upper| upper[0] = nodes as u32), "a child outside its tree");
        assert!(bend("upper", &|upper| upper[nodes - 1] = nodes as u32 + 1), "a child of the last node");
        assert!(bend("column", &|column| column[0] = 2), "a column that is not there");
        assert!(bend("roots", &|roots| roots[1] = roots[2]), "an empty tree");
        assert!(bend("size", &|size| size[1] = 1), "no items a tree");
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let x = ring(10);
        for (trees, sample) in [(0, 256), (1, 1)] {
            let config = IsolationForestConfig { trees, sample, ..Default::default() };
            assert!(fit_seeded(&config, &x, Seed(0)).is_err());
        }
        assert!(fit_seeded(&IsolationForestConfig::default(), &ring(1), Seed(0)).is_err());
    }
}
