"""Training and scoring against PyTorch: samples a second and resident memory."""

from functools import partial
from statistics import median

from contender import compete
from figures import NONE, mebibytes, number, ratios, share, spread, table
from programs import OURS
from workloads import NETWORKS

HEAD = ("network", "program", "samples/s", "lfr / program", "peak memory, MiB", "lfr / program")


def training(programs, rounds):
    """Training steps."""
    return measure(programs, rounds, "train")


def scoring(programs, rounds):
    """Scoring passes."""
    return measure(programs, rounds, "score")


def measure(programs, rounds, task):
    """All contenders on all networks."""
    rows = []
    for network in NETWORKS:
        rows += rows_of(network, *contest(programs, rounds, network, task))
    return table(HEAD, rows)


def contest(programs, rounds, network, task):
    """All contenders on one network."""
    workload = network.workload(task)
    peers = [partial(programs.pytorch, variant, workload) for variant in (*network.layouts, "compile")]
    return compete([partial(programs.ours, workload), *peers], rounds)


def rows_of(network, contenders, failed):
    """A row a contender, and one for the faster of PyTorch's layouts."""
    ours = contenders.pop(OURS)
    yield network.title, OURS, number(median(ours.rates)), "", mebibytes(ours.peak_kib), ""
    for peer in contenders.values():
        memory = mebibytes(peer.peak_kib), share(ours.peak_kib, peer.peak_kib)
        yield "", peer.name, number(median(peer.rates)), spread(ratios(ours.rates, peer.rates)), *memory
    for name, reason in failed.items():
        yield "", f"{name}: {reason}", NONE, NONE, NONE, NONE
    layouts = [peer for peer in contenders.values() if not peer.name.endswith("compile")]
    if len(layouts) > 1:
        best = max(layouts, key=lambda peer: median(peer.rates))
        yield "", f"the faster layout, {best.name}", "", f"**{spread(ratios(ours.rates, best.rates))}**", "", ""
