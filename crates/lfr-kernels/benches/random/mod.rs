//! Numbers that the benches share.

/// `n` numbers of at most `scale`, the same for the same `seed`.
pub fn random(n: usize, scale: f32, mut seed: u32) -> Vec<f32> {
    seed = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..n).map(|_| scale * next()).collect()
}
