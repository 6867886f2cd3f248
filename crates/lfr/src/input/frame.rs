//! Runs of pictures brought to one shape, whatever they were read from.

use std::path::{Path, PathBuf};

use image::DynamicImage;
use rayon::prelude::*;

use super::{Batch, Options, picture};
use crate::data::{Chunk, Images, Items, Quarantined};
use crate::error::{Error, Result};

/// Most pictures a chunk.
const MOST: usize = 512;

/// The shape of a source's pictures.
pub(super) struct Frame {
    path: PathBuf,
    side: usize,
    channels: usize,
    /// Pictures a batch.
    pub chunk: usize,
}

impl Frame {
    /// The shape asked for; pictures have `natural` channels when the options leave that open.
    pub fn new(path: &Path, options: &Options, natural: usize) -> Self {
        Self {
            path: path.to_owned(),
            side: options.image_size,
            channels: options.channels.unwrap_or(natural),
            chunk: options.chunk.min(MOST),
        }
    }

    /// A batch of pictures by identifier, made in parallel; the unreadable ones, with a reason, go to the bad.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a coloured picture where grey ones are wanted.
    pub fn batch(
        &self,
        pictures: impl IndexedParallelIterator<Item = (String, Result<DynamicImage, String>)>,
    ) -> Result<Batch> {
        let side = self.side as u32;
        let values = |picture: DynamicImage| picture::values(&picture, side, self.channels);
        let made: Vec<_> = pictures.map(|(id, picture)| (id, picture.map(values))).collect();
        let (mut ids, mut bad, mut pixels) = (Vec::new(), Vec::new(), Vec::new());
        for (id, values) in made {
            match values {
                Ok(Some(values)) => {
                    ids.push(id);
                    pixels.extend(values);
                }
                Ok(None) => return Err(self.coloured(&id)),
                Err(reason) => bad.push(Quarantined { id, reason }),
            }
        }
        let items = Items::Images(Images { channels: self.channels, side: self.side, pixels });
        Ok(Batch { chunk: Chunk { ids, labels: None, items }, bad })
    }

    fn coloured(&self, id: &str) -> Error {
        Error::Mismatch {
            what: format!("channels of {id} in {}", self.path.display()),
            expected: "a grey picture (1 channel)".into(),
            found: "a coloured one (3 channels)".into(),
        }
    }
}
