"""GT-LFR and GEOM in PyTorch, on a draw of Caltech101 as the program makes it: AUROC with and without the layer by epoch.

    python experiments/peers/transformations.py Leopards --data-dir FOLDER --method gt-lfr
    python experiments/peers/transformations.py Leopards --data-dir FOLDER --method geom

Needs torch, numpy and Pillow. The network, the loss and the score follow the paper and what is known of its authors' budget,
and share no code with the library. The items and their labels are those of `dataset:caltech101/CLASS?c=RATIO&seed=DRAW`,
asked of `lfr`; the pictures are read from the archive and resized by Pillow, which differs by rounding. `--save FOLDER`
writes them as `pictures.npy` with `labels.txt`, so that `lfr rank FOLDER/pictures.npy --labels FOLDER/labels.txt` reads the
same pixels.

It prints one JSON object an epoch: the mean loss of its batches, and for each way to score (S_A from z, S_B from A'Az) the
AUROC by the mean log-probability (`log`) and by the mean probability (`p`), and the mean score by `log` of inliers and of
outliers. Two options compare with the library number by number:

* `--follow STATE` takes the state that a run of `lfr` left when it was stopped in its first epoch, starts from the weights
  it started from and takes the batches it took; it prints both losses step by step, and how far the weights are apart then.
* `--model FILE` scores with the weights of a model file of `lfr` and trains nothing.
"""

import argparse
import csv
import io
import itertools
import json
import struct
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

WIDTH, BATCH, SCORED = 256, 128, 360
DECAY, EPSILON = 5e-4, 1e-7
BUDGETS = {"gt-lfr": (15, 5e-4), "geom": (10, 1e-3)}
OPERATIONS = list(itertools.product((False, True), (0, -1, 1), (0, -1, 1), range(4)))
"""Flipped?, shift of the rows and of the columns in quarters of the side, quarter turns counter-clockwise."""
KINDS = {"F32": "<f4", "F64": "<f8", "U32": "<u4", "U8": "u1"}
NAMES = {"gamma": "weight", "beta": "bias"}


def draw(arguments):
    """Names and labels of the items; the program's draw, by way of a ranking that takes a second."""
    source = f"dataset:caltech101/{arguments.inlier}?c={arguments.ratio}&seed={arguments.draw}"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [arguments.lfr, "rank", source, "--method", "pca", "--no-report", "--quiet", "-o", out]
        subprocess.run([*command, "--data-dir", arguments.data_dir], check=True, stdout=subprocess.DEVNULL)
        with open(out / "scores.csv", newline="") as scores:
            rows = list(csv.DictReader(scores))
    return [row["id"] for row in rows], np.array([int(row["label"]) for row in rows])


def pictures(names, archive, side):
    """`[n, side, side, 3]` bytes of these members of the archive."""
    wanted, found = set(names), {}
    with tarfile.open(archive) as members:
        for member in members:
            name = "/".join(member.name.split("/")[-2:])
            if name in wanted:
                picture = Image.open(io.BytesIO(members.extractfile(member).read())).convert("RGB")
                found[name] = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
    return np.stack([found[name] for name in names])


def save(folder, pixels, labels):
    """Writes the items for `lfr rank`."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "pictures.npy", pixels)
    (folder / "labels.txt").write_text("".join(f"{label}\n" for label in labels))


def shifted(x, quarters, axis):
    """out[i] = x[i + shift] along an axis; beyond the border the picture goes on mirrored, its edge twice."""
    side = x.shape[axis]
    at = torch.arange(side) + quarters * side // 4
    at = torch.where(at < 0, -1 - at, at)
    return x.index_select(axis, torch.where(at >= side, 2 * side - 1 - at, at))


def transformed(x):
    """`[n * 72, 3, side, side]`: every picture under every operation, and the numbers of the operations."""
    parts = []
    for flip, rows, columns, turns in OPERATIONS:
        y = x.flip(3) if flip else x
        parts.append(torch.rot90(shifted(shifted(y, rows, 2), columns, 3), turns, (2, 3)))
    return torch.stack(parts, 1).flatten(0, 1), torch.arange(len(OPERATIONS)).repeat(len(x))


def convolution(inputs, outputs, kernel, stride=1):
    """Without bias, from N(0, 2 / (kernel² inputs))."""
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    nn.init.normal_(layer.weight, 0.0, (2 / (kernel * kernel * inputs)) ** 0.5)
    return layer


class Block(nn.Module):
    """Pre-activation; width and size change in every one, so the shortcut is a 1x1 convolution of the activated input."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.enter = nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU())
        self.path = nn.Sequential(
            convolution(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs), nn.ReLU(), convolution(outputs, outputs, 3)
        )
        self.shortcut = convolution(inputs, outputs, 1, stride)

    def forward(self, x):
        """The sum of both ways."""
        x = self.enter(x)
        return self.path(x) + self.shortcut(x)


class Classifier(nn.Module):
    """WRN-10-4 to z, a dense layer from z to the operations; with `k` rows, a matrix A for each operation."""

    def __init__(self, k, lambda_1, lambda_2):
        super().__init__()
        self.encode = nn.Sequential(
            convolution(3, 16, 3), Block(16, 64, 1), Block(64, 128, 2), Block(128, WIDTH, 2),
            nn.BatchNorm2d(WIDTH), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.tell = nn.Linear(WIDTH, len(OPERATIONS))
        nn.init.zeros_(self.tell.bias)
        self.a = nn.Parameter(torch.randn(len(OPERATIONS), k, WIDTH)) if k else None
        self.lambda_1, self.lambda_2 = lambda_1, lambda_2

    def reconstruct(self, z, m):
        """A'Az with the A of each item's operation."""
        a = self.a[m]
        return torch.einsum("bkd,bk->bd", a, torch.einsum("bkd,bd->bk", a, z))

    def loss(self, x, m):
        """Cross-entropy; with matrices, the distance of z from its reconstruction and theirs from orthonormal rows."""
        z = self.encode(x)
        loss = functional.cross_entropy(self.tell(z), m)
        if self.a is None:
            return loss
        distance = torch.linalg.vector_norm(z - self.reconstruct(z, m), dim=1).mean()
        gram = self.a @ self.a.transpose(1, 2)
        orthogonality = (gram - torch.eye(gram.shape[1])).square().mean((1, 2))[m].mean()
        return loss + self.lambda_1 * distance + self.lambda_2 * orthogonality

    def own(self, x, m):
        """Log-probability of each item's own operation, by the way to score."""
        z = self.encode(x)
        fed = {"S_A": z} if self.a is None else {"S_A": z, "S_B": self.reconstruct(z, m)}
        return {name: self.tell(z).log_softmax(1).gather(1, m[:, None])[:, 0] for name, z in fed.items()}


@torch.inference_mode()
def scored(model, x, m, labels):
    """The figures of each way to score."""
    model.eval()
    parts = [model.own(*both) for both in zip(x.split(SCORED), m.split(SCORED))]
    model.train()
    result = {}
    for name in parts[0]:
        own = torch.cat([part[name] for part in parts]).double().reshape(-1, len(OPERATIONS))
        by_log, by_p = (-own.mean(1).numpy(), -own.exp().mean(1).numpy())
        result[name] = {
            "log": auroc(by_log, labels), "p": auroc(by_p, labels),
            "inliers": round(by_log[labels == 0].mean(), 4), "outliers": round(by_log[labels == 1].mean(), 4),
        }
    return result


def auroc(scores, labels):
    """Share of pairs of an outlier and an inlier in which the outlier has the higher score, ties as half."""
    difference = scores[labels == 1][:, None] - scores[labels == 0]
    return round(float((difference > 0).mean() + (difference == 0).mean() / 2), 4)


def adam(model, arguments):
    """Adam with an L2 term in the gradient of every parameter."""
    return torch.optim.Adam(model.parameters(), arguments.learning_rate, eps=EPSILON, weight_decay=DECAY)


def improved(model, optimiser, x, m):
    """The loss of a batch, after which a step was taken."""
    optimiser.zero_grad()
    loss = model.loss(x.contiguous(memory_format=torch.channels_last), m)
    loss.backward()
    optimiser.step()
    return loss.item()


def train(model, x, m, labels, arguments):
    """Trains and prints."""
    optimiser = adam(model, arguments)
    started = time.perf_counter()
    for epoch in range(1, arguments.epochs + 1):
        if epoch == 1 and arguments.follow:
            losses = follow(model, optimiser, x, m, arguments.follow)
        else:
            losses = [improved(model, optimiser, x[batch], m[batch]) for batch in torch.randperm(len(x)).split(BATCH)]
        line = {"epoch": epoch, "loss": round(sum(losses) / len(losses), 4)} | scored(model, x, m, labels)
        print(json.dumps(line | {"seconds": round(time.perf_counter() - started)}), flush=True)


def read(path):
    """The metadata and the arrays of a safetensors file."""
    data = path.read_bytes()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    metadata, arrays = header.pop("__metadata__"), {}
    for name, array in header.items():
        first, last = (begin + offset for offset in array["data_offsets"])
        values = np.frombuffer(data[first:last], KINDS[array["dtype"]]).reshape(array["shape"])
        arrays[name] = torch.from_numpy(values.copy())
    return metadata, arrays


def weights(arrays, prefix):
    """Weights of the library under the names they have here."""
    blocks = {"norm1": "enter.0", "conv1": "path.0", "norm2": "path.1", "conv2": "path.3", "shortcut": "shortcut"}
    places = {"network.conv": "encode.0", "network.norm": "encode.4", "classify": "tell"}
    for i, (theirs, own) in itertools.product(range(3), blocks.items()):
        places[f"network.blocks.{i}.{theirs}"] = f"encode.{i + 1}.{own}"
    own = {}
    for theirs, place in places.items():
        for last in ("weight", "bias", *NAMES, "running_mean", "running_var"):
            if (array := arrays.get(f"{prefix}backbone.{theirs}.{last}")) is not None:
                own[f"{place}.{NAMES.get(last, last)}"] = array
    if (a := arrays.get(f"{prefix}layer.a")) is not None:
        own["a"] = a
    return own


def put(model, own):
    """Gives the model these weights, which must be all it has."""
    missing, unexpected = model.load_state_dict(own, strict=False)
    if unexpected or not all(name.endswith("num_batches_tracked") for name in missing):
        raise SystemExit(f"weights of another network: {unexpected or missing}")


def follow(model, optimiser, x, m, path):
    """The losses of a first epoch that takes the steps of a stopped run, and prints how far apart the two are."""
    metadata, arrays = read(path)
    progress = json.loads(metadata["lfr-state"])["progress"]
    if progress["epoch"] != 1:
        raise SystemExit("the run was stopped after its first epoch: its first steps are not known any more")
    start, end = weights(arrays, "good/"), weights(arrays, "model/")
    put(model, start)
    losses, tally = [], progress["tally"]
    theirs = iter(tally["losses"])
    for step, batch in enumerate(arrays["order"].long().split(BATCH)):
        losses.append(improved(model, optimiser, x[batch], m[batch]))
        if step < progress["done"]:
            parts = list(itertools.islice(theirs, 1 + len(tally["parts"]) + tally["sizes"][step]))
            print(json.dumps({"step": step + 1, "loss": round(losses[-1], 5), "lfr": round(parts[0], 5)}), flush=True)
        if step + 1 == progress["done"]:
            compare(model.state_dict(), start, end)
    return losses


def compare(own, start, end):
    """Prints how far each of the program's weights moved and how far ours are from where it came to."""
    for name, value in end.items():
        moved, apart = (value - start[name]).norm(), (value - own[name]).norm()
        print(json.dumps({"weights": name, "moved": round(moved.item(), 6), "apart": round(apart.item(), 6)}))


def parsed():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inlier", help="class of the inliers")
    parser.add_argument("--data-dir", required=True, help="folder of the data sets")
    parser.add_argument("--lfr", default="lfr", help="the program")
    parser.add_argument("--ratio", default="0.1", help="outliers to inliers")
    parser.add_argument("--draw", type=int, default=0, help="seed of the draw")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights and order")
    parser.add_argument("--side", type=int, default=32, help="of the pictures, in pixels")
    parser.add_argument("--method", choices=BUDGETS, default="gt-lfr")
    parser.add_argument("--epochs", type=int, help="default: 15, geom 10")
    parser.add_argument("--learning-rate", type=float, help="default: 5e-4, geom 1e-3")
    parser.add_argument("--k", type=int, default=20, help="rows of each matrix")
    parser.add_argument("--lambda-1", type=float, default=2e-4)
    parser.add_argument("--lambda-2", type=float, default=1e-5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--follow", type=Path, help="state of a stopped run of lfr whose steps are taken")
    parser.add_argument("--model", type=Path, help="model file of lfr to score with; nothing is trained")
    parser.add_argument("--save", type=Path, help="folder for pictures and labels; nothing is trained")
    arguments = parser.parse_args()
    epochs, rate = BUDGETS[arguments.method]
    arguments.epochs = epochs if arguments.epochs is None else arguments.epochs
    arguments.learning_rate = rate if arguments.learning_rate is None else arguments.learning_rate
    return arguments


def main():
    """Draws, and trains or saves."""
    arguments = parsed()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    names, labels = draw(arguments)
    pixels = pictures(names, Path(arguments.data_dir) / "caltech101" / "101_ObjectCategories.tar", arguments.side)
    if arguments.save:
        return save(arguments.save, pixels, labels)
    x, m = transformed(torch.from_numpy(pixels).permute(0, 3, 1, 2) / 127.5 - 1)
    k = arguments.k if arguments.method == "gt-lfr" else 0
    model = Classifier(k, arguments.lambda_1, arguments.lambda_2).to(memory_format=torch.channels_last)
    if arguments.model:
        put(model, weights(read(arguments.model)[1], ""))
        return print(json.dumps(scored(model, x, m, labels)))
    train(model, x, m, labels, arguments)


if __name__ == "__main__":
    main()
