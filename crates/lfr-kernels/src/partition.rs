//! Work cut into parts by its shape alone, so that no result depends on the number of threads.

use std::ops::Range;

/// Most parts a batch is cut into, and so the most threads that share it.
const PARTS: usize = 16;

/// Items a part when `items` are cut into at most 16 equal ones.
pub(crate) fn part(items: usize) -> usize {
    items.div_ceil(PARTS).max(1)
}

/// The ranges of at most `step` that cover `0..n`.
pub(crate) fn ranges(n: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).step_by(step).map(move |start| start..n.min(start + step))
}

/// `work` on every part in parallel; the results merged along a binary tree over the parts, which fixes the order
/// of a floating-point sum.
pub(crate) fn sum<P: Send, T: Send>(
    parts: &mut [P],
    work: &(impl Fn(&mut P) -> T + Sync),
    merge: &(impl Fn(T, T) -> T + Sync),
) -> Option<T> {
    match parts {
        [] => None,
        [one] => Some(work(one)),
        _ => {
            let (left, right) = parts.split_at_mut(parts.len() / 2);
            let (left, right) = rayon::join(|| sum(left, work, merge), || sum(right, work, merge));
            match (left, right) {
                (Some(left), Some(right)) => Some(merge(left, right)),
                (left, right) => left.or(right),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_everything_once() {
        for n in 0..100 {
            let all: Vec<usize> = ranges(n, part(n)).flatten().collect();
            assert_eq!(all, (0..n).collect::<Vec<_>>());
            assert!(ranges(n, part(n)).count() <= PARTS);
        }
    }

    #[test]
    fn sums_keep_the_order() {
        let mut parts: Vec<usize> = (0..13).collect();
        let order = sum(&mut parts, &|p| p.to_string(), &|a, b| format!("({a} {b})"));
        assert_eq!(order.as_deref(), Some("(((0 (1 2)) (3 (4 5))) ((6 (7 8)) ((9 10) (11 12))))"));
    }
}
