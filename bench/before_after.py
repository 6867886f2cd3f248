#!/usr/bin/env python3
"""Compares two builds of `lfr` on the same piles and writes the table into docs/performance.md.

    python bench/before_after.py OLD NEW [--folder FOLDER] [--rounds 3] [--quick]

OLD and NEW are `target/release` folders of two clones, with `lfr` and, from `cargo build --release -p lfr --examples`,
`examples/contender`. The piles are made in FOLDER (about 2 GB): 50 000 JPEG pictures, a CSV file of 1.1 GB, 20 000
documents. Ranking is by an isolation forest of one tree, which takes next to no time, so that reading is what is
measured. The programs run in turns, the order reversed after each round. Needs numpy, pillow and pyarrow.
"""

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contender import Contender, compete
from document import put
from figures import mebibytes, number, ratios, spread, table
from machine import Machine, instructions, processor
from programs import ROOT
from workloads import NETWORKS, smaller

WRITER = "bench/before_after.py"
PICTURES, DOCUMENTS = 50_000, 20_000
STARTS = 50


def pictures(folder, count):
    """Photographs of a kind: smooth colours with noise, 96 x 72 pixels, as JPEG."""
    import numpy as np
    from PIL import Image

    folder.mkdir()
    random = np.random.default_rng(0)
    for i in range(count):
        small = Image.fromarray(random.integers(0, 256, (4, 5, 3), dtype=np.uint8))
        pixels = np.asarray(small.resize((96, 72), Image.Resampling.BICUBIC), dtype=np.int16)
        noisy = np.clip(pixels + random.integers(-8, 9, pixels.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / f"{i:05}.jpg", quality=85)


def documents(path, count):
    """200 words each, the frequent ones frequent as in English (Zipf)."""
    import numpy as np

    random = np.random.default_rng(0)
    with path.open("w") as file:
        for i in range(count):
            words = " ".join(f"word{rank}" for rank in random.zipf(1.2, 200) % 100_000)
            file.write(json.dumps({"name": f"d{i}", "body": words}) + "\n")


def piles(folder, quick):
    """What is ranked: a name, the arguments of `lfr rank` and the items."""
    share = 100 if quick else 1
    count, texts = PICTURES // share, DOCUMENTS // share
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "photos").exists():
        pictures(folder / "photos", count)
    if not (folder / "documents.jsonl").exists():
        documents(folder / "documents.jsonl", texts)
    large = folder / ("fit.csv" if quick else "reading.csv")
    if not large.exists():
        subprocess.run([sys.executable, ROOT / "experiments/tables/large.py", folder, "csv"], check=True)
    (folder / "one.toml").write_text("[settings]\ntrees = 1\n")
    return [
        (f"{number(count)} pictures", [folder / "photos"]),
        (f"CSV, {large.stat().st_size / 1e9:.2f} GB", [large, "--label", "label"]),
        (f"{number(texts)} documents", [folder / "documents.jsonl", "--text", "body"]),
    ]


def run(command):
    """Wall seconds, processor seconds of the user and peak memory in KiB of a process."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))}: {errors.decode()}")
    return time.perf_counter() - start, usage.ru_utime, usage.ru_maxrss


def in_turns(commands, rounds):
    """What `run` gives for every command, by name, a list a round."""
    results = {name: [] for name in commands}
    for turn in range(rounds):
        for name in commands if turn % 2 == 0 else reversed(commands):
            results[name].append(run(commands[name]))
    return {name: [list(values) for values in zip(*runs, strict=True)] for name, runs in results.items()}


def ranking(programs, folder, options):
    """A row a pile."""
    rows = []
    for title, arguments in piles(folder, options.quick):
        print(f"  {title}", file=sys.stderr)
        with tempfile.TemporaryDirectory(dir=folder) as out:
            words = ["--method", "isolation-forest", "--config", folder / "one.toml", "--no-report", "-q", "--force"]
            commands = {
                name: [build / "lfr", "rank", *arguments, *words, "-o", Path(out) / name] for name, build in programs.items()
            }
            found = in_turns(commands, options.rounds)
        rows.append(row(title, found))
    return rows


def row(title, found):
    """Medians of both, and the ratios of wall time and of processor time round by round."""
    old, new = found["before"], found["after"]
    cells = [number(statistics.median(runs[i])) for i in (0, 1) for runs in (old, new)]
    memory = [mebibytes(statistics.median(runs[2])) for runs in (old, new)]
    return [title, *cells[:2], spread(ratios(new[0], old[0])), *cells[2:], spread(ratios(new[1], old[1])), *memory]


def starting(programs, options):
    """A row of `lfr --version`, many starts a round, in milliseconds a start."""
    repeat = f"for i in $(seq {STARTS}); do \"$0\" --version; done"
    commands = {name: ["bash", "-c", repeat, build / "lfr"] for name, build in programs.items()}
    found = in_turns(commands, options.rounds)
    once = {name: [[value * 1000 / STARTS for value in wall]] for name, (wall, *_) in found.items()}
    old, new = once["before"][0], once["after"][0]
    return ["start, ms", *(number(statistics.median(runs)) for runs in (old, new)), spread(ratios(new, old))]


def training(programs, options):
    """A row a network and a task: samples a second."""
    rows = []
    for network in NETWORKS:
        for task, named in (("train", "training"), ("score", "scoring")):
            workload = network.workload(task, threads=2)
            argument = json.dumps(smaller(workload) if options.quick else workload)
            starts = [
                lambda name=name, build=build: Contender(name, [build / "examples" / "contender", argument])
                for name, build in programs.items()
            ]
            done, failed = compete(starts, options.rounds)
            if failed:
                sys.exit(f"{network.title}: {failed}")
            old, new = done["before"], done["after"]
            rates = [number(statistics.median(side.rates)) for side in (old, new)]
            peaks = [mebibytes(side.peak_kib) for side in (old, new)]
            rows.append([f"{network.title}, {named}", *rates, spread(ratios(new.rates, old.rates)), *peaks])
    return rows


def main():
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--folder", type=Path, help="for the piles [default: a temporary one]")
    parser.add_argument("--rounds", type=int, default=3, help="of each program [default: 3]")
    parser.add_argument("--note", default="", help="what the two builds are, for the line below the tables")
    parser.add_argument("--quick", action="store_true", help="small piles and short rounds; print, write nothing")
    parser.add_argument("--document", type=Path, default=ROOT / "docs" / "performance.md", help="to write into")
    options = parser.parse_args()
    programs, machine = {"before": options.old.resolve(), "after": options.new.resolve()}, Machine()
    folder = options.folder or Path(tempfile.mkdtemp())
    block = tables(programs, folder, options, machine)
    if not options.folder:
        shutil.rmtree(folder)
    if options.quick:
        print(block)
    else:
        options.document.write_text(put(options.document.read_text(), "before-after", block, WRITER))


def tables(programs, folder, options, machine):
    """The three tables and the line that says how they came about."""
    reading = table(
        ["pile", "before, s", "after, s", "after / before", "before, processor s", "after", "after / before", "before, MiB", "after, MiB"],
        ranking(programs, folder, options),
    )
    small = table(["program", "before", "after", "after / before"], [starting(programs, options)])
    speed = table(
        ["network", "before, samples/s", "after", "after / before", "before, MiB", "after, MiB"], training(programs, options)
    )
    cores = f"{processor()}{instructions()}, {os.cpu_count()} cores"
    how = f"`python {WRITER} OLD NEW --rounds {options.rounds}`, {datetime.date.today()}; {cores}; load of the minute before "
    how += f"{machine.load:.1f}. {options.note}"
    return f"\n{reading}\n\n{small}\n\n{speed}\n\n{how.strip()}\n"


if __name__ == "__main__":
    main()
