//! Pictures as a network takes them.

use super::card::{Layout, PictureInput};
use super::ports::Output;
use crate::data::Images;
use crate::error::{Error, Result};

/// Refuses pictures of another shape.
pub(super) fn check(images: &Images, input: &PictureInput) -> Result<()> {
    if (images.channels, images.side) == (input.channels, input.side) || images.is_empty() {
        return Ok(());
    }
    let shape = |channels: usize, side: usize| format!("{channels} channels of {side} x {side} pixels");
    Err(Error::Mismatch {
        what: "pictures for the encoder".into(),
        expected: shape(input.channels, input.side),
        found: shape(images.channels, images.side),
    })
}

/// Whether a picture, C x H x W, is of one colour.
pub(super) fn is_plain(pixels: &[u8], input: &PictureInput) -> bool {
    pixels.chunks_exact(input.side * input.side).all(|plane| plane.iter().all(|&pixel| pixel == plane[0]))
}

/// Shape and numbers of a picture, C x H x W, for the network.
pub(super) fn values(pixels: &[u8], input: &PictureInput) -> (Vec<usize>, Vec<f32>) {
    let PictureInput { side, channels, .. } = *input;
    let area = side * side;
    let scaled = |channel: usize, at: usize| {
        (f32::from(pixels[channel * area + at]) / 255.0 - input.mean[channel]) / input.deviation[channel]
    };
    match input.layout {
        Layout::Nchw => (
            vec![1, channels, side, side],
            (0..channels).flat_map(|channel| (0..area).map(move |at| scaled(channel, at))).collect(),
        ),
        Layout::Nhwc => (
            vec![1, side, side, channels],
            (0..area).flat_map(|at| (0..channels).map(move |channel| scaled(channel, at))).collect(),
        ),
    }
}

/// Numbers a picture becomes, from the shape of the output: `[1, D]`, a map of features in `layout` (averaged over its
/// places) or `[1, T, D]` (the first token, which stands for the whole picture in a vision transformer).
pub(super) fn width(shape: &[usize], layout: Layout) -> Option<usize> {
    let width = match (shape, layout) {
        (&[width] | &[1, width] | &[1, _, width], _) => width,
        (&[1, width, _, _], Layout::Nchw) | (&[1, _, _, width], Layout::Nhwc) => width,
        _ => return None,
    };
    (width > 0 && !shape.contains(&0)).then_some(width)
}

/// The row of a picture, see [`width`].
pub(super) fn pooled(output: &Output, layout: Layout, wanted: usize) -> Result<Vec<f32>, String> {
    let Output { shape, values } = output;
    if width(shape, layout) != Some(wanted) {
        return Err(format!("its output for a picture has shape {shape:?}, expected are {wanted} numbers"));
    }
    if shape.len() < 4 {
        return Ok(values[..wanted].to_vec());
    }
    let places = values.len() / wanted;
    let at = |column: usize, place: usize| match layout {
        Layout::Nchw => values[column * places + place],
        Layout::Nhwc => values[place * wanted + column],
    };
    let mean = |column| (0..places).map(|place| at(column, place)).sum::<f32>() / places as f32;
    Ok((0..wanted).map(mean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(layout: Layout) -> PictureInput {
        let name = "x".to_owned();
        PictureInput {
            name,
            side: 1,
            channels: 3,
            layout,
            mean: vec![0.0, 0.5, 1.0],
            deviation: vec![1.0, 0.5, 2.0],
        }
    }

    #[test]
    fn channels_are_scaled_and_laid_out() {
        let two = PictureInput { side: 2, ..input(Layout::Nchw) };
        let pixels: Vec<u8> = [[0; 4], [255; 4], [255; 4]].concat();
        let (shape, values) = super::values(&pixels, &two);
        assert_eq!((shape, &values), (vec![1, 3, 2, 2], &[[0.0; 4], [1.0; 4], [0.0; 4]].concat()));
        let (shape, values) = super::values(&pixels, &PictureInput { layout: Layout::Nhwc, ..two });
        assert_eq!((shape, values), (vec![1, 2, 2, 3], [0.0, 1.0, 0.0].repeat(4)));
    }

    #[test]
    fn outputs_of_every_form_become_rows() {
        let row = |shape: &[usize], layout| {
            let values = (0..shape.iter().product::<usize>()).map(|v| v as f32).collect();
            pooled(&Output { shape: shape.to_vec(), values }, layout, 2)
        };
        assert_eq!(row(&[1, 2], Layout::Nchw).unwrap(), [0.0, 1.0]);
        assert_eq!(row(&[1, 5, 2], Layout::Nchw).unwrap(), [0.0, 1.0]);
        assert_eq!(row(&[1, 2, 1, 3], Layout::Nchw).unwrap(), [1.0, 4.0]);
        assert_eq!(row(&[1, 3, 1, 2], Layout::Nhwc).unwrap(), [2.0, 3.0]);
        assert!(row(&[1, 3], Layout::Nchw).unwrap_err().contains("[1, 3]"));
        assert!(row(&[2, 2], Layout::Nchw).is_err() && row(&[1, 2, 0, 3], Layout::Nchw).is_err());
    }
}
