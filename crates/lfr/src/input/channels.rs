//! Grey or colour: decided from all pictures together.

use crate::data::{Chunk, Images, Items};

/// Collapses pictures to 1 channel when every pixel of every one is grey; otherwise gives the chunks back as they
/// are. To be called on all chunks of a source opened without [`channels`](super::Options::channels).
pub fn settle_channels(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    let grey = chunks.iter().all(|chunk| matches!(&chunk.items, Items::Images(images) if is_grey(images)));
    if grey {
        for chunk in &mut chunks {
            if let Items::Images(images) = &mut chunk.items {
                collapse(images);
            }
        }
    }
    chunks
}

fn is_grey(images: &Images) -> bool {
    let plane = images.side * images.side;
    images.channels == 1
        || (0..images.len()).all(|i| {
            let (red, others) = images.image(i).split_at(plane);
            others.chunks_exact(plane).all(|other| other == red)
        })
}

/// Keeps the first plane of each picture.
fn collapse(images: &mut Images) {
    let (width, plane) = (images.width(), images.side * images.side);
    if images.channels > 1 {
        images.pixels =
            images.pixels.chunks_exact(width).flat_map(|image| &image[..plane]).copied().collect();
        images.channels = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(pixels: &[[u8; 3]]) -> Chunk {
        let pixels = pixels.iter().flatten().copied().collect();
        Chunk { ids: vec![], labels: None, items: Items::Images(Images { channels: 3, side: 1, pixels }) }
    }

    fn images(chunks: Vec<Chunk>) -> Vec<Images> {
        let images = |chunk: Chunk| match chunk.items {
            Items::Images(images) => images,
            other => panic!("{other:?}"),
        };
        chunks.into_iter().map(images).collect()
    }

    #[test]
    fn all_grey_collapses() {
        let settled = images(settle_channels(vec![chunk(&[[1; 3], [2; 3]]), chunk(&[[3; 3]])]));
        assert_eq!(settled[0], Images { channels: 1, side: 1, pixels: vec![1, 2] });
        assert_eq!(settled[1], Images { channels: 1, side: 1, pixels: vec![3] });
    }

    #[test]
    fn one_coloured_pixel_keeps_all_channels() {
        let settled = images(settle_channels(vec![chunk(&[[1; 3], [2; 3]]), chunk(&[[3, 3, 4]])]));
        assert!(settled.iter().all(|images| images.channels == 3));
        assert_eq!(settled[0].pixels, [1, 1, 1, 2, 2, 2]);
    }

    #[test]
    fn grey_pictures_stay() {
        let mut grey = chunk(&[[1, 2, 3]]);
        if let Items::Images(images) = &mut grey.items {
            images.channels = 1;
        }
        assert_eq!(images(settle_channels(vec![grey]))[0].pixels, [1, 2, 3]);
    }
}
