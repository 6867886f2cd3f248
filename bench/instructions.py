#!/usr/bin/env python3
"""Counts the instructions that kernels take, under valgrind, and compares them with bench/instructions.json.

    python bench/instructions.py                     builds, counts, fails where a kernel takes more than it did
    python bench/instructions.py --only adam,linear  the kernels with one of these words in their name
    python bench/instructions.py --write             takes the counts for the baseline

Counts are the same on a busy machine, where times are not. A count is the difference between running a kernel
twice and once, so neither the start nor the data are in it. valgrind knows no AVX-512: the variants for AVX2 are
counted.
It needs Python 3.11 or newer, a Rust toolchain and, to do anything, valgrind and a processor with AVX2.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from figures import number
from machine import first_line, instructions
from programs import ROOT

BASELINE = ROOT / "bench" / "instructions.json"
#: How much more a kernel may take. Repetitions differ by less than 0.01 %, builds with other features by up to 0.9 %.
TOLERANCE = 0.03
#: Long copies by an instruction that valgrind counts once a byte would outweigh the rest.
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS,-FSRM"}
#: What counts depend on, beside the kernels.
VERSIONS = ("rustc", "valgrind")
WRITE = "python bench/instructions.py --write"


def missing():
    """Why nothing can be counted here, or nothing."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return f"the baseline is for Linux on x86-64, not for {platform.system()} on {platform.machine()}"
    if not instructions():
        return "the baseline is for AVX2, which this processor has not"
    return None if shutil.which("valgrind") else "valgrind is not installed"


def built():
    """The program that runs a kernel, with the features of the tests: after them there is nothing to build."""
    cargo = os.environ.get("CARGO", "cargo")
    build = [cargo, "build", "--release", "--workspace", "--example", "instructions", "--locked"]
    subprocess.run(build, cwd=ROOT, check=True)
    metadata = [cargo, "metadata", "--format-version", "1", "--no-deps", "--locked"]
    known = json.loads(subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True).stdout)
    return Path(known["target_directory"]) / "release" / "examples" / "instructions"


def collected(said):
    """The count in what callgrind says at the end."""
    found = re.search(r"^==\d+== Collected : (\d+)$", said, re.MULTILINE)
    if not found:
        raise ValueError(f"callgrind gave no count: {said}")
    return int(found[1])


def run(program, kernel, times):
    """Instructions of a process that runs a kernel so many times."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, kernel, str(times)]
    environment = {"PATH": os.environ["PATH"]} | ENVIRONMENT
    done = subprocess.run(valgrind, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{kernel} under valgrind failed: {done.stderr}")
    return collected(done.stderr)


def count(program, kernels):
    """Instructions of each kernel, on as many processes as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        once, twice = ([pool.submit(run, program, kernel, times) for kernel in kernels] for times in (1, 2))
    return {k: two.result() - one.result() for k, one, two in zip(kernels, once, twice, strict=True)}


def compare(before, after):
    """Which kernels take more than they did, a line each, and which take less, by name."""
    more, less = [], []
    for kernel in before.keys() & after.keys():
        change = after[kernel] / before[kernel] - 1
        if change > TOLERANCE:
            counts = f"{number(before[kernel])} instructions before, {number(after[kernel])} now"
            more.append(f"{kernel}: {counts}: {change:+.1%}, more than {TOLERANCE:.0%}")
        elif change < -TOLERANCE:
            less.append(kernel)
    return sorted(more), sorted(less)


def differing(baseline, versions):
    """In what the baseline was counted otherwise than now."""
    pairs = [(baseline[name], versions[name]) for name in VERSIONS]
    return [f"{before}, here {now}" for before, now in pairs if before != now]


def report(baseline, versions, counts, kernels):
    """Prints what there is to say of those kernels that were counted, and returns the exit code."""
    before = baseline["instructions"]
    for kernel, now in counts.items():
        change = f"{now / before[kernel] - 1:+8.2%}" if kernel in before else "     new"
        print(f"{kernel:28} {number(before.get(kernel)):>12} {number(now):>12} {change}")
    (more, less), others = compare(before, counts), differing(baseline, versions)
    said = [f"{'WARNING' if others else 'ERROR'}: {line}" for line in more]
    if others:
        said.append(f"WARNING: the baseline was counted with {'; '.join(others)}: only warned of")
    if more:
        said.append(f"Undo what makes it slower, or, if that has to be: {WRITE}, and say why in the commit.")
    unlike = sorted(before.keys() ^ set(kernels))
    if unlike:
        said.append(f"ERROR: in the baseline or in the program alone: {', '.join(unlike)}: {WRITE}")
    if less:
        said.append(f"fewer than before, which nothing guards yet: {', '.join(less)}: {WRITE}")
    sys.stdout.flush()
    print("\n".join(said), file=sys.stderr, end="\n" if said else "")
    return 1 if unlike or (more and not others) else 0


def main():
    """Counts, and compares or writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="WORDS", help="in the names of kernels; separated by commas")
    parser.add_argument("--write", action="store_true", help="write the baseline")
    parser.add_argument("--program", type=Path, help="the example `instructions`, built otherwise")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("a baseline has all kernels")
    why = missing()
    if why:
        print(f"SKIPPED: {why}: the instructions of the kernels are not counted", file=sys.stderr)
        return 1 if options.write else 0
    program = (options.program or built()).resolve()
    kernels = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    chosen = [k for k in kernels if not options.only or any(word in k for word in options.only.split(","))]
    counts = count(program, chosen)
    versions = {name: first_line(name, "--version") for name in VERSIONS}
    if options.write:
        BASELINE.write_text(json.dumps(versions | {"instructions": counts}, indent=2) + "\n")
        return 0
    return report(json.loads(BASELINE.read_text()), versions, counts, kernels)


if __name__ == "__main__":
    sys.exit(main())
