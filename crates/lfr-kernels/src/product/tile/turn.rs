//! Columns of a matrix as rows of another.

/// Columns that are turned at once.
pub(in crate::product) const COLUMNS: usize = 8;

/// Turns [`COLUMNS`] contiguous columns, `stride` apart, of `rows` numbers into rows, `width` apart.
///
/// # Safety
/// The processor must have the instructions; all numbers must be valid for reading and writing.
pub(in crate::product) type Turn =
    unsafe fn(from: *const f32, stride: usize, rows: usize, to: *mut f32, width: usize);

/// Turns them one number after the other.
///
/// # Safety
/// As [`Turn`].
pub(super) unsafe fn portable(from: *const f32, stride: usize, rows: usize, to: *mut f32, width: usize) {
    for row in 0..rows {
        for column in 0..COLUMNS {
            // SAFETY: the caller promises these numbers.
            unsafe { *to.add(row * width + column) = *from.add(column * stride + row) };
        }
    }
}

/// Turns squares of 8x8 in registers, half a square of four rows at a time.
///
/// # Safety
/// As [`Turn`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
pub(super) unsafe fn avx(from: *const f32, stride: usize, rows: usize, to: *mut f32, width: usize) {
    use std::arch::x86_64::*;
    const HALF: usize = 4;
    let squares = rows / HALF * HALF;
    for top in (0..squares).step_by(HALF) {
        // SAFETY: four numbers from row `top` on of each column, and eight of four rows, which the caller promises.
        unsafe {
            let both = |column: usize| {
                let at = from.add(column * stride + top);
                let low = _mm256_castps128_ps256(_mm_loadu_ps(at));
                _mm256_insertf128_ps::<1>(low, _mm_loadu_ps(at.add(HALF * stride)))
            };
            let (a, b, c, d) = (both(0), both(1), both(2), both(3));
            let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
            let (ab_high, cd_high) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
            let to = to.add(top * width);
            _mm256_storeu_ps(to, _mm256_shuffle_ps::<0x44>(ab, cd));
            _mm256_storeu_ps(to.add(width), _mm256_shuffle_ps::<0xee>(ab, cd));
            _mm256_storeu_ps(to.add(2 * width), _mm256_shuffle_ps::<0x44>(ab_high, cd_high));
            _mm256_storeu_ps(to.add(3 * width), _mm256_shuffle_ps::<0xee>(ab_high, cd_high));
        }
    }
    // SAFETY: the rows that are left.
    unsafe { portable(from.add(squares), stride, rows - squares, to.add(squares * width), width) };
}
