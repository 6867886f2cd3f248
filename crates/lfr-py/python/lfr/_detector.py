"""The detector."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import _cut, _lfr
from ._data import READING, Data, blocks, check_in_memory, plain, read, reading_settings
from ._html import page
from ._known import places
from ._progress import Progress

Path = str | os.PathLike[str]


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
    features : str or path-like, optional
        An encoder, whose outputs are ranked in place of pixels or words: an ONNX file for pictures, a folder with
        ``model.onnx`` and ``tokenizer.json`` for texts, or a name of ``lfr features list``.
    all_normal : bool, default False
        Declare that the data holds no outlier: items without features count as normal, ``labels_`` flags nothing, and
        ``predict`` flags new items that score above every item of the fit.
    progress : bool or callable, default False
        Show a bar of tqdm, or call ``progress(epoch, epochs, loss)`` after each epoch. Methods that train no network
        have no epochs.
    **settings
        How data is read, as the flags of ``lfr rank`` say it, see the notes. Every other setting is one of the method
        (``lfr methods METHOD`` lists them), with ``epochs``, ``batch_size`` and ``learning_rate`` for those that train a
        network.

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

    Notes
    -----
    Settings of the reading:

    * ``id``, ``ignore``, ``label``, ``text``: columns of a table that identify the rows, are left out, hold the true labels
      (for metrics alone), or hold the documents to rank in place of the rows.
    * ``columns``: how columns are read where detection is wrong, such as ``{"amount": "number:comma", "day": "date:dmy",
      "code": "category", "note": "ignore"}``. There are number, number:point, number:comma, date, date:ymd, date:dmy, date:mdy,
      date:epoch, date:epoch-ms, time, duration, boolean, category and ignore.
    * ``kind``: what the data holds, ``"table"``, ``"text"`` or ``"images"``, where that is not clear.
    * ``header``, ``delimiter``, ``encoding``, ``sheet``, ``keep_footer``: how a file is written. Whether its first row holds the
      names of the columns; the character between fields, ``"tab"`` or ``"blank"``; the encoding of text; the sheet of a
      workbook, by name or by number from 1; and whether totals and remarks below a table are kept as rows.
    * ``image_size``, ``channels``: of the pictures, a multiple of 8 up to 256, and 1 or 3. With an encoder ``image_size`` is the
      one that it takes, where its file leaves that open.
    * ``max_bad_fraction``: the largest share of unreadable items; 0.1 for paths, 0 for data in memory.
    * ``data_dir``: the folder of the public data sets.
    * ``features_cache``: a folder that keeps the features of an encoder for later fits; none are kept unless it is given.

    A fitted model, saved or pickled, names its encoder by digest and does not hold it. A pickle also remembers `features`; set
    ``detector.features`` where the encoder lies elsewhere then.

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
        features: Path | None = None,
        all_normal: bool = False,
        progress: bool | Callable[[int, int, float], object] = False,
        **settings: Any,
    ) -> None:
        if not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 2**64:
            raise ValueError(f"seed is {seed!r}; pass a whole number from 0 to 2**64 - 1")
        if threads is not None and not (isinstance(threads, int | np.integer) and threads > 0):
            raise ValueError(f"threads is {threads!r}; pass a whole number from 1, or leave it out for all processors")
        self.method = method
        self.preset = preset
        self.seed = seed
        self.threads = threads
        self.contamination = contamination
        self.features = features
        self.all_normal = all_normal
        self.progress = progress
        self.settings = settings
        _cut.check(contamination, all_normal)

    def fit(self, X: Any, y: Any = None, *, known: Any = None) -> Detector:
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
        known : mapping or array, optional
            A few known labels, 1 or True for an outlier and 0 or False for an inlier, by the identifiers of items as `ids_`
            has them (places from 0 unless an index, ``id`` or paths identify them), or one an item with -1 or NaN where it is
            not known. They guide the default, ae-lfr, gt-lfr and the Elite methods, and the other items are ranked by what they
            teach. Items with a label come last in :meth:`ranking` and have no part in ``threshold_``; ``labels_`` repeats it.

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
        return self._fit(X, known)

    def _fit(self, X: Any, known: Any, ids: list[str] | None = None) -> Detector:
        """Fit; `ids` identify the items in place of what `X` has."""
        if known is not None and self.all_normal:
            raise ValueError("known says which items are outliers, but all_normal=True that none is; pass one of them")
        check_in_memory(X, self.settings)
        data = read(X, _lfr.Reading(reading_settings(self.settings), self.features, self.threads), self.threads)
        if ids is not None:
            data.held = data.held.with_ids(ids)
        labels = None if known is None else places(known, data.held)
        with Progress(self.progress) as callback:
            run = _lfr.fit(data.held, self._asked(data.codes(self.settings)), labels, self.threads, callback)
        self._model: _lfr.Run | _lfr.Model = run
        self._header: dict[str, Any] = json.loads(run.header())
        self._learn(json.loads(run.record()), _floats(run.scores()), data, labels or [])
        return self

    def _asked(self, codes: dict[str, str]) -> str:
        """How to fit, as JSON, with columns read as `codes` says unless the settings say otherwise."""
        settings = {key: value for key, value in self.settings.items() if key not in READING}
        columns = settings.pop("columns", None)
        if columns is None or isinstance(columns, Mapping):
            named = {str(name): reading for name, reading in (columns or {}).items()}
            columns = {**codes, **named} or None
        asked = {"method": self.method, "preset": self.preset, "seed": int(self.seed), "all_normal": self.all_normal}
        return plain({**asked, "columns": columns, "settings": settings})

    def _learn(self, record: dict[str, Any], scores: np.ndarray, data: Data, known: list[tuple[int, bool]]) -> None:
        self.record_ = record
        self.decision_scores_ = scores
        self.ids_ = data.held.ids
        self.warnings_ = [_lfr.in_python(sentence) for sentence in record["warnings"]]
        self.checks_ = [{**check, "message": _lfr.in_python(check["message"])} for check in record["checks"]]
        self.curve_ = record["curve"]
        if data.columns is not None:
            self.n_features_in_ = data.columns
        failed = [check["message"] for check in self.checks_ if check["verdict"] == "warning"]
        for sentence in self.warnings_ + failed:
            warnings.warn(sentence, UserWarning, stacklevel=4)
        labelled = [place for place, _ in known]
        self.threshold_ = _cut.threshold(np.delete(scores, labelled), self.contamination, self.all_normal)
        self.labels_ = (scores > self.threshold_).astype(int)
        self.labels_[labelled] = [int(outlier) for _, outlier in known]

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
        model = self._ready()
        return np.concatenate([_floats(model.score(self._new(part).held, self.threads)) for part in blocks(X)])

    def predict(self, X: Any) -> np.ndarray:
        """Flag items: 1 where the score is above ``threshold_``, else 0.

        Returns
        -------
        ndarray of shape (n_items,), int
        """
        scores = self.decision_function(X)
        return (scores > self.threshold_).astype(int)

    def fit_predict(self, X: Any, y: Any = None, *, known: Any = None) -> np.ndarray:
        """Fit and return ``labels_``."""
        return self.fit(X, known=known).labels_

    def ranking(self) -> np.ndarray:
        """Places of the training items from the most to the least anomalous, those with a known label last.

        Returns
        -------
        ndarray of shape (n_items,), int
        """
        self._fitted()
        order = np.argsort(-self.decision_scores_, kind="stable")
        known = np.isin(order, self.record_.get("guides", []))
        return np.concatenate([order[~known], order[known]])

    def explain(self, X: Any) -> list[list[dict[str, Any]]]:
        """What stands out in each item, as the report shows it, the most first.

        Returns
        -------
        list of list of dict
            For a table columns with ``column``, ``value``, ``expected`` (where the method says) and ``residual``; for
            documents ``term`` and ``weight``. Pictures, and what an encoder makes of texts, are in the report alone.
        """
        model, data = self._ready(), self._new(X)
        entries: list[list[dict[str, Any]]] = json.loads(model.explain(data.held, self.threads))
        return entries

    def _new(self, X: Any) -> Data:
        """New data, read as the model remembers."""
        given = {key: self.settings.get(key) for key in ("max_bad_fraction", "data_dir", "features_cache", "text")}
        data = read(X, self._ready().reading(reading_settings(given)), self.threads)
        known = getattr(self, "n_features_in_", None)
        if isinstance(X, np.ndarray | list | tuple) and known is not None and data.columns not in (None, known):
            raise ValueError(f"X has {data.columns} features, but {type(self).__name__} is expecting {known} features as input")
        return data

    def _fitted(self) -> _lfr.Run | _lfr.Model:
        model: _lfr.Run | _lfr.Model | None = getattr(self, "_model", None)
        if model is None:
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit first")
        return model

    def _ready(self) -> _lfr.Run | _lfr.Model:
        """The model with its encoder, which a pickle does not hold."""
        model = self._fitted()
        if isinstance(model, _lfr.Model) and model.lacks_encoder():
            self._model = model = _lfr.Model.from_bytes(model.to_bytes(), self.features)
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
            For what a graph cannot express, with the reason, such as a model that ranks by the features of an encoder.
        """
        data = self._fitted().to_onnx()
        with open(path, "wb") as file:
            file.write(data)

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        features: Path | None = None,
        contamination: Any = "auto",
        all_normal: bool = False,
        threads: int | None = None,
    ) -> Detector:
        """Read a model file, of ``save`` or of the command.

        The file keeps the training scores in brief (all up to 1000 items, 1000 quantiles beyond), from which
        ``threshold_`` is found.

        Parameters
        ----------
        path : str or path-like
            The model file.
        features : str or path-like, optional
            The encoder that the model was fitted with, unless it is part of the file.
        contamination, all_normal, threads
            As for the constructor.

        Raises
        ------
        lfr.ModelError
            For a file that is damaged, foreign or from a newer version.
        ValueError
            For a model that needs an encoder when none is given, or another one.
        """
        options = {"contamination": contamination, "all_normal": all_normal, "threads": threads}
        return cls._of(_lfr.Model.load(path, features), features=features, **options)

    @classmethod
    def _of(cls, model: _lfr.Model, **options: Any) -> Detector:
        header = json.loads(model.header())
        method = dict(header["method"])
        detector = cls(method.pop("method"), seed=header["seed"], **options)
        detector.settings = method
        detector._model, detector._header = model, header
        detector.warnings_ = [_lfr.in_python(sentence) for sentence in header["warnings"]]
        scores = np.asarray(header["quantiles"][1:], dtype=np.float32).astype(np.float64)
        detector.threshold_ = _cut.threshold(scores, detector.contamination, detector.all_normal)
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
        given = {"preset": None, "seed": 0, "threads": None, "contamination": "auto", "features": None, "all_normal": False}
        words = [repr(self.method)]
        words += [f"{key}={getattr(self, key)!r}" for key, usual in given.items() if getattr(self, key) is not usual and getattr(self, key) != usual]
        words += [f"{key}={value!r}" for key, value in self.settings.items()]
        return f"{type(self).__name__}({', '.join(words)})"

    def _repr_html_(self) -> str:
        return page(self)


def rank(
    path: Path, output: Path | None = None, *, force: bool = False, show: int = 48, known: Any = None, **options: Any
) -> Detector:
    """Rank what is at a path: the command ``lfr rank`` from Python.

    Warnings and exceptions name keyword arguments; the files that are written are those of the command, to the word.

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
    known : mapping or array, optional
        A few known labels, as for :meth:`Detector.fit`.
    **options
        As for :class:`Detector`.

    Returns
    -------
    Detector
        Fitted on what is there, with ``ids_`` and ``decision_scores_``.
    """
    detector = Detector(**options).fit(os.fspath(path), known=known)
    if output is not None:
        detector.write(output, force=force, show=show)
    return detector


def _floats(data: bytes) -> np.ndarray:
    return np.frombuffer(data, dtype=np.float32).astype(np.float64)
