"""Scores as an expression of Polars, for eager and lazy frames."""

from __future__ import annotations

from typing import Any

import polars

from ._detector import Detector, Path
from ._scorer import Scorer


def score(model: Path | bytes | Detector, *columns: str, **options: Any) -> polars.Expr:
    """The scores of the rows, float32; the batches in which Polars hands them over do not matter.

    Parameters
    ----------
    model : str, path-like, bytes or Detector
        A model file, its bytes, or a fitted detector.
    *columns : str
        The columns that the model is to see; all unless given.
    **options
        As for :class:`lfr.Scorer`; ``threads`` is 1 unless given.

    Examples
    --------
    >>> import numpy, polars, lfr, lfr.polars
    >>> frame = polars.DataFrame(numpy.random.default_rng(0).normal(size=(60, 2)), schema=["a", "b"])
    >>> detector = lfr.Detector("pca").fit(frame)
    >>> frame.lazy().with_columns(anomaly_score=lfr.polars.score(detector)).collect().shape
    (60, 3)
    """
    scorer = Scorer(model, **options)

    def scored(rows: polars.Series) -> polars.Series:
        return polars.Series(rows.name, scorer.score_batch(rows.struct.unnest()) if len(rows) else [], polars.Float32)

    chosen = [polars.col(column) for column in columns] or [polars.all()]
    return polars.struct(chosen).map_batches(scored, return_dtype=polars.Float32, is_elementwise=True)
