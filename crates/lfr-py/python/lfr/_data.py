"""From what Python programs hold to a pile."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _frame, _lfr
from ._known import is_missing
from ._picture import is_picture, of_pil

#: Endings of image files, those that the library reads.
PICTURES = tuple(f".{name}" for name in "png jpg jpeg jpe jfif pjpeg webp bmp tif tiff gif pgm ppm pnm".split())

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
    #: Those whose numbers stand for categories.
    categories: Sequence[str] = ()

    def codes(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """How `categories` are read, but for those that `settings` use otherwise."""
        if self.held.kind != "table":
            return {}
        given = _given(settings)
        others = {given.get("id"), given.get("label"), *given.get("ignore", ())}
        return {name: "category" for name in self.categories if name not in others}


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
    return plain(_given(settings))


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the reading among `settings`; columns, which pandas may call by numbers, by their names as texts."""
    given = {key: settings[key] for key in READING if settings.get(key) is not None}
    if "ignore" in given:
        several = hasattr(given["ignore"], "__iter__") and not isinstance(given["ignore"], str)
        given["ignore"] = [str(name) for name in (given["ignore"] if several else [given["ignore"]])]
    return given | {key: str(given[key]) for key in ("id", "label", "text", "sheet") if key in given}


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
    if is_picture(X):
        raise TypeError("X is a single picture; pass a list of them: [X]")
    if _frame.is_frame(X):
        return _of_frame(X, reading, threads)
    X = _rows_of(X)
    if type(X).__name__ == "Series" and hasattr(X, "to_list"):
        return _series(X, reading, threads)
    if _is_text_array(X):
        return _list(X.to_pylist(), reading, threads)
    if hasattr(X, "__arrow_c_stream__") or hasattr(X, "__arrow_c_array__"):
        return _arrow(X, reading, threads)
    if hasattr(X, "toarray") and hasattr(X, "nnz"):
        return _array(dense(X), reading, threads)
    if isinstance(X, list | tuple):
        return _list(X, reading, threads)
    if isinstance(X, np.ma.MaskedArray):
        return _array(_unmasked(X), reading, threads)
    if isinstance(X, Mapping | set | frozenset | bytes | bytearray):
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


def _of_frame(X: Any, reading: _lfr.Reading, threads: int | None) -> Data:
    plain = _frame.named(X)
    names = list(plain.columns)
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        columns = [(name, _frame.without_arrow(plain[name])) for name in names]
        held = _lfr.Data.columns(columns, reading, threads)
    else:
        held = _arrow(_frame.for_arrow(plain), reading, threads).held
    return Data(_with_index(held, X, reading), len(names), names, _frame.categories(X))


def _with_index(held: _lfr.Data, X: Any, reading: _lfr.Reading) -> _lfr.Data:
    """`held` with the index of `X` for identifiers, unless a column identifies, or rows were left out."""
    ids = _frame.identifiers(X)
    return held if ids is None or reading.id is not None or len(held) != len(ids) else held.with_ids(ids)


def _series(X: Any, reading: _lfr.Reading, threads: int | None) -> Data:
    items = X.to_list()
    if items and not any(_is_item(item) for item in items):
        raise ValueError(f"X is a series of {X.dtype}; pass a frame (X.to_frame()), or a series of texts or rows")
    data = _list(items, reading, threads)
    data.held = _with_index(data.held, X, reading)
    return data


def _is_item(value: Any) -> bool:
    """Whether a value of a series is an item by itself: a text, a path, a row, a picture."""
    return isinstance(value, str | os.PathLike | np.ndarray | list | tuple) or is_picture(value)


def _rows_of(X: Any) -> Any:
    """The rows of a lazy frame of polars, and of a data set or a scanner of pyarrow; anything else as it is."""
    kind = f"{type(X).__module__.split('.')[0]}.{type(X).__name__}"
    if kind == "polars.LazyFrame":
        return X.collect()
    if kind.startswith("pyarrow.") and hasattr(X, "to_batches") and not hasattr(X, "__arrow_c_stream__"):
        return X.to_table()
    return X


def _is_text_array(X: Any) -> bool:
    """Whether `X` is an array of pyarrow that holds texts."""
    kind: Any = getattr(X, "type", None) if hasattr(X, "to_pylist") else None
    if str(kind).startswith("dictionary"):
        kind = kind.value_type
    return str(kind) in ("string", "large_string", "string_view")


def _arrow(X: Any, reading: _lfr.Reading, threads: int | None) -> Data:
    names = getattr(X, "column_names", None) or getattr(X, "columns", None)
    if names is None or callable(names):
        names = getattr(getattr(X, "schema", None), "names", None)
    names = None if names is None else [str(name) for name in names]
    return Data(_lfr.Data.table(X, reading, threads), None if names is None else len(names), names)


def dense(X: Any) -> np.ndarray:
    """A sparse matrix of SciPy as an array of up to `MAX_DENSE` bytes."""
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
    if all(map(is_picture, X)):
        return _pictures([of_pil(item, place) for place, item in enumerate(X)], reading, threads)
    if all(isinstance(item, np.ndarray) and item.ndim in (2, 3) for item in X):
        return _pictures(X, reading, threads)
    if any(isinstance(item, str | bytes | os.PathLike) or item is None for item in X):
        kinds = sorted({type(item).__name__ for item in X})
        hint = "texts: item.decode()" if kinds == ["bytes"] else "items of one kind, without None or NaN"
        raise ValueError(f"X is a list of {', '.join(kinds)}; pass {hint}")
    array = _asarray(X)
    if array.ndim == 1 and array.dtype == object:
        kinds = sorted({type(item).__name__ for item in X})
        raise ValueError(f"X is a list of {', '.join(kinds)}; pass a table (pandas.DataFrame(X)), or rows of numbers")
    return _array(array, reading, threads)


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


def _unmasked(X: np.ma.MaskedArray[Any, Any]) -> np.ndarray:
    """`X` with NaN where it is masked."""
    if not np.ma.is_masked(X):
        return X.data
    if X.ndim == 2 and X.dtype.kind in "biufO":
        return np.ma.filled(X.astype(np.float64), np.nan)
    raise ValueError(f"X is a masked array of {X.dtype} with {X.ndim} dimensions; leave the masked items out")


def _array(X: np.ndarray, reading: _lfr.Reading, threads: int | None) -> Data:
    _check_kind(X)
    if X.ndim == 1 and X.dtype.kind in "OUT":
        return _list(X.tolist(), reading, threads)
    if X.ndim == 3 and X.shape[2] in (3, 4):
        shape = " x ".join(map(str, X.shape))
        raise ValueError(
            f"X has the shape {shape}, that of a single picture in colour; pass X[None] if it is one, "
            "and X[..., None] for grey pictures as narrow as this"
        )
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


def _check_kind(X: np.ndarray) -> None:
    """Refuse what is no array of items."""
    if X.ndim == 0 and X.dtype == object:
        kind, hint = type(X.item()), "an array, a table, a list of items or a path"
        if hasattr(kind, "__iter__"):
            hint = "its path" if hasattr(kind, "read") else "list(X)"
        raise TypeError(f"X is of the type {kind.__name__}; pass {hint}")
    if X.dtype.names is not None:
        raise ValueError("X is an array of records; pass a table (pandas.DataFrame(X))")
    if X.ndim == 1 and X.dtype.kind == "S":
        raise ValueError("X holds bytes; pass texts (numpy.char.decode(X))")


def _numbers(X: np.ndarray) -> np.ndarray:
    """`X` in C order as 32-bit floats where that loses nothing, else as 64-bit ones."""
    if X.dtype.kind == "c":
        raise ValueError("X holds complex numbers, which have no order; pass their real and imaginary parts")
    if X.dtype.kind in "UST":
        raise ValueError("X holds texts; pass a table (pandas, polars, pyarrow), or a list of documents")
    if X.dtype.kind in "mMV":
        raise ValueError(f"X holds {X.dtype}; pass a table (pandas, polars, pyarrow), whose dates are read as numbers")
    if X.dtype.kind == "O":
        try:
            X = np.array([np.nan if is_missing(value) else value for value in X.flat], dtype=np.float64).reshape(X.shape)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"X holds objects that are no numbers ({error}); pass a table (pandas, polars, pyarrow)"
            ) from error
    single = X.dtype in (np.float16, np.float32, np.int8, np.uint8, np.int16, np.uint16, np.bool_)
    return np.ascontiguousarray(X, dtype=np.float32 if single else np.float64)
