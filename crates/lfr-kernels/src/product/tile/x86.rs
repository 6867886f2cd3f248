//! The vectors of AVX-512 and AVX2.

use super::{Into, Kernels, LINE, Run, Tile, turn};

/// Those that this processor has, the wider first.
pub(super) fn available() -> impl Iterator<Item = &'static Kernels> {
    let wide = std::arch::is_x86_feature_detected!("avx512f").then_some(&avx512::KERNELS);
    let has = std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma");
    wide.into_iter().chain(has.then_some(&avx2::KERNELS))
}

mod avx512 {
    use std::arch::x86_64::{
        __m512, _MM_HINT_T0, _mm_prefetch, _mm512_add_ps as add, _mm512_fmadd_ps as multiply_add,
        _mm512_loadu_ps as load, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps, _mm512_set1_ps as splat,
        _mm512_setzero_ps as zero,
    };

    use super::{Into, Kernels, LINE, Run, Tile, turn};

    const LANES: usize = 16;
    const AHEAD: usize = 2 * LINE;

    pub(super) static KERNELS: Kernels = Kernels {
        name: "avx512",
        lanes: LANES,
        ahead: AHEAD,
        tiles: &[
            tiles!(1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
            tiles!(2: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
            tiles!(3: 1 2 3 4 5 6 7 8 9),
            tiles!(4: 1 2 3 4 5 6),
        ],
        turn: turn::avx,
    };

    tile! {
        #[target_feature(enable = "avx512f")]
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn load_some(from: *const f32, len: usize) -> __m512 {
        // SAFETY: the caller may read `len` numbers.
        unsafe { _mm512_maskz_loadu_ps(mask(len), from) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn store(to: *mut f32, len: usize, vector: __m512) {
        // SAFETY: the caller may write `len` numbers.
        unsafe { _mm512_mask_storeu_ps(to, mask(len), vector) }
    }

    #[inline(always)]
    fn mask(len: usize) -> u16 {
        (u16::MAX) >> (LANES - len)
    }

    #[inline(always)]
    fn prefetch(at: *const f32) {
        // SAFETY: prefetching never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
}

mod avx2 {
    use std::arch::x86_64::{
        __m256, _MM_HINT_T0, _mm_prefetch, _mm256_add_ps as add, _mm256_fmadd_ps as multiply_add,
        _mm256_loadu_ps as load, _mm256_set1_ps as splat, _mm256_setzero_ps as zero, _mm256_storeu_ps,
    };

    use super::{Into, Kernels, LINE, Run, Tile, turn};

    const LANES: usize = 8;
    const AHEAD: usize = LINE;

    pub(super) static KERNELS: Kernels = Kernels {
        name: "avx2",
        lanes: LANES,
        ahead: AHEAD,
        tiles: &[tiles!(1: 1 2 3 4 5 6 7 8 9 10 11 12), tiles!(2: 1 2 3 4 5 6), tiles!(3: 1 2 3 4)],
        turn: turn::avx,
    };

    tile! {
        #[target_feature(enable = "avx2,fma")]
    }

    #[target_feature(enable = "avx2,fma")]
    #[inline]
    unsafe fn load_some(from: *const f32, len: usize) -> __m256 {
        if len == LANES {
            // SAFETY: the caller may read all lanes.
            return unsafe { load(from) };
        }
        let mut numbers = [0.0; LANES];
        // SAFETY: the caller may read `len` numbers, fewer than lanes; the copy has all.
        unsafe {
            from.copy_to_nonoverlapping(numbers.as_mut_ptr(), len);
            load(numbers.as_ptr())
        }
    }

    #[target_feature(enable = "avx2,fma")]
    #[inline]
    unsafe fn store(to: *mut f32, len: usize, vector: __m256) {
        if len == LANES {
            // SAFETY: the caller may write all lanes.
            return unsafe { _mm256_storeu_ps(to, vector) };
        }
        let mut numbers = [0.0; LANES];
        // SAFETY: the copy has all lanes; the caller may write `len` numbers, fewer than lanes.
        unsafe {
            _mm256_storeu_ps(numbers.as_mut_ptr(), vector);
            to.copy_from_nonoverlapping(numbers.as_ptr(), len);
        }
    }

    #[inline(always)]
    fn prefetch(at: *const f32) {
        // SAFETY: prefetching never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
}
