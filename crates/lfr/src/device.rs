//! Compute devices by name.

pub use burn::tensor::Device;

use crate::error::{Error, Result};
use crate::method::Method;

/// A device that is ready.
#[derive(Clone, Debug)]
pub struct Opened {
    /// For tensors.
    pub device: Device,
    /// As in `--device`, with the GPU's own name behind it.
    pub name: String,
    /// Whether it is a GPU in software, as Mesa's lavapipe: right, but slower than the CPU device.
    pub emulated: bool,
}

impl Opened {
    /// Sentences for a user who asked for this device and `method`: what does not run on it, and that it is slow.
    pub fn warnings(&self, method: &Method) -> Vec<String> {
        if self.device == Device::flex() {
            return Vec::new();
        }
        let name = &self.name;
        let (networks, others) = method.networks();
        let others = others.join(", ");
        let mut warnings = Vec::new();
        if networks.is_empty() {
            warnings
                .push(format!("there is no network in {others}: all of it runs on the CPU, not on {name}"));
        } else {
            if !others.is_empty() {
                let networks = networks.join(", ");
                warnings.push(format!("only {networks} runs on {name}; on the CPU: {others}"));
            }
            if self.emulated {
                warnings.push(format!("{name} is a GPU in software and slower than --device cpu"));
            }
        }
        warnings
    }
}

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

/// The device called `name`, see [`names`]. A GPU is set up by the first call, and is the same for all.
///
/// # Errors
/// [`Error::Device`] for a name that is unknown or not built in, or a GPU that is absent or has no driver.
pub fn open(name: &str) -> Result<Opened> {
    let problem = match name {
        "cpu" => return Ok(Opened { device: Device::flex(), name: name.to_owned(), emulated: false }),
        #[cfg(feature = "vulkan")]
        "vulkan" => return gpu::open(name, gpu::WgpuBackend::Vulkan),
        #[cfg(feature = "wgpu")]
        "wgpu" => return gpu::open(name, gpu::WgpuBackend::Auto),
        #[cfg(feature = "metal")]
        "metal" => return gpu::open(name, gpu::WgpuBackend::Metal),
        #[cfg(feature = "cuda")]
        "cuda" => return Ok(Opened { device: Device::cuda(0), name: name.to_owned(), emulated: false }),
        #[allow(unreachable_patterns, reason = "those in the build")]
        "vulkan" | "wgpu" | "metal" | "cuda" => {
            format!("not in this build; build with `--features {name}`, or use {}", names().join(", "))
        }
        _ => format!("unknown; this build has {}", names().join(", ")),
    };
    Err(Error::Device { name: name.to_owned(), problem })
}

#[cfg(feature = "wgpu")]
mod gpu {
    use std::collections::BTreeMap;
    use std::sync::{Mutex, PoisonError};

    use burn::tensor::Device;
    pub use burn::tensor::wgpu::WgpuBackend;
    use burn::tensor::wgpu::wgpu::DeviceType;

    use super::Opened;
    use crate::error::{Error, Result};

    /// What came of every device asked for; a second set-up of one would fail.
    static KNOWN: Mutex<BTreeMap<String, std::result::Result<Opened, String>>> = Mutex::new(BTreeMap::new());

    pub fn open(name: &str, api: WgpuBackend) -> Result<Opened> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = known.entry(name.to_owned()).or_insert_with(|| set_up(name, api)).clone();
        opened.map_err(|why| Error::Device {
            name: name.to_owned(),
            problem: format!("no GPU can be used: {why}; install its driver, or use cpu"),
        })
    }

    fn set_up(name: &str, api: WgpuBackend) -> std::result::Result<Opened, String> {
        let options = Device::wgpu_options().graphics_api(api);
        let (device, setup) = options.init_with_setup().map_err(|why| why.to_string())?;
        let adapter = setup.adapter.get_info();
        let emulated = adapter.device_type == DeviceType::Cpu;
        Ok(Opened { device, name: format!("{name} ({})", adapter.name), emulated })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Kind;

    #[test]
    fn what_does_not_run_on_a_gpu_is_said() {
        let said = |device: Device, emulated: bool, method: &str| {
            let opened = Opened { device, name: "vulkan (a card)".into(), emulated };
            opened.warnings(&Method::named(method, None).unwrap().suited_to(Kind::Images))
        };
        // Any device that is not the CPU's.
        let gpu = || names().iter().skip(1).find_map(|name| Some(open(name).ok()?.device));
        assert!(said(Device::flex(), false, "knn").is_empty());
        let Some(gpu) = gpu() else { return };
        assert!(said(gpu.clone(), false, "gt-lfr").is_empty());
        let knn = said(gpu.clone(), true, "knn");
        assert_eq!(knn, ["there is no network in knn: all of it runs on the CPU, not on vulkan (a card)"]);
        let both = said(gpu.clone(), false, "combined");
        assert_eq!(both.len(), 1);
        assert!(
            both[0].starts_with("only ae-lfr runs on vulkan (a card); on the CPU: isolation-forest"),
            "{both:?}"
        );
        assert!(said(gpu, true, "ae")[0].contains("slower than --device cpu"));
    }

    #[test]
    fn every_name_of_the_build_is_a_device_or_says_why_not() {
        assert_eq!(open("cpu").unwrap().name, "cpu");
        for name in names() {
            match open(name) {
                Ok(opened) => assert!(opened.name.starts_with(name), "{opened:?}"),
                Err(error) => assert!(error.to_string().contains("install its driver"), "{error}"),
            }
        }
        assert!(open("abacus").unwrap_err().to_string().contains("unknown; this build has cpu"));
        if cfg!(not(feature = "metal")) {
            assert!(open("metal").unwrap_err().to_string().contains("build with `--features metal`"));
        }
    }
}
