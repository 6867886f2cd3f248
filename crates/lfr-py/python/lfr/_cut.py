"""Which items are flagged."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import _lfr


def check(contamination: Any, all_normal: bool) -> None:
    """Refuse what :func:`threshold` could not use.

    Raises
    ------
    ValueError
        For a contamination that is none, or one of data that is declared normal.
    """
    if not all_normal:
        _rule(contamination)
    elif not (isinstance(contamination, str) and contamination == "auto"):
        raise ValueError(
            f"contamination is {contamination!r}, but no share of normal data is outliers; leave it out with all_normal=True"
        )


def threshold(scores: np.ndarray, contamination: Any, all_normal: bool) -> float:
    """The score above which items are flagged; none of `scores` is where all are of normal items.

    Parameters
    ----------
    scores : ndarray of shape (n_items,)
    contamination : float, str or object
        As :class:`lfr.Detector` takes it.
    all_normal : bool
    """
    if all_normal:
        return float(scores.max())
    if hasattr(contamination, "eval"):
        flagged = np.asarray(contamination.eval(scores)).astype(bool)
        low, high = scores[~flagged], scores[flagged]
        return float(low.max() if low.size else high.min() - 1)
    single = np.ascontiguousarray(scores, dtype=np.float32)
    return _lfr.threshold(single, _rule(contamination))[0]


def _rule(contamination: Any) -> str:
    """The rule for `contamination` as the library reads it."""
    if isinstance(contamination, str):
        word, _, rule = contamination.partition(":")
        if word == "auto":
            return json.dumps({"auto": rule or "two-stage"})
    elif hasattr(contamination, "eval"):
        return ""
    elif isinstance(contamination, int | float | np.number) and 0 < contamination <= 0.5:
        return json.dumps({"contamination": float(contamination)})
    raise ValueError(f"contamination is {contamination!r}; pass a share above 0 and at most 0.5, 'auto' or 'auto:RULE'")
