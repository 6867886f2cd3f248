//! The fixed choice of a number of items of every class, the same in all runs.

use rand::seq::index;

use super::{Name, Part};
use crate::seed::Seed;

/// Of `available` items of `class`, the `count` chosen for the pool (all, if there are no more), or those left out,
/// ascending. A function of its arguments alone.
pub(super) fn choose(name: Name, class: &str, available: usize, count: usize, part: Part) -> Vec<usize> {
    let mut rng = Seed(0).stream(&format!("pool/{name}/{class}"));
    let mut chosen = vec![false; available];
    for i in index::sample(&mut rng, available, count.min(available)) {
        chosen[i] = true;
    }
    let wanted = part == Part::Pool;
    (0..available).filter(|&i| chosen[i] == wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_never_changes_and_the_rest_is_its_complement() {
        let pool = choose(Name::Caltech101, "ketch", 114, 100, Part::Pool);
        let rest = choose(Name::Caltech101, "ketch", 114, 100, Part::Rest);
        assert_eq!((pool.len(), rest.len()), (100, 14));
        assert!(rest.iter().all(|i| !pool.contains(i)));
        assert_eq!(rest, [16, 25, 27, 31, 34, 42, 44, 48, 59, 64, 68, 75, 80, 81]);
        assert_eq!(choose(Name::Reuters, "crude", 359, 360, Part::Pool).len(), 359);
        assert_ne!(rest, choose(Name::Caltech101, "watch", 114, 100, Part::Rest));
    }
}
