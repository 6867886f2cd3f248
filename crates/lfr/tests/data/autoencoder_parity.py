"""Writes autoencoder_parity.json beside this file: losses, scores and gradients of the autoencoders, with and
without LFR, by PyTorch. Run with: python autoencoder_parity.py (needs torch and numpy)."""

import json
import pathlib

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)


class Image(nn.Module):
    def __init__(self, channels, side, latent):
        super().__init__()
        self.side = side
        flat = 128 * (side // 8) ** 2
        self.conv = nn.ModuleList([
            nn.Conv2d(channels, 32, 5, 2, 2), nn.Conv2d(32, 64, 5, 2, 2), nn.Conv2d(64, 128, 3, 2, 1)])
        self.encode_, self.decode_ = nn.Linear(flat, latent), nn.Linear(latent, flat)
        self.deconv = nn.ModuleList([
            nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ConvTranspose2d(64, 32, 5, 2, 2, 1),
            nn.ConvTranspose2d(32, channels, 5, 2, 2, 1)])
        self.channels = channels

    def encode(self, x):
        x = x.reshape(len(x), self.channels, self.side, self.side)
        for layer in self.conv:
            x = torch.tanh(layer(x))
        return torch.tanh(self.encode_(x.flatten(1)))

    def decode(self, z):
        x = torch.tanh(self.decode_(z)).reshape(len(z), 128, self.side // 8, self.side // 8)
        for layer in self.deconv:
            x = torch.tanh(layer(x))
        return x.flatten(1)

    def named(self):
        for part, layers in (("conv", self.conv), ("deconv", self.deconv)):
            for i, layer in enumerate(layers):
                yield f"{part}.{i}", layer
        yield "encode", self.encode_
        yield "decode", self.decode_


class Dense(nn.Module):
    def __init__(self, width, latent, relu_output):
        super().__init__()
        sizes = [width, 512, 256, 128, latent]
        self.encoder = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.decoder = nn.ModuleList([nn.Linear(b, a) for a, b in reversed(list(zip(sizes, sizes[1:])))])
        self.relu_output = relu_output

    def encode(self, x):
        for layer in self.encoder:
            x = torch.relu(layer(x))
        return x

    def decode(self, z):
        for i, layer in enumerate(self.decoder):
            z = layer(z)
            if i < 3 or self.relu_output:
                z = torch.relu(z)
        return z

    def named(self):
        for part, layers in (("encoder", self.encoder), ("decoder", self.decoder)):
            for i, layer in enumerate(layers):
                yield f"{part}.{i}", layer


def wave(length, phase, scale):
    return (scale * np.sin(0.7 * np.arange(length) + phase)).astype(np.float32).astype(np.float64)


def case(name, net, kind, width, lfr, positive=False, lambdas=(2.0, 0.1)):
    params = {}
    for path, layer in net.named():
        params[f"backbone.network.{kind}.{path}.weight"] = layer.weight
        params[f"backbone.network.{kind}.{path}.bias"] = layer.bias
    if lfr:
        params["layer.a"] = nn.Parameter(torch.zeros(1, 2, 6))
    for order, path in enumerate(sorted(params)):
        p = params[path]
        if path == "layer.a":
            scale = 0.5
        elif p.dim() == 1:
            scale = 0.05
        else:
            scale = 1.5 / np.sqrt(np.prod(p.shape[1:]))
        p.data = torch.tensor(wave(p.numel(), order, scale)).reshape(p.shape)
    x = torch.tensor(wave(3 * width, 0.3, 0.9)).reshape(3, width)
    x = x.abs() if positive else x
    z = net.encode(x)
    error = ((x - net.decode(z)) ** 2).sum(1)
    rebuilt = z
    if lfr:
        a = params["layer.a"][0]
        rebuilt = z @ a.T @ a
        loss = (error.sqrt().mean() + lambdas[0] * (z - rebuilt).norm(dim=1).mean()
                + lambdas[1] * ((a @ a.T - torch.eye(2)) ** 2).mean())
    else:
        loss = error.sum()
    loss.backward()
    gradients = []
    for path in sorted(params):
        g = params[path].grad.flatten().numpy()
        gradients.append({
            "name": path, "norm": float(np.linalg.norm(g)),
            "wave": float((g * np.cos(0.3 * np.arange(len(g)))).sum()),
            "values": g[:: -(-len(g) // 7)].tolist()})
    with torch.no_grad():
        score_b = ((x - net.decode(rebuilt)) ** 2).sum(1)
    return {"name": name, "loss": loss.item(), "score_latent": error.tolist(),
            "score_reconstructed": score_b.tolist(), "gradients": gradients}


cases = [
    case("image-ae", Image(1, 16, 6), "Image", 256, False),
    case("image-ae-lfr", Image(3, 16, 6), "Image", 768, True),
    case("text-ae", Dense(40, 6, True), "Dense", 40, False, positive=True),
    case("text-ae-lfr", Dense(40, 6, True), "Dense", 40, True, positive=True),
    case("table-ae-lfr", Dense(40, 6, False), "Dense", 40, True),
]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases, indent=1) + "\n")
