//! Linear algebra that several methods share, on rows of numbers.

mod blocks;
mod components;
mod products;

pub(crate) use blocks::{BLOCK, by_block, padded};
pub(crate) use components::components;
pub(crate) use products::{products, squared_distance, squared_length, times};
