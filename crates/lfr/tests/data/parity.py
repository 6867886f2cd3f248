"""What the parity programs share: parameters filled from a wave, gradients in brief."""

import json
import pathlib

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def wave(length, phase, scale, bend=0.0):
    """`bend` keeps matrices made of the wave from having two ranks only."""
    i = np.arange(length, dtype=np.float64)
    return (scale * np.sin(0.7 * i + bend * i * i + phase)).astype(np.float32).astype(np.float64)


def fill(params, bend=0.0):
    """Fills every parameter or buffer of a dict by name, in the order of the names."""
    for order, path in enumerate(sorted(params)):
        p = params[path]
        if path.endswith("layer.a"):
            offset, scale = 0.0, 0.5
        elif p.dim() == 1 and (path.endswith("gamma") or path.endswith("running_var")):
            offset, scale = 1.0, 0.1
        elif p.dim() == 1:
            offset, scale = 0.0, 0.05
        else:
            offset, scale = 0.0, 1.5 / np.sqrt(np.prod(p.shape[1:]))
        p.data = torch.tensor((offset + wave(p.numel(), order, scale, bend)).astype(np.float32).astype(np.float64)).reshape(p.shape)


def rows(n, width, positive=False, bend=0.0):
    x = torch.tensor(wave(n * width, 0.3, 0.9, bend)).reshape(n, width)
    return x.abs() if positive else x


def named_norm(prefix, norm, params):
    params[f"{prefix}.gamma"], params[f"{prefix}.beta"] = norm.weight, norm.bias
    params[f"{prefix}.running_mean"], params[f"{prefix}.running_var"] = norm.running_mean, norm.running_var


def result(name, params, loss, **outputs):
    """Back-propagates `loss` and puts everything into one record."""
    for p in params.values():
        p.grad = None
    loss.backward()
    gradients = []
    for path in sorted(params):
        if params[path].grad is not None:
            g = params[path].grad.flatten().numpy()
            gradients.append({
                "name": path, "norm": float(np.linalg.norm(g)),
                "wave": float((g * np.cos(0.3 * np.arange(len(g)))).sum()),
                "values": g[:: -(-len(g) // 7)].tolist()})
    return {"name": name, "loss": loss.item(), "gradients": gradients,
            "outputs": {k: v.detach().flatten().tolist() for k, v in outputs.items()}}


def write(program, cases):
    path = pathlib.Path(program).with_suffix(".json")
    path.write_text(json.dumps(cases, indent=1) + "\n")
