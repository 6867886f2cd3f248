#!/usr/bin/env python3
"""Measures the Python package: import, time against the command, memory on a large array. Writes into docs/performance.md.

    python bench/python_package.py [--wheel lfr-….whl] [--rounds 5] [--quick]

The running Python must have `lfr` (a release build), whose command is the one compared, and `numpy`. Every measurement is a
process of its own.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from document import put
from figures import number, ratios, spread, table
from machine import Machine, instructions, processor

WRITER = "bench/python_package.py"

IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
FIT = """
import sys, numpy as np, lfr
X = np.load(sys.argv[1])
detector = lfr.Detector(sys.argv[3]).fit(X)
np.save(sys.argv[2], detector.decision_function(X))
"""
MEMORY = """
import json, numpy as np, lfr
def peak(name):
    line = next(line for line in open("/proc/self/status") if line.startswith(name))
    return int(line.split()[1]) / 1024
X = np.zeros(({rows}, 100), np.float32)
for block in range(0, {rows}, 10000):
    part = X[block : block + 10000]
    part[:] = np.random.default_rng(block).normal(size=part.shape)
before, array = peak("VmHWM"), X.nbytes / 2**20
detector = lfr.Detector("isolation-forest").fit(X)
fit = peak("VmHWM")
detector.decision_function(X)
print(json.dumps([array, before - array, fit - before, peak("VmHWM") - before]))
"""


def python(*words):
    """What a Python process prints last."""
    done = subprocess.run([sys.executable, *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[-1] if done.stdout else ""


def importing(rounds):
    """Median seconds of the import, and of that of NumPy alone."""
    both = {name: [float(python("-c", IMPORT.format(name))) for _ in range(3 * rounds)] for name in ("lfr", "numpy")}
    return [statistics.median(both[name]) for name in ("lfr", "numpy")]


def against_the_command(method, rounds, rows):
    """Seconds of both on a file of `rows` rows of ten columns, and the ratios round by round."""
    import numpy as np

    command = Path(sys.executable).with_name("lfr")
    with tempfile.TemporaryDirectory() as folder:
        data, model, out = (Path(folder) / name for name in ("x.npy", "m", "scores.npy"))
        np.save(data, np.random.default_rng(0).normal(size=(rows, 10)).astype(np.float32))

        def by_command():
            words = ["--quiet", "--force"]
            subprocess.run([command, "fit", data, "--method", method, "-o", model, *words], check=True)
            subprocess.run([command, "score", model, data, "-o", Path(folder) / "scores.csv", *words], check=True)

        ways = {"python": lambda: python("-c", FIT, data, out, method), "command": by_command}
        seconds = {name: [] for name in ways}
        for turn in range(rounds):
            for name in ways if turn % 2 == 0 else reversed(ways):
                start = time.perf_counter()
                ways[name]()
                seconds[name].append(time.perf_counter() - start)
    medians = [number(statistics.median(seconds[name])) for name in ("python", "command")]
    return [*medians, spread(ratios(seconds["python"], seconds["command"]))]


def main():
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="of which the size is told")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small arrays; print, write nothing")
    document = Path(__file__).parents[1] / "docs" / "performance.md"
    parser.add_argument("--document", type=Path, default=document, help="to write into")
    options = parser.parse_args()
    machine, (rows, large) = Machine(), ((10_000, 26_000) if options.quick else (100_000, 2_600_000))
    own, numpy = importing(options.rounds)
    facts = [["`import lfr`, NumPy included", f"{own * 1000:.0f} ms"], ["NumPy alone", f"{numpy * 1000:.0f} ms"]]
    if options.wheel:
        facts.append(["wheel", f"{options.wheel.stat().st_size / 1e6:.1f} MB"])
    speed = [[m, *against_the_command(m, options.rounds, rows)] for m in ("isolation-forest", "pca", "combined")]
    memory = [["isolation-forest", *(number(round(mib)) for mib in json.loads(python("-c", MEMORY.format(rows=large))))]]
    cores = f"{processor()}{instructions()}, {os.cpu_count()} cores"
    block = "\n\n".join(
        (
            "",
            table(["what", ""], facts),
            table(["method", "Python, s", "command, s", "Python / command"], speed),
            table(["method", "array, MiB", "Python and NumPy, MiB", "fit adds, MiB", "fit and scoring add, MiB"], memory),
            f"`python {WRITER} --rounds {options.rounds}`, {datetime.date.today()}; {cores}; load of the minute before "
            f"{machine.load:.1f}; lfr {machine.revision}. {number(rows)} rows of 10 columns for the times; medians, and the range of the ratios.",
            "",
        )
    )
    if options.quick:
        print(block)
    else:
        options.document.write_text(put(options.document.read_text(), "python", block, WRITER))


if __name__ == "__main__":
    main()
