//! Activation functions and their fast, vectorised forms.

use crate::check;
use crate::simd::{LANES, vectorised};

/// The function fused into a layer. Each one's derivative follows from its output, so layers keep no input of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Activation {
    /// x.
    #[default]
    None,
    /// max(x, 0), with derivative 0 at 0.
    Relu,
    /// Hyperbolic tangent, see [`tanh`].
    Tanh,
}

/// An activation known when its loop is compiled.
pub(crate) trait Function {
    /// The output.
    fn of(x: f32) -> f32;

    /// The gradient before the function, from the output and its gradient.
    fn backward(y: f32, dy: f32) -> f32;
}

/// x.
pub(crate) struct Identity;
/// max(x, 0).
pub(crate) struct Relu;
/// Hyperbolic tangent.
pub(crate) struct Tanh;

impl Function for Identity {
    #[inline(always)]
    fn of(x: f32) -> f32 {
        x
    }

    #[inline(always)]
    fn backward(_: f32, dy: f32) -> f32 {
        dy
    }
}

impl Function for Relu {
    #[inline(always)]
    fn of(x: f32) -> f32 {
        x.max(0.0)
    }

    #[inline(always)]
    fn backward(y: f32, dy: f32) -> f32 {
        if y > 0.0 { dy } else { 0.0 }
    }
}

impl Function for Tanh {
    #[inline(always)]
    fn of(x: f32) -> f32 {
        tanh(x)
    }

    #[inline(always)]
    fn backward(y: f32, dy: f32) -> f32 {
        dy * (1.0 - y * y)
    }
}

impl Activation {
    /// `y = act(y + bias)` over rows as long as the bias, or `act(y)`.
    pub(crate) fn apply(self, y: &mut [f32], bias: Option<&[f32]>) {
        match (self, bias) {
            (Activation::None, None) => {}
            (Activation::Relu, None) => all::<Relu>(y),
            (Activation::Tanh, None) => all::<Tanh>(y),
            (_, Some(bias)) if bias.len() < LANES && y.len() > LANES * bias.len() => {
                // Rows shorter than a vector, many as one.
                let many = bias.repeat(LANES);
                let (whole, rest) = y.split_at_mut(y.len() / many.len() * many.len());
                self.apply_rows(whole, &many);
                self.apply_rows(rest, bias);
            }
            (_, Some(bias)) => self.apply_rows(y, bias),
        }
    }

    fn apply_rows(self, y: &mut [f32], bias: &[f32]) {
        match self {
            Activation::None => rows::<Identity>(y, bias),
            Activation::Relu => rows::<Relu>(y, bias),
            Activation::Tanh => rows::<Tanh>(y, bias),
        }
    }

    /// `into = dy * act'` from the output `y`, which no activation leaves unread.
    pub(crate) fn backward(self, y: &[f32], dy: &[f32], into: &mut [f32]) {
        match self {
            Activation::None => into.copy_from_slice(dy),
            Activation::Relu => differentiate::<Relu>(y, dy, into),
            Activation::Tanh => differentiate::<Tanh>(y, dy, into),
        }
    }
}

vectorised! {
    fn all<F: Function>(y: &mut [f32]) {
        for v in y {
            *v = F::of(*v);
        }
    }
}

vectorised! {
    fn rows<F: Function>(y: &mut [f32], bias: &[f32]) {
        for row in y.chunks_exact_mut(bias.len()) {
            for (v, b) in row.iter_mut().zip(bias) {
                *v = F::of(*v + b);
            }
        }
    }
}

vectorised! {
    fn differentiate<F: Function>(y: &[f32], dy: &[f32], into: &mut [f32]) {
        check("y", y, dy.len());
        for ((to, &y), &dy) in into.iter_mut().zip(y).zip(dy) {
            *to = F::backward(y, dy);
        }
    }
}

/// Hyperbolic tangent with an error of at most 2e-7 of its value (checked over all scales), in operations that every
/// processor rounds alike; NaN stays NaN.
///
/// tanh|x| = t / (t + 2) with t = e^(2|x|) - 1 = 2^n (p + 1) - 1, where p = e^r - 1 is a polynomial on |r| <= ln 2 / 2
/// (Cephes' coefficients for expf): accurate near 0 too, where n = 0 and t = p.
#[inline(always)]
#[allow(clippy::excessive_precision, reason = "the coefficients are given as published")]
pub fn tanh(x: f32) -> f32 {
    /// Adding it rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let a = x.abs();
    // From here on the result rounds to 1.
    let a = if a > 9.5 { 19.0 } else { a + a };
    let shifted = a * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (a - n * 0.693_359_375) + n * 2.121_944_4e-4;
    let p = 1.987_569_150e-4;
    let p = p * r + 1.398_199_950_7e-3;
    let p = p * r + 8.333_451_907_3e-3;
    let p = p * r + 4.166_579_589_4e-2;
    let p = p * r + 1.666_666_545_9e-1;
    let p = p * r + 5.000_000_120_1e-1;
    let p = p * r * r + r;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    let t = power * p + (power - 1.0);
    (t / (t + 2.0)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tanh_is_within_its_bound() {
        let mut worst = 0.0_f64;
        // Every 97th of all finite numbers, both signs.
        for bits in (0..0x7f80_0000_u32).step_by(97) {
            let x = f32::from_bits(bits);
            let (got, want) = (f64::from(tanh(x)), f64::from(x).tanh());
            assert_eq!(tanh(-x), -tanh(x));
            if x >= f32::MIN_POSITIVE {
                worst = worst.max((got / want - 1.0).abs());
            } else {
                assert!((got - want).abs() <= 1e-44);
            }
        }
        assert!(worst <= 2e-7, "{worst:e}");
    }

    #[test]
    fn tanh_of_the_ends() {
        assert_eq!(tanh(0.0).to_bits(), 0.0_f32.to_bits());
        assert_eq!(tanh(-0.0).to_bits(), (-0.0_f32).to_bits());
        assert_eq!((tanh(f32::INFINITY), tanh(f32::NEG_INFINITY)), (1.0, -1.0));
        assert!(tanh(f32::NAN).is_nan());
    }
}
