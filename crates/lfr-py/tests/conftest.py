"""Data and the command, for all tests."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lfr

#: Methods that take rows of numbers and no label.
METHODS = [
    name for name in lfr.methods() if name not in ("gt-lfr", "geom", "e3outlier", "patches", "elite-ae", "elite-svdd")
]

#: Encoders of a few KB each, made by the program beside them.
TOYS = Path(__file__).parents[2] / "lfr-cli" / "tests" / "data" / "encoders"


def pytest_report_header():
    said = []
    try:
        import torch
    except ImportError:
        said.append("torch is not installed: THE TESTS OF lfr.torch ARE SKIPPED")
    else:
        said.append(f"torch {torch.__version__}")
    if not os.environ.get("LFR_ENGINES"):
        said.append("LFR_ENGINES is not set: THE TESTS OF lfr.ray AND lfr.spark ARE SKIPPED")
    return said


@pytest.fixture
def rows():
    """200 rows of 4 columns, and one far away: row 7."""
    X = np.random.default_rng(0).normal(size=(200, 4))
    X[7] += 12
    return X


@pytest.fixture
def pile():
    """Sixty rows near one another, then four in a lump aside, then four false alarms in another one."""
    X = np.random.default_rng(0).uniform(size=(68, 2))
    X[:60] *= 6
    X[60:64] += 14
    X[64:] += [-9, 14]
    return X


@pytest.fixture
def known():
    """Labels of the pile: two real outliers and two false alarms are known."""
    labels = np.full(68, -1)
    labels[[60, 61, 64, 65]] = [1, 1, 0, 0]
    return labels


@pytest.fixture(autouse=True)
def quiet(recwarn):
    """What the detector warns of is looked at by the tests that mean it."""


@pytest.fixture
def command(tmp_path):
    """Runs the command ``lfr`` of the wheel in a folder of its own."""

    def run(*words):
        result = subprocess.run(
            [sys.executable, "-m", "lfr", *map(str, words)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert "panicked" not in result.stderr, result.stderr
        return result

    run.folder = tmp_path
    return run


def scores_of(X, method="pca", **options):
    return lfr.Detector(method, **options).fit(X).decision_scores_
