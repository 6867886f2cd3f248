"""Writes autoencoder_parity.json beside this file: losses, scores and gradients of the autoencoders, with and
without LFR, and of DRAE. Run with: python autoencoder_parity.py (needs torch and numpy)."""

import torch
from torch import nn

from parity import fill, named_norm, result, rows, write


class Image(nn.Module):
    def __init__(self, channels, side, latent, norm=False):
        super().__init__()
        self.side, self.channels = side, channels
        flat = 128 * (side // 8) ** 2
        self.conv = nn.ModuleList([
            nn.Conv2d(channels, 32, 5, 2, 2), nn.Conv2d(32, 64, 5, 2, 2), nn.Conv2d(64, 128, 3, 2, 1)])
        self.encode_, self.decode_ = nn.Linear(flat, latent), nn.Linear(latent, flat)
        self.deconv = nn.ModuleList([
            nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ConvTranspose2d(64, 32, 5, 2, 2, 1),
            nn.ConvTranspose2d(32, channels, 5, 2, 2, 1)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(c) if norm else nn.Identity() for c in (32, 64, 128, 128, 64, 32)])

    def encode(self, x):
        x = x.reshape(len(x), self.channels, self.side, self.side)
        for layer, norm in zip(self.conv, self.norms):
            x = norm(torch.tanh(layer(x)))
        return torch.tanh(self.encode_(x.flatten(1)))

    def decode(self, z):
        x = torch.tanh(self.decode_(z)).reshape(len(z), 128, self.side // 8, self.side // 8)
        for layer, norm in zip(self.deconv, self.norms[3:]):
            x = torch.tanh(layer(norm(x)))
        return x.flatten(1)

    def named(self):
        for part, layers in (("conv", self.conv), ("deconv", self.deconv)):
            for i, layer in enumerate(layers):
                yield f"{part}.{i}", layer
        yield "encode", self.encode_
        yield "decode", self.decode_


class Dense(nn.Module):
    def __init__(self, width, latent, relu_output, norm=False):
        super().__init__()
        sizes = [width, 512, 256, 128, latent]
        self.encoder = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.decoder = nn.ModuleList([nn.Linear(b, a) for a, b in reversed(list(zip(sizes, sizes[1:])))])
        self.norms = nn.ModuleList([nn.BatchNorm1d(c) if norm else nn.Identity() for c in (512, 256, 128, 128, 256, 512)])
        self.relu_output = relu_output

    def encode(self, x):
        for i, layer in enumerate(self.encoder):
            x = torch.relu(layer(x))
            if i < 3:
                x = self.norms[i](x)
        return x

    def decode(self, z):
        for i, layer in enumerate(self.decoder):
            z = layer(z)
            if i < 3 or self.relu_output:
                z = torch.relu(z)
            if i < 3:
                z = self.norms[3 + i](z)
        return z

    def named(self):
        for part, layers in (("encoder", self.encoder), ("decoder", self.decoder)):
            for i, layer in enumerate(layers):
                yield f"{part}.{i}", layer


def split_loss(e):
    s, _ = e.sort()
    within = lambda i: ((s[:i] - s[:i].mean()) ** 2).sum() + ((s[i:] - s[i:].mean()) ** 2).sum()
    best = min(range(1, len(s)), key=lambda i: within(i).item())
    return s[:best].mean() + 0.1 * within(best) / ((s - s.mean()) ** 2).sum()


def case(name, net, kind, width, lfr=False, positive=False, lambdas=(2.0, 0.1)):
    params = {}
    for path, layer in net.named():
        params[f"backbone.network.{kind}.{path}.weight"] = layer.weight
        params[f"backbone.network.{kind}.{path}.bias"] = layer.bias
    for i, norm in enumerate(net.norms):
        if not isinstance(norm, nn.Identity):
            named_norm(f"backbone.network.{kind}.norms.{i}", norm, params)
    if lfr:
        params["layer.a"] = nn.Parameter(torch.zeros(1, 2, 6))
    fill(params)
    x = rows(48 if "drae" in name else 5, width, positive)
    z = net.encode(x)
    error = ((x - net.decode(z)) ** 2).sum(1)
    rebuilt = z
    if lfr:
        a = params["layer.a"][0]
        rebuilt = z @ a.T @ a
        loss = (error.sqrt().mean() + lambdas[0] * (z - rebuilt).norm(dim=1).mean()
                + lambdas[1] * ((a @ a.T - torch.eye(2)) ** 2).mean())
    elif "drae" in name:
        loss = split_loss(error)
    else:
        loss = error.sum()
    outputs = {"score_latent": error}
    if "drae" not in name:
        with torch.no_grad():
            outputs["score_reconstructed"] = ((x - net.decode(rebuilt)) ** 2).sum(1)
    return result(name, params, loss, **outputs)


write(__file__, [
    case("image-ae", Image(1, 16, 6), "Image", 256),
    case("image-ae-lfr", Image(3, 16, 6), "Image", 768, True),
    case("image-drae", Image(1, 16, 6, True), "Image", 256),
    case("text-ae", Dense(40, 6, True), "Dense", 40, positive=True),
    case("text-ae-lfr", Dense(40, 6, True), "Dense", 40, True, positive=True),
    case("table-ae-lfr", Dense(40, 6, False), "Dense", 40, True),
])
