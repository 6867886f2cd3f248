"""Rows of any number on a cluster of Ray, by Ray Data."""

from __future__ import annotations

from typing import Any

import pyarrow
import ray

from ._detector import Detector, Path
from ._scorer import Scorer, source

#: Not all of it has types.
_ray: Any = ray


class _Worker:
    """An actor: loads the model once and scores one batch after another."""

    def __init__(self, model: Any, column: str, options: dict[str, Any]) -> None:
        self.scorer = Scorer(_ray.get(model) if isinstance(model, _ray.ObjectRef) else model, **options)
        self.column = column

    def __call__(self, table: pyarrow.Table) -> pyarrow.Table:
        return self.scorer.append(table, self.column)


def score(
    dataset: ray.data.Dataset,
    model: Path | bytes | Detector,
    *,
    column: str = "anomaly_score",
    workers: int | tuple[int, int] | None = None,
    batch_size: int = 16_384,
    **options: Any,
) -> ray.data.Dataset:
    """`dataset` with the column of scores, bit for bit those of one machine; the other columns pass through.

    Parameters
    ----------
    dataset : ray.data.Dataset
        Rows of a table. Ray does not keep their order unless told to, so keep a column that identifies them.
    model : str, path-like, bytes or Detector
        A model file that every node can read, its bytes, or a fitted detector.
    column : str, default "anomaly_score"
        Name of the new column.
    workers : int or (int, int), optional
        Actors, or the least and the most of them; one less than the processors of the cluster unless given.
    batch_size : int, default 16384
        Rows a call.
    **options
        As for :class:`lfr.Scorer`.

    Raises
    ------
    ValueError
        On a cluster of one processor, where Ray Data waits for ever: an actor takes it, and nothing is left to read.
    """
    processors = int(_ray.cluster_resources().get("CPU", 0))
    if processors < 2:
        raise ValueError(
            f"Ray has {processors} processor; an actor needs one and reading another: start Ray with num_cpus=2 or more"
        )
    given = source(model)
    shared = ray.put(given) if isinstance(given, bytes) else given
    most = processors - 1
    return dataset.map_batches(
        _Worker,
        fn_constructor_args=(shared, column, options),
        batch_format="pyarrow",
        batch_size=batch_size,
        concurrency=(1, most) if workers is None and most > 1 else workers or 1,
        num_cpus=options.get("threads", 1),
    )


def fit(dataset: ray.data.Dataset, *, items: int = 100_000, seed: int = 0, **options: Any) -> Detector:
    """A detector fitted here on about `items` random rows of `dataset`; `options` are those of :class:`lfr.Detector`."""
    total = dataset.count()
    sample = dataset if total <= items else dataset.random_sample(items / total, seed=seed)
    parts = ray.get(sample.to_arrow_refs())
    table = pyarrow.concat_tables([part for part in parts if part.num_rows], promote_options="permissive")
    return Detector(seed=seed, **options).fit(table)
