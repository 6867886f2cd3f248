"""How the library's speed depends on the size of the pile, the batch, the pictures, and the threads."""

from functools import partial
from statistics import median

from contender import compete
from figures import number, ratios, spread, table
from workloads import IMAGES, NETWORKS

PILES = (512, 1024, 2048, 4096, 8192)
BATCHES = (16, 32, 64, 128, 256, 512)
SIDES = (16, 32, 64, 128)


def measure(programs, rounds):
    """One table a quantity."""
    sweeps = (pile, batch, side, threads)
    return "\n\n".join(sweep(programs, rounds) for sweep in sweeps)


def rates(programs, rounds, workloads):
    """Samples a second of several workloads in turns, round by round."""
    starts = [partial(programs.ours, workload, str(name)) for name, workload in workloads.items()]
    contenders, _ = compete(starts, rounds)
    return {name: contenders[str(name)].rates for name in workloads}


def pile(programs, rounds):
    """Whole epochs and passes over piles of several sizes."""
    tasks = {
        (task, n): IMAGES.workload(task, items=n, round=n // 128 if task == "train" else 1)
        for task in ("train", "score")
        for n in PILES
    }
    found = rates(programs, rounds, tasks)
    seconds = {key: median(key[1] / rate for rate in of) for key, of in found.items()}
    head = ("items", "seconds per epoch", "ms per item", "seconds per scoring pass", "ms per item")
    rows = [
        (number(n), *(number(s) for t in ("train", "score") for s in (seconds[t, n], 1e3 * seconds[t, n] / n)))
        for n in PILES
    ]
    return table(head, rows)


def batch(programs, rounds):
    """Training with batches of several sizes, about as many items a round."""
    workloads = {b: IMAGES.workload("train", items=2048, batch=b, round=max(1, 2048 // b)) for b in BATCHES}
    found = rates(programs, rounds, workloads)
    head = ("items per step", "samples/s", "relative to 128 per step")
    return table(head, [(b, number(median(of)), spread(ratios(of, found[128]))) for b, of in found.items()])


def side(programs, rounds):
    """Training on pictures of several sizes."""
    workloads = {s: IMAGES.workload("train", side=s, items=512, round=max(1, 16 * 32**2 // s**2)) for s in SIDES}
    found = rates(programs, rounds, workloads)
    head = ("side of the pictures", "samples/s", "megapixels/s")
    return table(head, [(s, number(median(of)), number(median(of) * s * s / 1e6)) for s, of in found.items()])


def threads(programs, rounds):
    """Every network on one thread and on all."""
    counts = sorted({1, programs.threads})
    head = ("network", "task", *(f"samples/s, threads: {n}" for n in counts), "speed-up")
    rows = []
    for network in NETWORKS:
        for task, title in (("train", "training"), ("score", "scoring")):
            workloads = {n: network.workload(task, threads=n) for n in counts}
            found = rates(programs, rounds, workloads)
            gain = spread(ratios(found[counts[-1]], found[1]))
            rows.append((network.title, title, *(number(median(of)) for of in found.values()), gain))
    return table(head, rows)
