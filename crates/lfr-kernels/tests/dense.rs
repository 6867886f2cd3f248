//! Dense and sparse layers against their definition and its differences.

mod reference;

use lfr_kernels::{Activation, Gradients, Linear, SparseLinear, SparseRows};
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
        let mut x = numbers(items * inputs, seed);
        x.iter_mut().enumerate().for_each(|(i, v)| if !(i as u64 ^ seed).is_multiple_of(5) { *v = 0.0 });
        let rows = SparseRows::new(&x, inputs);
        let (weight, bias, dy) = (numbers(inputs * outputs, seed ^ 1), biases(outputs, seed ^ 2),
            numbers(items * outputs, seed ^ 3));
        let [mut y, mut y2, mut dw, mut dw2] = [&dy, &dy, &weight, &weight].map(|v| vec![f32::NAN; v.len()]);
        let (mut db, mut db2) = (bias.clone(), bias.clone());
        Linear { inputs, outputs, activation }.forward(&x, &weight, Some(&bias), &mut y);
        let gradients = Gradients { input: None, weight: &mut dw, bias: Some(&mut db) };
        Linear { inputs, outputs, activation }.backward(&x, &weight, [&y, &dy], gradients);
        let sparse = SparseLinear { inputs, outputs, activation };
        sparse.forward(&rows, &weight, Some(&bias), &mut y2);
        sparse.backward(&rows, [&y2, &dy], &mut dw2, Some(&mut db2));
        close("y", &y2, &wide(&y), 2e-6);
        close("weight", &dw2, &wide(&dw), 2e-5);
        close("bias", &db2, &wide(&db), 2e-5);
        same_on_any_pool(|| {
            let mut dw = vec![0.0; weight.len()];
            sparse.backward(&rows, [&y2, &dy], &mut dw, None);
            vec![dw]
        });
    }
}

#[test]
fn no_items() {
    let layer = Linear { inputs: 3, outputs: 2, activation: Activation::Tanh };
    let (mut dw, mut db) = (vec![1.0; 6], vec![1.0; 2]);
    layer.forward(&[], &[0.5; 6], Some(&[0.0; 2]), &mut []);
    let gradients = Gradients { input: Some(&mut []), weight: &mut dw, bias: Some(&mut db) };
    layer.backward(&[], &[0.5; 6], [&[], &[]], gradients);
    assert!(dw.iter().chain(&db).all(|&v| v == 0.0));
}
