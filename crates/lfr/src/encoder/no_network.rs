//! What stands for networks in a build without the feature `encoders`: nothing that could be run.

use super::ports::{Output, Port};

/// There is none in this build.
pub(super) enum Network {}

impl Network {
    pub fn load(_: &[u8]) -> Result<Self, String> {
        Err("encoders are not in this build; build lfr with `--features encoders`".into())
    }

    pub fn inputs(&self) -> &[Port] {
        match *self {}
    }

    pub fn outputs(&self) -> &[Port] {
        match *self {}
    }

    pub fn run_floats(&self, _: &str, _: &[usize], _: Vec<f32>, _: &str) -> Result<Output, String> {
        match *self {}
    }

    pub fn run_tokens(&self, _: &[u32], _: &[String], _: &str) -> Result<Output, String> {
        match *self {}
    }
}
