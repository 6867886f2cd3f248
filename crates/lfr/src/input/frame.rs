//! Runs of pictures brought to one shape, whatever they were read from.

use std::path::{Path, PathBuf};

use image::DynamicImage;

use super::{Batch, Options, square};
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

/// The values of a picture in the shape of a frame; `None` for a coloured picture where grey ones are wanted.
pub(super) type Values = Option<Vec<u8>>;

impl Frame {
    /// The shape asked for; pictures have `natural` channels when the options leave that open.
    pub fn new(path: &Path, options: &Options, natural: usize) -> Self {
        Self {
            path: path.to_owned(),
            side: options.wide.unwrap_or(options.image_size),
            channels: options.channels.unwrap_or(natural),
            chunk: options.chunk.min(MOST),
        }
    }

    /// The values of a picture, C x H x W.
    pub fn values(&self, picture: &DynamicImage) -> Values {
        square::values(picture, self.side as u32, self.channels)
    }

    /// A batch of pictures by identifier; the unreadable ones, with a reason, go to the bad.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a coloured picture where grey ones are wanted.
    pub fn batch(&self, made: Vec<(String, Result<Values, String>)>) -> Result<Batch> {
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
