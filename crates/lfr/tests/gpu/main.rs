//! What a GPU computes against what the CPU does: every operation, every network, every method with a network.
//!
//! `cargo test --release -p lfr --features vulkan --test gpu` runs on the GPU that is there. Mesa's software
//! driver, lavapipe, crashes on it as of 22.3.6. The first GPU of the build's features is taken.
#![cfg(any(feature = "vulkan", feature = "wgpu", feature = "metal", feature = "cuda"))]

mod compare;
mod fits;
mod networks;
mod operations;
