"""The programs that compete: how they are built and started."""

import functools
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from contender import Contender
from workloads import smaller

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "bench" / "peers" / "pytorch.py"
OURS = "lfr"


class Programs:
    """Starts contenders with the same threads; `quick` makes their rounds as short as they can be."""

    def __init__(self, python, threads, quick):
        self.given, self.threads, self.quick = python, threads, quick

    def ours(self, workload, name=OURS):
        """Starts the library's contender."""
        return Contender(name, [self.binary, self.argument(workload)])

    def pytorch(self, variant, workload, name=None):
        """Starts PyTorch's contender."""
        return Contender(name or f"PyTorch {variant}", [self.python, PEER, variant, self.argument(workload)])

    def argument(self, workload):
        """The workload as the programs take it."""
        workload = {"threads": self.threads} | workload
        return json.dumps(smaller(workload) if self.quick else workload)

    @functools.cached_property
    def binary(self):
        """The library's contender, built."""
        cargo = os.environ.get("CARGO", "cargo")
        build = [cargo, "build", "--release", "--workspace", "--examples"]
        subprocess.run(build, cwd=ROOT, check=True)
        metadata = [cargo, "metadata", "--format-version", "1", "--no-deps"]
        known = json.loads(subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True).stdout)
        return Path(known["target_directory"]) / "release" / "examples" / "contender"

    @functools.cached_property
    def python(self):
        """A Python with PyTorch: the one given, this one, or one made for the purpose."""
        if self.given:
            return self.given
        return sys.executable if has_torch(sys.executable) else environment()


def has_torch(python):
    """Whether this Python has PyTorch."""
    return subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


def environment():
    """The Python of a virtual environment with PyTorch in the user's cache, made when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "lfr-bench" / "venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or not has_torch(python):
        print(f"installing PyTorch into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "torch", "numpy"], check=True)
    return python
