#!/usr/bin/env python3
"""Measures the library against PyTorch, and against itself, and writes the tables of docs/performance.md.

    python bench/compare.py                          everything
    python bench/compare.py --only training,plug-in  some parts
    python bench/compare.py --quick                  whether everything runs: prints, writes nothing

It needs Python 3.11 or newer and a Rust toolchain; PyTorch is installed into a virtual environment in the user's
cache when neither --python nor this Python has it. Contenders run in turns, the others waiting, all with the same
threads.
"""

import argparse
import sys
from pathlib import Path

from document import put
from machine import Machine
from parts import PARTS
from programs import ROOT, Programs

QUICK_ROUNDS = 2


def arguments():
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PARTS", help=f"of {', '.join(PARTS)}; separated by commas")
    parser.add_argument("--rounds", type=int, default=5, help="of every contender [default: 5]")
    parser.add_argument("--threads", type=int, default=2, help="of every contender [default: 2]")
    parser.add_argument("--python", metavar="PATH", help="a Python that has PyTorch")
    parser.add_argument("--quick", action="store_true", help="two rounds of one step; print, write nothing")
    parser.add_argument("--document", type=Path, default=ROOT / "docs" / "performance.md", help="to write into")
    options = parser.parse_args()
    options.parts = options.only.split(",") if options.only else list(PARTS)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def main():
    """Measures part by part, and writes each as soon as it is done."""
    options, machine = arguments(), Machine()
    programs = Programs(options.python, options.threads, options.quick)
    rounds = QUICK_ROUNDS if options.quick else options.rounds
    print(f"contender: {programs.binary}", file=sys.stderr)
    for part in options.parts:
        print(f"{part}:", file=sys.stderr)
        table = PARTS[part](programs, rounds)
        repeat = f"--only {part} --rounds {rounds} --threads {options.threads}"
        block = f"\n{table}\n\n{machine.describe(programs, rounds, repeat)}\n"
        if options.quick:
            print(block)
        else:
            options.document.write_text(put(options.document.read_text(), part, block))


if __name__ == "__main__":
    main()
