//! Optimiser steps against PyTorch.

use lfr_kernels::{Adam, Momentum};

// import torch
// p = torch.tensor([0.5, -0.25, 2.0]); s = torch.tensor([0.5, -0.25, 2.0])
// a = torch.optim.Adam([p], lr=0.01, weight_decay=0.1, eps=1e-3)
// b = torch.optim.SGD([s], lr=0.01, momentum=0.9, weight_decay=0.1)
// for i in range(3):
//     for t in (p, s): t.grad = torch.tensor([0.1, 0.2, -0.3]) * (i + 1)
//     a.step(); b.step()
// print(p.tolist(), s.tolist())
const ADAM: [f32; 3] = [0.470_545_62, -0.278_977_54, 2.027_672_8];
const MOMENTUM: [f32; 3] = [0.487_693_2, -0.267_607_1, 2.017_302];

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
fn momentum() {
    let sgd = Momentum { learning_rate: 0.01, momentum: 0.9, l2: 0.1 };
    let (mut p, mut velocity) = (vec![0.5, -0.25, 2.0], vec![0.0; 3]);
    (1..4).for_each(|step| sgd.update(&gradient(step), &mut p, &mut velocity));
    close(&p, &MOMENTUM);
}
