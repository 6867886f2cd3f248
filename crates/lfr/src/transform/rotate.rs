//! The 16 rotations by multiples of 30 degrees that are none of 90 (E3Outlier, Wang et al. 2019), with cubic B-splines.
//!
//! As SciPy's `ndimage.rotate` does by default: interpolating cubic B-spline with mirrored borders, a result large
//! enough to hold the whole picture, 0 outside it; of that, the middle.

/// 2 flips x 8 angles, the last fastest.
pub(super) const COUNT: usize = 16;

const ANGLES: [u32; 8] = [30, 60, 120, 150, 210, 240, 300, 330];

/// What transformation `index` does.
pub(super) fn name(index: usize) -> String {
    let flip = if index / 8 == 1 { "flip, " } else { "" };
    format!("{flip}rotate {}", ANGLES[index % 8])
}

/// A flip and a rotation, worked out for every pixel.
#[derive(Clone, Debug)]
pub(super) struct Rotation {
    side: usize,
    flip: bool,
    /// One a pixel of the result; `None` where it lies outside the picture.
    taps: Vec<Option<Taps>>,
}

/// The 4 x 4 spline coefficients that make up a pixel, and their weights.
#[derive(Clone, Copy, Debug)]
struct Taps {
    rows: [u16; 4],
    columns: [u16; 4],
    row_weights: [f32; 4],
    column_weights: [f32; 4],
}

impl Rotation {
    /// Rotation `index` of pictures of `side` pixels, at least 2.
    pub(super) fn new(index: usize, side: usize) -> Self {
        let (sin, cos) = f64::from(ANGLES[index % 8]).to_radians().sin_cos();
        let whole = (side as f64 * (sin.abs() + cos.abs()) + 0.5).floor();
        let (centre, middle) = ((side as f64 - 1.0) / 2.0, (whole - 1.0) / 2.0);
        let crop = (middle - centre).floor();
        let mut taps = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in 0..side {
                let (y, x) = (row as f64 + crop - middle, column as f64 + crop - middle);
                taps.push(Taps::at(cos * y + sin * x + centre, cos * x - sin * y + centre, side));
            }
        }
        Rotation { side, flip: index / 8 == 1, taps }
    }

    /// For every pixel of the result the 16 coefficients of the channel that make it up, and their weights.
    pub(super) fn taps(&self) -> Vec<(u32, f32)> {
        // The filter treats both directions alike, so that the flip may come after it.
        let place = |row: u16, column: u16| {
            let column = if self.flip { self.side - 1 - usize::from(column) } else { usize::from(column) };
            (usize::from(row) * self.side + column) as u32
        };
        let pixel = |taps: &Option<Taps>| match taps {
            None => [(0, 0.0); 16],
            Some(taps) => std::array::from_fn(|i| {
                let (i, j) = (i / 4, i % 4);
                (place(taps.rows[i], taps.columns[j]), taps.row_weights[i] * taps.column_weights[j])
            }),
        };
        self.taps.iter().flat_map(pixel).collect()
    }

    /// Flips and rotates one channel into `out`, both side x side.
    pub(super) fn apply(&self, channel: &[f32], out: &mut [f32]) {
        let mut spline = channel.to_vec();
        if self.flip {
            spline.chunks_exact_mut(self.side).for_each(<[f32]>::reverse);
        }
        filter(&mut spline, self.side);
        for (pixel, taps) in out.iter_mut().zip(&self.taps) {
            *pixel = taps.as_ref().map_or(0.0, |taps| taps.sum(&spline, self.side));
        }
    }
}

impl Taps {
    fn at(row: f64, column: f64, side: usize) -> Option<Self> {
        let last = (side - 1) as f64;
        let inside = (0.0..=last).contains(&row) && (0.0..=last).contains(&column);
        let ((rows, row_weights), (columns, column_weights)) = (axis(row, side), axis(column, side));
        inside.then_some(Taps { rows, columns, row_weights, column_weights })
    }

    fn sum(&self, spline: &[f32], side: usize) -> f32 {
        let mut sum = 0.0;
        for (&row, weight) in self.rows.iter().zip(self.row_weights) {
            let line = &spline[usize::from(row) * side..][..side];
            let along: f32 =
                (self.columns.iter().zip(self.column_weights)).map(|(&j, w)| w * line[usize::from(j)]).sum();
            sum += weight * along;
        }
        sum
    }
}

/// The four coefficients around `position`, mirrored at the borders (edge not doubled), and their B-spline weights.
fn axis(position: f64, side: usize) -> ([u16; 4], [f32; 4]) {
    let (start, t) = (position.floor(), position - position.floor());
    let last = side as i64 - 1;
    let at = [-1, 0, 1, 2].map(|step| (last - (last - (start as i64 + step).abs()).abs()).max(0) as u16);
    let u = 1.0 - t;
    let near = |d: f64| (d * d * (d - 2.0) * 3.0 + 4.0) / 6.0;
    (at, [u * u * u / 6.0, near(t), near(u), t * t * t / 6.0].map(|weight| weight as f32))
}

/// The matrix F, `side x side`, with which the coefficients of a channel X are F X Fᵀ.
pub(crate) fn spline_filter(side: usize) -> Vec<f32> {
    let mut columns = vec![0.0; side * side];
    for (j, line) in columns.chunks_exact_mut(side).enumerate() {
        line[j] = 1.0;
        filter_line(line);
    }
    (0..side * side).map(|i| columns[i % side * side + i / side]).collect()
}

/// Turns pixels into the coefficients of the cubic B-spline through them: rows, then columns.
fn filter(pixels: &mut [f32], side: usize) {
    let mut line = vec![0.0; side];
    pixels.chunks_exact_mut(side).for_each(filter_line);
    for column in 0..side {
        line.iter_mut().zip(pixels[column..].iter().step_by(side)).for_each(|(to, from)| *to = *from);
        filter_line(&mut line);
        pixels[column..].iter_mut().step_by(side).zip(&line).for_each(|(to, from)| *to = *from);
    }
}

/// The recursive filter of Unser, Aldroubi & Eden 1993 with its pole sqrt(3) - 2, exact for mirrored borders.
fn filter_line(line: &mut [f32]) {
    let pole = 3.0f64.sqrt() - 2.0;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    let n = line.len();
    let mut values: Vec<f64> = line.iter().map(|&value| f64::from(value) * gain).collect();
    values[0] = causal_start(&values, pole);
    for i in 1..n {
        values[i] += pole * values[i - 1];
    }
    values[n - 1] = pole / (pole * pole - 1.0) * (pole * values[n - 2] + values[n - 1]);
    for i in (0..n - 1).rev() {
        values[i] = pole * (values[i + 1] - values[i]);
    }
    line.iter_mut().zip(values).for_each(|(to, value)| *to = value as f32);
}

/// The first state of the causal filter: the sum over the endlessly mirrored line, in closed form.
fn causal_start(values: &[f64], pole: f64) -> f64 {
    let n = values.len();
    let far = pole.powi(n as i32 - 1);
    let (mut power, mut back) = (pole, far * far / pole);
    let mut sum = values[0] + far * values[n - 1];
    for value in &values[1..n - 1] {
        sum += (power + back) * value;
        power *= pole;
        back /= pole;
    }
    sum / (1.0 - far * far)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::test_image;

    // import numpy as np
    // from scipy.ndimage import rotate
    // def image(n): ...                      # as in affine72.rs
    // out = []
    // for side in (8, 32):
    //     x = image(side * side).reshape(side, side)
    //     for y in (x, np.fliplr(x)):
    //         for angle in (30, 60, 120, 150, 210, 240, 300, 330):
    //             r = rotate(y, angle)
    //             i = int((r.shape[0] - 1) / 2 - (side - 1) / 2)
    //             out.append(r[i:i + side, i:i + side].ravel())
    // np.concatenate(out).astype("<f4").tofile("transform_rotate.f32")
    #[test]
    fn all_16_are_scipys() {
        let bytes = include_bytes!("../../tests/data/transform_rotate.f32");
        let mut expected = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        for side in [8, 32] {
            let image = test_image(side * side);
            for index in 0..COUNT {
                let mut out = vec![f32::NAN; side * side];
                Rotation::new(index, side).apply(&image, &mut out);
                for (i, (found, expected)) in out.iter().zip(&mut expected).enumerate() {
                    assert!(
                        (found - expected).abs() < 2e-6,
                        "side {side}, {index}, pixel {i}: {found} {expected}"
                    );
                }
            }
        }
        assert!(expected.next().is_none());
    }

    #[test]
    fn the_spline_goes_through_the_pixels() {
        let image = test_image(16 * 16);
        let mut spline = image.clone();
        filter(&mut spline, 16);
        for (i, value) in image.iter().enumerate() {
            let at = Taps::at((i / 16) as f64, (i % 16) as f64, 16).unwrap().sum(&spline, 16);
            assert!((at - value).abs() < 1e-5, "{i}: {at} {value}");
        }
    }

    #[test]
    fn rotating_by_minus_the_angle_brings_a_smooth_middle_back() {
        let bump = |i: usize| {
            (-((i / 32) as f32 - 13.0).powi(2) / 30.0 - ((i % 32) as f32 - 18.0).powi(2) / 20.0).exp()
        };
        let image: Vec<f32> = (0..1024).map(bump).collect();
        for index in 0..8 {
            let (mut once, mut back) = (vec![0.0; 1024], vec![0.0; 1024]);
            Rotation::new(index, 32).apply(&image, &mut once);
            Rotation::new(7 - index, 32).apply(&once, &mut back);
            let middle = (0..1024).filter(|i| (10..22).contains(&(i / 32)) && (10..22).contains(&(i % 32)));
            assert!(middle.map(|i| (back[i] - image[i]).abs()).fold(0.0, f32::max) < 1e-3, "{index}");
        }
    }
}
