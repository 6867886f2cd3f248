//! Layers on sparse rows.

use std::sync::Arc;

use burn::backend::Flex;
use burn::tensor::{Device, Tensor};

use super::step::{Input, Layer, apply, on_cpu};
use super::storage::{Flat, columns, dims, is_by_column, plain, room, slice};
use crate::{Activation, Outputs, RowGradient, SparseErrors, SparseLinear, SparseRows};

/// Rows of data that are mostly zeros, on the CPU.
#[derive(Clone, Debug)]
pub struct Sparse {
    rows: Arc<SparseRows>,
    by_row: bool,
}

impl From<SparseRows> for Sparse {
    fn from(rows: SparseRows) -> Self {
        Self { rows: Arc::new(rows), by_row: false }
    }
}

impl Sparse {
    /// The rows of `x`; none where `x` is not on the CPU.
    pub fn of(x: &Tensor<2>) -> Option<Self> {
        if !on_cpu(x) {
            return None;
        }
        let width = x.dims()[1];
        let x = Input::from(x.clone());
        Some(SparseRows::new(slice(&x.numbers().to_contiguous()), width).into())
    }

    /// The same rows, to which layers give the gradient of a weight as the rows of it that may be other than 0, in the form of
    /// [`RowGradient`]: `[rows, 1 + width]`. Only [`Adam`](super::Adam) understands it, and a weight may be used once in a
    /// graph: sums of two such gradients mean nothing.
    pub fn by_row(self) -> Self {
        Self { by_row: true, ..self }
    }

    /// The rows.
    pub fn rows(&self) -> &SparseRows {
        &self.rows
    }

    /// `[n, width]`: the rows with their zeros, on `device`.
    pub fn dense(&self, device: &Device) -> Tensor<2> {
        let x = plain(self.rows.dense(), &[self.rows.items(), self.rows.width()]);
        Tensor::from_primitive::<Flex>(x).to_device(device)
    }
}

/// Stores a matrix column after column, as [`sparse_linear`] wants its weight; what is on another device than the CPU stays
/// as it is. Operations of burn may lose the order, not the numbers.
pub fn stored_by_column<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if D != 2 || !on_cpu(&x) {
        return x;
    }
    let records = x.device().is_autodiff();
    let x = Tensor::from_primitive::<Flex>(columns(Input::from(x).numbers()).transpose(0, 1));
    if records { Tensor::from_inner(x) } else { x }
}

/// `x` in the order in which `like`, of the same shape, is stored.
pub fn stored_as<const D: usize>(x: Tensor<D>, like: &Tensor<D>) -> Tensor<D> {
    let by_column = on_cpu(like) && is_by_column(Input::from(like.clone()).numbers());
    if by_column { stored_by_column(x) } else { x }
}

/// [`linear`](super::linear) for sparse `x`, to which no gradient flows. The weight should be
/// [stored by column](stored_by_column).
pub fn sparse_linear(x: &Sparse, weight: Tensor<2>, bias: Tensor<1>, activation: Activation) -> Tensor<2> {
    let [outputs, inputs] = weight.dims();
    let (weight, bias) = (Input::from(weight), Input::from(bias));
    // A gradient by row must not have the shape of a whole one.
    let clear = x.rows.columns().len() != outputs || 1 + outputs != inputs;
    let by_row = x.by_row && is_by_column(weight.numbers()) && clear && inputs <= RowGradient::MOST;
    let layer = OnSparse { layer: SparseLinear { inputs, outputs, activation }, x: x.rows.clone(), by_row };
    apply(layer, [weight, bias])
}

/// `‖act(h weightᵀ + bias) - x‖²` of each item: the squared errors of what [`linear`](super::linear) gives. `h` is `[n, in]`,
/// the weight `[width, in]`.
pub fn sparse_errors(
    x: &Sparse,
    h: Tensor<2>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<1> {
    let [outputs, inputs] = weight.dims();
    let inputs_of = [Input::from(h), Input::from(weight), Input::from(bias)];
    let layer = SparseErrors { inputs, outputs, activation };
    let by_row = x.by_row && inputs_of[1].numbers().is_contiguous() && outputs <= RowGradient::MOST;
    let keep = inputs_of.iter().any(|input| matches!(input, Input::Recorded(_)));
    let [h, weight, bias] = inputs_of.each_ref().map(|input| input.numbers().to_contiguous());
    let (errors, kept) = layer.forward(slice(&h), [slice(&weight), slice(&bias)], &x.rows, keep);
    let errors = plain(errors, &[x.rows.items()]);
    apply(OfErrors { layer, x: x.rows.clone(), by_row, errors, kept: Arc::new(kept) }, inputs_of)
}

/// The gradient as a tensor: its rows alone, or whole. `[1, 1 + width]` of zeros stands for none.
fn gradient(gradient: RowGradient, by_row: bool, rows: usize) -> Flat {
    let width = gradient.width;
    match by_row {
        true if gradient.rows.is_empty() => plain(vec![0.0; 1 + width], &[1, 1 + width]),
        true => {
            let count = gradient.rows.len() / (1 + width);
            plain(gradient.rows, &[count, 1 + width])
        }
        false => plain(gradient.whole(rows), &[rows, width]),
    }
}

#[derive(Clone, Debug)]
struct OnSparse {
    layer: SparseLinear,
    x: Arc<SparseRows>,
    by_row: bool,
}

impl Layer<2> for OnSparse {
    fn forward(&self, [weight, bias]: &[Flat; 2]) -> Flat {
        let shape = [self.x.items(), self.layer.outputs];
        let mut y = room(&shape);
        let (weight, bias) = (columns(weight), bias.to_contiguous());
        self.layer.forward(&self.x, slice(&weight), Some(slice(&bias)), &mut y);
        plain(y, &shape)
    }

    fn needs_output(&self) -> bool {
        self.layer.activation != Activation::None
    }

    fn needs_inputs(&self) -> bool {
        false
    }

    fn backward(&self, _: &[Flat; 2], y: Option<&Flat>, dy: &Flat, _: [bool; 2]) -> [Option<Flat>; 2] {
        let of_bias = [self.layer.outputs];
        let mut d_bias = room(&of_bias);
        let (y, dy) = (y.map(Flat::to_contiguous), dy.to_contiguous());
        let y = y.as_ref().map_or(&[][..], slice);
        let width = self.layer.outputs;
        let mut rows = room(&[self.x.columns().len(), 1 + width]);
        self.layer.backward(&self.x, [y, slice(&dy)], &mut rows, Some(&mut d_bias));
        let by_row = self.by_row;
        let d_weight = gradient(RowGradient { width, rows }, by_row, self.layer.inputs);
        // The rows of the gradient are columns of the weight.
        let d_weight = if by_row { d_weight } else { d_weight.transpose(0, 1) };
        [Some(d_weight), Some(plain(d_bias, &of_bias))]
    }
}

#[derive(Clone, Debug)]
struct OfErrors {
    layer: SparseErrors,
    x: Arc<SparseRows>,
    by_row: bool,
    errors: Flat,
    kept: Arc<Outputs>,
}

impl Layer<3> for OfErrors {
    fn forward(&self, _: &[Flat; 3]) -> Flat {
        self.errors.clone()
    }

    fn backward(
        &self,
        [h, weight, _]: &[Flat; 3],
        _: Option<&Flat>,
        dy: &Flat,
        _: [bool; 3],
    ) -> [Option<Flat>; 3] {
        let (of_h, of_bias) = (dims(h), [self.layer.outputs]);
        let (mut d_h, mut d_bias) = (room(&of_h), room(&of_bias));
        let [h, weight, dy] = [h, weight, dy].map(Flat::to_contiguous);
        let width = self.layer.inputs;
        let mut rows = room(&[self.kept.count(), 1 + width]);
        let into = [&mut d_h[..], &mut rows[..], &mut d_bias[..]];
        self.layer.backward(slice(&h), slice(&weight), &self.x, &self.kept, slice(&dy), into);
        let d_weight = gradient(RowGradient { width, rows }, self.by_row, self.layer.outputs);
        [Some(plain(d_h, &of_h)), Some(d_weight), Some(plain(d_bias, &of_bias))]
    }
}
