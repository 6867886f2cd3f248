use proptest::prelude::*;

use super::tile::available;
use super::*;

/// Small integers, whose products and sums are exact.
fn integers(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 31 + seed * 17) % 13) as f32 - 6.0).collect()
}

/// Numbers whose sums depend on their order.
fn fractions(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 7919 + seed * 104_729) % 65_536) as f32 / 32_768.0 - 1.0).collect()
}

/// Two operands, each of which may be stored by columns.
struct Case {
    sizes: [usize; 3],
    flip: [bool; 2],
    a: Vec<f32>,
    b: Vec<f32>,
}

impl Case {
    fn new(sizes @ [m, n, k]: [usize; 3], flip: [bool; 2], numbers: fn(usize, usize) -> Vec<f32>) -> Self {
        Self { sizes, flip, a: numbers(m * k, 1), b: numbers(k * n, 2) }
    }

    fn a(&self, i: usize, l: usize) -> f32 {
        let [m, _, k] = self.sizes;
        if self.flip[0] { self.a[l * m + i] } else { self.a[i * k + l] }
    }

    fn b(&self, l: usize, j: usize) -> f32 {
        let [_, n, k] = self.sizes;
        if self.flip[1] { self.b[j * k + l] } else { self.b[l * n + j] }
    }

    fn matrices(&self) -> [Matrix<'_>; 2] {
        let [m, n, k] = self.sizes;
        let matrix = |data, rows: usize, columns: usize, flip| {
            if flip { Matrix::new(data, rows.max(1)).t() } else { Matrix::new(data, columns.max(1)) }
        };
        [matrix(&self.a, m, k, self.flip[0]), matrix(&self.b, k, n, self.flip[1])]
    }

    /// Element after element, in f64.
    fn want(&self) -> Vec<f64> {
        let [m, n, k] = self.sizes;
        let products = |i, j| (0..k).map(move |l| f64::from(self.a(i, l)) * f64::from(self.b(l, j)));
        (0..m * n).map(|e| products(e / n, e % n).sum()).collect()
    }

    fn with(&self, kernels: &'static Kernels, to: &mut [f32], into: Into) {
        let [a, b] = self.matrices();
        product(kernels, to, a, Factor::Matrix(b), into);
    }

    /// Numbers that would be wrong if any were left.
    fn product(&self, kernels: &'static Kernels) -> Vec<f32> {
        let mut to = vec![f32::NAN; self.sizes[0] * self.sizes[1]];
        self.with(kernels, &mut to, Into::Set);
        to
    }
}

/// Sizes on both sides of those of tiles and blocks.
fn sizes() -> impl Strategy<Value = [usize; 3]> {
    let (few, some) = (1..8usize, 1..70usize);
    let side = || prop_oneof![few.clone(), some.clone()];
    let narrow = (side(), side(), prop_oneof![few.clone(), some.clone(), 100..300usize]);
    let tall = (500..560usize, few.clone(), 1..20usize);
    let wide = (few.clone(), 250..330usize, some.clone());
    // Operands that are copied since their rows lie far apart.
    let far = (45..60usize, 510..530usize, some.clone());
    let all = prop_oneof![4 => narrow, 1 => tall, 1 => wide, 1 => far];
    all.prop_map(|(m, n, k)| [m, n, k])
}

proptest! {
    #[test]
    fn products_are_exact_on_small_integers(sizes in sizes(), flip: [bool; 2], tile in (1usize..80, 1usize..80)) {
        let case = Case::new(sizes, flip, integers);
        let want: Vec<f32> = case.want().into_iter().map(|v| v as f32).collect();
        for kernels in available() {
            let mut to = case.product(kernels);
            prop_assert_eq!(&to, &want, "{}", kernels.name);
            case.with(kernels, &mut to, Into::Add);
            let twice: Vec<f32> = want.iter().map(|v| 2.0 * v).collect();
            prop_assert_eq!(&to, &twice, "{}", kernels.name);
        }
        let ([a, b], mut to) = (case.matrices(), vec![f32::NAN; want.len()]);
        gemm(&mut to, a, b, Into::Set);
        prop_assert_eq!(&to, &want);
        to.fill(f32::NAN);
        gemm_tiled(&mut to, a, b, [tile.0, tile.1]);
        prop_assert_eq!(&to, &want);
    }

    #[test]
    fn all_vectors_sum_alike(sizes in sizes(), flip: [bool; 2]) {
        let case = Case::new(sizes, flip, fractions);
        let (want, bound) = (case.want(), 1e-6 * sizes[2] as f64);
        let results: Vec<_> = available().map(|kernels| (kernels.name, case.product(kernels))).collect();
        for (name, result) in &results {
            let near = result.iter().zip(&want).all(|(&v, want)| (f64::from(v) - want).abs() <= bound);
            prop_assert!(near, "{name}");
        }
        // Products and sums of the portable kind are rounded apart.
        for kernels in available() {
            let ([a, b], mut to) = (case.matrices(), vec![f32::NAN; want.len()]);
            gemm_packed(&mut to, a, &Packed::with(kernels, b), Into::Set);
            prop_assert_eq!(&to, &case.product(kernels), "packed, {}", kernels.name);
        }
        for (name, result) in results.iter().filter(|(name, _)| *name != "portable") {
            prop_assert_eq!(result, &results[0].1, "{}", name);
        }
    }

    #[test]
    fn a_number_does_not_depend_on_the_others(sizes in sizes(), flip: [bool; 2], at: [prop::sample::Index; 2]) {
        let case = Case::new(sizes, flip, fractions);
        let [i, j] = [at[0].index(sizes[0]), at[1].index(sizes[1])];
        let [row, column] = [true, false].map(|row| (0..sizes[2]).map(|l| if row { case.a(i, l) } else { case.b(l, j) }).collect());
        for kernels in available() {
            let alone = Case { sizes: [1, 1, sizes[2]], flip: [false; 2], a: Vec::clone(&row), b: Vec::clone(&column) };
            let all = case.product(kernels);
            prop_assert_eq!(alone.product(kernels)[0].to_bits(), all[i * sizes[1] + j].to_bits(), "{}", kernels.name);
        }
    }

    #[test]
    fn what_is_no_number_stays_in_its_row_and_column(sizes in sizes(), flip: [bool; 2], infinite: bool,
                                                     at: [prop::sample::Index; 3]) {
        let [m, n, k] = sizes;
        let mut case = Case::new(sizes, flip, |n, _| vec![1.0; n]);
        let [i, j, l] = [at[0].index(m), at[1].index(n), at[2].index(k)];
        case.a[if flip[0] { l * m + i } else { i * k + l }] = if infinite { f32::INFINITY } else { f32::NAN };
        case.b[if flip[1] { j * k + l } else { l * n + j }] = f32::NEG_INFINITY;
        for kernels in available() {
            for (e, v) in case.product(kernels).into_iter().enumerate() {
                let right = match (e / n == i, e % n == j) {
                    (true, true) if infinite => v == f32::NEG_INFINITY,
                    (true, _) if infinite => v == f32::INFINITY,
                    (true, _) => v.is_nan(),
                    (false, true) => v == f32::NEG_INFINITY,
                    (false, false) => v == k as f32,
                };
                prop_assert!(right, "{} {e} {v}", kernels.name);
            }
        }
    }
}

#[test]
fn without_an_inner_dimension_sums_are_zero() {
    let (a, b) = (Matrix::new(&[], 3).t(), Matrix::new(&[], 4));
    let mut to = [1.0; 12];
    gemm(&mut to, a, b, Into::Add);
    assert_eq!(to, [1.0; 12]);
    gemm(&mut to, a, b, Into::Set);
    assert_eq!(to, [0.0; 12]);
    to.fill(1.0);
    gemm_tiled(&mut to, a, b, [2, 3]);
    assert_eq!(to, [0.0; 12]);
}

#[test]
fn without_rows_nothing_is_written() {
    gemm(&mut [], Matrix::new(&[], 3), Matrix::new(&[1.0; 6], 2), Into::Set);
    gemm_tiled(&mut [], Matrix::new(&[], 3), Matrix::new(&[1.0; 6], 2), [2, 3]);
}

#[test]
#[should_panic(expected = "inner dimensions")]
fn shapes_are_checked() {
    gemm(&mut [0.0; 4], Matrix::new(&[0.0; 4], 2), Matrix::new(&[0.0; 6], 2), Into::Set);
}
