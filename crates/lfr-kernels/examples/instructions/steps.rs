//! Steps of the optimiser.

use lfr_kernels::Adam;

use crate::{Kernel, numbers, zeros};

const ADAM: Adam = Adam { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, l2: 1e-4 };
const PARAMETERS: usize = 1 << 20;
/// Rows of the weight of a sparse layer, and numbers of a row.
const ROWS: usize = 10_000;
const WIDTH: usize = 128;
/// One row in so many is read by a batch.
const READ: usize = 4;
/// Steps that a row misses between two batches that read it.
const MISSED: i32 = 3;

pub(crate) fn adam() -> Kernel {
    let (gradient, mut parameters) = (numbers(PARAMETERS, 1.0), numbers(PARAMETERS, 0.05));
    let [mut first, mut second] = [(); 2].map(|()| zeros(PARAMETERS));
    let mut step = 0;
    Box::new(move || {
        step += 1;
        ADAM.update(step, &gradient, &mut parameters, [&mut first, &mut second]);
    })
}

/// Rows that missed some steps are brought up to date, and then moved.
pub(crate) fn late_adam() -> Kernel {
    let read: Vec<u32> = (0..ROWS as u32).step_by(READ).collect();
    let mut gradient = numbers(read.len() * (1 + WIDTH), 1.0);
    gradient.chunks_exact_mut(1 + WIDTH).zip(&read).for_each(|(row, &number)| row[0] = number as f32);
    let mut parameters = numbers(ROWS * WIDTH, 0.05);
    let [mut first, mut second] = [(); 2].map(|()| zeros(ROWS * WIDTH));
    let (mut done, mut step) = (vec![0; ROWS], 0);
    Box::new(move || {
        step += MISSED;
        ADAM.catch_up(step, &read, WIDTH, &mut parameters, [&mut first, &mut second], &mut done);
        step += 1;
        let rows = (&gradient[..], WIDTH);
        ADAM.update_only(step, rows, &mut parameters, [&mut first, &mut second], &mut done);
    })
}
