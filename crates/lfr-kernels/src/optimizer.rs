//! The optimiser's step in one pass over the parameters.

use rayon::prelude::*;

use crate::check;
use crate::simd::vectorised;

/// Numbers one task updates.
const PART: usize = 1 << 15;

/// Adam (Kingma and Ba 2015) with PyTorch's conventions: the L2 penalty is added to the gradient, `epsilon` to the root
/// of the corrected second moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f32,
    /// Decay of the first moment; PyTorch: 0.9.
    pub beta_1: f32,
    /// Decay of the second moment; PyTorch: 0.999.
    pub beta_2: f32,
    /// Keeps the division finite; PyTorch: 1e-8.
    pub epsilon: f32,
    /// Weight of the penalty ½‖parameters‖²; PyTorch's `weight_decay`, 0.
    pub l2: f32,
}

impl Adam {
    /// Updates parameters and moments (zeros before the first step) by the `step`-th step, counted from 1.
    ///
    /// # Panics
    /// If lengths differ.
    pub fn update(&self, step: i32, gradient: &[f32], parameters: &mut [f32], moments: [&mut [f32]; 2]) {
        check("gradient", gradient, parameters.len());
        let factors = self.factors(step);
        let state = parts(parameters, moments, PART);
        state.zip(gradient.par_chunks(PART)).for_each(|([p, m, v], g)| {
            adam(self, factors, g, p, [m, v]);
        });
    }

    /// The same for a matrix of rows of `width` numbers whose gradient is given as the rows that may be other than 0, as in
    /// [`RowGradient`](crate::RowGradient).
    ///
    /// # Panics
    /// If lengths differ, rows are not in ascending order or there is no such row.
    pub fn update_rows(
        &self,
        step: i32,
        (rows, width): (&[f32], usize),
        parameters: &mut [f32],
        moments: [&mut [f32]; 2],
    ) {
        let (factors, zeros) = (self.factors(step), vec![0.0; width]);
        let many = (PART / width).max(1);
        let starts = starts(rows, width, many, parameters.len() / width);
        let state = parts(parameters, moments, many * width);
        state.zip(starts.par_windows(2)).enumerate().for_each(|(at, ([p, m, v], own))| {
            let mut own = rows[own[0]..own[1]].chunks_exact(1 + width).peekable();
            let state =
                p.chunks_exact_mut(width).zip(m.chunks_exact_mut(width).zip(v.chunks_exact_mut(width)));
            for (row, (p, (m, v))) in (at * many..).zip(state) {
                let g = own.next_if(|own| own[0] as usize == row).map_or(&zeros[..], |own| &own[1..]);
                adam(self, factors, g, p, [m, v]);
            }
        });
    }

    /// [`Adam::update_rows`] for the rows of the gradient alone, which [`Adam::catch_up`] brought to the step before; the
    /// others miss it.
    ///
    /// # Panics
    /// As [`Adam::update_rows`].
    pub fn update_only(
        &self,
        step: i32,
        (rows, width): (&[f32], usize),
        parameters: &mut [f32],
        moments: [&mut [f32]; 2],
        done: &mut [i32],
    ) {
        check("rows of parameters", parameters, done.len() * width);
        let factors = self.factors(step);
        let many = (PART / width).max(1);
        let starts = starts(rows, width, many, done.len());
        let state = parts(parameters, moments, many * width);
        let parts = state.zip(done.par_chunks_mut(many)).zip(starts.par_windows(2)).enumerate();
        parts.for_each(|(at, (([p, m, v], done), own))| {
            for g in rows[own[0]..own[1]].chunks_exact(1 + width) {
                let row = g[0] as usize - at * many;
                assert_eq!(done[row] + 1, step, "steps of row {}", g[0]);
                let own = row * width..(row + 1) * width;
                adam(self, factors, &g[1..], &mut p[own.clone()], [&mut m[own.clone()], &mut v[own]]);
                done[row] = step;
            }
        });
    }

    /// Makes up for the steps up to `to` in rows of `width` numbers, row `i` having been updated by the `done[i]`-th step
    /// last: in those since then its gradient was 0. The numbers become what [`Adam::update`] would have made of them.
    ///
    /// # Panics
    /// If lengths differ.
    pub fn catch_up(
        &self,
        to: i32,
        rows: &[u32],
        width: usize,
        parameters: &mut [f32],
        moments: [&mut [f32]; 2],
        done: &mut [i32],
    ) {
        check("rows of parameters", parameters, done.len() * width);
        assert!(rows.is_sorted(), "rows in ascending order");
        let earliest = rows.iter().map(|&row| done[row as usize]).min().unwrap_or(to);
        let factors: Vec<_> = (earliest + 1..=to).map(|step| self.factors(step)).collect();
        let many = (PART / width.max(1)).max(1);
        let state = parts(parameters, moments, many * width);
        state.zip(done.par_chunks_mut(many)).enumerate().for_each(|(at, ([p, m, v], done))| {
            let from = rows.partition_point(|&row| (row as usize) < at * many);
            let until = rows.partition_point(|&row| (row as usize) < (at + 1) * many);
            for row in rows[from..until].iter().map(|&row| row as usize - at * many) {
                let missed = (to - done[row]).max(0) as usize;
                let own = row * width..(row + 1) * width;
                let state = [&mut m[own.clone()], &mut v[own.clone()]];
                idle(self, &factors[factors.len() - missed..], &mut p[own], state);
                done[row] = done[row].max(to);
            }
        });
    }

    /// What the first moment is multiplied by and what is added to the root of the second one, at one step: both corrections
    /// are in them, which saves a division a number.
    fn factors(&self, step: i32) -> [f32; 2] {
        let correction = |beta: f32| 1.0 - f64::from(beta).powi(step);
        let root = correction(self.beta_2).sqrt();
        let rate = f64::from(self.learning_rate) / correction(self.beta_1);
        [(rate * root) as f32, (f64::from(self.epsilon) * root) as f32]
    }
}

/// Parameters and their two moments, in parts of `part` numbers.
fn parts<'a>(
    parameters: &'a mut [f32],
    [first, second]: [&'a mut [f32]; 2],
    part: usize,
) -> impl IndexedParallelIterator<Item = [&'a mut [f32]; 3]> {
    check("first moment", first, parameters.len());
    check("second moment", second, parameters.len());
    let moments = first.par_chunks_mut(part).zip(second.par_chunks_mut(part));
    parameters.par_chunks_mut(part).zip(moments).map(|(p, (m, v))| [p, m, v])
}

/// Where the rows of each part of `many` rows begin in a gradient, and where the last ones end.
fn starts(rows: &[f32], width: usize, many: usize, all: usize) -> Vec<usize> {
    check("rows of a gradient", rows, rows.len() / (1 + width) * (1 + width));
    let numbers: Vec<usize> = rows.chunks_exact(1 + width).map(|row| row[0] as usize).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "rows of a gradient in ascending order");
    assert!(numbers.last().is_none_or(|&last| last < all), "rows of a gradient of a matrix of {all}");
    let begin = |part: usize| numbers.partition_point(|&row| row < part * many) * (1 + width);
    (0..=all.div_ceil(many)).map(begin).collect()
}

/// A parameter and its moments after a step.
///
/// Where nothing but the L2 term is left of a gradient, it and the moments fade, to numbers with which processors calculate a
/// hundred times as slowly. They are taken for 0 before: a gradient of less than 1e-17 changes no parameter above 1e-11 in its
/// last digit, and its square is below the smallest ordinary number.
#[inline(always)]
fn moved(by: &Adam, [rate, epsilon]: [f32; 2], g: f32, [p, m, v]: [f32; 3]) -> [f32; 3] {
    let g = unless_below(1e-17, g + by.l2 * p);
    let m = unless_below(1e-30, by.beta_1 * m + (1.0 - by.beta_1) * g);
    let v = unless_below(2e-38, by.beta_2 * v + (1.0 - by.beta_2) * (g * g));
    [p - rate * m / (v.sqrt() + epsilon), m, v]
}

/// `x`, or 0 where it is smaller than `bound`; what is no number stays so.
#[inline(always)]
fn unless_below(bound: f32, x: f32) -> f32 {
    if x.abs() < bound { 0.0 } else { x }
}

vectorised! {
    /// Steps with a gradient of 0.
    fn idle(by: &Adam, factors: &[[f32; 2]], p: &mut [f32], [m, v]: [&mut [f32]; 2]) {
        for [rate, epsilon] in factors {
            for ((p, m), v) in p.iter_mut().zip(m.iter_mut()).zip(v.iter_mut()) {
                [*p, *m, *v] = moved(by, [*rate, *epsilon], 0.0, [*p, *m, *v]);
            }
        }
    }
}

vectorised! {
    fn adam(by: &Adam, [rate, epsilon]: [f32; 2], g: &[f32], p: &mut [f32], [m, v]: [&mut [f32]; 2]) {
        for (((p, m), v), g) in p.iter_mut().zip(m).zip(v).zip(g) {
            [*p, *m, *v] = moved(by, [rate, epsilon], *g, [*p, *m, *v]);
        }
    }
}
