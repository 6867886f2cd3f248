//! Scaling an item by its own numbers.

use std::borrow::Cow;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Matrix};

/// How an item is scaled before a method sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// Nothing.
    #[default]
    None,
    /// Its mean is subtracted and it is scaled to unit length, so that for pictures neither brightness nor contrast
    /// counts (as in LVAD, Lin et al. 2022).
    Instance,
    /// The square root of every number, its sign kept, brought to unit length: in a document no word drowns the others
    /// (the Hellinger transformation, Legendre and Gallagher 2001). Documents stay sparse.
    Root,
    /// 1 for every number but 0, brought to unit length: of a document its words, whatever their weights. Documents stay sparse.
    Presence,
}

impl Scaling {
    /// The items as the method sees them.
    pub fn apply(self, x: &Features) -> Cow<'_, Features> {
        match self {
            Scaling::None => Cow::Borrowed(x),
            Scaling::Instance => Cow::Owned(Features::Dense(instance_normalised(x))),
            Scaling::Root => Cow::Owned(each_row(x, root)),
            Scaling::Presence => Cow::Owned(each_row(x, presence)),
        }
    }
}

/// Every item less its own mean, at unit length; an item of equal numbers becomes 0.
pub fn instance_normalised(x: &Features) -> Matrix {
    let cols = x.width();
    let mut values = vec![0.0f32; x.len() * cols];
    values.par_chunks_mut(cols.max(1)).enumerate().for_each(|(i, row)| {
        x.row_into(i, row);
        let mean = row.iter().map(|&v| f64::from(v)).sum::<f64>() / cols as f64;
        let norm = row.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>().sqrt();
        let scale = if norm > 1e-12 { 1.0 / norm } else { 0.0 };
        row.iter_mut().for_each(|v| *v = ((f64::from(*v) - mean) * scale) as f32);
    });
    Matrix { cols, values }
}

/// The items after `change`, which leaves zeros as they are, so that sparse items stay sparse.
fn each_row(x: &Features, change: fn(&mut [f32])) -> Features {
    if let Features::Sparse(x) = x {
        let mut x = x.clone();
        for ends in x.offsets.windows(2) {
            change(&mut x.values[ends[0]..ends[1]]);
        }
        return Features::Sparse(x);
    }
    let cols = x.width();
    let mut values = vec![0.0f32; x.len() * cols];
    values.par_chunks_mut(cols.max(1)).enumerate().for_each(|(i, row)| {
        x.row_into(i, row);
        change(row);
    });
    Features::Dense(Matrix { cols, values })
}

/// 1 for every number but 0, at unit length.
fn presence(row: &mut [f32]) {
    let count = row.iter().filter(|v| **v != 0.0).count();
    let value = (1.0 / (count.max(1) as f64).sqrt()) as f32;
    row.iter_mut().filter(|v| **v != 0.0).for_each(|v| *v = value);
}

/// The square root of every number, its sign kept, at unit length.
fn root(row: &mut [f32]) {
    // The squared length of the roots is the sum of the sizes.
    let length = row.iter().map(|&v| f64::from(v).abs()).sum::<f64>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    row.iter_mut().for_each(|v| *v = (f64::from(*v).abs().sqrt() * scale).copysign(f64::from(*v)) as f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Csr;

    #[test]
    fn brightness_and_contrast_do_not_count() {
        let x =
            Features::Dense(Matrix { cols: 3, values: vec![1.0, 2.0, 6.0, 12.0, 14.0, 22.0, 5.0, 5.0, 5.0] });
        let scaled = instance_normalised(&x);
        for (a, b) in scaled.row(0).iter().zip(scaled.row(1)) {
            assert!((a - b).abs() < 1e-6);
        }
        assert!((scaled.row(0).iter().map(|v| v * v).sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(scaled.row(2), [0.0; 3]);
        assert!(matches!(Scaling::None.apply(&x), Cow::Borrowed(_)));
    }

    #[test]
    fn roots_keep_sign_and_layout() {
        let dense = Features::Dense(Matrix { cols: 3, values: vec![1.0, 0.0, -4.0, 0.0, 0.0, 0.0] });
        let expected = [1.0 / 5f32.sqrt(), 0.0, -2.0 / 5f32.sqrt(), 0.0, 0.0, 0.0];
        assert_eq!(Scaling::Root.apply(&dense).dense(&[0, 1]), expected);
        let sparse = Csr { cols: 3, offsets: vec![0, 2, 2], indices: vec![0, 2], values: vec![1.0, -4.0] };
        let scaled = Scaling::Root.apply(&Features::Sparse(sparse)).into_owned();
        assert!(matches!(scaled, Features::Sparse(_)) && scaled.dense(&[0, 1]) == expected);
    }

    #[test]
    fn words_count_whatever_their_weight() {
        let dense = Features::Dense(Matrix { cols: 3, values: vec![0.1, 0.0, -4.0, 0.0, 0.0, 0.0] });
        let half = 0.5_f64.sqrt() as f32;
        let expected = [half, 0.0, half, 0.0, 0.0, 0.0];
        assert_eq!(Scaling::Presence.apply(&dense).dense(&[0, 1]), expected);
        let sparse = Csr { cols: 3, offsets: vec![0, 2, 2], indices: vec![0, 2], values: vec![0.1, -4.0] };
        let scaled = Scaling::Presence.apply(&Features::Sparse(sparse)).into_owned();
        assert!(matches!(scaled, Features::Sparse(_)) && scaled.dense(&[0, 1]) == expected);
    }
}
