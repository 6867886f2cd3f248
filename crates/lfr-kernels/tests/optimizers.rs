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
