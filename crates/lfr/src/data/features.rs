//! Numeric features as models see them.

use std::ops::Range;

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Pictures of one size, 8 bits a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Height and width in pixels.
    pub side: usize,
    /// `n * channels * side * side` values, N x C x H x W.
    pub pixels: Vec<u8>,
}

impl Images {
    /// Values a picture.
    pub fn width(&self) -> usize {
        self.channels * self.side * self.side
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.pixels.len() / self.width().max(1)
    }

    /// Whether there is no picture.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// The values of picture `i`, C x H x W.
    pub fn image(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.width()..(i + 1) * self.width()]
    }
}

/// Rows of numbers, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Columns.
    pub cols: usize,
    /// `rows * cols` values.
    pub values: Vec<f32>,
}

impl Matrix {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.cols.max(1)
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.cols..(i + 1) * self.cols]
    }
}

/// A sparse matrix in compressed row form; column indices ascend within a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr {
    /// Columns.
    pub cols: usize,
    /// `rows + 1` offsets into `indices` and `values`, the first 0.
    pub offsets: Vec<usize>,
    /// Column of each stored value.
    pub indices: Vec<u32>,
    /// The stored values.
    pub values: Vec<f32>,
}

impl Csr {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Columns and values of row `i`.
    pub fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = self.offsets[i]..self.offsets[i + 1];
        (&self.indices[range.clone()], &self.values[range])
    }
}

/// The features of a run of items.
#[derive(Clone, Debug, PartialEq)]
pub enum Features {
    /// Pictures; seen by models as `x / 127.5 - 1`, in \[-1, 1\].
    Images(Images),
    /// Table rows after imputing, encoding and scaling.
    Dense(Matrix),
    /// TF-IDF rows.
    Sparse(Csr),
}

impl Features {
    /// Number of items.
    pub fn len(&self) -> usize {
        match self {
            Features::Images(x) => x.len(),
            Features::Dense(x) => x.rows(),
            Features::Sparse(x) => x.rows(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers per item.
    pub fn width(&self) -> usize {
        match self {
            Features::Images(x) => x.width(),
            Features::Dense(x) => x.cols,
            Features::Sparse(x) => x.cols,
        }
    }

    /// Whether each item has no features: a document without a known term, a picture of one colour, a row of numbers
    /// that are all NaN, which is what an encoder writes for a row without a value.
    pub fn featureless(&self) -> Vec<bool> {
        let plain = |pixels: &[u8]| pixels.iter().all(|&pixel| pixel == pixels[0]);
        let check = |i: usize| match self {
            Features::Images(x) => x.image(i).chunks_exact((x.side * x.side).max(1)).all(plain),
            Features::Dense(x) => x.cols > 0 && x.row(i).iter().all(|value| value.is_nan()),
            Features::Sparse(x) => x.row(i).1.iter().all(|&value| value == 0.0),
        };
        (0..self.len()).into_par_iter().map(check).collect()
    }

    /// Writes item `i` into `out` (`width` numbers), pictures scaled to \[-1, 1\].
    pub fn row_into(&self, i: usize, out: &mut [f32]) {
        match self {
            Features::Images(x) => {
                for (to, &from) in out.iter_mut().zip(x.image(i)) {
                    *to = f32::from(from) / 127.5 - 1.0;
                }
            }
            Features::Dense(x) => out.copy_from_slice(x.row(i)),
            Features::Sparse(x) => {
                out.fill(0.0);
                let (columns, values) = x.row(i);
                for (&column, &value) in columns.iter().zip(values) {
                    out[column as usize] = value;
                }
            }
        }
    }

    /// The items `indices`, in that order, as dense rows (`indices.len() * width` numbers).
    pub fn dense(&self, indices: &[usize]) -> Vec<f32> {
        let width = self.width();
        let mut out = vec![0.0; indices.len() * width];
        if width > 0 {
            out.par_chunks_exact_mut(width).zip(indices).for_each(|(row, &i)| self.row_into(i, row));
        }
        out
    }

    /// The items `indices`, in that order.
    pub fn select(&self, indices: &[usize]) -> Features {
        match self {
            Features::Images(x) => Features::Images(Images {
                pixels: indices.iter().flat_map(|&i| x.image(i)).copied().collect(),
                ..*x
            }),
            Features::Dense(x) => Features::Dense(Matrix {
                cols: x.cols,
                values: indices.iter().flat_map(|&i| x.row(i)).copied().collect(),
            }),
            Features::Sparse(x) => {
                let mut out = Csr { cols: x.cols, offsets: vec![0], indices: vec![], values: vec![] };
                for &i in indices {
                    let (columns, values) = x.row(i);
                    out.indices.extend_from_slice(columns);
                    out.values.extend_from_slice(values);
                    out.offsets.push(out.values.len());
                }
                Features::Sparse(out)
            }
        }
    }

    /// All items of `parts`, in order.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the parts are laid out differently; [`Error::TooFewItems`] when there is none.
    pub fn concat(parts: Vec<Features>) -> Result<Features> {
        let items = parts.iter().map(Features::len).sum();
        Self::joined(items, parts.into_iter().map(Ok))
    }

    /// All of `items` items, of which `parts` gives one run after the other, so that only one part at a time is held beside
    /// the whole.
    ///
    /// # Errors
    /// As [`Features::concat`], or that of a part.
    pub(crate) fn joined(
        items: usize,
        mut parts: impl Iterator<Item = Result<Features>>,
    ) -> Result<Features> {
        let none = || Error::TooFewItems { found: 0, needed: 1, what: "a pile".into() };
        let mut all = parts.next().ok_or_else(none)??;
        all.reserve(items);
        parts.try_for_each(|part| all.append(part?))?;
        Ok(all)
    }

    /// Makes room for `items` items in all; how much sparse ones take is not known.
    fn reserve(&mut self, items: usize) {
        let more = items.saturating_sub(self.len()) * self.width();
        match self {
            Features::Images(x) => x.pixels.reserve_exact(more),
            Features::Dense(x) => x.values.reserve_exact(more),
            Features::Sparse(_) => {}
        }
    }

    fn append(&mut self, part: Features) -> Result<()> {
        let mismatch = |expected: usize, found: usize| Error::Mismatch {
            what: "numbers per item".into(),
            expected: expected.to_string(),
            found: found.to_string(),
        };
        let (expected, found) = (self.width(), part.width());
        if expected != found {
            return Err(mismatch(expected, found));
        }
        match (self, part) {
            (Features::Images(all), Features::Images(part)) => all.pixels.extend(part.pixels),
            (Features::Dense(all), Features::Dense(part)) => all.values.extend(part.values),
            (Features::Sparse(all), Features::Sparse(part)) => {
                let stored = all.values.len();
                all.offsets.extend(part.offsets.iter().skip(1).map(|offset| offset + stored));
                all.indices.extend(part.indices);
                all.values.extend(part.values);
            }
            _ => return Err(mismatch(expected, found)),
        }
        Ok(())
    }

    /// The items of `range`.
    pub fn slice(&self, range: Range<usize>) -> Features {
        self.select(&range.collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sparse() -> Features {
        // [[0, 1], [2, 0], [0, 0]]
        Features::Sparse(Csr {
            cols: 2,
            offsets: vec![0, 1, 2, 2],
            indices: vec![1, 0],
            values: vec![1.0, 2.0],
        })
    }

    #[test]
    fn rows_come_out_dense() {
        assert_eq!(sparse().dense(&[1, 2, 0]), [2.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        let images = Features::Images(Images { channels: 1, side: 1, pixels: vec![0, 255] });
        assert_eq!(images.dense(&[0, 1]), [-1.0, 1.0]);
    }

    #[test]
    fn parts_join_as_they_were_cut() {
        let images = Features::Images(Images { channels: 1, side: 2, pixels: (0..24).collect() });
        let dense = Features::Dense(Matrix { cols: 3, values: vec![0.5; 18] });
        for whole in [sparse(), images, dense] {
            let n = whole.len();
            let parts = vec![whole.slice(0..1), whole.slice(1..n)];
            assert_eq!(Features::concat(parts).unwrap(), whole);
        }
        assert!(Features::concat(vec![]).is_err());
        let narrow = Features::Dense(Matrix { cols: 2, values: vec![0.0; 2] });
        assert!(Features::concat(vec![sparse(), narrow]).is_err());
    }
}
