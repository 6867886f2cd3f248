"""The networks of the library, in PyTorch: same layers, same sizes."""

import torch
from torch import nn

TRANSFORMS = 72
WIDTH = 256


class ImageAutoencoder(nn.Module):
    """Three strided convolutions and a dense layer to a latent of 256, and their mirror; tanh after every layer."""

    def __init__(self, channels, side, latent=256):
        super().__init__()
        small = side // 8
        flat = 128 * small * small
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, 32, 5, 2, 2), nn.Tanh(),
            nn.Conv2d(32, 64, 5, 2, 2), nn.Tanh(),
            nn.Conv2d(64, 128, 3, 2, 1), nn.Tanh(),
            nn.Flatten(), nn.Linear(flat, latent), nn.Tanh(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, flat), nn.Tanh(), nn.Unflatten(1, (128, small, small)),
            nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.Tanh(),
            nn.ConvTranspose2d(64, 32, 5, 2, 2, 1), nn.Tanh(),
            nn.ConvTranspose2d(32, channels, 5, 2, 2, 1), nn.Tanh(),
        )
        self.latent = latent


class TextAutoencoder(nn.Module):
    """width-512-256-128-latent and back, ReLU after every layer."""

    def __init__(self, width, latent=128):
        super().__init__()
        sizes = [width, 512, 256, 128, latent]
        self.encoder = dense(sizes)
        self.decoder = dense(sizes[::-1])
        self.latent = latent


def dense(sizes):
    """Dense layers between these sizes, each with its ReLU."""
    pairs = zip(sizes, sizes[1:])
    return nn.Sequential(*(layer for a, b in pairs for layer in (nn.Linear(a, b), nn.ReLU())))


class Block(nn.Module):
    """A pre-activation block whose shortcut is a 1x1 convolution on the activated input."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(inputs), nn.BatchNorm2d(outputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        """The sum of both paths."""
        a = torch.relu(self.norm1(x))
        h = torch.relu(self.norm2(self.conv1(a)))
        return self.conv2(h) + self.shortcut(a)


class WideResNet(nn.Module):
    """WRN-10-4 down to its global average, and a dense layer to one logit a transformation."""

    def __init__(self, channels):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 16, 3, 1, 1, bias=False),
            Block(16, 64, 1), Block(64, 128, 2), Block(128, WIDTH, 2),
            nn.BatchNorm2d(WIDTH), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.classify = nn.Linear(WIDTH, TRANSFORMS)
