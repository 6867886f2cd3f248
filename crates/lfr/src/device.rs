//! Compute devices by name.

pub use burn::tensor::Device;

use crate::error::{Error, Result};

/// Names of the devices that this build knows.
pub fn names() -> Vec<&'static str> {
    let mut names = vec!["cpu"];
    if cfg!(feature = "vulkan") {
        names.push("vulkan");
    }
    if cfg!(feature = "wgpu") {
        names.push("wgpu");
    }
    if cfg!(feature = "metal") {
        names.push("metal");
    }
    if cfg!(feature = "cuda") {
        names.push("cuda");
    }
    names
}

/// The device called `name`.
///
/// # Errors
/// [`Error::Device`] for a name that is unknown or not built in.
pub fn open(name: &str) -> Result<Device> {
    match name {
        "cpu" => Ok(Device::flex()),
        #[cfg(feature = "vulkan")]
        "vulkan" => Ok(Device::vulkan(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "wgpu")]
        "wgpu" => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "metal")]
        "metal" => Ok(Device::metal(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        "cuda" => Ok(Device::cuda(0)),
        "vulkan" | "wgpu" | "metal" | "cuda" => Err(Error::Device {
            name: name.to_owned(),
            problem: format!(
                "not in this build; build with `--features {name}`, or use {}",
                names().join(", ")
            ),
        }),
        _ => Err(Error::Device {
            name: name.to_owned(),
            problem: format!("unknown; this build has {}", names().join(", ")),
        }),
    }
}
