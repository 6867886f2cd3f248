//! The 72 transformations of GEOM (Golan & El-Yaniv 2018): flip left-right, then shift, then turn.

/// 2 flips x 3 row shifts x 3 column shifts x 4 turns, the last fastest.
pub(super) const COUNT: usize = 72;

/// Flipped?, shift along rows and along columns in quarters of the side, turns by 90 degrees counter-clockwise.
fn parts(index: usize) -> (bool, i32, i32, usize) {
    const SHIFTS: [i32; 3] = [0, -1, 1];
    (index / 36 == 1, SHIFTS[index / 12 % 3], SHIFTS[index / 4 % 3], index % 4)
}

/// What transformation `index` does.
pub(super) fn name(index: usize) -> String {
    let (flip, rows, columns, turns) = parts(index);
    let flip = if flip { "flip, " } else { "" };
    format!("{flip}shift {rows:+}/4 {columns:+}/4, turn {}", 90 * turns)
}

/// For each pixel of the result, the source pixel it is a copy of.
pub(super) fn sources(index: usize, side: usize) -> Vec<u32> {
    let (flip, rows, columns, turns) = parts(index);
    let last = side - 1;
    let mut out = Vec::with_capacity(side * side);
    for row in 0..side {
        for column in 0..side {
            let (i, j) = match turns {
                0 => (row, column),
                1 => (column, last - row),
                2 => (last - row, last - column),
                _ => (last - column, row),
            };
            let (i, j) = (shifted(i, rows, side), shifted(j, columns, side));
            let j = if flip { last - j } else { j };
            out.push((i * side + j) as u32);
        }
    }
    out
}

/// `position` moved by `quarters` of the side; beyond the border the picture is mirrored, its edge pixel doubled.
fn shifted(position: usize, quarters: i32, side: usize) -> usize {
    let quarter = side / 4;
    match quarters {
        0 => position,
        1 if position + quarter < side => position + quarter,
        1 => 2 * side - 1 - (position + quarter),
        _ if position >= quarter => position - quarter,
        _ => quarter - 1 - position,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::test_image;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    // import hashlib, itertools, numpy as np
    // def image(n):
    //     state, out = 1, []
    //     for _ in range(n):
    //         state = (state * 1664525 + 1013904223) % 2**32
    //         out.append((state >> 22) / 512 - 1)
    //     return np.array(out, np.float32)
    // for side in (8, 32):
    //     x, q, sha = image(side * side).reshape(side, side), side // 4, hashlib.sha256()
    //     for flip, tx, ty, k in itertools.product((0, 1), (0, -q, q), (0, -q, q), range(4)):
    //         y = np.fliplr(x) if flip else x
    //         p = np.pad(y, q, mode="symmetric")
    //         y = p[q + tx:q + tx + side, q + ty:q + ty + side]
    //         sha.update(np.rot90(y, k).astype("<f4").tobytes())
    //     print(side, sha.hexdigest())
    #[test]
    fn all_72_are_exactly_numpys() {
        for (side, expected) in [
            (8, "0747f3c5d9ad5449492cc5e9d2b59936fa32ab0349728fba4658e0b312684c0a"),
            (32, "56f458a4c5b6a4bd93be3e2e4e360a2d15220feee0c82a56ff760b9564ee5b5c"),
        ] {
            let image = test_image(side * side);
            let mut hash = Sha256::new();
            for index in 0..COUNT {
                sources(index, side).iter().for_each(|&i| hash.update(image[i as usize].to_le_bytes()));
            }
            assert_eq!(crate::hex::hex(&hash.finalize()), expected, "side {side}");
        }
    }

    proptest! {
        #[test]
        fn two_flips_and_four_turns_are_the_identity(eighths in 1usize..9, turns in 0usize..4) {
            let side = 8 * eighths;
            let identity: Vec<u32> = (0..(side * side) as u32).collect();
            let twice = |index, times| {
                let map = sources(index, side);
                (0..times).fold(identity.clone(), |at, _| at.iter().map(|&i| map[i as usize]).collect::<Vec<_>>())
            };
            prop_assert_eq!(&twice(36, 2), &identity);
            prop_assert_eq!(&twice(turns, 4), &identity);
            prop_assert!(turns % 2 == 0 || twice(turns, 2) != identity);
        }
    }
}
