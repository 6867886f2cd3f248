"""Writes rsrae_parity.json beside this file: RSRAE's three losses with their gradients and its score, on pictures and
on TF-IDF rows. Run with: python rsrae_parity.py (needs torch and numpy)."""

import math

import torch
from torch import nn

from parity import fill, result, rows, write


def conv(i, o, k):
    return nn.Conv2d(i, o, k, 2, k // 2)


def deconv(i, o, k):
    return nn.ConvTranspose2d(i, o, k, 2, k // 2, 1)


def case(step, picture):
    p = {}
    if picture:
        layers = {"conv": [conv(1, 32, 5), conv(32, 64, 5), conv(64, 128, 3)],
                  "deconv": [deconv(128, 64, 3), deconv(64, 32, 5), deconv(32, 1, 5)],
                  "encoder": [], "decoder": [nn.Linear(10, 512)]}
        width, latent, act = 256, 512, torch.tanh
    else:
        layers = {"conv": [], "deconv": [],
                  "encoder": [nn.Linear(40, 32), nn.Linear(32, 64), nn.Linear(64, 128)],
                  "decoder": [nn.Linear(10, 128), nn.Linear(128, 64), nn.Linear(64, 32), nn.Linear(32, 40)]}
        width, latent, act = 40, 128, torch.relu
    for part, items in layers.items():
        for i, layer in enumerate(items):
            p[f"{part}.{i}.weight"], p[f"{part}.{i}.bias"] = layer.weight, layer.bias
    norms = []
    for i, c in enumerate((32, 64, 128, 128, 64, 32)):
        norms.append((nn.Parameter(torch.ones(c)), nn.Parameter(torch.zeros(c))))
        p[f"norms.{i}.Affine.gamma"], p[f"norms.{i}.Affine.beta"] = norms[-1]
    p["a"] = nn.Parameter(torch.zeros(latent, 10))
    fill(p)

    def norm(i, x):
        gamma, beta = norms[i]
        shape = (1, -1) + (1,) * (x.dim() - 2)
        return gamma.reshape(shape) * x / math.sqrt(1.001) + beta.reshape(shape)

    def encode(x):
        if picture:
            x = x.reshape(-1, 1, 16, 16)
        for i, layer in enumerate(layers["conv"] + layers["encoder"]):
            x = norm(i, act(layer(x)))
        return x.flatten(1)

    def decode(z):
        if not picture:
            for i, layer in enumerate(layers["decoder"]):
                z = act(layer(z))
                z = norm(3 + i, z) if i < 3 else z
            return z
        x = act(layers["decoder"][0](z)).reshape(-1, 128, 2, 2)
        for i, layer in enumerate(layers["deconv"]):
            x = act(layer(norm(3 + i, x)))
        return x.flatten(1)

    x = rows(4, width, not picture)
    if picture:
        x = x / x.norm(dim=1, keepdim=True)
    y = encode(x)
    a = p["a"]
    r = y @ a
    rebuilt = decode(r / r.norm(dim=1, keepdim=True))
    loss = {"reconstruction": (x - rebuilt).norm(dim=1).mean(),
            "subspace": (y - r @ a.T).norm(dim=1).mean(),
            "orthogonality": ((a.T @ a - torch.eye(10)) ** 2).mean()}[step]
    score = -(x * rebuilt).sum(1) / ((x.norm(dim=1) + 1e-6) * (rebuilt.norm(dim=1) + 1e-6))
    return result(("image-" if picture else "text-") + step, p, loss, score=score)


write(__file__, [case(step, picture) for picture in (True, False)
                 for step in ("reconstruction", "subspace", "orthogonality")])
