//! The last layer of an autoencoder on sparse rows together with its errors.
//!
//! Neither the rows nor, where the activation is ReLU, the outputs are mostly other than 0: an output that is 0 for every
//! item has no gradient, and its part of both backward products is left out.

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::partition::{part, ranges, sum};
use crate::scratch::Scratch;
use crate::simd::{add_all, vectorised};
use crate::sparse::SparseRows;
use crate::tile::{self, COLUMNS, Numbers, ROWS, Rows};

/// Outputs whose squares are summed in f32 before the sum is carried on in f64.
const OUTPUTS: usize = 1024;
/// Outputs with a gradient that are multiplied at once: their weights stay in the cache.
const BLOCK: usize = 64;

/// `errors_i = ‖act(weight h_i + bias) - x_i‖²` for sparse `x`, which is data: it is given no gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseErrors {
    /// Numbers an item of `h`.
    pub inputs: usize,
    /// Numbers an item of `x`, most of them 0.
    pub outputs: usize,
    /// Applied to each output.
    pub activation: Activation,
}

/// What the backward pass needs of the forward pass: the outputs that have a gradient.
#[derive(Clone, Debug)]
pub struct Outputs {
    parts: Vec<Kept>,
}

impl Outputs {
    /// How many outputs have a gradient.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|kept| kept.numbers.len()).sum()
    }
}

/// Outputs of a part: `numbers` says which, `y` has their values, the items' behind each other and filled up with others.
#[derive(Clone, Debug, Default)]
struct Kept {
    numbers: Vec<u32>,
    y: Vec<f32>,
}

/// A part of the backward pass.
struct Part<'a> {
    kept: &'a Kept,
    d_weight: &'a mut [f32],
    d_bias: &'a mut [f32],
    first: usize,
}

impl SparseErrors {
    /// The errors of the items of `h` (`[items, inputs]`) from `weight` (`[outputs, inputs]`) and `bias` (`[outputs]`), and,
    /// where `keep`, what [`SparseErrors::backward`] needs.
    ///
    /// # Panics
    /// If a length does not fit, the width and the number of the rows of `x` among them.
    pub fn forward(
        &self,
        h: &[f32],
        [weight, bias]: [&[f32]; 2],
        x: &SparseRows,
        keep: bool,
    ) -> (Vec<f32>, Outputs) {
        self.check(h, weight, x);
        check("bias", bias, self.outputs);
        if x.items() == 0 {
            return (Vec::new(), Outputs { parts: Vec::new() });
        }
        let width = x.items().next_multiple_of(COLUMNS);
        let by_input = transposed(h, self.inputs, width);
        let by_input: Vec<_> = by_input
            .chunks_exact(self.inputs * COLUMNS)
            .map(|items| Rows::new(items.chunks_exact(COLUMNS), COLUMNS))
            .collect();
        let ranges: Vec<_> = ranges(self.outputs, part(self.outputs)).collect();
        let parts = ranges.into_par_iter().map(|range| {
            let mut errors = vec![0.0_f64; x.items()];
            let mut kept = Kept::default();
            for outputs in range.clone().step_by(OUTPUTS).map(|at| at..range.end.min(at + OUTPUTS)) {
                let mut squares = Scratch::zeros(width);
                for at in outputs.clone().step_by(ROWS) {
                    let rows = at..outputs.end.min(at + ROWS);
                    self.rows(rows, [weight, bias], &by_input, x, &mut squares, keep.then_some(&mut kept));
                }
                errors
                    .iter_mut()
                    .zip(squares.iter())
                    .for_each(|(error, &square)| *error += f64::from(square));
            }
            (errors, kept)
        });
        let (errors, parts): (Vec<_>, Vec<_>) = parts.collect::<Vec<_>>().into_iter().unzip();
        let total = |i: usize| errors.iter().map(|errors: &Vec<f64>| errors[i]).sum::<f64>() as f32;
        ((0..x.items()).map(total).collect(), Outputs { parts })
    }

    /// Adds the squares of some outputs to those of each item, and keeps the outputs that have a gradient.
    fn rows(
        &self,
        range: std::ops::Range<usize>,
        [weight, bias]: [&[f32]; 2],
        by_input: &[Rows<'_>],
        x: &SparseRows,
        squares: &mut [f32],
        mut kept: Option<&mut Kept>,
    ) {
        let width = squares.len();
        let mut all = Scratch::zeros(range.len() * width);
        let a = Numbers { data: &weight[range.start * self.inputs..], row: self.inputs, step: 1 };
        for (tile, by_input) in by_input.iter().enumerate() {
            tile::add(a, range.len(), by_input, 0, &mut all[tile * COLUMNS..], width);
        }
        let mut apart = Scratch::dirty(width);
        for (output, y) in range.zip(all.chunks_exact_mut(width)) {
            add_number(y, bias[output]);
            self.activation.apply(y, None);
            apart.copy_from_slice(y);
            for &(item, value) in entries(x, output) {
                apart[item as usize] -= value;
            }
            add_squares(squares, &apart);
            if let Some(kept) = &mut kept
                && (self.activation != Activation::Relu || any_above_zero(&y[..x.items()]))
            {
                kept.numbers.push(output as u32);
                kept.y.extend_from_slice(y);
            }
        }
    }

    /// Computes the gradients of weight, `h` and bias from `d_errors`, those of the errors. The weight's is written by row, as
    /// in [`RowGradient`](crate::RowGradient), with [`Outputs::count`] rows.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn backward(
        &self,
        h: &[f32],
        weight: &[f32],
        x: &SparseRows,
        outputs: &Outputs,
        d_errors: &[f32],
        [d_h, d_rows, d_bias]: [&mut [f32]; 3],
    ) {
        self.check(h, weight, x);
        check("the gradient of the errors", d_errors, x.items());
        check("the gradient of h", d_h, h.len());
        check("the gradient of the bias", d_bias, self.outputs);
        let stride = 1 + self.inputs;
        check("the rows of the gradient of the weight", d_rows, outputs.count() * stride);
        d_bias.fill(0.0);
        let mut parts = Vec::new();
        let (mut left, step) = (d_rows, part(self.outputs));
        for ((at, kept), d_bias) in outputs.parts.iter().enumerate().zip(d_bias.chunks_mut(step)) {
            let (d_weight, rest) = left.split_at_mut(kept.numbers.len() * stride);
            left = rest;
            parts.push(Part { kept, d_weight, d_bias, first: at * step });
        }
        let padded = self.inputs.next_multiple_of(COLUMNS);
        let filled = filled_up(h, self.inputs, padded);
        let items = Rows::new(filled.chunks_exact(padded), padded);
        let mut scales = vec![0.0; x.items().next_multiple_of(COLUMNS)];
        scales.iter_mut().zip(d_errors).for_each(|(scale, d)| *scale = 2.0 * d);
        let work = |part: &mut Part<'_>| self.part(part, weight, &items, x, &scales);
        let total = sum(&mut parts, &work, &|mut a: Scratch, b: Scratch| {
            add_all(&mut a, &b);
            a
        });
        match total {
            Some(total) => {
                let rows = d_h.chunks_exact_mut(self.inputs).zip(total.chunks_exact(padded));
                rows.for_each(|(to, from)| to.copy_from_slice(&from[..self.inputs]));
            }
            None => d_h.fill(0.0),
        }
    }

    /// The part of the gradient of `h` that comes from a part of the outputs, with rows filled up.
    fn part(
        &self,
        part: &mut Part<'_>,
        weight: &[f32],
        h: &Rows<'_>,
        x: &SparseRows,
        scales: &[f32],
    ) -> Scratch {
        let (items, width) = (x.items(), scales.len());
        let padded = self.inputs.next_multiple_of(COLUMNS);
        let mut d_h = Scratch::zeros(items * padded);
        let (mut before, mut dy) = (Scratch::dirty(BLOCK * width), Scratch::dirty(width));
        let blocks = part.kept.numbers.chunks(BLOCK).zip(part.kept.y.chunks(BLOCK * width));
        for ((numbers, y), d_weight) in blocks.zip(part.d_weight.chunks_mut(BLOCK * (1 + self.inputs))) {
            let before = &mut before[..y.len()];
            for ((&output, y), before) in
                numbers.iter().zip(y.chunks_exact(width)).zip(before.chunks_exact_mut(width))
            {
                let output = output as usize;
                multiply(y, scales, &mut dy);
                for &(item, value) in entries(x, output) {
                    dy[item as usize] = scales[item as usize] * (y[item as usize] - value);
                }
                self.activation.backward(y, &dy, before);
                part.d_bias[output - part.first] = before[..items].iter().sum();
            }
            self.add_to_weight(numbers, before, width, h, d_weight);
            self.add_to_items(numbers, before, width, weight, &mut d_h);
        }
        d_h
    }

    /// Writes the gradients of the weights of the outputs `numbers`, each behind its number.
    fn add_to_weight(
        &self,
        numbers: &[u32],
        before: &[f32],
        width: usize,
        h: &Rows<'_>,
        d_weight: &mut [f32],
    ) {
        let padded = self.inputs.next_multiple_of(COLUMNS);
        let mut sums = Scratch::dirty(ROWS * padded);
        let rows = numbers.chunks(ROWS).zip(before.chunks(ROWS * width));
        for ((numbers, before), d_weight) in rows.zip(d_weight.chunks_mut(ROWS * (1 + self.inputs))) {
            sums.fill(0.0);
            let a = Numbers { data: before, row: width, step: 1 };
            for at in (0..padded).step_by(COLUMNS) {
                tile::add(a, numbers.len(), h, at, &mut sums[at..], padded);
            }
            let to = d_weight.chunks_exact_mut(1 + self.inputs).zip(numbers);
            for ((to, &number), sums) in to.zip(sums.chunks_exact(padded)) {
                to[0] = number as f32;
                to[1..].copy_from_slice(&sums[..self.inputs]);
            }
        }
    }

    /// Adds what the outputs `numbers` give to the gradient of each item.
    fn add_to_items(&self, numbers: &[u32], before: &[f32], width: usize, weight: &[f32], d_h: &mut [f32]) {
        let padded = self.inputs.next_multiple_of(COLUMNS);
        let own = |&number: &u32| &weight[number as usize * self.inputs..][..self.inputs];
        let filled = (padded != self.inputs).then(|| {
            let mut filled = Scratch::zeros(numbers.len() * padded);
            let rows = filled.chunks_exact_mut(padded).zip(numbers);
            rows.for_each(|(to, number)| to[..self.inputs].copy_from_slice(own(number)));
            filled
        });
        let weights = match &filled {
            Some(filled) => Rows::new(filled.chunks_exact(padded), padded),
            None => Rows::new(numbers.iter().map(own), padded),
        };
        for (first, d_h) in d_h.chunks_mut(ROWS * padded).enumerate() {
            let a = Numbers { data: &before[first * ROWS..], row: 1, step: width };
            for at in (0..padded).step_by(COLUMNS) {
                let rows = d_h.len() / padded;
                tile::add(a, rows, &weights, at, &mut d_h[at..], padded);
            }
        }
    }

    fn check(&self, h: &[f32], weight: &[f32], x: &SparseRows) {
        assert!(self.inputs * self.outputs > 0, "a size of {self:?} is 0");
        check("weight", weight, self.inputs * self.outputs);
        check("h", h, x.items() * self.inputs);
        assert_eq!(x.width(), self.outputs, "width of x");
    }
}

/// Items and values of a column, if it has any.
fn entries(x: &SparseRows, column: usize) -> &[(u32, f32)] {
    x.columns().binary_search(&(column as u32)).map_or(&[], |at| x.column(at))
}

/// Rows of `columns` numbers as the columns of tiles, `[width / COLUMNS, columns, COLUMNS]`, with zeros where there are fewer
/// than `width` rows: what a tile reads lies together.
fn transposed(rows: &[f32], columns: usize, width: usize) -> Scratch {
    let mut to = Scratch::zeros(columns * width);
    let tiles = to.chunks_exact_mut(columns * COLUMNS).zip(rows.chunks(columns * COLUMNS));
    for (to, rows) in tiles {
        for (i, row) in rows.chunks_exact(columns).enumerate() {
            row.iter().enumerate().for_each(|(j, &v)| to[j * COLUMNS + i] = v);
        }
    }
    to
}

/// Rows of `columns` numbers with zeros behind them, up to `padded`.
fn filled_up(rows: &[f32], columns: usize, padded: usize) -> Scratch {
    let mut to = Scratch::zeros(rows.len() / columns * padded);
    let pairs = to.chunks_exact_mut(padded).zip(rows.chunks_exact(columns));
    pairs.for_each(|(to, row)| to[..columns].copy_from_slice(row));
    to
}

vectorised! {
    fn add_number(to: &mut [f32], number: f32) {
        to.iter_mut().for_each(|to| *to += number);
    }
}

vectorised! {
    fn add_squares(to: &mut [f32], numbers: &[f32]) {
        to.iter_mut().zip(numbers).for_each(|(to, number)| *to += number * number);
    }
}

vectorised! {
    fn multiply(a: &[f32], b: &[f32], to: &mut [f32]) {
        for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
            *to = a * b;
        }
    }
}

vectorised! {
    fn any_above_zero(numbers: &[f32]) -> bool {
        numbers.iter().fold(0, |any, &number| any | u32::from(number > 0.0)) > 0
    }
}
