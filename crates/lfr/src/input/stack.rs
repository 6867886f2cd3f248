//! Pictures stacked in an array, one after another.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::frame::Frame;
use super::number::Number;
use super::pixel::{Remarks, Scale};
use super::rows::Rows;
use super::{Notes, Options, Source, picture, square};
use crate::data::Kind;
use crate::error::{Error, Result};

/// The layout of an array of pictures.
pub(super) struct Stack<'a> {
    /// Its file.
    pub path: &'a Path,
    /// The type of its values.
    pub number: Number,
    /// Height, width and channels (1 or 3) of each picture.
    pub extents: [u64; 3],
    /// Whether a picture's channels come one after another, C x H x W.
    pub planar: bool,
    /// Where to say how it is read.
    pub notes: Notes,
}

impl Stack<'_> {
    /// The pictures, identified by their number from 0. `rows` gives the array from its start, a picture a row, in
    /// runs of at most so many; it is asked twice where the values must be seen to find their range.
    ///
    /// # Errors
    /// [`Error::Input`] for pictures without or with too many pixels, or values of an unknown range.
    pub fn open(self, options: &Options, rows: impl Fn(usize) -> Result<Rows>) -> Result<Source> {
        let Self { path, number, extents: [height, width, channels], planar, notes } = self;
        picture::check_pixels(width, height).map_err(|problem| Error::input(path, problem))?;
        let frame = Frame::new(path, options, channels as usize);
        let scale = Scale::find(path, number, options.stretch, &notes, || rows(frame.chunk))?;
        let remarks = Remarks::new(options.stretch, &notes);
        let row = (height * width * channels) as usize * number.size();
        let made = move |values: &[u8]| {
            let values = scale.bytes(number, values, &remarks)?;
            let (height, width, channels) = (height as u32, width as u32, channels as usize);
            let picture = match planar {
                true => square::from_planes(height, width, channels, &values),
                false => square::from_values(height, width, channels, values),
            };
            picture.ok_or_else(|| "of a wrong size".to_owned())
        };
        let range = Arc::new(scale.range().map(OnceLock::from).unwrap_or_default());
        let batches = rows(frame.chunk)?.map(move |run| {
            let (first, values) = run?;
            let one = |(i, values)| {
                let picture = made(values).map(|picture| frame.values(&picture));
                ((first + i as u64).to_string(), picture)
            };
            frame.batch(values.par_chunks_exact(row).enumerate().map(one).collect())
        });
        Ok(Source::new(Kind::Images, path, options, batches).noting(&notes).ranging(&range))
    }
}
