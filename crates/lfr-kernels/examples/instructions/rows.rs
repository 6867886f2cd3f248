//! Layers of sparse rows.

use std::hint::black_box;

use lfr_kernels::{Activation, SparseErrors, SparseLinear, SparseRows};

use crate::{ITEMS, Kernel, numbers, zeros};

/// Words, and how many of them a document has.
const WORDS: usize = 10_000;
const OF_DOCUMENT: usize = 60;
const HIDDEN: usize = 512;
const LINEAR: SparseLinear = SparseLinear { inputs: WORDS, outputs: HIDDEN, activation: Activation::Relu };
/// Narrower than in the text autoencoder, where it takes most of a step.
const ERRORS: SparseErrors = SparseErrors { inputs: 64, outputs: WORDS, activation: Activation::Relu };

/// Documents whose words are spread over all there are, some of them in several documents.
fn documents() -> SparseRows {
    let values = numbers(OF_DOCUMENT, 1.0);
    let words = |item: usize| (0..OF_DOCUMENT).map(move |word| ((item % 100 + word * 163) % WORDS) as u32);
    let rows: Vec<Vec<u32>> = (0..ITEMS)
        .map(|item| {
            let mut row: Vec<u32> = words(item).collect();
            row.sort_unstable();
            row
        })
        .collect();
    SparseRows::of(rows.iter().map(|columns| (&columns[..], &values[..])), WORDS)
}

pub(crate) fn linear_forward() -> Kernel {
    let (x, weight) = (documents(), numbers(WORDS * HIDDEN, 0.05));
    let (bias, mut y) = (numbers(HIDDEN, 0.05), zeros(ITEMS * HIDDEN));
    Box::new(move || LINEAR.forward(&x, &weight, Some(&bias), &mut y))
}

pub(crate) fn linear_backward() -> Kernel {
    let x = documents();
    let [y, dy] = [1.0, 0.5].map(|scale| numbers(ITEMS * HIDDEN, scale));
    let (mut d_rows, mut d_bias) = (zeros(x.columns().len() * (1 + HIDDEN)), zeros(HIDDEN));
    Box::new(move || LINEAR.backward(&x, [&y, &dy], &mut d_rows, Some(&mut d_bias)))
}

/// Items, weight and bias of which one output in ten is above 0 for some item, as in training.
fn errors() -> [Vec<f32>; 3] {
    let h = numbers(ITEMS * ERRORS.inputs, 1.0).iter().map(|v| v.abs()).collect();
    let mut weight = numbers(WORDS * ERRORS.inputs, 0.05);
    for (word, row) in weight.chunks_exact_mut(ERRORS.inputs).enumerate() {
        let sign = if word % 10 == 0 { 1.0 } else { -1.0 };
        row.iter_mut().for_each(|v| *v = sign * v.abs());
    }
    [h, weight, zeros(WORDS)]
}

pub(crate) fn errors_forward() -> Kernel {
    let (x, [h, weight, bias]) = (documents(), errors());
    Box::new(move || {
        black_box(ERRORS.forward(&h, [&weight, &bias], &x, true));
    })
}

pub(crate) fn errors_backward() -> Kernel {
    let (x, [h, weight, bias]) = (documents(), errors());
    let (_, outputs) = ERRORS.forward(&h, [&weight, &bias], &x, true);
    let (d_errors, mut d_h) = (numbers(ITEMS, 1.0), zeros(h.len()));
    let (mut d_rows, mut d_bias) = (zeros(outputs.count() * (1 + ERRORS.inputs)), zeros(WORDS));
    Box::new(move || {
        ERRORS.backward(&h, &weight, &x, &outputs, &d_errors, [&mut d_h, &mut d_rows, &mut d_bias]);
    })
}
