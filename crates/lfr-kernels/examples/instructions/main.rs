//! Runs one kernel on fixed data and one thread, so that `bench/instructions.py` can count its instructions.
//! Without arguments it lists the kernels, with NAME and TIMES it runs one so many times.

mod images;
mod items;
mod rows;
mod steps;

use std::process::ExitCode;

/// A kernel with its data.
type Kernel = Box<dyn FnMut()>;

/// Lays out a kernel's data.
type Prepare = fn() -> Kernel;

/// Items of a batch of rows of numbers.
const ITEMS: usize = 64;

/// The kernels by name.
const KERNELS: [(&str, Prepare); 21] = [
    ("linear-forward", items::linear_forward),
    ("linear-backward", items::linear_backward),
    ("conv-3x3-forward", images::conv_3x3_forward),
    ("conv-3x3-backward", images::conv_3x3_backward),
    ("conv-5x5-stride-2-forward", images::conv_5x5_forward),
    ("conv-5x5-stride-2-backward", images::conv_5x5_backward),
    ("conv-by-patches-forward", images::by_patches_forward),
    ("conv-by-patches-backward", images::by_patches_backward),
    ("conv-transposed-forward", images::transposed_forward),
    ("conv-transposed-backward", images::transposed_backward),
    ("batch-norm-forward", images::batch_norm_forward),
    ("batch-norm-backward", images::batch_norm_backward),
    ("adam", steps::adam),
    ("late-adam", steps::late_adam),
    ("sparse-linear-forward", rows::linear_forward),
    ("sparse-linear-backward", rows::linear_backward),
    ("sparse-errors-forward", rows::errors_forward),
    ("sparse-errors-backward", rows::errors_backward),
    ("lfr-forward", items::lfr_forward),
    ("lfr-backward", items::lfr_backward),
    ("squared-errors", items::squared_errors),
];

/// Numbers in (-1, 1) times `scale`, the same few thousand again and again: making new ones would take most of the time.
fn numbers(count: usize, scale: f32) -> Vec<f32> {
    /// A prime, so that no row begins like the one before.
    const DIFFERENT: usize = 4099;
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        scale * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    let different: Vec<f32> = (0..DIFFERENT).map(|_| next()).collect();
    let mut all = different.repeat(count.div_ceil(DIFFERENT));
    all.truncate(count);
    all
}

fn zeros(count: usize) -> Vec<f32> {
    vec![0.0; count]
}

/// Runs the kernel that the arguments name.
fn run(name: &str, times: &str) -> Result<(), String> {
    let times: usize = times.parse().map_err(|_| format!("'{times}' is no number of times"))?;
    let known = KERNELS.iter().find(|(known, _)| *known == name);
    let (_, prepare) = known.ok_or_else(|| format!("no kernel is called '{name}'"))?;
    // On this thread: others would count instructions while they wait.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().map_err(|error| error.to_string())?;
    let mut kernel = prepare();
    (0..times).for_each(|_| kernel());
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            KERNELS.iter().for_each(|(name, _)| println!("{name}"));
            Ok(())
        }
        [name, times] => run(name, times),
        _ => Err("usage: instructions [NAME TIMES]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
