//! Optimiser steps against PyTorch.

use lfr_kernels::Adam;

// import torch
// p = torch.tensor([0.5, -0.25, 2.0])
// a = torch.optim.Adam([p], lr=0.01, weight_decay=0.1, eps=1e-3)
// for i in range(3):
//     p.grad = torch.tensor([0.1, 0.2, -0.3]) * (i + 1)
//     a.step()
// print(p.tolist())
const ADAM: [f32; 3] = [0.470_545_62, -0.278_977_54, 2.027_672_8];

fn gradient(step: i32) -> Vec<f32> {
    [0.1, 0.2, -0.3].iter().map(|g| g * step as f32).collect()
}

fn close(got: &[f32], want: &[f32]) {
    assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 3e-7), "{got:?} for {want:?}");
}

#[test]
fn adam() {
    let adam = Adam { learning_rate: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-3, l2: 0.1 };
    let (mut p, mut first, mut second) = (vec![0.5, -0.25, 2.0], vec![0.0; 3], vec![0.0; 3]);
    (1..4).for_each(|step| adam.update(step, &gradient(step), &mut p, [&mut first, &mut second]));
    close(&p, &ADAM);
}

#[test]
fn rows_that_are_left_out_have_no_gradient() {
    let adam = Adam { learning_rate: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-3, l2: 0.1 };
    let (rows, width) = (20_000, 3);
    let start: Vec<f32> = (0..rows * width).map(|i| (i as f32 * 0.7).sin()).collect();
    let state = || [start.clone(), vec![0.0; start.len()], vec![0.0; start.len()]];
    let ([mut p, mut m, mut v], [mut q, mut n, mut w]) = (state(), state());
    for step in 1..4 {
        let mine = |row: usize| row % 7 == step as usize || row + 1 == rows;
        let gradient = |row: usize| (0..width).map(move |c| ((row * width + c) as f32).cos());
        let zeros = || std::iter::repeat_n(0.0, width);
        let whole: Vec<f32> = (0..rows)
            .flat_map(|row| if mine(row) { gradient(row).collect::<Vec<_>>() } else { zeros().collect() })
            .collect();
        let by_row: Vec<f32> = (0..rows)
            .filter(|&row| mine(row))
            .flat_map(|row| std::iter::once(row as f32).chain(gradient(row)))
            .collect();
        adam.update(step, &whole, &mut p, [&mut m, &mut v]);
        adam.update_rows(step, (&by_row, width), &mut q, [&mut n, &mut w]);
    }
    assert!(p == q && m == n && v == w);
}

#[test]
#[should_panic(expected = "ascending order")]
fn rows_are_in_order() {
    let adam = Adam { learning_rate: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-3, l2: 0.1 };
    adam.update_rows(1, (&[1.0, 0.5, 0.0, 0.5], 1), &mut [0.0; 2], [&mut [0.0; 2], &mut [0.0; 2]]);
}

/// Rows whose steps are made up for later are, bit by bit, those that were updated in every step.
#[test]
fn late_rows_are_as_punctual_ones() {
    let adam = Adam { learning_rate: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, l2: 1e-6 };
    let (rows, width) = (9_000_u32, 5);
    let start: Vec<f32> = (0..rows * 5).map(|i| (i as f32 * 0.7).sin()).collect();
    let state = || [start.clone(), vec![0.0; start.len()], vec![0.0; start.len()]];
    let ([mut p, mut m, mut v], [mut q, mut n, mut w]) = (state(), state());
    let mut done = vec![0; rows as usize];
    for step in 1..8 {
        let mine: Vec<u32> = (0..rows).filter(|row| row % (3 + step as u32) == 1).collect();
        let of_row = |row: u32| (0..5).map(move |c| ((row * step as u32 + c) as f32).cos());
        let by_row: Vec<f32> =
            mine.iter().flat_map(|&row| std::iter::once(row as f32).chain(of_row(row))).collect();
        adam.update_rows(step, (&by_row, width), &mut p, [&mut m, &mut v]);
        adam.catch_up(step - 1, &mine, width, &mut q, [&mut n, &mut w], &mut done);
        adam.update_only(step, (&by_row, width), &mut q, [&mut n, &mut w], &mut done);
        assert!(mine.iter().all(|&row| p[row as usize * width] == q[row as usize * width]));
    }
    assert!(p != q);
    let all: Vec<u32> = (0..rows).collect();
    adam.catch_up(7, &all, width, &mut q, [&mut n, &mut w], &mut done);
    assert!(p == q && m == n && v == w);
}

/// Numbers below the smallest ordinary one make a processor slow.
#[test]
fn what_fades_becomes_zero() {
    let adam = Adam { learning_rate: 2.5e-4, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, l2: 1e-6 };
    let start: Vec<f32> = (0..32).map(|i| 0.03 * (i as f32 * 0.7).sin()).collect();
    let (mut p, mut m, mut v) = (start.clone(), vec![0.0; 32], vec![0.0; 32]);
    let mut done = [0; 32];
    let rows: Vec<u32> = (0..32).collect();
    for step in 1..=4_000 {
        adam.catch_up(step, &rows, 1, &mut p, [&mut m, &mut v], &mut done);
        assert!(p.iter().chain(&m).chain(&v).all(|x| !x.is_subnormal()), "step {step}: {p:?} {m:?} {v:?}");
    }
    assert!(p.iter().all(|p| p.abs() < 1e-3) && start.iter().any(|p| p.abs() > 0.02));
    adam.update(1, &[f32::NAN; 32], &mut p, [&mut m, &mut v]);
    assert!(p.iter().chain(&m).chain(&v).all(|x| x.is_nan()));
}
