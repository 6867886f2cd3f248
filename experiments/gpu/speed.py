"""Samples a second on a GPU: lfr against PyTorch on the same card.

    python experiments/gpu/speed.py CONTENDER [--device vulkan] [--rounds 3]

CONTENDER is the library's contender (crates/lfr/examples/contender), built with the device's feature. The networks, the
programs and what a round is are those of bench/compare.py; rounds are longer, because a GPU is faster. PyTorch keeps its
items on the card. Its fp32 has no TF32 in it; tf32 and bf16 (autocast) are less exact than lfr, which computes in fp32.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from contender import Contender, Failed, in_turns  # noqa: E402
from workloads import IMAGES, TEXTS, TRANSFORMS  # noqa: E402

PEER = ROOT / "bench" / "peers" / "pytorch.py"
NETWORKS = (
    dataclasses.replace(IMAGES, items=6400, steps=300, passes=5),
    dataclasses.replace(TRANSFORMS, items=64, steps=40, passes=1),
    dataclasses.replace(TEXTS, items=6400, steps=300, passes=5),
)
VARIANTS = ("eager", "channels_last", "compile", "channels_last-tf32", "compile-tf32", "channels_last-bf16", "compile-bf16")


def variants(network):
    """What PyTorch is run as: texts have no channels."""
    names = VARIANTS if "channels_last" in network.layouts else [v.replace("channels_last", "eager") for v in VARIANTS]
    return list(dict.fromkeys(names))


def commands(network, task, arguments):
    """The programs by name."""
    workload = network.workload(task) | {"threads": arguments.threads}
    peer = json.dumps(workload | {"device": arguments.peer_device})
    yield "lfr", [arguments.contender, json.dumps(workload | {"device": arguments.device})]
    for variant in variants(network):
        yield f"PyTorch {variant}", [sys.executable, PEER, variant, peer]


def measure(network, task, arguments):
    """The contenders by name after their rounds, and why others failed."""
    ready, failed = [], {}
    (own, command), *others = commands(network, task, arguments)

    def await_start(contender):
        try:
            contender.answer()
            ready.append(contender)
        except Failed as failure:
            failed[contender.name] = str(failure)
        print(f"  {contender.name}: {failed.get(contender.name, 'ready')}", file=sys.stderr, flush=True)

    # Alone, since it chooses its kernels by their speed.
    await_start(Contender(own, command))
    for contender in [Contender(name, command) for name, command in others]:
        await_start(contender)
    for contender in in_turns(ready, arguments.rounds):
        contender.round()
    for contender in ready:
        contender.finish()
    return ready, failed


def row(cells):
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def show(network, task, ready, failed):
    """Prints a table's part."""
    rates = {contender.name: contender.rates for contender in ready}
    for name, own in rates.items():
        ratios = [ours / theirs for ours, theirs in zip(rates.get("lfr", []), own)]
        spread = f"{min(own):,.0f} to {max(own):,.0f}"
        ratio = f"{median(ratios):.2f}" if ratios and name != "lfr" else ""
        print(row([network.title, task, name, f"{median(own):,.0f}", spread, ratio]), flush=True)
    for name, reason in failed.items():
        print(row([network.title, task, name, "-", reason.replace("|", "/"), ""]), flush=True)


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("contender")
    parser.add_argument("--device", default="vulkan", help="of lfr")
    parser.add_argument("--peer-device", default="cuda", help="of PyTorch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--only", choices=["train", "score"], help="one task")
    arguments = parser.parse_args()
    print(row(["network", "task", "program", "samples/s, median", "range", "lfr / program"]))
    print(row(["---"] * 6), flush=True)
    for network in NETWORKS:
        for task in [arguments.only] if arguments.only else ["train", "score"]:
            show(network, task, *measure(network, task, arguments))


main()
