"""Writes elite_parity.json beside this file: the losses of Elite-AE and Elite-SVDD, the validation loss with its
gradient, and the weight of each item, from one exact gradient an item, on grey pictures and on rows of numbers.
Run with: python elite_parity.py (needs torch and numpy)."""

import torch
from torch import nn
from torch.nn import functional as F

from parity import fill, result, rows, write

ETA = 0.003
BEND = 0.013
INLIERS, OUTLIERS, ITEMS = 3, 3, 10


def norm(p, prefix, channels, affine):
    p[f"{prefix}.running_mean"], p[f"{prefix}.running_var"] = torch.zeros(channels), torch.ones(channels)
    if affine:
        p[f"{prefix}.gamma"], p[f"{prefix}.beta"] = (nn.Parameter(torch.ones(channels)) for _ in range(2))


def normalise(p, prefix, x):
    affine = f"{prefix}.gamma" in p
    scale = (p[f"{prefix}.gamma"], p[f"{prefix}.beta"]) if affine else (None, None)
    return F.batch_norm(x, None, None, *scale, training=True, eps=1e-5 if affine else 1e-4)


def autoencoder(picture):
    p = {}
    sizes = [(1, 128), (128, 64), (64, 32)] if picture else [(40, 128), (128, 64), (64, 32)]
    back = [(32, 16), (16, 8), (8, 1)] if picture else [(32, 64), (64, 128), (128, 40)]
    for i, (a, b) in enumerate(sizes):
        p[f"encoder.{i}.{'conv' if picture else 'dense'}"] = nn.Parameter(torch.zeros((b, a, 4, 4) if picture else (b, a)))
        norm(p, f"encoder.{i}.norm", b, False)
    for i, (a, b) in enumerate(back):
        p[f"decoder.{i}.{'conv' if picture else 'dense'}"] = nn.Parameter(torch.zeros((a, b, 4, 4) if picture else (b, a)))
        norm(p, f"decoder.{i}.norm", b, i == 2)

    def losses(x):
        y = x.reshape(-1, 1, 16, 16) if picture else x
        for i in range(3):
            y = F.conv2d(y, p[f"encoder.{i}.conv"], None, 2, 1) if picture else F.linear(y, p[f"encoder.{i}.dense"])
            y = F.leaky_relu(normalise(p, f"encoder.{i}.norm", y), 0.01)
        for i in range(3):
            y = F.conv_transpose2d(y, p[f"decoder.{i}.conv"], None, 2, 1) if picture else F.linear(y, p[f"decoder.{i}.dense"])
            y = normalise(p, f"decoder.{i}.norm", y)
            y = F.leaky_relu(y, 0.01) if i < 2 else torch.tanh(y) if picture else y
        return (x - y.flatten(1)).norm(dim=1)

    return p, losses


def svdd(picture):
    p = {}
    sizes = [(1, 32), (32, 64), (64, 128)] if picture else [(40, 128), (128, 64), (64, 32)]
    for i, (a, b) in enumerate(sizes):
        p[f"layers.{i}.{'conv' if picture else 'dense'}"] = nn.Parameter(torch.zeros((b, a, 5, 5) if picture else (b, a)))
        norm(p, f"layers.{i}.norm", b, False)
    if picture:
        p["code"] = nn.Parameter(torch.zeros(128, 512))

    def losses(x):
        y = x.reshape(-1, 1, 16, 16) if picture else x
        for i in range(3):
            y = F.conv2d(y, p[f"layers.{i}.conv"], None, 1, 2) if picture else F.linear(y, p[f"layers.{i}.dense"])
            y = F.leaky_relu(normalise(p, f"layers.{i}.norm", y), 0.01)
            y = F.max_pool2d(y, 2) if picture else y
        y = F.linear(y.flatten(1), p["code"]) if picture else y
        return (y - 0.1).norm(dim=1)

    return p, losses


def case(name, picture):
    p, losses = {"ae": autoencoder, "svdd": svdd}[name](picture)
    variant = {"ae": "Autoencoder", "svdd": "Svdd"}[name]
    named = {f"{variant}.{path}": values for path, values in p.items()}
    fill(named, BEND)
    x = rows(INLIERS + OUTLIERS + ITEMS, 256 if picture else 40, bend=BEND)
    known, batch = x[: INLIERS + OUTLIERS], x[INLIERS + OUTLIERS :]
    of_known = losses(known)
    margin = of_known.detach().max() + 1
    validation = ((of_known[:INLIERS] + 1e-6).mean() + (margin - of_known[INLIERS:]).clamp(min=0).mean()) / 2
    learnt = [v for v in p.values() if v.requires_grad]
    direction = torch.autograd.grad(validation, learnt, retain_graph=True)
    of_batch = losses(batch)
    weights = [ETA * sum((g * d).sum() for g, d in zip(torch.autograd.grad(l, learnt, retain_graph=True), direction))
               for l in of_batch]
    kind = "image" if picture else "table"
    return result(f"{kind}-{name}", named, validation, losses=of_batch, weights=torch.stack(weights))


write(__file__, [case(name, picture) for picture in (True, False) for name in ("ae", "svdd")])
