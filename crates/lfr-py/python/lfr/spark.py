"""Rows of any number on a cluster of Spark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow
from pyspark.sql import DataFrame
from pyspark.sql.types import FloatType, StructType

from ._detector import Detector, Path
from ._scorer import Scorer


def score(
    frame: DataFrame, model: Path | bytes | Detector, *, column: str = "anomaly_score", **options: Any
) -> DataFrame:
    """`frame` with the column of scores, bit for bit those of one machine; the other columns pass through.

    Workers need this package and pyarrow; set ``PYSPARK_PYTHON`` to their interpreter before Spark starts.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        Rows of a table.
    model : str, path-like, bytes or Detector
        A model file that every worker can read, its bytes, or a fitted detector.
    column : str, default "anomaly_score"
        Name of the new column.
    **options
        As for :class:`lfr.Scorer`.
    """
    if column in frame.columns:
        raise ValueError(f"the frame has a column `{column}` already; pass another name for the scores")
    scorer = Scorer(model, **options)

    def scored(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            yield scorer.append(batch, column)

    schema = StructType(list(frame.schema.fields)).add(column, FloatType())
    return frame.mapInArrow(scored, schema)


def fit(frame: DataFrame, *, items: int = 100_000, seed: int = 0, **options: Any) -> Detector:
    """A detector fitted here on about `items` random rows of `frame`; `options` are those of :class:`lfr.Detector`."""
    total = frame.count()
    sample = frame if total <= items else frame.sample(fraction=items / total, seed=seed)
    return Detector(seed=seed, **options).fit(sample.toArrow())
