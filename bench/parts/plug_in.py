"""What latent feature reconstruction costs a training step."""

from functools import partial
from statistics import median

from contender import compete
from figures import number, ratios, spread, table
from workloads import IMAGES, TRANSFORMS

HEAD = ("network", "plain, samples/s", "with LFR, samples/s", "step time, with LFR / plain", "limit", "kept")
PAIRS = ((IMAGES, "ae", 1.15), (TRANSFORMS, "geom", 1.05))


def measure(programs, rounds):
    """AE-LFR against AE and GT-LFR against GEOM."""
    return table(HEAD, [row(programs, rounds, *pair) for pair in PAIRS])


def row(programs, rounds, network, plain, limit):
    """One network with and without."""
    methods = (plain, network.method)
    starts = [partial(programs.ours, network.workload("train", method=method), method) for method in methods]
    contenders, _ = compete(starts, rounds)
    without, plugged = (contenders[method].rates for method in methods)
    cost = ratios(without, plugged)
    title = f"{network.method} to {plain}, {network.side}x{network.side} {network.data}"
    kept = "yes" if median(cost) <= limit else "**no**"
    return title, number(median(without)), number(median(plugged)), spread(cost), limit, kept
