//! One training step of the image autoencoder from kernels alone: where its time goes, and how near that is to the
//! processor's matrix-product peak. `cargo bench --bench autoencoder [-- channels [threads]]`

mod random;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lfr_kernels::{
    Activation, Adam, Conv, ConvTranspose, Gradients, Images, Latents, Lfr, LfrGradients, Linear, Penalties,
    distances, distances_gradient,
};
use random::random;

const ITEMS: usize = 128;
const LATENT: usize = 256;
const ROUNDS: usize = 20;

enum Layer {
    Conv(Conv, Images),
    Linear(Linear),
    ConvTranspose(ConvTranspose, Images),
}

struct Parameters {
    values: Vec<f32>,
    gradient: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Parameters {
    fn new(n: usize, scale: f32, seed: u32) -> Self {
        let zeros = || vec![0.0; n];
        Self { values: random(n, scale, seed), gradient: zeros(), first: zeros(), second: zeros() }
    }
}

struct Stage {
    name: &'static str,
    layer: Layer,
    weight: Parameters,
    bias: Parameters,
    y: Vec<f32>,
    dy: Vec<f32>,
    /// Multiplications with an addition, forward.
    work: usize,
}

fn images(side: usize) -> Images {
    Images { items: ITEMS, height: side, width: side }
}

fn conv(name: &'static str, side: usize, channels: [usize; 2], kernel: usize) -> Stage {
    let [in_channels, out_channels] = channels;
    let activation = Activation::Tanh;
    let conv = Conv { in_channels, out_channels, kernel, stride: 2, padding: kernel / 2, activation };
    let n = in_channels * out_channels * kernel * kernel;
    let out = ITEMS * side * side / 4;
    stage(name, Layer::Conv(conv, images(side)), n, out_channels, out * out_channels, n * out)
}

fn deconv(name: &'static str, side: usize, channels: [usize; 2], kernel: usize) -> Stage {
    let [in_channels, out_channels] = channels;
    let activation = Activation::Tanh;
    let padding = kernel / 2;
    let conv = ConvTranspose {
        in_channels,
        out_channels,
        kernel,
        stride: 2,
        padding,
        output_padding: 1,
        activation,
    };
    let n = in_channels * out_channels * kernel * kernel;
    let pixels = ITEMS * side * side;
    stage(
        name,
        Layer::ConvTranspose(conv, images(side)),
        n,
        out_channels,
        4 * pixels * out_channels,
        n * pixels,
    )
}

fn linear(name: &'static str, [inputs, outputs]: [usize; 2]) -> Stage {
    let layer = Layer::Linear(Linear { inputs, outputs, activation: Activation::Tanh });
    stage(name, layer, inputs * outputs, outputs, ITEMS * outputs, ITEMS * inputs * outputs)
}

fn stage(name: &'static str, layer: Layer, weights: usize, biases: usize, out: usize, work: usize) -> Stage {
    let weight = Parameters::new(weights, (biases as f32 / weights as f32).sqrt(), weights as u32);
    Stage {
        name,
        layer,
        weight,
        bias: Parameters::new(biases, 0.01, 1),
        y: vec![0.0; out],
        dy: vec![0.0; out],
        work,
    }
}

#[derive(Default)]
struct Clock(BTreeMap<String, Vec<Duration>>);

impl Clock {
    fn time<R>(&mut self, what: String, f: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = f();
        self.0.entry(what).or_default().push(start.elapsed());
        result
    }
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn forward(stages: &mut [Stage], x: &[f32], clock: &mut Clock) {
    for i in 0..stages.len() {
        let (before, rest) = stages.split_at_mut(i);
        let Stage { name, layer, weight, bias, y, .. } = &mut rest[0];
        let x = before.last().map_or(x, |stage| &stage.y);
        let (w, b) = (&weight.values, Some(&bias.values[..]));
        clock.time(format!("{name} forward"), || match layer {
            Layer::Conv(conv, images) => conv.forward(*images, x, w, b, y),
            Layer::Linear(linear) => linear.forward(x, w, b, y),
            Layer::ConvTranspose(conv, images) => conv.forward(*images, x, w, b, y),
        });
    }
}

fn backward(stages: &mut [Stage], x: &[f32], clock: &mut Clock, before_encoder: impl Fn(&[f32], &mut [f32])) {
    for i in (0..stages.len()).rev() {
        let (before, rest) = stages.split_at_mut(i);
        let Stage { name, layer, weight, bias, y, dy, .. } = &mut rest[0];
        if i == 3 {
            before_encoder(y, dy);
        }
        let (x, dx) = match before.last_mut() {
            Some(stage) => (&stage.y[..], Some(&mut stage.dy[..])),
            None => (x, None),
        };
        let gradients = Gradients { input: dx, weight: &mut weight.gradient, bias: Some(&mut bias.gradient) };
        let w = &weight.values;
        clock.time(format!("{name} backward"), || match layer {
            Layer::Conv(conv, images) => conv.backward(*images, x, w, [y, dy], gradients),
            Layer::Linear(linear) => linear.backward(x, w, [y, dy], gradients),
            Layer::ConvTranspose(conv, images) => conv.backward(*images, x, w, [y, dy], gradients),
        });
    }
}

fn step(stages: &mut [Stage], a: &mut Parameters, x: &[f32], at: i32, clock: &mut Clock) -> f32 {
    let lfr = Lfr { latent: LATENT, kept: 10 };
    forward(stages, x, clock);
    let last = stages.last_mut().expect("layers");
    let apart = clock.time("loss".into(), || {
        let apart = distances(x, &last.y, x.len() / ITEMS);
        distances_gradient(x, &last.y, [&apart, &[1.0 / ITEMS as f32; ITEMS]], &mut last.dy);
        apart
    });
    let (matrix, gradient) = (&a.values, std::cell::RefCell::new(std::mem::take(&mut a.gradient)));
    let start = Instant::now();
    backward(stages, x, clock, |z, dz| {
        let latents = Latents { z, a: matrix, groups: None };
        let mut of_z = vec![0.0; z.len()];
        lfr.penalties(latents);
        let by = Penalties { distance: 2.0, orthogonality: 0.001 };
        lfr.penalties_backward(latents, by, LfrGradients { z: &mut of_z, a: &mut gradient.borrow_mut() });
        dz.iter_mut().zip(of_z).for_each(|(d, z)| *d += z);
    });
    clock.0.entry("backward and LFR".into()).or_default().push(start.elapsed());
    a.gradient = gradient.into_inner();
    let adam = Adam { learning_rate: 2.5e-4, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, l2: 1e-6 };
    clock.time("adam".into(), || {
        let layers = stages.iter_mut().flat_map(|stage| [&mut stage.weight, &mut stage.bias]);
        for p in layers.chain([a]) {
            adam.update(at, &p.gradient, &mut p.values, [&mut p.first, &mut p.second]);
        }
    });
    apart.iter().sum::<f32>() / ITEMS as f32
}

/// GFLOP/s of one large dense product on all threads.
fn peak() -> f64 {
    let layer = Linear { inputs: 1024, outputs: 1024, activation: Activation::None };
    let (x, w, mut y) = (random(1 << 20, 1.0, 1), random(1 << 20, 1.0, 2), vec![0.0; 1 << 20]);
    let times: Vec<_> = (0..10)
        .map(|_| {
            let start = Instant::now();
            layer.forward(&x, &w, None, &mut y);
            start.elapsed()
        })
        .collect();
    let best = times.iter().min().map_or(f64::NAN, Duration::as_secs_f64);
    (1u64 << 31) as f64 / best / 1e9
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse::<usize>().ok());
    let channels = arguments.next().unwrap_or(1);
    if let Some(threads) = arguments.next() {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("a thread pool");
    }
    let mut stages = vec![
        conv("e1", 32, [channels, 32], 5),
        conv("e2", 16, [32, 64], 5),
        conv("e3", 8, [64, 128], 3),
        linear("e4", [2048, LATENT]),
        linear("d1", [LATENT, 2048]),
        deconv("d2", 4, [128, 64], 3),
        deconv("d3", 8, [64, 32], 5),
        deconv("d4", 16, [32, channels], 5),
    ];
    let mut a = Parameters::new(10 * LATENT, 1.7, 7);
    let x = random(ITEMS * 1024 * channels, 0.9, 3);
    let (mut clock, mut steps, mut losses) = (Clock::default(), vec![], vec![]);
    for at in 0..ROUNDS {
        if at == 3 {
            (clock, steps) = (Clock::default(), vec![]);
        }
        let start = Instant::now();
        losses.push(step(&mut stages, &mut a, &x, at as i32 + 1, &mut clock));
        steps.push(start.elapsed());
    }
    let peak = peak();
    println!("{} threads, matrix products {peak:.0} GFLOP/s", rayon::current_num_threads());
    for (what, times) in &clock.0 {
        let time = median(times);
        let stage = stages.iter().find(|stage| what.starts_with(stage.name));
        let rate = stage.map(|stage| {
            // The first layer has no gradient of its input to compute.
            let passes = if what.ends_with("forward") || stage.name == "e1" { 2 } else { 4 };
            passes as f64 * stage.work as f64 / time / 1e9
        });
        println!("{what:18} {:8.2} ms {:6.1} GFLOP/s", time * 1e3, rate.unwrap_or(0.0));
    }
    let work: usize =
        stages.iter().map(|stage| if stage.name == "e1" { 4 * stage.work } else { 6 * stage.work }).sum();
    let time = median(&steps);
    println!(
        "step {:.1} ms, {:.0} samples/s, {:.1} GFLOP/s; loss {:.3} to {:.3}",
        time * 1e3,
        ITEMS as f64 / time,
        work as f64 / time / 1e9,
        losses[0],
        losses[ROUNDS - 1]
    );
    let mut scoring = Clock::default();
    let times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            forward(&mut stages, &x, &mut scoring);
            start.elapsed()
        })
        .collect();
    println!("forward {:.1} ms, {:.0} samples/s", median(&times) * 1e3, ITEMS as f64 / median(&times));
}
