"""The few labels that guide a fit."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _lfr


def places(known: Any, data: _lfr.Data) -> list[tuple[int, bool]]:
    """Places in `data` and labels (True = outlier) of the items that `known` says something of.

    Parameters
    ----------
    known : mapping or array
        Labels by the identifiers of items, or one an item, see :meth:`lfr.Detector.fit`.
    data : Data
        The items.

    Raises
    ------
    ValueError
        For a label that is none, an item that is not there, or another number of labels than items.
    """
    if isinstance(known, Mapping):
        labels = {_identifier(item): _label(value, item) for item, value in known.items()}
        return data.places({item: label for item, label in labels.items() if label is not None})
    if isinstance(known, np.ma.MaskedArray):
        known = np.ma.filled(known.astype(np.float64), np.nan)
    values = np.asarray(known, dtype=object)
    if values.shape != (len(data),):
        shape = " x ".join(map(str, values.shape)) or "()"
        raise ValueError(f"known has the shape {shape} for {len(data)} items; pass one label an item, or labels by identifier")
    found = ((place, _label(value, place)) for place, value in enumerate(values.tolist()))
    return [(place, label) for place, label in found if label is not None]


def _identifier(item: Any) -> str:
    return str(os.fspath(item) if isinstance(item, os.PathLike) else item)


def _label(value: Any, item: Any) -> bool | None:
    """True for an outlier, False for an inlier, None where it is not known."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, bool | int | float | np.integer | np.floating | np.bool_):
        if value in (0, 1):
            return bool(value)
        if value == -1 or math.isnan(value):
            return None
    raise ValueError(
        f"known has {value!r} for the item {item!r}; pass 1 or True for an outlier, 0 or False for an inlier, "
        "and -1 or NaN where it is not known"
    )
