//! The items a neighbour method keeps.

use std::borrow::Cow;

use rand::seq::index;

use crate::data::{Csr, Features, Images, Matrix, Weights};
use crate::error::{Error, Result};
use crate::method::detector::{bad_array, expect_items};
use crate::seed::Seed;

/// Items of the fit, all of them or a random choice.
pub(super) struct Reference {
    /// The items kept.
    pub(super) items: Features,
    /// Where each stood in the data of the fit, ascending.
    pub(super) places: Vec<u32>,
}

impl Reference {
    /// At most `limit` random items of `x`, which must have at least two.
    pub(super) fn choose(x: &Features, limit: usize, seed: Seed) -> Result<Self> {
        expect_items(x, 2, "a search for neighbours")?;
        let places = sample(x.len(), limit, seed);
        let items = if places.len() == x.len() { x.clone() } else { x.select(&places) };
        let places = places.into_iter().map(u32::try_from).collect::<std::result::Result<_, _>>();
        let places =
            places.map_err(|_| Error::config("input", x.len(), "at most 2^32 items can be fitted on"))?;
        Ok(Self { items, places })
    }

    /// Number of items kept.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Which of the items kept stood at `place` in the data of the fit.
    pub(super) fn at(&self, place: usize) -> Option<usize> {
        self.places.binary_search(&u32::try_from(place).ok()?).ok()
    }

    pub(super) fn store(&self, weights: &mut Weights) {
        weights.put_u32("places", &[self.len()], self.places.clone());
        store_items(&self.items, weights);
    }

    /// The items stored, at most `limit`.
    pub(super) fn load(limit: usize, weights: &mut Weights) -> Result<Self> {
        let (_, places) = weights.take_u32("places", &[None])?;
        if !(2..=limit).contains(&places.len()) || !places.is_sorted_by(|a, b| a < b) {
            return Err(bad_array(
                "places of the items kept",
                "from 2 to `max_reference`, ascending",
                places.len(),
            ));
        }
        Ok(Self { items: load_items(places.len(), weights)?, places })
    }
}

/// Writes `items` into `weights`.
pub(super) fn store_items(items: &Features, weights: &mut Weights) {
    match items {
        Features::Images(x) => {
            weights.put_u8("pixels", &[x.len(), x.channels, x.side, x.side], x.pixels.clone());
        }
        Features::Dense(x) => weights.put_f32("rows", &[x.rows(), x.cols], x.values.clone()),
        Features::Sparse(x) => {
            let offsets = x.offsets.iter().map(|&offset| offset as u32).collect();
            weights.put_u32("width", &[1], vec![x.cols as u32]);
            weights.put_u32("offsets", &[x.offsets.len()], offsets);
            weights.put_u32("columns", &[x.indices.len()], x.indices.clone());
            weights.put_f32("values", &[x.values.len()], x.values.clone());
        }
    }
}

/// The `n` items stored.
pub(super) fn load_items(n: usize, weights: &mut Weights) -> Result<Features> {
    let has = |weights: &Weights, name: &str| weights.iter().any(|(have, _)| have == name);
    let items = if has(weights, "pixels") {
        let (shape, pixels) = weights.take_u8("pixels", &[Some(n), None, None, None])?;
        if shape[2] != shape[3] || !matches!(shape[1], 1 | 3) {
            return Err(bad_array("pictures kept", "square, grey or RGB", format!("{shape:?}")));
        }
        Features::Images(Images { channels: shape[1], side: shape[2], pixels })
    } else if has(weights, "rows") {
        let (shape, values) = weights.take_f32("rows", &[Some(n), None])?;
        Features::Dense(Matrix { cols: shape[1], values })
    } else {
        Features::Sparse(sparse(n, weights)?)
    };
    if items.width() == 0 {
        return Err(bad_array("items kept", "at least one number per item", 0));
    }
    Ok(items)
}

/// Numbers that the rows a method fits on may hold, half a gigabyte of them.
const MAX_NUMBERS: usize = 1 << 27;

/// At most `limit` random items of `x`, and fewer when they would not fit into half a gigabyte as dense rows.
pub(super) fn some(x: &Features, limit: usize, seed: Seed) -> Cow<'_, Features> {
    let limit = limit.min((MAX_NUMBERS / x.width().max(1)).max(20));
    if x.len() <= limit { Cow::Borrowed(x) } else { Cow::Owned(x.select(&sample(x.len(), limit, seed))) }
}

/// At most `limit` random numbers below `n`, ascending.
fn sample(n: usize, limit: usize, seed: Seed) -> Vec<usize> {
    if n <= limit {
        return (0..n).collect();
    }
    let mut chosen = index::sample(&mut seed.stream("reference"), n, limit).into_vec();
    chosen.sort_unstable();
    chosen
}

fn sparse(n: usize, weights: &mut Weights) -> Result<Csr> {
    let (_, width) = weights.take_u32("width", &[Some(1)])?;
    let (_, offsets) = weights.take_u32("offsets", &[n.checked_add(1)])?;
    let (shape, indices) = weights.take_u32("columns", &[None])?;
    let (_, values) = weights.take_f32("values", &[Some(shape[0])])?;
    let offsets: Vec<usize> = offsets.into_iter().map(|offset| offset as usize).collect();
    let x = Csr { cols: width[0] as usize, offsets, indices, values };
    let ends = (x.offsets[0], x.offsets[n]);
    if ends != (0, x.values.len()) || !x.offsets.is_sorted() {
        return Err(bad_array(
            "offsets of the rows kept",
            "ascending from 0 to the number of values",
            "others",
        ));
    }
    let sound = |columns: &[u32]| {
        columns.is_sorted_by(|a, b| a < b) && columns.last().is_none_or(|&last| (last as usize) < x.cols)
    };
    match (0..n).find(|&i| !sound(x.row(i).0)) {
        None => Ok(x),
        Some(i) => Err(bad_array("columns of the rows kept", "ascending and existing", format!("row {i}"))),
    }
}
