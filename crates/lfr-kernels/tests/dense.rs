//! Dense and sparse layers against their definition and its differences.

mod reference;

use lfr_kernels::{
    Activation, Gradients, Linear, RowGradient, SparseErrors, SparseLinear, SparseRows, squared_errors,
    squared_errors_gradient,
};
use proptest::prelude::*;
use reference::*;

fn any_activation() -> impl Strategy<Value = Activation> {
    prop_oneof![Just(Activation::None), Just(Activation::Relu), Just(Activation::Tanh)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn dense_layers(items in 1usize..40, inputs in 1usize..90, outputs in 1usize..90, activation in any_activation(),
                    seed: u64) {
        let layer = Linear { inputs, outputs, activation };
        let (x, weight) = (numbers(items * inputs, seed), numbers(inputs * outputs, seed ^ 1));
        let (bias, dy) = (biases(outputs, seed ^ 2), numbers(items * outputs, seed ^ 3));
        let run = || {
            let [mut y, mut dx, mut dw, mut db] = [&dy, &x, &weight, &bias].map(|v| vec![f32::NAN; v.len()]);
            layer.forward(&x, &weight, Some(&bias), &mut y);
            let gradients = Gradients { input: Some(&mut dx), weight: &mut dw, bias: Some(&mut db) };
            layer.backward(&x, &weight, [&y, &dy], gradients);
            vec![y, dx, dw, db]
        };
        let results = run();
        let [wx, ww, wb] = [&x, &weight, &bias].map(|v| wide(v));
        let f = |x: &[f64], w: &[f64], b: &[f64]| linear(x, w, b, activation);
        close("y", &results[0], &f(&wx, &ww, &wb), 2e-6);
        close_to_differences("x", &results[1], &wx, |x| inner(&f(x, &ww, &wb), &dy));
        close_to_differences("weight", &results[2], &ww, |w| inner(&f(&wx, w, &wb), &dy));
        close_to_differences("bias", &results[3], &wb, |b| inner(&f(&wx, &ww, b), &dy));
        same_on_any_pool(run);
    }

    #[test]
    fn sparse_layers(items in 1usize..20, inputs in 1usize..300, outputs in 1usize..40, activation in any_activation(),
                     seed: u64) {
        let x = mostly_zeros(items * inputs, seed);
        let rows = SparseRows::new(&x, inputs);
        let (weight, bias, dy) = (numbers(inputs * outputs, seed ^ 1), biases(outputs, seed ^ 2),
            numbers(items * outputs, seed ^ 3));
        let by_input: Vec<f32> =
            (0..inputs * outputs).map(|e| weight[e % outputs * inputs + e / outputs]).collect();
        let [mut y, mut dw] = [&dy, &weight].map(|v| vec![f32::NAN; v.len()]);
        let mut db = bias.clone();
        Linear { inputs, outputs, activation }.forward(&x, &weight, Some(&bias), &mut y);
        let gradients = Gradients { input: None, weight: &mut dw, bias: Some(&mut db) };
        Linear { inputs, outputs, activation }.backward(&x, &weight, [&y, &dy], gradients);
        let sparse = SparseLinear { inputs, outputs, activation };
        let run = || {
            let (mut y, mut db) = (vec![f32::NAN; y.len()], vec![f32::NAN; outputs]);
            sparse.forward(&rows, &by_input, Some(&bias), &mut y);
            let mut dw = vec![f32::NAN; rows.columns().len() * (1 + outputs)];
            sparse.backward(&rows, [&y, &dy], &mut dw, Some(&mut db));
            vec![y, RowGradient { width: outputs, rows: dw }.whole(inputs), db]
        };
        let results = run();
        let turned: Vec<f32> = (0..inputs * outputs).map(|e| dw[e % outputs * inputs + e / outputs]).collect();
        close("y", &results[0], &wide(&y), 2e-6);
        close("weight", &results[1], &wide(&turned), 2e-5);
        close("bias", &results[2], &wide(&db), 2e-5);
        same_on_any_pool(run);
    }

    #[test]
    fn errors_against_sparse_rows(items in 1usize..90, inputs in 1usize..150, outputs in 1usize..120,
                                  activation in any_activation(), seed: u64) {
        let x = mostly_zeros(items * outputs, seed);
        let rows = SparseRows::new(&x, outputs);
        let (h, weight) = (numbers(items * inputs, seed ^ 1), numbers(inputs * outputs, seed ^ 2));
        let (bias, by) = (biases(outputs, seed ^ 3), numbers(items, seed ^ 4));
        let layer = SparseErrors { inputs, outputs, activation };
        let run = || {
            let (errors, kept) = layer.forward(&h, [&weight, &bias], &rows, true);
            let (mut dh, mut db) = (vec![f32::NAN; h.len()], vec![f32::NAN; outputs]);
            let mut dw = vec![f32::NAN; kept.count() * (1 + inputs)];
            layer.backward(&h, &weight, &rows, &kept, &by, [&mut dh, &mut dw, &mut db]);
            assert_eq!(errors, layer.forward(&h, [&weight, &bias], &rows, false).0);
            vec![errors, dh, RowGradient { width: inputs, rows: dw }.whole(outputs), db]
        };
        let results = run();
        let [wx, wh, ww, wb] = [&x, &h, &weight, &bias].map(|v| wide(v));
        let errors = |h: &[f64], w: &[f64], b: &[f64]| -> Vec<f64> {
            let y = linear(h, w, b, activation);
            let pairs = y.chunks_exact(outputs).zip(wx.chunks_exact(outputs));
            pairs.map(|(y, x)| y.iter().zip(x).map(|(y, x)| (y - x).powi(2)).sum()).collect()
        };
        close("errors", &results[0], &errors(&wh, &ww, &wb), 2e-6);
        // Their sums, to which rounding and the differences' own error are relative, are large.
        let scale = errors(&wh, &ww, &wb).iter().sum::<f64>();
        let tolerance = 2e-5 * (1.0 + scale.sqrt());
        within_of_differences("h", &results[1], &wh, |h| inner(&errors(h, &ww, &wb), &by), tolerance);
        within_of_differences("weight", &results[2], &ww, |w| inner(&errors(&wh, w, &wb), &by), tolerance);
        within_of_differences("bias", &results[3], &wb, |b| inner(&errors(&wh, &ww, b), &by), tolerance);
        same_on_any_pool(run);
    }
}

/// Numbers of which four of five are 0.
fn mostly_zeros(n: usize, seed: u64) -> Vec<f32> {
    let mut x = numbers(n, seed);
    x.iter_mut().enumerate().for_each(|(i, v)| {
        if !(i as u64 ^ seed).is_multiple_of(5) {
            *v = 0.0
        }
    });
    x
}

/// Sizes of a network: many blocks and parts.
#[test]
fn wide_layers() {
    let (items, inputs, outputs, activation) = (130, 512, 3000, Activation::Relu);
    let x = mostly_zeros(items * outputs, 1);
    let rows = SparseRows::new(&x, outputs);
    let h: Vec<f32> = numbers(items * inputs, 2).iter().map(|v| v * 0.1).collect();
    let (weight, bias) = (numbers(inputs * outputs, 3), biases(outputs, 4));
    let by = numbers(items, 5);
    let (errors, kept) =
        SparseErrors { inputs, outputs, activation }.forward(&h, [&weight, &bias], &rows, true);
    let [mut dh, mut dh2] = [(); 2].map(|()| vec![f32::NAN; h.len()]);
    let [mut db, mut db2] = [(); 2].map(|()| vec![f32::NAN; outputs]);
    let mut dw = vec![f32::NAN; kept.count() * (1 + inputs)];
    let layer = SparseErrors { inputs, outputs, activation };
    layer.backward(&h, &weight, &rows, &kept, &by, [&mut dh, &mut dw, &mut db]);
    let dense = Linear { inputs, outputs, activation };
    let [mut y, mut dy] = [(); 2].map(|()| vec![f32::NAN; x.len()]);
    dense.forward(&h, &weight, Some(&bias), &mut y);
    squared_errors_gradient(&x, &y, &by, &mut dy);
    let mut dw2 = vec![f32::NAN; weight.len()];
    let gradients = Gradients { input: Some(&mut dh2), weight: &mut dw2, bias: Some(&mut db2) };
    dense.backward(&h, &weight, [&y, &dy], gradients);
    let same = |what: &str, a: &[f32], b: &[f32]| {
        let largest = b.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let off = a.iter().zip(b).fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()));
        assert!(a.len() == b.len() && off <= 1e-5 * largest, "{what}: {off} of {largest}");
    };
    same("errors", &errors, &squared_errors(&x, &y, outputs));
    same("h", &dh, &dh2);
    same("weight", &RowGradient { width: inputs, rows: dw }.whole(outputs), &dw2);
    same("bias", &db, &db2);
}

#[test]
fn outputs_that_are_zero_have_no_row_in_the_gradient() {
    let layer = SparseErrors { inputs: 2, outputs: 3, activation: Activation::Relu };
    let x = SparseRows::new(&[0.0, 0.5, 0.0, 0.0, 0.0, 1.0], 3);
    // The second output is above 0 for one of two items, the others for none.
    let weight = [-1.0, 0.0, 1.0, -2.0, 0.0, -1.0];
    let (h, mut dh, mut db) = ([1.0, 0.0, 0.0, 1.0], [f32::NAN; 4], [f32::NAN; 3]);
    let (errors, kept) = layer.forward(&h, [&weight, &[0.0; 3]], &x, true);
    assert_eq!(errors, [0.25, 1.0]);
    let mut rows = vec![f32::NAN; 3 * kept.count()];
    layer.backward(&h, &weight, &x, &kept, &[1.0; 2], [&mut dh, &mut rows, &mut db]);
    assert_eq!(rows, [1.0, 1.0, 0.0]);
    assert_eq!((dh, db), ([1.0, -2.0, 0.0, 0.0], [0.0, 1.0, 0.0]));
}

#[test]
fn no_items() {
    let layer = Linear { inputs: 3, outputs: 2, activation: Activation::Tanh };
    let (mut dw, mut db) = (vec![1.0; 6], vec![1.0; 2]);
    layer.forward(&[], &[0.5; 6], Some(&[0.0; 2]), &mut []);
    let gradients = Gradients { input: Some(&mut []), weight: &mut dw, bias: Some(&mut db) };
    layer.backward(&[], &[0.5; 6], [&[], &[]], gradients);
    assert!(dw.iter().chain(&db).all(|&v| v == 0.0));
    let layer = SparseErrors { inputs: 2, outputs: 3, activation: Activation::Relu };
    let x = SparseRows::new(&[], 3);
    let (errors, kept) = layer.forward(&[], [&[0.5; 6], &[0.0; 3]], &x, true);
    assert!(errors.is_empty());
    let mut db = [1.0; 3];
    layer.backward(&[], &[0.5; 6], &x, &kept, &[], [&mut [], &mut [], &mut db]);
    assert_eq!(db, [0.0; 3]);
}
