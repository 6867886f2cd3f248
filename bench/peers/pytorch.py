"""PyTorch's side of compare.py: trains or scores in rounds, each begun by a line on standard input.

    python bench/peers/pytorch.py VARIANT WORKLOAD

VARIANT is eager, channels_last or compile, and may end in -tf32 or -bf16; WORKLOAD is the JSON that the library's own
contender takes (crates/lfr/examples/contender), complete; its device is `cpu` unless named. It prints `ready`, one line a
round, and at the end of input the peak of its resident memory.
"""

import itertools
import json
import sys
import time

import torch

from methods import method
from pile import VOCABULARY, pile

MATRIX = 1024
WARM_UP = 3


class Peer:
    """A method, its pile and the way to run it."""

    def __init__(self, variant, workload):
        name, data, side = (workload[key] for key in ("method", "data", "side"))
        kind, _, precision = variant.partition("-")
        # Not even convolutions, which PyTorch would lower on its own.
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        self.workload, self.device = workload, workload.get("device", "cpu")
        self.layout = torch.channels_last if kind == "channels_last" else torch.contiguous_format
        self.model = method(name, data, side, VOCABULARY).to(self.device, memory_format=self.layout)
        self.x, self.m = (items.to(self.device) for items in pile(name, data, workload["items"], side))
        wrap = torch.compile if kind == "compile" else lambda function: function
        lower = torch.autocast(self.device, torch.bfloat16) if precision == "bf16" else lambda function: function
        self.loss, self.score = wrap(lower(self.model.loss)), wrap(lower(self.model.score))
        self.optimiser = self.model.optimiser()

    def batches(self):
        """Shuffled batches of one epoch."""
        for indices in torch.randperm(len(self.x), device=self.device).split(self.workload["batch"]):
            yield self.x[indices].contiguous(memory_format=self.layout), self.m[indices]

    def train(self, batches):
        """One step a batch; returns how many items were in them."""
        items = 0
        for x, m in batches:
            loss = self.loss(x, m)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            items += len(x)
        return items

    @torch.inference_mode()
    def scores(self):
        """The scores of the pile, in batches of the size the library scores in."""
        size = self.model.scoring_batch
        parts = zip(self.x.split(size), self.m.split(size))
        return torch.cat([self.score(x.contiguous(memory_format=self.layout), m) for x, m in parts])

    def score_passes(self, passes):
        """Scores the pile so often; returns how many items that were."""
        for _ in range(passes):
            self.scores()
        return passes * len(self.x)


def train(variant, workload):
    """Rounds of training steps."""
    peer = Peer(variant, workload)
    endless = itertools.chain.from_iterable(peer.batches() for _ in itertools.count())
    peer.train(itertools.islice(endless, WARM_UP))
    rounds(lambda: peer.train(itertools.islice(endless, workload["round"])))


def score(variant, workload):
    """Rounds of scoring passes over the pile."""
    peer = Peer(variant, workload)
    peer.model.eval()
    peer.score_passes(1)
    rounds(lambda: peer.score_passes(workload["round"]))


def first_epoch(variant, workload):
    """One epoch from a cold start."""
    peer = Peer(variant, workload)
    peer.train(peer.batches())
    print(json.dumps({"epoch": 1}), flush=True)


def products(_, workload):
    """Rounds of products of two square matrices."""
    a, b = torch.full((MATRIX, MATRIX), 0.5), torch.full((MATRIX, MATRIX), 0.25)
    out = a @ b

    def run():
        for _ in range(workload["round"]):
            torch.mm(a, b, out=out)
        return workload["round"]

    rounds(run)


def rounds(run):
    """Calls `run`, which returns how many items it did, once for every line that comes in."""
    print("ready", flush=True)
    for _ in sys.stdin:
        wait()
        start = time.perf_counter()
        items = run()
        wait()
        print(json.dumps({"seconds": time.perf_counter() - start, "items": items}), flush=True)


def wait():
    """Returns when a GPU has done what it was asked for."""
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def peak_kib():
    """The largest resident set so far, where the system tells."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return None


def main():
    """Runs the task that the workload names."""
    variant, workload = sys.argv[1], json.loads(sys.argv[2])
    torch.manual_seed(0)
    torch.set_num_threads(workload["threads"])
    tasks = {"train": train, "score": score, "first-epoch": first_epoch, "products": products}
    tasks[workload["task"]](variant, workload)
    print(json.dumps({"peak_kib": peak_kib()}))


main()
