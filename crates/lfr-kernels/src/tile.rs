//! The part of a matrix product that stays in registers while it is summed.
//!
//! Neither operand is packed: one is read a number at a time, the other along its rows. That suits products one of whose
//! operands is large and used once, as the weight of a layer with many outputs. Everything unsafe about it is here.
#![allow(
    unsafe_code,
    reason = "vector instructions and reads without bounds checks; bounds are checked here once a tile"
)]

/// Most rows of a tile: with its columns they fill the registers of AVX-512 but for those that are read.
pub(crate) const ROWS: usize = 6;
/// Columns of a tile.
pub(crate) const COLUMNS: usize = 64;

/// The left operand: number `(r, l)` is `data[r * row + l * step]`.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<'a> {
    pub(crate) data: &'a [f32],
    pub(crate) row: usize,
    pub(crate) step: usize,
}

/// The right operand: rows of one width, which need not lie together.
pub(crate) struct Rows<'a> {
    rows: Vec<&'a [f32]>,
    width: usize,
}

impl<'a> Rows<'a> {
    /// # Panics
    /// If a row is not of this width.
    pub(crate) fn new(rows: impl Iterator<Item = &'a [f32]>, width: usize) -> Self {
        let rows: Vec<_> = rows.collect();
        assert!(rows.iter().all(|row| row.len() == width), "rows of {width} numbers");
        Self { rows, width }
    }
}

/// `to[r][c] += Σ_l a[r][l] b[l][at + c]` for `rows` rows, `stride` apart, and [`COLUMNS`] columns of `to`. Each sum is one
/// number after the other, so it does not depend on the tile it is in.
pub(crate) fn add(a: Numbers<'_>, rows: usize, b: &Rows<'_>, at: usize, to: &mut [f32], stride: usize) {
    assert!((1..=ROWS).contains(&rows), "{rows} rows of a tile");
    let Some(last) = b.rows.len().checked_sub(1) else { return };
    assert!((rows - 1) * a.row + last * a.step < a.data.len(), "left operand of a tile");
    assert!(at + COLUMNS <= b.width, "right operand of a tile");
    assert!((rows - 1) * stride + COLUMNS <= to.len(), "destination of a tile");
    assert!(rows == 1 || stride >= COLUMNS, "rows of a tile overlap");
    let all = Tile { a, b: &b.rows, at, to: to.as_mut_ptr(), stride };
    match rows {
        1 => all.best::<1>(),
        2 => all.best::<2>(),
        3 => all.best::<3>(),
        4 => all.best::<4>(),
        5 => all.best::<5>(),
        _ => all.best::<ROWS>(),
    }
}

/// Operands whose bounds [`add`] has checked.
struct Tile<'a> {
    a: Numbers<'a>,
    b: &'a [&'a [f32]],
    at: usize,
    to: *mut f32,
    stride: usize,
}

impl Tile<'_> {
    /// On the widest registers there are.
    fn best<const R: usize>(&self) {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has the instructions; `add` checked the bounds.
                return unsafe { self.avx512::<R>() };
            }
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                // SAFETY: as above.
                return unsafe { self.avx2::<R>() };
            }
        }
        self.portable::<R>();
    }

    fn portable<const R: usize>(&self) {
        const LANES: usize = 16;
        for c in (0..COLUMNS).step_by(LANES) {
            for r in 0..R {
                let mut sums = [0.0_f32; LANES];
                for (l, b) in self.b.iter().enumerate() {
                    let scale = self.a.data[r * self.a.row + l * self.a.step];
                    for (sum, b) in sums.iter_mut().zip(&b[self.at + c..][..LANES]) {
                        *sum += scale * b;
                    }
                }
                for (i, sum) in sums.iter().enumerate() {
                    // SAFETY: `add` checked that the destination has these rows and columns, and it is borrowed mutably.
                    unsafe { *self.to.add(r * self.stride + c + i) += sum };
                }
            }
        }
    }
}

/// The tile with one kind of registers, `$many` of them a row at once.
#[cfg(target_arch = "x86_64")]
macro_rules! registers {
    ($name:ident, $features:literal, $lanes:literal, $many:literal, $zero:ident, $set:ident, $load:ident, $store:ident,
     $fma:ident, $add:ident) => {
        impl Tile<'_> {
            /// # Safety
            /// The processor must have the instructions; bounds as [`add`] checks them.
            #[target_feature(enable = $features)]
            unsafe fn $name<const R: usize>(&self) {
                use std::arch::x86_64::*;
                // SAFETY: every address lies within what `add` checked: numbers of `a` up to row `R - 1` and the last
                // step, `COLUMNS` numbers of each row of `b` from `at` on, and `R` rows of `COLUMNS` of `to`, which
                // nothing else touches, since it was borrowed mutably.
                unsafe {
                    for c in (0..COLUMNS).step_by($lanes * $many) {
                        let mut sums = [[$zero(); $many]; R];
                        let mut a = self.a.data.as_ptr();
                        for b in self.b {
                            let from = b.as_ptr().add(self.at + c);
                            let mut b = [$zero(); $many];
                            for (v, b) in b.iter_mut().enumerate() {
                                *b = $load(from.add(v * $lanes));
                            }
                            for (r, sums) in sums.iter_mut().enumerate() {
                                let scale = $set(*a.add(r * self.a.row));
                                for (sum, b) in sums.iter_mut().zip(b) {
                                    *sum = $fma(scale, b, *sum);
                                }
                            }
                            a = a.wrapping_add(self.a.step);
                        }
                        for (r, sums) in sums.iter().enumerate() {
                            for (v, sum) in sums.iter().enumerate() {
                                let to = self.to.add(r * self.stride + c + v * $lanes);
                                $store(to, $add($load(to), *sum));
                            }
                        }
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
registers!(
    avx512,
    "avx512f",
    16,
    4,
    _mm512_setzero_ps,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_fmadd_ps,
    _mm512_add_ps
);
#[cfg(target_arch = "x86_64")]
registers!(
    avx2,
    "avx2,fma",
    8,
    2,
    _mm256_setzero_ps,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_fmadd_ps,
    _mm256_add_ps
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 31 + seed * 17) % 13) as f32 - 6.0).collect()
    }

    proptest! {
        #[test]
        fn tiles_are_exact_on_small_integers(rows in 1..=ROWS, depth in 0usize..40, at in 0usize..9, down: bool) {
            let (a, b) = (numbers(rows * depth, 1), numbers(depth * 80, 2));
            let (row, step) = if down { (1, rows) } else { (depth, 1) };
            let mut want = numbers(rows * 70, 3);
            let (mut best, mut portable) = (want.clone(), want.clone());
            for (e, want) in want.iter_mut().enumerate().filter(|(e, _)| e % 70 < COLUMNS) {
                let (r, c) = (e / 70, e % 70);
                *want += (0..depth).map(|l| a[r * row + l * step] * b[l * 80 + at + c]).sum::<f32>();
            }
            let a = Numbers { data: &a, row, step };
            let b = Rows::new(b.chunks_exact(80), 80);
            add(a, rows, &b, at, &mut best, 70);
            prop_assert_eq!(&best, &want);
            if rows == ROWS && depth > 0 {
                Tile { a, b: &b.rows, at, to: portable.as_mut_ptr(), stride: 70 }.portable::<ROWS>();
                prop_assert_eq!(&portable, &want);
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn narrower_registers_give_the_same() {
        if !(std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")) {
            return;
        }
        let (a, b) = (numbers(ROWS * 50, 1), numbers(50 * COLUMNS, 2));
        let (a, b) =
            (a.iter().map(|v| v * 0.1).collect::<Vec<_>>(), b.iter().map(|v| v * 0.3).collect::<Vec<_>>());
        let a = Numbers { data: &a, row: 50, step: 1 };
        let b = Rows::new(b.chunks_exact(COLUMNS), COLUMNS);
        let (mut best, mut narrow) = (vec![0.5; ROWS * COLUMNS], vec![0.5; ROWS * COLUMNS]);
        add(a, ROWS, &b, 0, &mut best, COLUMNS);
        let tile = Tile { a, b: &b.rows, at: 0, to: narrow.as_mut_ptr(), stride: COLUMNS };
        // SAFETY: the processor has the instructions, and the operands are as `add` wants them.
        unsafe { tile.avx2::<ROWS>() };
        assert_eq!(best, narrow);
    }

    #[test]
    #[should_panic(expected = "left operand")]
    fn bounds_are_checked() {
        let b = [0.0; 2 * COLUMNS];
        let b = Rows::new(b.chunks_exact(COLUMNS), COLUMNS);
        add(Numbers { data: &[0.0; 3], row: 2, step: 1 }, 2, &b, 0, &mut [0.0; 2 * COLUMNS], COLUMNS);
    }
}
