//! The layers as functions of tensors.

use super::step::Layer;
use super::storage::{Flat, channels_last, dims, from_channels_last, plain, room, slice};
use crate::{Activation, Conv, ConvTranspose, Gradients, Images, Linear};

/// The items and sides of `[n, channels, h, w]`.
fn images(x: &Flat) -> Images {
    let dims = dims(x);
    Images { items: dims[0], height: dims[2], width: dims[3] }
}

/// Room for the gradients of two or three inputs.
struct Room {
    input: Option<Vec<f32>>,
    weight: Vec<f32>,
    bias: Option<Vec<f32>>,
}

impl Room {
    fn new<const N: usize>(inputs: &[Flat; N], wanted: [bool; N]) -> Self {
        Self {
            input: wanted[0].then(|| room(&dims(&inputs[0]))),
            weight: room(&dims(&inputs[1])),
            bias: inputs.get(2).map(|bias| room(&dims(bias))),
        }
    }

    fn slices(&mut self) -> Gradients<'_> {
        Gradients {
            input: self.input.as_deref_mut(),
            weight: &mut self.weight,
            bias: self.bias.as_deref_mut(),
        }
    }

    /// As tensors of the inputs' shapes; `input` makes that of the first.
    fn tensors<const N: usize>(
        self,
        inputs: &[Flat; N],
        input: impl Fn(Vec<f32>, &[usize]) -> Flat,
    ) -> [Option<Flat>; N] {
        let mut all = [self.input, Some(self.weight), self.bias].into_iter();
        std::array::from_fn(|i| {
            let shape = dims(&inputs[i]);
            let numbers = all.next().flatten()?;
            Some(if i == 0 { input(numbers, &shape) } else { plain(numbers, &shape) })
        })
    }
}

macro_rules! convolution {
    ($layer:ty) => {
        impl<const N: usize> Layer<N> for $layer {
            fn forward(&self, inputs: &[Flat; N]) -> Flat {
                let images = images(&inputs[0]);
                let [height, width] = self.output_size(images);
                let shape = [images.items, self.out_channels, height, width];
                let mut y = room(&shape);
                let x = channels_last(&inputs[0]);
                let parameters: Vec<Flat> = inputs[1..].iter().map(Flat::to_contiguous).collect();
                let bias = parameters.get(1).map(slice);
                <$layer>::forward(self, images, slice(&x), slice(&parameters[0]), bias, &mut y);
                from_channels_last(y, &shape)
            }

            fn needs_output(&self) -> bool {
                self.activation != Activation::None
            }

            fn backward(
                &self,
                inputs: &[Flat; N],
                y: Option<&Flat>,
                dy: &Flat,
                wanted: [bool; N],
            ) -> [Option<Flat>; N] {
                let mut room = Room::new(inputs, wanted);
                let x = channels_last(&inputs[0]);
                let weight = inputs[1].to_contiguous();
                let (y, dy) = (y.map(channels_last), channels_last(dy));
                let y = y.as_ref().map_or(&[][..], slice);
                let images = images(&inputs[0]);
                <$layer>::backward(self, images, slice(&x), slice(&weight), [y, slice(&dy)], room.slices());
                room.tensors(inputs, from_channels_last)
            }
        }
    };
}

convolution!(Conv);
convolution!(ConvTranspose);

impl Layer<3> for Linear {
    fn forward(&self, [x, weight, bias]: &[Flat; 3]) -> Flat {
        let shape = [dims(x)[0], self.outputs];
        let mut y = room(&shape);
        let [x, weight, bias] = [x, weight, bias].map(Flat::to_contiguous);
        Linear::forward(self, slice(&x), slice(&weight), Some(slice(&bias)), &mut y);
        plain(y, &shape)
    }

    fn needs_output(&self) -> bool {
        self.activation != Activation::None
    }

    fn backward(
        &self,
        inputs: &[Flat; 3],
        y: Option<&Flat>,
        dy: &Flat,
        wanted: [bool; 3],
    ) -> [Option<Flat>; 3] {
        let mut room = Room::new(inputs, wanted);
        let [x, weight, dy] = [&inputs[0], &inputs[1], dy].map(Flat::to_contiguous);
        let y = y.map(Flat::to_contiguous);
        let y = y.as_ref().map_or(&[][..], slice);
        Linear::backward(self, slice(&x), slice(&weight), [y, slice(&dy)], room.slices());
        room.tensors(inputs, plain)
    }
}

/// The sum of two batches of pictures.
#[derive(Clone, Debug)]
pub(crate) struct Add;

impl Layer<2> for Add {
    fn forward(&self, [a, b]: &[Flat; 2]) -> Flat {
        let shape = dims(a);
        let (a, b) = (channels_last(a), channels_last(b));
        let mut y = room(&shape);
        crate::add(slice(&a), slice(&b), &mut y);
        from_channels_last(y, &shape)
    }

    fn needs_inputs(&self) -> bool {
        false
    }

    fn backward(&self, _: &[Flat; 2], _: Option<&Flat>, dy: &Flat, _: [bool; 2]) -> [Option<Flat>; 2] {
        [Some(dy.clone()), Some(dy.clone())]
    }
}
