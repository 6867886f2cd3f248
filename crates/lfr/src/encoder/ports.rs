//! What goes into a network and what comes out.

/// An input or output of a network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Port {
    pub name: String,
    /// Its dimensions, where they are known; those left open are `None`.
    pub shape: Option<Vec<Option<usize>>>,
}

/// What a network gave.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}
