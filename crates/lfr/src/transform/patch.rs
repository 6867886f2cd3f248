//! The 23 permutations of a picture's quarters (E3Outlier, Wang et al. 2019).

/// All orders of four quarters but the original one.
pub(super) const COUNT: usize = 23;

/// For each quarter of the result (top left, top right, bottom left, bottom right), the source quarter.
/// Permutations come in lexicographic order; `index` 0 is the first after the identity.
fn permutation(index: usize) -> [usize; 4] {
    let mut left = vec![0, 1, 2, 3];
    let mut rank = index + 1;
    [6, 2, 1, 1].map(|orders| {
        let next = left.remove(rank / orders);
        rank %= orders;
        next
    })
}

/// What transformation `index` does.
pub(super) fn name(index: usize) -> String {
    let order = permutation(index).map(|quarter| quarter.to_string());
    format!("quarters {}", order.join(" "))
}

/// For each pixel of the result, the source pixel it is a copy of.
pub(super) fn sources(index: usize, side: usize) -> Vec<u32> {
    let (order, half) = (permutation(index), side / 2);
    let source = |pixel: usize| {
        let (i, j) = (pixel / side, pixel % side);
        let quarter = order[i / half * 2 + j / half];
        ((quarter / 2 * half + i % half) * side + quarter % 2 * half + j % half) as u32
    };
    (0..side * side).map(source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // import itertools
    // print(list(itertools.permutations(range(4)))[1:])
    #[test]
    fn permutations_are_in_pythons_order() {
        let first = [[0, 1, 3, 2], [0, 2, 1, 3], [0, 2, 3, 1], [0, 3, 1, 2], [0, 3, 2, 1], [1, 0, 2, 3]];
        assert_eq!((0..6).map(permutation).collect::<Vec<_>>(), first);
        assert_eq!(permutation(22), [3, 2, 1, 0]);
        assert!((1..COUNT).all(|index| permutation(index - 1) < permutation(index)));
    }

    // p = np.arange(64).reshape(8, 8); q = [p[:4, :4], p[:4, 4:], p[4:, :4], p[4:, 4:]]
    // y = np.block([[q[2], q[0]], [q[3], q[1]]]); print(y[0], y[7])     # permutation (2, 0, 3, 1)
    #[test]
    fn quarters_move_as_numpy_blocks() {
        let index = (0..COUNT).find(|&index| permutation(index) == [2, 0, 3, 1]).unwrap();
        let out = sources(index, 8);
        assert_eq!(out[..8], [32, 33, 34, 35, 0, 1, 2, 3]);
        assert_eq!(out[56..], [60, 61, 62, 63, 28, 29, 30, 31]);
    }

    #[test]
    fn every_pixel_is_used_once() {
        for index in 0..COUNT {
            let mut out = sources(index, 24);
            out.sort_unstable();
            assert!(out.into_iter().eq(0..576));
        }
    }
}
