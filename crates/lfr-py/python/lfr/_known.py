"""The few labels that guide a fit."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _lfr
from ._frame import is_series


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
        For a label that is none, an item that is not there or has two labels, another number of labels than items, or a
        series of pandas with the index of the items in another order.
    """
    if isinstance(known, Mapping):
        return data.places(_by_identifier(known))
    _check_order(known, data)
    if isinstance(known, np.ma.MaskedArray):
        known = np.ma.filled(known.astype(np.float64), np.nan)
    values = np.asarray(known, dtype=object)
    if values.shape != (len(data),):
        shape = " x ".join(map(str, values.shape)) or "()"
        by_identifier = "known.to_dict()" if is_series(known) else "labels by identifier"
        raise ValueError(f"known has the shape {shape} for {len(data)} items; pass one label an item, or {by_identifier}")
    found = ((place, _label(value, place)) for place, value in enumerate(values.tolist()))
    return [(place, label) for place, label in found if label is not None]


def _by_identifier(known: Mapping[Any, Any]) -> dict[str, bool]:
    labels: dict[str, bool] = {}
    for item, value in known.items():
        label = _label(value, item)
        if label is not None and labels.setdefault(_identifier(item), label) != label:
            raise ValueError(f"known says of the item {item!r} that it is an outlier, and that it is an inlier")
    return labels


def _check_order(known: Any, data: _lfr.Data) -> None:
    """Refuse a series that has one label an item, but in another order."""
    if not is_series(known) or len(known) != len(data):
        return
    names, ids = [str(label) for label in known.index], data.ids
    if names != ids and sorted(names) == sorted(ids):
        raise ValueError(
            "known has the index of the items in another order; pass known.reindex(X.index), or known.to_numpy() if it goes "
            "by their places"
        )


def is_missing(value: Any) -> bool:
    """Whether `value` stands for a missing one: None, or NA or NaT of pandas."""
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _identifier(item: Any) -> str:
    return str(os.fspath(item) if isinstance(item, os.PathLike) else item)


def _label(value: Any, item: Any) -> bool | None:
    """True for an outlier, False for an inlier, None where it is not known."""
    if is_missing(value):
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
