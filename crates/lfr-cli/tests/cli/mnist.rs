//! A data set small enough for tests, in the layout of MNIST.

use std::path::Path;

/// Pictures of each of the ten classes.
pub const EACH: u8 = 12;

/// Lays MNIST's test split into `folder`: [`EACH`] pictures a class, on each a bar whose height tells the class.
pub fn lay(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let count = 10 * EACH;
    let pictures = (0..count).flat_map(|i| picture(i % 10, i / 10));
    let images = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28].into_iter().chain(pictures);
    write(&folder.join("t10k-images-idx3-ubyte"), images);
    let labels = [0, 0, 8, 1, 0, 0, 0, count].into_iter().chain((0..count).map(|i| i % 10));
    write(&folder.join("t10k-labels-idx1-ubyte"), labels);
}

/// A bar across the picture, its brightness changing from picture to picture.
fn picture(class: u8, number: u8) -> impl Iterator<Item = u8> {
    let bar = 2 * class..2 * class + 6;
    (0..28).flat_map(move |y| {
        let inside = bar.contains(&y);
        (0..28u8).map(move |x| if inside { 120 + (x * 3 + number * 7) % 100 } else { 0 })
    })
}

fn write(path: &Path, bytes: impl Iterator<Item = u8>) {
    std::fs::write(path, bytes.collect::<Vec<u8>>()).unwrap();
}
