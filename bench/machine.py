"""Where and with what a table was measured."""

import datetime
import os
import platform
import subprocess
from pathlib import Path


class Machine:
    """The state of machine and sources before anything is measured."""

    def __init__(self):
        self.load = os.getloadavg()[0]
        self.revision = first_line("git", "describe", "--always", "--dirty", "--exclude=*")

    def describe(self, programs, rounds, arguments):
        """A paragraph for below a table: what repeats it, how often it was measured, on what."""
        said = [
            f"`python bench/compare.py {arguments}`, {datetime.date.today()}",
            f"rounds: {rounds}",
            f"threads: {programs.threads}",
            f"{processor()}{instructions()}, {os.cpu_count()} cores, {platform.system()}",
            f"load of the minute before {self.load:.1f}",
            f"lfr {self.revision}",
            first_line("rustc", "--version"),
        ]
        if "python" in vars(programs):
            said.append(pytorch(programs.python))
        return "; ".join(said) + "."


def processor():
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def instructions():
    """The widest vector instructions, where the system tells."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return ""
    known = (("avx512f", " with AVX-512"), ("avx2", " with AVX2"))
    return next((name for flag, name in known if flag in flags), "")


def pytorch(python):
    """Versions of PyTorch and of its Python."""
    say = "import sys, torch; print('PyTorch', torch.__version__, 'on Python', sys.version.split()[0])"
    return first_line(python, "-c", say)


def first_line(*command):
    """What a command prints first."""
    folder = Path(__file__).parent
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]
