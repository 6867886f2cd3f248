//! The two devices, numbers for them, and how alike results must be.

use burn::tensor::{Device, Tensor, TensorData};
use lfr::device;
use lfr::seed::Seed;
use rand::RngExt;

/// The CPU, then the GPU.
pub fn devices() -> [Device; 2] {
    let name = device::names()[1];
    ["cpu", name].map(|name| device::open(name).unwrap().device)
}

/// As many numbers in ±0.9 as `shape` holds, the same for every device.
pub fn random<const D: usize>(shape: [usize; D], stream: &str, device: &Device) -> Tensor<D> {
    let mut random = Seed(7).stream(stream);
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| random.random_range(-0.9..0.9)).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// The numbers of `x`.
pub fn values<const D: usize>(x: &Tensor<D>) -> Vec<f32> {
    x.to_data().try_into_vec().unwrap()
}

/// Named results of a device.
pub type Results = Vec<(String, Vec<f32>)>;

/// Compares the results of `run` on both devices: no number may be off by more than `tolerance` times the largest of its
/// result.
#[track_caller]
pub fn agree(what: &str, tolerance: f32, run: impl Fn(&Device) -> Results) {
    let [cpu, gpu] = devices();
    let (expected, found) = (run(&cpu), run(&gpu));
    let mut problems = Vec::new();
    let mut worst = 0.0f32;
    for ((name, expected), (other, found)) in expected.iter().zip(&found) {
        assert_eq!((name, expected.len()), (other, found.len()), "{what}");
        // Where all should be 0, what is next to nothing is right.
        let scale = expected.iter().fold(1e-6, |largest: f32, v| largest.max(v.abs()));
        let off = expected.iter().zip(found).map(|(a, b)| (a - b).abs() / scale);
        // A number that is none counts as infinitely far off.
        let off = off.fold(0.0, |most, off| if off.is_nan() { f32::INFINITY } else { off.max(most) });
        worst = worst.max(off);
        if off > tolerance {
            problems.push(format!("{name} by {off:e}"));
        }
    }
    println!("{what}: off by at most {worst:e} of the largest");
    assert_eq!(expected.len(), found.len(), "{what}");
    assert!(problems.is_empty(), "{what}: off by more than {tolerance:e}: {}", problems.join(", "));
}
