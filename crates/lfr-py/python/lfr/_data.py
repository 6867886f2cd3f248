"""From what Python programs hold to a pile."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _lfr

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")

#: Settings of the reading that say how a file is written.
FILE = ("header", "delimiter", "encoding", "sheet", "keep_footer")

#: All settings of the reading.
READING = (
    *("kind", "image_size", "channels", "id", "ignore", "label", "text", "max_bad_fraction", "data_dir", "features_cache"),
    *FILE,
)

#: Values of an array that are scored at once; more would be a second copy of it.
BLOCK = 1 << 23

#: Largest dense array made of a sparse matrix, in bytes.
MAX_DENSE = 1 << 30


@dataclass
class Data:
    """A pile and how its columns were called."""

    held: _lfr.Data
    #: Columns of an array or a table; ``None`` for documents, pictures and files.
    columns: int | None = None
    #: Their names where they have some.
    names: list[str] | None = None


def plain(settings: Mapping[str, Any]) -> str:
    """`settings` as JSON, numbers of NumPy and paths included."""

    def simple(value: Any) -> Any:
        if isinstance(value, np.generic | np.ndarray):
            return value.tolist()
        if isinstance(value, os.PathLike):
            return os.fspath(value)
        raise TypeError(f"a setting is a {type(value).__name__}; pass numbers, texts, lists and dictionaries")

    return json.dumps(settings, default=simple)


def reading_settings(settings: Mapping[str, Any]) -> str:
    """The settings of the reading among `settings`, as JSON."""
    given = {key: settings[key] for key in READING if settings.get(key) is not None}
    if isinstance(given.get("ignore"), str):
        given["ignore"] = [given["ignore"]]
    if "sheet" in given:
        given["sheet"] = str(given["sheet"])
    return plain(given)


def check_in_memory(X: Any, settings: Mapping[str, Any]) -> None:
    """Refuse settings that say how a file is written when `X` is no path."""
    given = [key for key in FILE if settings.get(key) is not None and (key == "header" or settings[key] is not False)]
    if given and not isinstance(X, str | os.PathLike):
        raise ValueError(f"{given[0]} says how a file is written, but X is a {type(X).__name__}; leave it out, or pass a path")


def read(X: Any, reading: _lfr.Reading, threads: int | None) -> Data:
    """Read `X` as `reading` says."""
    if isinstance(X, _lfr.Data):
        return Data(X)
    if isinstance(X, str | os.PathLike):
        return Data(_lfr.Data.read(X, reading, threads))
    if _is_frame(X):
        return _frame(X, reading, threads)
    if type(X).__name__ == "Series" and hasattr(X, "to_list"):
        return _list(X.to_list(), reading, threads)
    if hasattr(X, "__arrow_c_stream__") or hasattr(X, "__arrow_c_array__"):
        return _arrow(X, reading, threads)
    if hasattr(X, "toarray") and hasattr(X, "nnz"):
        return _array(_dense(X), reading, threads)
    if isinstance(X, list | tuple):
        return _list(X, reading, threads)
    if isinstance(X, Mapping | set | frozenset | bytes):
        raise TypeError(f"X is a {type(X).__name__}; pass an array, a table, a list of items or a path")
    return _array(_asarray(X), reading, threads)


def blocks(X: Any) -> Iterator[Any]:
    """`X` in parts that have the scores of the whole: rows of large arrays, else all at once."""
    if not (isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "biuf" and X.size > BLOCK):
        yield X
        return
    rows = max(1, BLOCK // X.shape[1])
    for start in range(0, X.shape[0], rows):
        yield X[start : start + rows]


def _asarray(X: Any) -> np.ndarray:
    try:
        return np.asarray(X)
    except ValueError as error:
        raise ValueError(f"X cannot be read as an array: {error}") from error


def _is_frame(X: Any) -> bool:
    return type(X).__module__.split(".")[0] == "pandas" and hasattr(X, "columns")


def _frame(X: Any, reading: _lfr.Reading, threads: int | None) -> Data:
    names = [str(name) for name in X.columns]
    own_ids = type(X.index).__name__ != "RangeIndex"
    plain = X.reset_index(drop=True)
    if len(set(names)) == len(names):
        plain = plain.set_axis(names, axis=1)
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        held = _lfr.Data.columns([(name, _column(plain.iloc[:, i])) for i, name in enumerate(names)], reading, threads)
    else:
        held = _arrow(plain, reading, threads).held
    if own_ids and reading.id is None and len(held) == len(X):
        held = held.with_ids([str(label) for label in X.index])
    return Data(held, len(names), names)


def _column(series: Any) -> Any:
    """A column as numbers with NaN where missing or, when it holds anything else, as texts."""
    kind = series.dtype.kind
    if kind in "biuf":
        return np.ascontiguousarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    if kind == "M":
        series = series.dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return [None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)]


def _arrow(X: Any, reading: _lfr.Reading, threads: int | None) -> Data:
    names = getattr(X, "column_names", None) or getattr(X, "columns", None)
    names = None if names is None or callable(names) else [str(name) for name in names]
    return Data(_lfr.Data.table(X, reading, threads), None if names is None else len(names), names)


def _dense(X: Any) -> np.ndarray:
    if X.ndim != 2:
        raise ValueError(f"X is sparse with {X.ndim} dimensions; pass a matrix of 2")
    size = int(X.shape[0]) * int(X.shape[1]) * 8
    if size > MAX_DENSE:
        raise ValueError(
            f"X is sparse and would take {size >> 20} MiB as a dense array, the limit is {MAX_DENSE >> 20} MiB; "
            "pass the documents themselves, or fewer columns (sklearn.decomposition.TruncatedSVD)"
        )
    return np.asarray(X.toarray())


def _list(X: Sequence[Any], reading: _lfr.Reading, threads: int | None) -> Data:
    if not X:
        raise ValueError("X is empty: it holds no item")
    if all(isinstance(item, str) for item in X):
        if all(item.lower().endswith(PICTURES) for item in X):
            return Data(_lfr.Data.picture_files(X, reading, threads))
        return Data(_lfr.Data.documents(X, reading, threads))
    if all(isinstance(item, os.PathLike) for item in X):
        return Data(_lfr.Data.picture_files(X, reading, threads))
    if all(hasattr(item, "convert") and hasattr(item, "getbands") for item in X):
        return _pictures([_of_pil(item) for item in X], reading, threads)
    if all(isinstance(item, np.ndarray) and item.ndim in (2, 3) for item in X):
        return _pictures(X, reading, threads)
    if any(isinstance(item, str | bytes | os.PathLike) or item is None for item in X):
        kinds = sorted({type(item).__name__ for item in X})
        raise ValueError(f"X is a list of {', '.join(kinds)}; pass items of one kind, and no None")
    return _array(_asarray(X), reading, threads)


def _of_pil(image: Any) -> np.ndarray:
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    see_through = "A" in image.getbands() or "transparency" in image.info
    return np.asarray(image.convert("RGBA" if see_through else "RGB"))


def _pictures(X: Sequence[np.ndarray], reading: _lfr.Reading, threads: int | None) -> Data:
    entries = []
    for i, picture in enumerate(X):
        if picture.dtype != np.uint8:
            raise ValueError(
                f"picture {i} has values of {picture.dtype}; pass numpy.uint8, 0 to 255 "
                "(for values from 0 to 1: (255 * X).round().astype(numpy.uint8))"
            )
        height, width, *channels = picture.shape
        entries.append((np.ascontiguousarray(picture), height, width, channels[0] if channels else 1))
    if not entries:
        raise ValueError("X is empty: it holds no picture")
    return Data(_lfr.Data.pictures(entries, reading, threads))


def _array(X: np.ndarray, reading: _lfr.Reading, threads: int | None) -> Data:
    if X.ndim == 1 and X.dtype.kind in "OU":
        return _list(X.tolist(), reading, threads)
    if X.ndim in (3, 4):
        return _pictures(list(X), reading, threads)
    if X.ndim != 2:
        shape = " x ".join(map(str, X.shape)) or "()"
        raise ValueError(
            f"X has the shape {shape}; pass rows x columns, or pictures x height x width [x channels]. "
            "Reshape your data using array.reshape(-1, 1) if it has a single column"
        )
    if 0 in X.shape:
        raise ValueError(f"X is empty: {X.shape[0]} rows of {X.shape[1]} columns")
    X = _numbers(X)
    return Data(_lfr.Data.rows(X, X.shape[1], reading, threads), X.shape[1])


def _numbers(X: np.ndarray) -> np.ndarray:
    """`X` in C order as 32-bit floats where that loses nothing, else as 64-bit ones."""
    if isinstance(X, np.ma.MaskedArray):
        X = np.ma.filled(X.astype(np.float64), np.nan)
    if X.dtype.kind == "c":
        raise ValueError("X holds complex numbers, which have no order; pass their real and imaginary parts")
    if X.dtype.kind in "US":
        raise ValueError("X holds texts; pass a table (pandas, polars, pyarrow), or a list of documents")
    if X.dtype.kind in "mMV":
        raise ValueError(f"X holds {X.dtype}; pass a table (pandas, polars, pyarrow), whose dates are read as numbers")
    if X.dtype.kind == "O":
        try:
            X = X.astype(np.float64)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"X holds objects that are no numbers ({error}); pass a table (pandas, polars, pyarrow)"
            ) from error
    single = X.dtype in (np.float16, np.float32, np.int8, np.uint8, np.int16, np.uint16, np.bool_)
    return np.ascontiguousarray(X, dtype=np.float32 if single else np.float64)
