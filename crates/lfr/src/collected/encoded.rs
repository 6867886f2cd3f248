//! Items whose features an encoder makes while they are collected.

use std::path::Path;
use std::sync::Arc;

use super::Data;
use crate::data::Kind;
use crate::encoder::{Cache, Encoder, Encoding, Progress};
use crate::error::Result;
use crate::input::{self, Given, Options, Source, count_pictures, memory as in_memory};
use crate::memory;

impl Data {
    /// Reads all of `path` and has `encoder` make the features of its items. Pictures are encoded as they are read, at the
    /// size that the encoder wants, and kept at that of the options. Features that `cache` keeps are not made again; `watch`
    /// is told how far it has come.
    ///
    /// # Errors
    /// As [`Data::read`]; [`Error::Encoder`](crate::Error::Encoder) when the encoder does not take what `path` holds or fails
    /// on an item, or what `watch` returns.
    pub fn encoded(
        path: impl AsRef<Path>,
        options: &Options,
        encoder: &Arc<Encoder>,
        cache: Option<&mut Cache>,
        watch: &mut dyn FnMut(Progress) -> Result<()>,
    ) -> Result<Self> {
        let (path, options) = (path.as_ref(), wide(options, encoder));
        let source = input::open(path, &options)?;
        let mut encoding = Encoding::new(encoder, cache, watch);
        encoding.progress.total = encoder.card().pictures().and_then(|_| count_pictures(path));
        Self::through(encoding, source, path.display().to_string(), &options, memory::available() / 2)
    }

    /// The same for items that a program holds.
    ///
    /// # Errors
    /// As [`Data::given`] and [`Data::encoded`].
    pub fn encoded_given(
        items: Given,
        options: &Options,
        encoder: &Arc<Encoder>,
        cache: Option<&mut Cache>,
        watch: &mut dyn FnMut(Progress) -> Result<()>,
    ) -> Result<Self> {
        let options = wide(options, encoder);
        options.validate()?;
        let mut encoding = Encoding::new(encoder, cache, watch);
        encoding.progress.total = Some(items.len());
        Self::through(encoding, items.source(&options)?, in_memory::NAME.into(), &options, u64::MAX)
    }

    /// All that `source` gives, with its features.
    fn through(
        mut encoding: Encoding<'_>,
        source: Source,
        input: String,
        options: &Options,
        limit: u64,
    ) -> Result<Self> {
        encoding.encoder.check_kind(source.kind())?;
        let mut data = match source.kind() {
            Kind::Images => {
                Self::of(source, input, options, limit, &mut |chunk| encoding.take(&chunk.items, &chunk.ids))?
            }
            _ => {
                let data = Self::of(source, input, options, limit, &mut |_| Ok(()))?;
                encoding.progress.total = Some(data.len());
                let mut rest = data.ids.as_slice();
                for items in &data.items {
                    let (own, others) = rest.split_at(items.len());
                    encoding.take(items, own)?;
                    rest = others;
                }
                data
            }
        };
        data.notes.extend(encoding.notes(&data.items));
        data.encoded = Some(encoding.finish());
        Ok(data)
    }
}

/// The options with pictures read in the shape that `encoder` takes.
fn wide(options: &Options, encoder: &Encoder) -> Options {
    let pictures = encoder.card().pictures();
    Options {
        wide: pictures.map(|input| input.side),
        channels: pictures.map(|input| input.channels),
        ..options.clone()
    }
}
