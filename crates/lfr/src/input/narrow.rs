//! Pictures that were read at the size an encoder wants, made as small as a pile keeps them.

use rayon::prelude::*;

use super::square;
use crate::data::Images;

/// The same pictures, `side` pixels high and wide.
pub(crate) fn narrow(images: &Images, side: usize) -> Images {
    let from = images.side as u32;
    let shrunk = |i: usize| {
        let picture = square::from_planes(from, from, images.channels, images.image(i));
        picture.and_then(|picture| square::values(&picture, side as u32, images.channels))
    };
    let width = images.channels * side * side;
    let small: Vec<Vec<u8>> =
        (0..images.len()).into_par_iter().map(|i| shrunk(i).unwrap_or_else(|| vec![0; width])).collect();
    Images { channels: images.channels, side, pixels: small.concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_keep_their_colours() {
        let pixels = [[200; 16 * 16], [100; 16 * 16], [50; 16 * 16]].concat();
        let images = Images { channels: 3, side: 16, pixels };
        let small = narrow(&images, 8);
        assert_eq!((small.side, small.len()), (8, 1));
        assert_eq!(small.pixels, [[200; 64], [100; 64], [50; 64]].concat());
    }
}
