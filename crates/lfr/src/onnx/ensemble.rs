//! Sums of trees, `TreeEnsembleRegressor`.

use super::graph::{Attribute, Graph, Type, tensor};

/// Trees of cuts `value <= cut`, each of which adds numbers to the targets.
#[derive(Default)]
pub(super) struct Ensemble {
    trees: i64,
    tree: Vec<i64>,
    node: Vec<i64>,
    column: Vec<i64>,
    cut: Vec<f64>,
    leaf: Vec<bool>,
    lower: Vec<i64>,
    upper: Vec<i64>,
    /// Tree, node, target and number of every number added.
    added: (Vec<i64>, Vec<i64>, Vec<i64>, Vec<f64>),
    targets: usize,
}

impl Ensemble {
    /// For `targets` sums.
    pub(super) fn new(targets: usize) -> Self {
        Self { targets, ..Self::default() }
    }

    /// Begins a tree; its nodes are numbered from 0, the root.
    pub(super) fn begin(&mut self) {
        self.trees += 1;
    }

    /// A node that sends values of `column` up to `cut` to `lower`, others to `upper`.
    pub(super) fn cut(&mut self, node: usize, column: usize, cut: f64, lower: usize, upper: usize) {
        self.push(node, column, cut, false, [lower, upper]);
    }

    /// A leaf that adds `numbers`, one a target.
    pub(super) fn leaf(&mut self, node: usize, numbers: &[f64]) {
        self.push(node, 0, 0.0, true, [0, 0]);
        for (target, &number) in numbers.iter().enumerate() {
            self.added.0.push(self.trees - 1);
            self.added.1.push(node as i64);
            self.added.2.push(target as i64);
            self.added.3.push(number);
        }
    }

    fn push(&mut self, node: usize, column: usize, cut: f64, leaf: bool, [lower, upper]: [usize; 2]) {
        self.tree.push(self.trees - 1);
        self.node.push(node as i64);
        self.column.push(column as i64);
        self.cut.push(cut);
        self.leaf.push(leaf);
        self.lower.push(lower as i64);
        self.upper.push(upper as i64);
    }

    /// A tree for a step function of `column`: `steps[i]` up to and with `cuts[i]`, ascending, and the last step above
    /// all of them.
    pub(super) fn steps(&mut self, column: usize, cuts: &[f64], steps: &[Vec<f64>]) {
        self.begin();
        self.branch(column, cuts, steps, 0);
    }

    /// The subtree of these steps from `node` on; the next free node.
    fn branch(&mut self, column: usize, cuts: &[f64], steps: &[Vec<f64>], node: usize) -> usize {
        if cuts.is_empty() {
            self.leaf(node, &steps[0]);
            return node + 1;
        }
        let middle = cuts.len() / 2;
        let place = self.tree.len();
        self.cut(node, column, cuts[middle], node + 1, 0);
        let upper = self.branch(column, &cuts[..middle], &steps[..=middle], node + 1);
        self.upper[place] = upper as i64;
        self.branch(column, &cuts[middle + 1..], &steps[middle + 1..], upper)
    }

    /// The sums, `[n, targets]` of 32-bit floats, for `x`, `[n, columns]` of 64-bit floats; added up in 64 bits.
    pub(super) fn of(self, graph: &mut Graph, x: &str) -> String {
        let mode = |&leaf: &bool| if leaf { "LEAF" } else { "BRANCH_LEQ" }.to_owned();
        let numbers = |values: &[f64]| {
            let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            Attribute::Tensor(tensor(Type::F64, &[values.len()], &raw))
        };
        let attributes = vec![
            ("n_targets", Attribute::Int(self.targets as i64)),
            ("aggregate_function", Attribute::Word("SUM")),
            ("nodes_values_as_tensor", numbers(&self.cut)),
            ("target_weights_as_tensor", numbers(&self.added.3)),
            ("nodes_treeids", Attribute::Ints(self.tree)),
            ("nodes_nodeids", Attribute::Ints(self.node)),
            ("nodes_featureids", Attribute::Ints(self.column)),
            ("nodes_modes", Attribute::Words(self.leaf.iter().map(mode).collect())),
            ("nodes_truenodeids", Attribute::Ints(self.lower)),
            ("nodes_falsenodeids", Attribute::Ints(self.upper)),
            ("target_treeids", Attribute::Ints(self.added.0)),
            ("target_nodeids", Attribute::Ints(self.added.1)),
            ("target_ids", Attribute::Ints(self.added.2)),
        ];
        graph.ml("TreeEnsembleRegressor", &[x], attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a tree adds for a value.
    fn walk(trees: &Ensemble, value: f64) -> f64 {
        let mut node = 0;
        while !trees.leaf[node] {
            node = if value <= trees.cut[node] { trees.lower[node] } else { trees.upper[node] } as usize;
        }
        let at = trees.added.1.iter().position(|&leaf| leaf == node as i64).unwrap();
        trees.added.3[at]
    }

    #[test]
    fn steps_become_a_balanced_tree() {
        for count in 0..9 {
            let cuts: Vec<f64> = (0..count).map(f64::from).collect();
            let steps: Vec<Vec<f64>> = (0..=count).map(|step| vec![f64::from(step)]).collect();
            let mut trees = Ensemble::new(1);
            trees.steps(0, &cuts, &steps);
            assert_eq!(trees.node, (0..2 * i64::from(count) + 1).collect::<Vec<_>>());
            for step in 0..=count {
                assert_eq!(walk(&trees, f64::from(step) - 0.5), f64::from(step));
                assert_eq!(walk(&trees, f64::from(step)), f64::from(step));
            }
        }
    }
}
