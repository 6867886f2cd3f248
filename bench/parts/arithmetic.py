"""How near the library's training comes to the fastest matrix product of the machine."""

from functools import partial
from statistics import median

from contender import compete
from figures import number, spread, table
from flops import PRODUCT, training_step
from workloads import NETWORKS, PRODUCTS

GIGA = 1e9
HEAD = ("what", "GFLOP per step of 128", "GFLOP/s", "share of the fastest product")


def measure(programs, rounds):
    """Products by both programs, and training steps, in turns."""
    products = [
        partial(programs.ours, PRODUCTS, "product of 1024 x 1024, lfr"),
        partial(programs.pytorch, "eager", PRODUCTS, "product of 1024 x 1024, PyTorch"),
    ]
    steps = [partial(programs.ours, network.workload("train"), network.title) for network in NETWORKS]
    contenders, _ = compete([*products, *steps], rounds)
    work = {network.title: operations(network) for network in NETWORKS}
    flops = {
        name: [rate * work.get(name, PRODUCT) / GIGA for rate in contender.rates]
        for name, contender in contenders.items()
    }
    peaks = list(map(max, zip(*(of for name, of in flops.items() if name not in work))))
    return table(HEAD, [row(name, of, peaks, work) for name, of in flops.items()])


def operations(network):
    """Floating-point operations of training, per item."""
    return training_step(network.method, network.data, network.side, 1)


def row(name, flops, peaks, work):
    """One row; `peaks` are the fastest products round by round."""
    step = number(128 * work[name] / GIGA) if name in work else ""
    return name, step, number(median(flops)), spread([a / b for a, b in zip(flops, peaks)])
