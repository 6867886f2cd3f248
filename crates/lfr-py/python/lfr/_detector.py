"""The detector."""

from __future__ import annotations

import html
import json
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from . import _lfr
from ._data import Data, plain, read

Path = str | os.PathLike[str]

#: Settings of the reading; every other setting is one of the method.
READING = ("image_size", "channels", "id", "ignore", "label", "text", "max_bad_fraction", "data_dir")


class NotFittedError(ValueError, AttributeError):
    """The detector was used before ``fit`` or ``load``."""


class Detector:
    """Ranks the outliers of a pile that nobody labelled.

    Parameters
    ----------
    method : str, default "combined"
        One of :func:`lfr.methods`. The default suits any kind of data.
    preset : str, optional
        Settings that go together, see ``lfr methods``.
    seed : int, default 0
        Seed of everything random.
    threads : int, optional
        Processor threads of each call; all processors unless given.
    contamination : float or str or object, default "auto"
        Which items ``labels_`` flags: a share of the items, above 0 and at most 0.5; ``"auto"`` or ``"auto:RULE"``
        (two-stage, mad, iqr, otsu), which lets the scores decide; or an object of PyThresh.
    progress : bool or callable, default False
        Show a bar of tqdm, or call ``progress(epoch, epochs, loss)`` after each epoch. Methods that train no network
        have no epochs.
    **settings
        How data is read: ``image_size``, ``channels``, ``id``, ``ignore``, ``label``, ``text``, ``max_bad_fraction``,
        ``data_dir``, as the flags of ``lfr rank``. Every other setting is one of the method (``lfr methods METHOD``
        lists them), with ``epochs``, ``batch_size`` and ``learning_rate`` for those that train a network.

    Attributes
    ----------
    decision_scores_ : ndarray of shape (n_items,), float64
        Score of each training item, higher = more anomalous.
    labels_ : ndarray of shape (n_items,), int
        1 for the items flagged, else 0.
    threshold_ : float
        Scores above it are flagged.
    ids_ : list of str
        Identifiers of the training items.
    warnings_ : list of str
        What the reader and the method decided and the user should know.
    checks_ : list of dict
        Self-checks: signs that the scores mean nothing (``verdict`` is ``"warning"``).
    curve_ : list of dict
        Epoch, loss and its parts; empty for methods that train no network.
    record_ : dict
        How the scores came about, as ``run.json`` of the command.
    n_features_in_ : int
        Columns, for arrays and tables.

    Examples
    --------
    >>> import numpy as np, lfr
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> X[7] = 9.0
    >>> detector = lfr.Detector("isolation-forest", contamination=0.01).fit(X)
    >>> int(detector.decision_scores_.argmax())
    7
    >>> detector.predict([[0, 0, 0], [9, 9, 9]])
    array([0, 1])
    """

    def __init__(
        self,
        method: str = "combined",
        *,
        preset: str | None = None,
        seed: int = 0,
        threads: int | None = None,
        contamination: Any = "auto",
        progress: bool | Callable[[int, int, float], object] = False,
        **settings: Any,
    ) -> None:
        if not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 2**64:
            raise ValueError(f"seed is {seed!r}; pass a whole number from 0 to 2**64 - 1")
        self.method = method
        self.preset = preset
        self.seed = seed
        self.threads = threads
        self.contamination = contamination
        self.progress = progress
        self.settings = settings
        _rule(contamination)

    def fit(self, X: Any, y: Any = None) -> Detector:
        """Fit on a pile and score it.

        Parameters
        ----------
        X : array, table, list, or path
            Numbers of shape (n_items, n_columns), any type and order; anything with ``__arrow_c_stream__`` or
            ``__arrow_c_array__`` (pyarrow, polars, duckdb); a frame of pandas, whose index identifies the rows unless
            it only counts them; a sparse matrix of SciPy; a list of texts; a list of paths of picture files (or of
            strings that all end as such); a list of PIL images; uint8 pictures of shape (n, height, width) or
            (n, height, width, channels), or a list of them; or the path of anything that ``lfr rank`` reads.
        y : ignored

        Returns
        -------
        Detector
            Itself.

        Raises
        ------
        ValueError
            For data or settings that cannot be used.
        OSError
            For files that cannot be read.
        """
        reading = {key: self.settings[key] for key in READING if key in self.settings}
        settings = {key: value for key, value in self.settings.items() if key not in READING}
        data = read(X, reading, self.threads)
        with _Progress(self.progress) as callback:
            run = _lfr.fit(
                data.held, self.method, self.preset, plain(settings), int(self.seed), self.threads, callback
            )
        self._model: _lfr.Run | _lfr.Model = run
        self._header: dict[str, Any] = json.loads(run.header())
        self._learn(json.loads(run.record()), _floats(run.scores()), data)
        return self

    def _learn(self, record: dict[str, Any], scores: np.ndarray, data: Data) -> None:
        self.record_ = record
        self.decision_scores_ = scores
        self.ids_ = data.held.ids
        self.warnings_ = list(record["warnings"])
        self.checks_ = record["checks"]
        self.curve_ = record["curve"]
        if data.columns is not None:
            self.n_features_in_ = data.columns
        failed = [check["message"] for check in self.checks_ if check["verdict"] == "warning"]
        for sentence in self.warnings_ + failed:
            warnings.warn(sentence, UserWarning, stacklevel=3)
        self._cut(scores)
        self.labels_ = (scores > self.threshold_).astype(int)

    def _cut(self, scores: np.ndarray) -> None:
        if hasattr(self.contamination, "eval"):
            flagged = np.asarray(self.contamination.eval(scores)).astype(bool)
            low, high = scores[~flagged], scores[flagged]
            self.threshold_ = float(low.max() if low.size else high.min() - 1)
            return
        single = np.ascontiguousarray(scores, dtype=np.float32)
        self.threshold_, self._why = _lfr.threshold(single, _rule(self.contamination))

    def decision_function(self, X: Any) -> np.ndarray:
        """Score items; a score depends on the item and the model alone.

        Parameters
        ----------
        X : as for `fit`

        Returns
        -------
        ndarray of shape (n_items,), float64
            Higher = more anomalous.
        """
        return _floats(self._fitted().score(self._new(X).held, self.threads))

    def predict(self, X: Any) -> np.ndarray:
        """Flag items: 1 where the score is above ``threshold_``, else 0.

        Returns
        -------
        ndarray of shape (n_items,), int
        """
        scores = self.decision_function(X)
        return (scores > self.threshold_).astype(int)

    def fit_predict(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit and return ``labels_``."""
        return self.fit(X).labels_

    def ranking(self) -> np.ndarray:
        """Places of the training items from the most to the least anomalous, shape (n_items,)."""
        self._fitted()
        return np.argsort(-self.decision_scores_, kind="stable")

    def explain(self, X: Any) -> list[list[dict[str, Any]]]:
        """What stands out in each item, as the report shows it, the most first.

        Returns
        -------
        list of list of dict
            For a table columns with ``column``, ``value``, ``expected`` (where the method says) and ``residual``; for
            documents ``term`` and ``weight``. Pictures are in the report alone.
        """
        entries: list[list[dict[str, Any]]] = json.loads(self._fitted().explain(self._new(X).held, self.threads))
        return entries

    def _new(self, X: Any) -> Data:
        """New data, read as the model remembers."""
        past = self._header["reading"]
        reading = {key: self.settings.get(key) for key in ("max_bad_fraction", "data_dir")}
        if self._header["kind"] == "images":
            reading.update(image_size=past["image_size"], channels=past["channels"])
        else:
            reading.update(text=past["text"])
            if past["id"] is not None and _has_column(X, past["id"]):
                reading.update(id=past["id"])
        data = read(X, reading, self.threads)
        known = getattr(self, "n_features_in_", None)
        if isinstance(X, np.ndarray | list | tuple) and known is not None and data.columns not in (None, known):
            raise ValueError(f"X has {data.columns} features, but {type(self).__name__} is expecting {known} features as input")
        return data

    def _fitted(self) -> _lfr.Run | _lfr.Model:
        model: _lfr.Run | _lfr.Model | None = getattr(self, "_model", None)
        if model is None:
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit first")
        return model

    def save(self, path: Path) -> None:
        """Write the model file, which ``lfr score`` reads too. No code is in it."""
        self._fitted().save(path)

    def to_onnx(self, path: Path) -> None:
        """Write the model as an ONNX file (opset 18, ``ai.onnx.ml`` 3) with the preprocessing inside.

        The output ``anomaly_score``, float32 of shape (N,), is what ``decision_function`` returns. The input ``input`` is

        * for pictures uint8 of shape (N, height, width, channels), resized in the graph;
        * for tables float64 of shape (N, columns of numbers, dates and times), NaN where a value is missing, and
          ``categories``, strings of shape (N, other columns), ``""`` where missing;
        * for documents float32 TF-IDF weights of shape (N, terms), and ``unknown``, float32 of shape (N,), the share of
          each document's words that are no terms.

        The metadata holds, as texts or JSON, ``version``, ``method``, ``settings``, ``kind``, ``quantiles`` of the training
        scores, ``warnings``, and ``columns``, ``images`` or ``vocabulary``, which say how inputs are laid out.

        Raises
        ------
        ValueError
            For what a graph cannot express, with the reason.
        """
        data = self._fitted().to_onnx()
        with open(path, "wb") as file:
            file.write(data)

    @classmethod
    def load(cls, path: Path, *, contamination: Any = "auto", threads: int | None = None) -> Detector:
        """Read a model file, of ``save`` or of the command.

        The file keeps the training scores in brief (all up to 1000 items, 1000 quantiles beyond), from which
        ``threshold_`` is found.

        Raises
        ------
        lfr.ModelError
            For a file that is damaged, foreign or from a newer version.
        """
        return cls._of(_lfr.Model.load(path), contamination, threads)

    @classmethod
    def _of(cls, model: _lfr.Model, contamination: Any, threads: int | None) -> Detector:
        header = json.loads(model.header())
        method = dict(header["method"])
        detector = cls(method.pop("method"), seed=header["seed"], threads=threads, contamination=contamination)
        detector.settings = method
        detector._model, detector._header = model, header
        detector.warnings_ = header["warnings"]
        detector._cut(np.asarray(header["quantiles"][1:], dtype=np.float64))
        return detector

    def report(self, path: Path, *, show: int = 48) -> None:
        """Write the report, one page of HTML, with the `show` most anomalous items."""
        self._run("report").report(path, show, self.threads)

    def write(self, folder: Path, *, force: bool = False, show: int = 48) -> None:
        """Write the folder that ``lfr rank`` writes: scores, model, report and record."""
        self._run("write").write(folder, force, show, [], self.threads)

    def _run(self, what: str) -> _lfr.Run:
        model = self._fitted()
        if not isinstance(model, _lfr.Run):
            raise ValueError(f"{what} shows the training items, which a model file does not hold; fit again")
        return model

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        model = state.pop("_model", None)
        if model is not None:
            state["_bytes"] = model.to_bytes()
        if callable(state["progress"]):
            state["progress"] = False
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        data = state.pop("_bytes", None)
        self.__dict__.update(state)
        if data is not None:
            self._model = _lfr.Model.from_bytes(data)

    def __repr__(self) -> str:
        given = {"preset": None, "seed": 0, "threads": None, "contamination": "auto"}
        words = [repr(self.method)]
        words += [f"{key}={getattr(self, key)!r}" for key, usual in given.items() if getattr(self, key) is not usual and getattr(self, key) != usual]
        words += [f"{key}={value!r}" for key, value in self.settings.items()]
        return f"{type(self).__name__}({', '.join(words)})"

    def _repr_html_(self) -> str:
        if not hasattr(self, "decision_scores_"):
            return f"<code>{html.escape(repr(self))}</code>"
        n, order = len(self.decision_scores_), self.ranking()[:10]
        rows = "".join(
            f"<tr><td>{rank}</td><td>{html.escape(self.ids_[i])}</td><td>{self.decision_scores_[i]:.5g}</td></tr>"
            for rank, i in enumerate(order, 1)
        )
        said = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.warnings_)
        return (
            f"<p><code>{html.escape(repr(self))}</code>: {n} items, {int(self.labels_.sum())} flagged "
            f"above {self.threshold_:.5g}</p>{_histogram(self.decision_scores_, self.threshold_)}<ul>{said}</ul>"
            f"<table><tr><th>rank</th><th>most anomalous</th><th>score</th></tr>{rows}</table>"
        )


def rank(path: Path, output: Path | None = None, *, force: bool = False, show: int = 48, **options: Any) -> Detector:
    """Rank what is at a path: the command ``lfr rank`` from Python.

    Parameters
    ----------
    path : str or path-like
        A folder of pictures or texts, an array, a table, a text file, or a known data set, as ``lfr rank`` takes it.
    output : str or path-like, optional
        Folder to write with scores, model, report and record; nothing is written unless it is given.
    force : bool, default False
        Replace the folder of an earlier run.
    show : int, default 48
        Items in the report's gallery.
    **options
        As for :class:`Detector`.

    Returns
    -------
    Detector
        Fitted on what is there, with ``ids_`` and ``decision_scores_``.
    """
    detector = Detector(**options).fit(os.fspath(path))
    if output is not None:
        detector.write(output, force=force, show=show)
    return detector


def _floats(data: bytes) -> np.ndarray:
    return np.frombuffer(data, dtype=np.float32).astype(np.float64)


def _has_column(X: Any, name: str) -> bool:
    if isinstance(X, str | os.PathLike):
        return True
    names = getattr(X, "column_names", None) or getattr(X, "columns", None)
    return names is not None and not callable(names) and name in [str(column) for column in names]


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


def _histogram(scores: np.ndarray, threshold: float, bins: int = 60) -> str:
    counts, edges = np.histogram(scores, bins=bins)
    top = max(int(counts.max()), 1)
    bars = "".join(
        f'<rect x="{6 * i}" y="{60 - 60 * count / top:.1f}" width="5" height="{60 * count / top:.1f}" '
        f'fill="{"#c33" if edge >= threshold else "#678"}"/>'
        for i, (count, edge) in enumerate(zip(counts, edges, strict=False))
    )
    return f'<svg width="{6 * bins}" height="60" role="img"><title>scores</title>{bars}</svg>'


class _Progress:
    """A callback for each epoch: none, the user's, or a bar of tqdm."""

    def __init__(self, progress: bool | Callable[[int, int, float], object]) -> None:
        self.progress = progress
        self.bar: Any = None

    def __enter__(self) -> Callable[[int, int, float], object] | None:
        if callable(self.progress):
            return self.progress
        return self._tick if self.progress else None

    def _tick(self, epoch: int, epochs: int, loss: float) -> None:
        if self.bar is None or self.bar.total != epochs:
            from tqdm.auto import tqdm

            self.bar = tqdm(total=epochs, desc="training", unit="epoch")
        self.bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
        self.bar.update(1)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
