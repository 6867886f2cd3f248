"""Seconds from the start of a program to the end of its first epoch."""

from functools import partial
from statistics import median

from contender import Failed, in_turns
from figures import NONE, number, ratios, spread, table
from programs import OURS
from workloads import NETWORKS

HEAD = ("network", "items per epoch", "program", "seconds", "program / lfr")


def measure(programs, rounds):
    """Every network by the library and by PyTorch in both ways to run it."""
    return table(HEAD, [row for network in NETWORKS for row in rows_of(programs, rounds, network)])


def rows_of(programs, rounds, network):
    """A row a program; each runs alone, one round after another."""
    workload = network.workload("first-epoch")
    starts = {OURS: partial(programs.ours, workload)}
    starts |= {f"PyTorch {way}": partial(programs.pytorch, way, workload) for way in ("eager", "compile")}
    seconds, failed = {name: [] for name in starts}, {}
    for name in in_turns(list(starts), rounds):
        if name not in failed:
            try:
                seconds[name].append(starts[name]().first_epoch())
            except Failed as failure:
                failed[name] = failure
    ours = seconds[OURS]
    yield network.title, epoch(network), OURS, number(median(ours)), ""
    for name, theirs in list(seconds.items())[1:]:
        if name in failed:
            yield "", "", failed[name], NONE, NONE
        else:
            yield "", "", name, number(median(theirs)), spread(ratios(theirs, ours))


def epoch(network):
    """Items per epoch, in words where they are transformed."""
    return number(network.items) if network.method == "ae-lfr" else f"{network.items} x 72"
