"""Floating-point operations of a training step, counted from the layers; a multiplication with its addition is two."""

TRANSFORMS = 72
PRODUCT = 2 * 1024**3
"""Of one product of the workload `PRODUCTS`."""


def training_step(method, data, side, batch):
    """Operations of the layers' forward and backward products for one batch; all else is left out."""
    if data == "text":
        layers = text_autoencoder()
    elif method in ("geom", "gt-lfr"):
        layers = wide_resnet(3 if data == "colour" else 1, side)
    else:
        layers = image_autoencoder(3 if data == "colour" else 1, side)
    # Forward, gradient of the weights, gradient of the input, which the first layer does not need.
    return batch * (6 * sum(layers) - 2 * layers[0])


def image_autoencoder(channels, side, latent=256):
    """Multiplications an item, layer by layer."""
    half, quarter, eighth = (side // 2) ** 2, (side // 4) ** 2, (side // 8) ** 2
    convolutions = [25 * channels * 32 * half, 25 * 32 * 64 * quarter, 9 * 64 * 128 * eighth]
    dense = 128 * eighth * latent
    # A transposed convolution multiplies once a pixel that comes in: the mirror costs the same.
    return [*convolutions, dense, dense, *reversed(convolutions)]


def text_autoencoder(width=10_000, latent=128):
    """Multiplications an item, layer by layer, zeros included."""
    sizes = [width, 512, 256, 128, latent]
    encoder = [a * b for a, b in zip(sizes, sizes[1:])]
    return encoder + encoder[::-1]


def wide_resnet(channels, side):
    """Multiplications an item, layer by layer."""
    layers = [9 * channels * 16 * side**2]
    for inputs, outputs, shrink in ((16, 64, 1), (64, 128, 2), (128, 256, 4)):
        pixels = (side // shrink) ** 2
        layers += [9 * inputs * outputs * pixels, 9 * outputs * outputs * pixels, inputs * outputs * pixels]
    return [*layers, 256 * TRANSFORMS]
