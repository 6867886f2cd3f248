"""Frames and series of pandas as Arrow holds them, read as the same cells of a file are."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np


def is_frame(X: Any) -> bool:
    """Whether `X` is a frame of pandas, or of a class made of it."""
    return _is(X, "DataFrame")


def is_series(X: Any) -> bool:
    """Whether `X` is a series of pandas."""
    return _is(X, "Series")


def _is(X: Any, name: str) -> bool:
    return any(kind.__name__ == name and kind.__module__.split(".")[0] == "pandas" for kind in type(X).__mro__)


def identifiers(X: Any) -> list[str] | None:
    """The index of a frame or a series of pandas; ``None`` where it only counts the rows from 0, and for anything else."""
    if not (is_frame(X) or is_series(X)):
        return None
    index = X.index
    if type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1):
        return None
    return [str(label) for label in index]


def named(X: Any) -> Any:
    """`X` with the names of its columns as texts, and rows that are counted.

    Raises
    ------
    ValueError
        For columns of the same name.
    """
    names = [str(name) for name in X.columns]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(f"X has duplicate columns: {', '.join(f'`{name}`' for name in twice)}; rename all but one of each")
    return X.reset_index(drop=True).set_axis(names, axis=1)


def categories(X: Any) -> list[str]:
    """The columns whose numbers are categories without an order, such as codes."""
    return [str(name) for name, dtype in X.dtypes.items() if _is_coded(dtype)]


def _is_coded(dtype: Any) -> bool:
    return type(dtype).__name__ == "CategoricalDtype" and not dtype.ordered and dtype.categories.dtype.kind in "iuf"


def for_arrow(X: Any) -> Any:
    """`X` with the columns that have no type in Arrow as those that a file would have."""
    mended = {name: column for name in X.columns if (column := _column(X[name])) is not None}
    if mended:
        # By item, as names may be those of arguments: `self`.
        X = X.copy(deep=False)
    for name, column in mended.items():
        X[name] = column
    return X


def _column(series: Any) -> Any:
    """`series` as Arrow holds it; ``None`` where it does already."""
    dtype, kind = series.dtype, type(series.dtype).__name__
    _refuse_complex(series)
    if kind == "PeriodDtype":
        return series.dt.to_timestamp()
    if kind == "SparseDtype":
        return series.sparse.to_dense()
    if kind == "IntervalDtype" or (kind == "CategoricalDtype" and not _is_plain(dtype.categories)):
        return texts(series)
    return _objects(series) if dtype == object else None


def _refuse_complex(series: Any) -> None:
    if series.dtype.kind == "c":
        raise ValueError(
            f"column `{series.name}` holds complex numbers, which have no order; pass their real and imaginary parts"
        )


def _is_plain(values: Any) -> bool:
    """Whether all are numbers or points in time, or all are texts."""
    return values.dtype.kind in "biufmM" or all(isinstance(value, str) for value in values)


def _objects(series: Any) -> Any:
    """Objects of one type as Arrow holds it, and any others as texts."""
    import pandas
    import pyarrow

    try:
        array = pyarrow.chunked_array([pyarrow.array(series, from_pandas=True)])
    except (pyarrow.ArrowException, OverflowError):
        return texts(series)
    if isinstance(array.type, pyarrow.BaseExtensionType):
        return texts(series)
    return pandas.Series(pandas.arrays.ArrowExtensionArray(array), index=series.index)


def texts(series: Any) -> list[str | None]:
    """Each value as text; ``None`` where it is missing."""
    return [None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)]


def without_arrow(series: Any) -> Any:
    """A column as numbers with NaN where missing or, when it holds anything else, as texts."""
    _refuse_complex(series)
    if type(series.dtype).__name__ == "PeriodDtype":
        series = series.dt.to_timestamp()
    if type(series.dtype).__name__ == "CategoricalDtype":
        of = series.dtype.categories.dtype
        series = series.astype("float64" if of.kind in "biuf" else of if of.kind in "mM" else object)
    kind = series.dtype.kind
    if kind in "biuf":
        return np.ascontiguousarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    if kind == "m":
        return np.ascontiguousarray(series.dt.total_seconds().to_numpy(dtype=np.float64))
    if kind == "M":
        utc = series if series.dt.tz is None else series.dt.tz_convert("UTC")
        series = utc.dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return texts(series)
