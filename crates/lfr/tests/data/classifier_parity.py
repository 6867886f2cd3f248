"""Writes classifier_parity.json beside this file: WRN-10-4 in training and evaluation mode, the losses of GEOM and
GT-LFR and their gradients. Run with: python classifier_parity.py (needs torch and numpy)."""

import torch
from torch import nn

from parity import fill, named_norm, result, rows, write

M, K = 3, 2


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(i), nn.BatchNorm2d(o)
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(i, o, 1, stride, bias=False)

    def forward(self, x):
        a = torch.relu(self.norm1(x))
        h = torch.relu(self.norm2(self.conv1(a)))
        return self.conv2(h) + self.shortcut(a)


class Net(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        self.blocks = nn.ModuleList([Block(16, 64, 1), Block(64, 128, 2), Block(128, 256, 2)])
        self.norm = nn.BatchNorm2d(256)
        self.classify = nn.Linear(256, M)

    def latent(self, x):
        x = self.conv(x)
        for block in self.blocks:
            x = block(x)
        return torch.relu(self.norm(x)).mean((2, 3))


def case(name, channels, lfr):
    net = Net(channels)
    p = {"backbone.network.conv.weight": net.conv.weight, "backbone.classify.weight": net.classify.weight,
         "backbone.classify.bias": net.classify.bias}
    for i, block in enumerate(net.blocks):
        prefix = f"backbone.network.blocks.{i}"
        for n in ("norm1", "norm2"):
            named_norm(f"{prefix}.{n}", getattr(block, n), p)
        for n in ("conv1", "conv2", "shortcut"):
            p[f"{prefix}.{n}.weight"] = getattr(block, n).weight
    named_norm("backbone.network.norm", net.norm, p)
    if lfr:
        p["layer.a"] = nn.Parameter(torch.zeros(M, K, 256))
    fill(p)
    x = rows(4, channels * 64).reshape(4, channels, 8, 8)
    m = torch.tensor([0, 2, 1, 2])
    net.eval()
    with torch.no_grad():
        z = net.latent(x)
        log_p = torch.log_softmax(net.classify(z), 1)[range(4), m]
        outputs = {"latent_eval": z, "score_latent": -log_p}
        if lfr:
            a = p["layer.a"][m]
            rebuilt = (a.transpose(1, 2) @ (a @ z[:, :, None]))[:, :, 0]
            outputs["score_reconstructed"] = -torch.log_softmax(net.classify(rebuilt), 1)[range(4), m]
    net.train()
    z = net.latent(x)
    loss = nn.functional.cross_entropy(net.classify(z), m)
    if lfr:
        a = p["layer.a"][m]
        rebuilt = (a.transpose(1, 2) @ (a @ z[:, :, None]))[:, :, 0]
        square = ((a @ a.transpose(1, 2) - torch.eye(K)) ** 2).mean((1, 2))
        loss = loss + 2e-4 * (z - rebuilt).norm(dim=1).mean() + 1e-5 * square.mean()
    record = result(name, p, loss, **outputs)
    record["outputs"]["running_var_after"] = net.norm.running_var.tolist()
    return record


write(__file__, [case("geom", 1, False), case("gt-lfr", 3, True)])
