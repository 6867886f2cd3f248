//! Reconstruction errors and the LFR layer against their definition and its differences.

mod reference;

use lfr_kernels::*;
use proptest::prelude::*;
use reference::*;

/// AᵀAz of every item.
fn reconstruct(z: &[f64], a: &[f64], groups: &[u32], [d, k]: [usize; 2]) -> Vec<f64> {
    let item = |(i, z): (usize, &[f64])| {
        let a = &a[groups[i] as usize * k * d..][..k * d];
        let p: Vec<f64> = a.chunks_exact(d).map(|a| a.iter().zip(z).map(|(a, z)| a * z).sum()).collect();
        (0..d).map(|c| (0..k).map(|r| a[r * d + c] * p[r]).sum::<f64>()).collect::<Vec<_>>()
    };
    z.chunks_exact(d).enumerate().flat_map(item).collect()
}

fn distance(z: &[f64], a: &[f64], groups: &[u32], sizes: [usize; 2]) -> f64 {
    let there = reconstruct(z, a, groups, sizes);
    let norms = z.chunks_exact(sizes[0]).zip(there.chunks_exact(sizes[0]));
    norms.map(|(z, t)| z.iter().zip(t).map(|(z, t)| (z - t).powi(2)).sum::<f64>().sqrt()).sum::<f64>()
        / groups.len() as f64
}

fn orthogonality(a: &[f64], groups: &[u32], [d, k]: [usize; 2]) -> f64 {
    let square = |&g: &u32| {
        let a = &a[g as usize * k * d..][..k * d];
        let entry = |r: usize, s: usize| {
            let dot: f64 = (0..d).map(|c| a[r * d + c] * a[s * d + c]).sum();
            (dot - f64::from(u8::from(r == s))).powi(2)
        };
        (0..k * k).map(|e| entry(e / k, e % k)).sum::<f64>()
    };
    groups.iter().map(square).sum::<f64>() / groups.len() as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn lfr(items in 1usize..20, d in 1usize..40, k in 1usize..8, group_count in 0u32..4, seed: u64) {
        let layer = Lfr { latent: d, kept: k };
        let matrices = group_count.max(1);
        let z: Vec<f32> = numbers(items * d, seed).iter().map(|v| v + 0.01).collect();
        let a: Vec<f32> = numbers(matrices as usize * k * d, seed ^ 1).iter().map(|v| v / (d as f32).sqrt()).collect();
        let own: Vec<u32> = (0..items as u32).map(|i| (i * 7 + seed as u32 % 5) % matrices).collect();
        let latents = Latents { z: &z, a: &a, groups: (group_count > 0).then_some(&own) };
        let (wz, wa, sizes) = (wide(&z), wide(&a), [d, k]);
        let by = Penalties { distance: 0.7, orthogonality: 0.3 };
        let dy = numbers(z.len(), seed ^ 2);
        let run = || {
            let Penalties { distance, orthogonality } = layer.penalties(latents);
            let [mut to, mut dz, mut dz2] = [(); 3].map(|()| vec![f32::NAN; z.len()]);
            let [mut da, mut da2] = [(); 2].map(|()| vec![f32::NAN; a.len()]);
            layer.reconstruct(latents, &mut to);
            layer.penalties_backward(latents, by, LfrGradients { z: &mut dz, a: &mut da });
            layer.reconstruct_backward(latents, &dy, LfrGradients { z: &mut dz2, a: &mut da2 });
            vec![vec![distance, orthogonality], to, dz, da, dz2, da2]
        };
        let results = run();
        let want = [distance(&wz, &wa, &own, sizes), orthogonality(&wa, &own, sizes)];
        close("penalties", &results[0], &want, 2e-6);
        close("z'", &results[1], &reconstruct(&wz, &wa, &own, sizes), 2e-6);
        let loss = |z: &[f64], a: &[f64]| 0.7 * distance(z, a, &own, sizes) + 0.3 * orthogonality(a, &own, sizes);
        // With all of the latent kept the norms may vanish, and with them their gradient.
        if k < d {
            close_to_differences("z", &results[2], &wz, |z| loss(z, &wa));
            close_to_differences("a", &results[3], &wa, |a| loss(&wz, a));
        }
        close_to_differences("z of z'", &results[4], &wz, |z| inner(&reconstruct(z, &wa, &own, sizes), &dy));
        close_to_differences("a of z'", &results[5], &wa, |a| inner(&reconstruct(&wz, a, &own, sizes), &dy));
        same_on_any_pool(run);
    }

    #[test]
    fn reconstruction(items in 1usize..9, width in 1usize..3000, seed: u64) {
        let (x, y) = (numbers(items * width, seed), biases(items * width, seed ^ 1));
        let (wx, wy) = (wide(&x), wide(&y));
        let squares = |y: &[f64]| -> Vec<f64> {
            let pairs = wx.chunks_exact(width).zip(y.chunks_exact(width));
            pairs.map(|(x, y)| x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum()).collect()
        };
        let norms = |y: &[f64]| -> Vec<f64> { squares(y).into_iter().map(f64::sqrt).collect() };
        let apart = distances(&x, &y, width);
        close("squares", &squared_errors(&x, &y, width), &squares(&wy), 1e-6);
        close("distances", &apart, &norms(&wy), 1e-6);
        let (mut of_distance, mut of_square) = (y.clone(), y.clone());
        let by = numbers(items, seed ^ 2);
        distances_gradient(&x, &y, [&apart, &by], &mut of_distance);
        squared_errors_gradient(&x, &y, &by, &mut of_square);
        close_to_differences("y", &of_distance, &wy, |y| inner(&norms(y), &by));
        close_to_differences("y", &of_square, &wy, |y| inner(&squares(y), &by));
    }
}

#[test]
fn gradients_at_zero_are_zero() {
    let x = numbers(12, 1);
    let mut dy = vec![f32::NAN; 12];
    distances_gradient(&x, &x, [&distances(&x, &x, 4), &[1.0; 3]], &mut dy);
    assert_eq!(dy, vec![0.0; 12]);
    // A is the identity, so z' = z.
    let (a, z) = ([1.0, 0.0, 0.0, 1.0], [0.3, -0.4]);
    let latents = Latents { z: &z, a: &a, groups: None };
    let layer = Lfr { latent: 2, kept: 2 };
    let (mut dz, mut da) = ([f32::NAN; 2], [f32::NAN; 4]);
    let by = Penalties { distance: 1.0, orthogonality: 1.0 };
    layer.penalties_backward(latents, by, LfrGradients { z: &mut dz, a: &mut da });
    assert_eq!((dz, da), ([0.0; 2], [0.0; 4]));
    assert_eq!(layer.penalties(latents), Penalties { distance: 0.0, orthogonality: 0.0 });
}
