//! Tests of all methods together.

mod floor;
mod registry;
