//! Between burn's tensors and the kernels' slices.

use std::mem::MaybeUninit;

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::{Shape, TensorData};

/// A tensor on the CPU.
pub(crate) type Flat = FloatTensor<Flex>;

/// The axes that bring channels (axis 1) to the end, for `dims` dimensions.
fn channels_to_end(dims: usize) -> Vec<usize> {
    std::iter::once(0).chain(2..dims).chain((dims > 1).then_some(1)).collect()
}

/// The axes that undo [`channels_to_end`].
fn channels_to_front(dims: usize) -> Vec<usize> {
    (0..dims)
        .map(|axis| {
            if axis == 0 {
                0
            } else if axis == 1 {
                dims - 1
            } else {
                axis - 1
            }
        })
        .collect()
}

/// The tensor with its channels as the last dimension, copied if it is not stored so.
pub(crate) fn channels_last(x: &Flat) -> Flat {
    let axes = channels_to_end(x.layout().num_dims());
    let permuted = x.clone().with_layout(x.layout().permute(&axes));
    if !permuted.layout().is_contiguous() && x.layout().is_contiguous() {
        let (shape, mut numbers) = (dims(x), room(&dims(x)));
        crate::transpose(slice(x), [shape[1], shape[2..].iter().product()], &mut numbers);
        return plain(numbers, &dims(&permuted));
    }
    permuted.to_contiguous()
}

/// The tensor with its channels as the second dimension, copied if it is not stored so.
pub(crate) fn channels_first(x: &Flat) -> Flat {
    let axes = channels_to_end(x.layout().num_dims());
    let permuted = x.clone().with_layout(x.layout().permute(&axes));
    if !x.layout().is_contiguous() && permuted.layout().is_contiguous() {
        let (shape, mut numbers) = (dims(x), room(&dims(x)));
        crate::transpose(slice(&permuted), [shape[2..].iter().product(), shape[1]], &mut numbers);
        return plain(numbers, &shape);
    }
    x.to_contiguous()
}

/// In place of a tensor that the backward pass does not read.
pub(crate) fn nothing() -> Flat {
    plain(Vec::new(), &[0])
}

/// A tensor of `shape`, whose second dimension is channels, from numbers that are stored with channels last.
pub(crate) fn from_channels_last(numbers: Vec<f32>, shape: &[usize]) -> Flat {
    let stored: Vec<usize> = channels_to_end(shape.len()).into_iter().map(|axis| shape[axis]).collect();
    let x = plain(numbers, &stored);
    let layout = x.layout().permute(&channels_to_front(shape.len()));
    x.with_layout(layout)
}

/// Whether a matrix is stored column after column, and not row after row.
pub(crate) fn is_by_column(x: &Flat) -> bool {
    let layout = x.layout();
    layout.num_dims() == 2 && !layout.is_contiguous() && layout.transpose(0, 1).is_contiguous()
}

/// The matrix of the columns of `x` as rows, copied if it is not stored so.
pub(crate) fn columns(x: &Flat) -> Flat {
    x.transpose(0, 1).to_contiguous()
}

/// A tensor of `shape` from its numbers in order.
pub(crate) fn plain(numbers: Vec<f32>, shape: &[usize]) -> Flat {
    Flat::from_data(TensorData::new(numbers, Shape::from(shape.to_vec())))
}

/// The numbers of a contiguous tensor.
pub(crate) fn slice(x: &Flat) -> &[f32] {
    let start = x.layout().start_offset();
    &x.storage::<f32>()[start..start + x.layout().num_elements()]
}

/// The numbers of a contiguous tensor, copied first if others share them.
pub(crate) fn slice_mut(x: &mut Flat) -> &mut [f32] {
    let (start, len) = (x.layout().start_offset(), x.layout().num_elements());
    &mut x.storage_mut::<f32>()[start..start + len]
}

/// The dimensions.
pub(crate) fn dims(x: &Flat) -> Vec<usize> {
    x.layout().shape().to_vec()
}

/// Room for as many numbers as the dimensions hold, to be overwritten; what is in it means nothing.
#[allow(unsafe_code, reason = "filling the room with zeros first costs a tenth of a training step")]
pub(crate) fn room(shape: &[usize]) -> Vec<f32> {
    let len = shape.iter().product();
    let mut room = Vec::with_capacity(len);
    settle(&mut room.spare_capacity_mut()[..len]);
    // SAFETY: the capacity is there, and `settle` made numbers of all that is in it.
    unsafe {
        room.set_len(len);
    }
    room
}

/// Makes numbers of what the allocator left in `room`, whatever they are, without writing them.
#[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
#[allow(unsafe_code, reason = "only assembly takes memory as it is")]
fn settle(room: &mut [MaybeUninit<f32>]) {
    /// Numbers of the smallest page.
    const PAGE: usize = 4096 / size_of::<f32>();
    // An allocator may hand out pages that the system can still take back as long as nobody writes them, and then they
    // read as zeros: one number keeps a page. The last number's page may be one more.
    room.iter_mut().step_by(PAGE).for_each(|number| _ = number.write(0.0));
    if let Some(number) = room.last_mut() {
        number.write(0.0);
    }
    // SAFETY: the block holds no instruction. To the compiler it stands for code that has written the memory behind the
    // pointer, which it owns for the call; that the bytes are those which were there is one of the things that such
    // code can do, since any four bytes are an f32 and, written to or not, they do not change any more by themselves.
    unsafe {
        std::arch::asm!("/* {0} */", in(reg) room.as_mut_ptr(), options(nostack, preserves_flags));
    }
}

/// The same where there is no stable assembly, at the price of writing.
#[cfg(not(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn settle(room: &mut [MaybeUninit<f32>]) {
    room.iter_mut().for_each(|number| _ = number.write(0.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_and_go_without_a_copy() {
        let shape = [2, 3, 4, 5];
        let numbers: Vec<f32> = (0..120).map(|v| v as f32).collect();
        let address = numbers.as_ptr();
        let x = from_channels_last(numbers.clone(), &shape);
        assert_eq!(dims(&x), shape);
        // Channel 1 of the first pixel is the second number.
        assert_eq!(slice(&x.to_contiguous())[20], 1.0);
        assert_eq!(slice(&channels_last(&x)), numbers);
        let first = plain(numbers.clone(), &shape);
        let kept = from_channels_last(numbers, &shape);
        assert_eq!(slice(&channels_first(&kept)), slice(&kept.to_contiguous()));
        assert_eq!(slice(&channels_first(&first)).as_ptr(), slice(&first).as_ptr());
        assert_eq!(
            slice(&channels_first(&from_channels_last(slice(&channels_last(&first)).to_vec(), &shape))),
            slice(&first)
        );
        assert_eq!(slice(&channels_last(&kept)).as_ptr(), address);
        for shape in [vec![6], vec![2, 3], vec![2, 3, 4]] {
            let n = shape.iter().product();
            let x = from_channels_last((0..n).map(|v| v as f32).collect(), &shape);
            assert_eq!(slice(&channels_last(&x)), (0..n).map(|v| v as f32).collect::<Vec<_>>());
        }
    }
}
