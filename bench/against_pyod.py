#!/usr/bin/env python3
"""Measures the Python package against PyOD on the same arrays, and writes the table into docs/performance.md.

    python bench/against_pyod.py            everything: hours, most of them PyOD's k-NN and LOF
    python bench/against_pyod.py --quick    whether everything runs: small arrays, two rounds; prints, writes nothing

The running Python must have `lfr` (a release build), `pyod`, `numpy` and `scikit-learn`. Every measurement is a process of
its own, which warms up on a small array, fits on n rows and scores n others. Contenders run in turns, the order reversed
after each round.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from document import put
from figures import number, table
from machine import Machine, first_line

WRITER = "bench/against_pyod.py"
METHODS = ("forest", "kNN", "LOF", "ECOD", "PCA")
SIZES = (1_000, 10_000, 100_000, 1_000_000)
COLUMNS = (10, 100)
#: Variables that set the threads of the libraries below NumPy, scikit-learn and Numba.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


def ours(method, n, threads):
    """A detector of this package with the settings of PyOD's defaults, nothing sampled."""
    import lfr

    settings = {
        "forest": ("isolation-forest", {}),
        "kNN": ("knn", {"max_reference": n}),
        "LOF": ("lof", {"max_reference": n}),
        "ECOD": ("ecod", {"max_values": n}),
        "PCA": ("pca", {"max_items": n}),
    }
    name, options = settings[method]
    return lfr.Detector(name, threads=threads, contamination=0.1, **options)


def theirs(method, threads):
    """A detector of PyOD with its defaults."""
    from pyod.models.ecod import ECOD
    from pyod.models.iforest import IForest
    from pyod.models.knn import KNN
    from pyod.models.lof import LOF
    from pyod.models.pca import PCA

    makers = {"forest": IForest, "kNN": KNN, "LOF": LOF, "ECOD": ECOD, "PCA": PCA}
    parallel = {} if method == "PCA" else {"n_jobs": threads}
    return makers[method](contamination=0.1, **parallel)


def one(library, method, n, columns, threads):
    """Seconds of a fit and of scoring as many new rows."""
    import numpy as np

    def make(rows):
        return ours(method, rows, threads) if library == "lfr" else theirs(method, threads)

    rng = np.random.default_rng(n + columns)
    X, new = rng.normal(size=(n, columns)), rng.normal(size=(n, columns))
    make(100).fit(X[:100]).decision_function(new[:100])
    detector = make(n)
    start = time.perf_counter()
    detector.fit(X)
    middle = time.perf_counter()
    detector.decision_function(new)
    return [middle - start, time.perf_counter() - middle]


def measure(cell, options):
    """The times of `cell`, a library, a method, rows and columns, in a process of its own; None beyond the limit."""
    words = [str(word) for word in (*cell, options.threads)]
    environment = os.environ | dict.fromkeys(THREADS, str(options.threads))
    command = [sys.executable, __file__, "--one", *words]
    try:
        result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=options.limit, check=True)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(result.stdout.splitlines()[-1])


def compare(method, n, columns, options, beyond):
    """A row of the table."""
    times = {"lfr": [], "PyOD": []}
    for turn in range(options.rounds):
        for library in list(times) if turn % 2 == 0 else reversed(times):
            if (library, method, columns) in beyond:
                continue
            seconds = measure((library, method, n, columns), options)
            if seconds is None:
                beyond.add((library, method, columns))
            else:
                times[library].append(seconds)
    medians = {library: median(runs, options.rounds) for library, runs in times.items()}
    return row(method, n, columns, medians, options.limit)


def median(runs, rounds):
    """Median seconds of fit, of score and of both; None unless every round ended."""
    if len(runs) < rounds:
        return None
    sums = [sum(run) for run in runs]
    return [statistics.median(values) for values in (*zip(*runs, strict=True), sums)]


def row(method, n, columns, medians, limit):
    """The cells of a row, from medians by library."""
    mine, other = medians["lfr"], medians["PyOD"]

    def said(times):
        if times is None:
            return f"beyond {limit} s"
        return f"{number(times[0])} + {number(times[1])}"

    ratio = "–" if mine is None or other is None else f"{other[2] / mine[2]:.2f}"
    return (method, number(n), columns, said(mine), said(other), ratio)


def arguments():
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="of every cell [default: 5]")
    parser.add_argument("--threads", type=int, default=2, help="of both [default: 2]")
    parser.add_argument("--limit", type=int, default=300, help="seconds a process may take [default: 300]")
    parser.add_argument("--methods", default=",".join(METHODS), help=f"of {', '.join(METHODS)}; separated by commas")
    parser.add_argument("--quick", action="store_true", help="small arrays, two rounds; print, write nothing")
    parser.add_argument("--one", nargs=5, metavar="WORD", help=argparse.SUPPRESS)
    document = Path(__file__).parents[1] / "docs" / "performance.md"
    parser.add_argument("--document", type=Path, default=document, help="to write into")
    return parser.parse_args()


def main():
    """Measures cell by cell, and writes the table after each method."""
    options = arguments()
    if options.one:
        library, method, *numbers = options.one
        print(json.dumps(one(library, method, *map(int, numbers))))
        return
    machine = Machine()
    if options.quick:
        options.rounds = 2
    rows, beyond = [], set()
    for method in options.methods.split(","):
        for columns in COLUMNS:
            for n in SIZES[:1] if options.quick else SIZES:
                rows.append(compare(method, n, columns, options, beyond))
                print(*rows[-1], file=sys.stderr)
        written = "\n\n".join(("", shown(rows), described(machine, options), ""))
        if options.quick:
            print(written)
            continue
        text = options.document.read_text(encoding="utf-8")
        options.document.write_text(put(text, "pyod", written, by=WRITER), encoding="utf-8")


def shown(rows):
    """The rows as a table."""
    heads = ("method", "rows", "columns", "lfr, fit + score in s", "PyOD, fit + score in s", "PyOD / lfr")
    return table(heads, rows)


def described(machine, options):
    """What repeats the table, and on what it was measured."""
    from importlib.metadata import version

    from machine import instructions, processor

    libraries = ", ".join(f"{name} {version(name)}" for name in ("lfr", "pyod", "scikit-learn", "numpy", "numba"))
    return (
        f"`python bench/against_pyod.py --rounds {options.rounds} --threads {options.threads} --limit {options.limit}`; medians of "
        f"{options.rounds} rounds; {processor()}{instructions()}, {os.cpu_count()} cores; load of the minute before "
        f"{machine.load:.1f}; lfr {machine.revision}; {libraries}; {first_line('rustc', '--version')}."
    )


if __name__ == "__main__":
    main()
