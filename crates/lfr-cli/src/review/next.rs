//! What to label next: the items whose marks should teach a detector most. They are uncertain, near the cut in the
//! ranking, and diverse, far from one another and from what is marked already.

use super::near::Near;

/// Candidates on either side of the cut.
const REACH: usize = 150;

/// Items chosen one after the other; the rest follows by its nearness to the cut.
const CHOSEN: usize = 60;

/// Items marked last from which the choice keeps away.
pub const AVOIDED: usize = 200;

/// All of `unmarked`, in the order in which to mark them, away from `marked`. `rank` is 0 for the most anomalous item, `flagged` the number
/// of items above the cut. Without `near` it goes by nearness to the cut alone.
pub fn order(
    unmarked: &[usize],
    marked: &[usize],
    rank: impl Fn(usize) -> usize,
    flagged: usize,
    near: Option<&Near>,
) -> Vec<usize> {
    // Twice the distance to the cut, which lies between two ranks.
    let off = |item: usize| (2 * rank(item) + 1).abs_diff(2 * flagged);
    let mut order = unmarked.to_vec();
    order.sort_by_key(|&item| (off(item), rank(item)));
    let Some(near) = near else { return order };
    let candidates = order.len().min(2 * REACH);
    let chosen =
        diverse(&order[..candidates], marked, |place| 1.0 - place as f32 / (2 * candidates) as f32, near);
    let mut taken = vec![false; candidates];
    chosen.iter().for_each(|&place| taken[place] = true);
    let rest = (0..order.len()).filter(|&place| !taken.get(place).copied().unwrap_or(false));
    chosen.iter().copied().chain(rest).map(|place| order[place]).collect()
}

/// Places of `candidates`, each the one with the largest product of its worth and its distance to what is chosen or
/// marked already.
fn diverse(candidates: &[usize], marked: &[usize], worth: impl Fn(usize) -> f32, near: &Near) -> Vec<usize> {
    let to_marked =
        |&item: &usize| marked.iter().map(|&m| near.distance(item, m)).fold(f32::INFINITY, f32::min);
    let mut distance: Vec<f32> = candidates.iter().map(to_marked).collect();
    let mut free: Vec<usize> = (0..candidates.len()).collect();
    let mut chosen = Vec::new();
    while chosen.len() < CHOSEN {
        // Items without features are infinitely far from all others, which must not outweigh everything.
        let value = |place: usize| worth(place) * distance[place].min(f32::MAX / 2.0);
        let best =
            free.iter().enumerate().max_by(|a, b| value(*a.1).total_cmp(&value(*b.1)).then(b.0.cmp(&a.0)));
        let Some((at, &best)) = best else { break };
        free.remove(at);
        chosen.push(best);
        for &place in &free {
            distance[place] = distance[place].min(near.distance(candidates[place], candidates[best]));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::super::near::tests::line;
    use super::*;

    #[test]
    fn without_features_the_nearest_to_the_cut_come_first() {
        let all: Vec<usize> = (0..6).collect();
        assert_eq!(order(&all, &[], |item| item, 2, None), [1, 2, 0, 3, 4, 5]);
        assert_eq!(order(&[5, 0], &[], |item| item, 0, None), [0, 5]);
    }

    #[test]
    fn twins_are_not_asked_for_twice() {
        // Items 0 to 3 are alike, 4 and 5 are others; the cut lies before all of them.
        let near = line(&[0.0, 0.1, 0.0, 0.1, 50.0, -40.0]);
        let all: Vec<usize> = (0..6).collect();
        let order = order(&all, &[], |item| item, 0, Some(&near));
        assert_eq!(order[..3], [0, 4, 5]);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, all);
    }

    #[test]
    fn what_is_like_a_marked_item_waits() {
        let near = line(&[0.0, 0.1, 9.0]);
        assert_eq!(order(&[1, 2], &[0], |item| item, 0, Some(&near))[0], 2);
    }
}
