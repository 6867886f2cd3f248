"""Scores for engines that hand over tables batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._detector import Detector, Path
from ._lfr import Model


def source(model: Path | bytes | Detector) -> Path | bytes:
    """The path or the bytes of a model."""
    return model._fitted().to_bytes() if isinstance(model, Detector) else model


class Scorer:
    """Scores batches of rows with a model, the same for every split of the data.

    A score depends on the row and the model alone, so scores are those of one machine, bit for bit, however an engine
    divides the rows. Pickles hold the path, or the bytes of the model when none was given.

    Parameters
    ----------
    model : str, path-like, bytes or Detector
        A model file that every worker can read, its bytes, or a fitted detector.
    text : str, optional
        Column of the documents, for a model of documents that were not read from a column.
    features : str or path-like, optional
        The encoder that the model was fitted with, at a place that every worker can read; that of a detector unless given.
    threads : int, optional
        Processor threads of each call. Engines run many workers, so 1 unless given.

    Examples
    --------
    >>> import numpy as np, pyarrow, lfr
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> table = pyarrow.table({"a": X[:, 0], "b": X[:, 1], "note": ["x"] * 100})
    >>> scorer = lfr.Scorer(lfr.Detector("knn", ignore="note").fit(table))
    >>> scorer.score_batch(table.slice(0, 3)).shape
    (3,)
    >>> scorer.append(table).column_names
    ['a', 'b', 'note', 'anomaly_score']
    """

    def __init__(
        self, model: Path | bytes | Detector, *, text: str | None = None, features: Path | None = None, threads: int = 1
    ) -> None:
        self.text = text
        self.features = model.features if features is None and isinstance(model, Detector) else features
        self.threads = threads
        self._source = source(model)
        self._open()

    def _open(self) -> None:
        source, features = self._source, self.features
        model = Model.from_bytes(source, features) if isinstance(source, bytes) else Model.load(source, features)
        self._detector = Detector._of(model, features=features, threads=self.threads)
        if self._detector._header["kind"] == "images":
            raise ValueError("the model is one of pictures; a Scorer takes rows of a table")
        if self.text is not None:
            self._detector.settings["text"] = self.text

    def score_batch(self, table: Any) -> np.ndarray:
        """Scores of the rows of one batch.

        Parameters
        ----------
        table : anything that `Detector.fit` takes
            Columns are found by name; those that the model does not know are passed over.

        Returns
        -------
        ndarray of shape (n_rows,), float32
            Higher = more anomalous.
        """
        rows = getattr(table, "num_rows", None)
        if rows == 0 or (rows is None and hasattr(table, "__len__") and len(table) == 0):
            return np.empty(0, dtype=np.float32)
        return self._detector.decision_function(table).astype(np.float32)

    def append(self, table: Any, column: str = "anomaly_score") -> Any:
        """`table`, a table or record batch of pyarrow, with the scores as one more column, float32."""
        import pyarrow

        if column in table.schema.names:
            raise ValueError(f"the table has a column `{column}` already; pass another name for the scores")
        field = pyarrow.field(column, pyarrow.float32())
        return table.append_column(field, pyarrow.array(self.score_batch(table)))

    def stream(self, data: Any, column: str = "anomaly_score") -> Any:
        """The rows of `data` with their scores, batch by batch, in bounded memory.

        Parameters
        ----------
        data : anything with ``__arrow_c_stream__``
            A relation of DuckDB, a frame of Polars or DataFusion, a reader, table, scanner or data set of pyarrow.

        Returns
        -------
        pyarrow.RecordBatchReader
            Which ``pyarrow.parquet`` and ``pyarrow.dataset`` write, and engines take as a table; one that is to read what
            comes from its own query needs ``read_all()`` of it.
        """
        import pyarrow

        data = data.scanner() if hasattr(data, "scanner") else data
        reader = data.to_reader() if hasattr(data, "to_reader") else pyarrow.RecordBatchReader.from_stream(data)
        if column in reader.schema.names:
            raise ValueError(f"the data has a column `{column}` already; pass another name for the scores")
        schema = reader.schema.append(pyarrow.field(column, pyarrow.float32()))
        batches = (self.append(batch, column).cast(schema) for batch in reader)
        return pyarrow.RecordBatchReader.from_batches(schema, batches)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_detector"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._open()
