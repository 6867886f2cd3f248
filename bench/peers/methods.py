"""AE-LFR and GT-LFR in PyTorch: the loss of a batch, the scores of a batch, the optimiser."""

import torch
from torch import nn

from networks import TRANSFORMS, WIDTH, ImageAutoencoder, TextAutoencoder, WideResNet


class AeLfr(nn.Module):
    """An autoencoder trained on z and scored on z' = AᵀAz (Lin et al. 2023, Eq. 6 and 7)."""

    scoring_batch = 256

    def __init__(self, network, k=10, lambda_1=2.0, lambda_2=0.1):
        super().__init__()
        self.network = network
        self.a = nn.Parameter(torch.randn(k, network.latent))
        self.lambda_1, self.lambda_2 = lambda_1, lambda_2

    def loss(self, x, _):
        """Reconstruction, latent distance and orthogonality, each a mean."""
        z = self.network.encoder(x)
        task = (x - self.network.decoder(z)).flatten(1).norm(dim=1).mean()
        distance = (z - self.reconstruct(z)).norm(dim=1).mean()
        return task + self.lambda_1 * distance + self.lambda_2 * deviation(self.a).mean()

    def score(self, x, _):
        """Squared reconstruction errors with the decoder fed z'."""
        decoded = self.network.decoder(self.reconstruct(self.network.encoder(x)))
        return (x - decoded).square().flatten(1).sum(1)

    def reconstruct(self, z):
        """z'."""
        return z @ self.a.T @ self.a

    def optimiser(self):
        """The paper's Adam."""
        return torch.optim.Adam(self.parameters(), 2.5e-4, eps=1e-8, weight_decay=1e-6, fused=True)


class GtLfr(nn.Module):
    """A classifier of transformations with one matrix a transformation (Eq. 9 to 11)."""

    scoring_batch = 4 * TRANSFORMS

    def __init__(self, channels, k=20, lambda_1=2e-4, lambda_2=1e-5):
        super().__init__()
        self.network = WideResNet(channels)
        self.a = nn.Parameter(torch.randn(TRANSFORMS, k, WIDTH))
        self.lambda_1, self.lambda_2 = lambda_1, lambda_2

    def loss(self, x, m):
        """Cross-entropy of z, latent distance and orthogonality of the matrices in use, each a mean."""
        z, a = self.network.features(x), self.a[m]
        task = nn.functional.cross_entropy(self.network.classify(z), m)
        distance = (z - reconstruct(z, a)).norm(dim=1).mean()
        return task + self.lambda_1 * distance + self.lambda_2 * deviation(a).mean()

    def score(self, x, m):
        """Minus the mean log-probability of each picture's own transformations, from z'."""
        logits = self.network.classify(reconstruct(self.network.features(x), self.a[m]))
        own = torch.log_softmax(logits, 1).gather(1, m[:, None])
        return -own.reshape(-1, TRANSFORMS).mean(1)

    def optimiser(self):
        """Adam as the authors' 2021 code runs it."""
        return torch.optim.Adam(self.parameters(), 5e-4, eps=1e-7, weight_decay=5e-4, fused=True)


def reconstruct(z, a):
    """AᵀAz, one A an item."""
    return (a.mT @ (a @ z[:, :, None]))[:, :, 0]


def deviation(a):
    """(AAᵀ - I)², entry by entry."""
    return (a @ a.mT - torch.eye(a.shape[-2], device=a.device)).square()


def method(name, data, side, width):
    """The method called `name` for items of this kind."""
    channels = 3 if data == "colour" else 1
    if name == "gt-lfr":
        return GtLfr(channels)
    return AeLfr(TextAutoencoder(width) if data == "text" else ImageAutoencoder(channels, side))
