"""Scores batch by batch, and within DuckDB, Polars and DataFusion."""

import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lfr


@pytest.fixture
def table(rows):
    """Numbers, words and an identifier."""
    words = np.array(["x", "y", "z"])[np.arange(len(rows)) % 3]
    return pa.table({"a": rows[:, 0], "b": rows[:, 1], "word": words, "key": np.arange(len(rows))})


@pytest.fixture
def detector(table):
    return lfr.Detector("combined", ignore="key").fit(table)


def test_batches_do_not_matter(detector, table, tmp_path):
    path = tmp_path / "m.safetensors"
    detector.save(path)
    whole = detector.decision_function(table).astype(np.float32)
    for scorer in (lfr.Scorer(path), lfr.Scorer(path.read_bytes()), lfr.Scorer(detector), lfr.Scorer(detector, threads=2)):
        parts = [scorer.score_batch(table.slice(start, 7)) for start in range(0, len(table), 7)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
        again = pickle.loads(pickle.dumps(scorer))
        np.testing.assert_array_equal(again.score_batch(table.to_batches()[0]), whole)
    assert len(pickle.dumps(lfr.Scorer(path))) < 1000 + len(str(path)) < len(pickle.dumps(lfr.Scorer(detector)))
    assert lfr.Scorer(path).score_batch(table.slice(0, 0)).shape == (0,)


def test_other_columns_pass_through(detector, table):
    scorer = lfr.Scorer(detector)
    scored = scorer.append(table, "odd")
    assert scored.drop_columns("odd").equals(table) and scored.schema.field("odd").type == pa.float32()
    with pytest.raises(ValueError, match="a column `odd` already"):
        scorer.append(scored, "odd")
    with pytest.raises(ValueError, match="a column `odd` already"):
        scorer.stream(scored, "odd")
    with pytest.raises(ValueError, match="columns: expected b"):
        scorer.score_batch(table.drop_columns("b"))


def test_documents_come_from_a_column(rows):
    texts = ["one fish two fish", "red fish blue fish", "old fish new fish"] * 9
    table = pa.table({"id": range(len(texts)), "body": texts})
    from_column = lfr.Detector("pca", text="body", id="id").fit(table)
    from_list = lfr.Detector("pca").fit(texts)
    expected = from_list.decision_function(texts).astype(np.float32)
    np.testing.assert_array_equal(lfr.Scorer(from_column).score_batch(table), expected)
    np.testing.assert_array_equal(lfr.Scorer(from_list, text="body").score_batch(table), expected)


def test_models_of_pictures_are_refused():
    pictures = np.random.default_rng(0).integers(0, 255, (30, 8, 8), dtype=np.uint8)
    with pytest.raises(ValueError, match="takes rows of a table"):
        lfr.Scorer(lfr.Detector("pca", image_size=8).fit(pictures))


def test_streams(detector, table, tmp_path):
    reader = lfr.Scorer(detector).stream(pa.Table.from_batches(table.to_batches(max_chunksize=30)))
    with pq.ParquetWriter(tmp_path / "out.parquet", reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    assert pq.read_table(tmp_path / "out.parquet").equals(lfr.Scorer(detector).append(table))
    assert lfr.Scorer(detector).stream(table.slice(0, 0)).read_all().num_rows == 0


def test_polars(detector, table):
    polars = pytest.importorskip("polars")
    import lfr.polars

    frame, expected = polars.from_arrow(table), detector.decision_function(table).astype(np.float32)
    score = lfr.polars.score(detector)
    np.testing.assert_array_equal(frame.with_columns(odd=score)["odd"].to_numpy(), expected)
    lazy = frame.lazy().with_columns(odd=lfr.polars.score(detector, "a", "b", "word")).filter(polars.col("key") % 2 == 0)
    np.testing.assert_array_equal(lazy.collect(engine="streaming").sort("key")["odd"].to_numpy(), expected[::2])
    assert frame.lazy().filter(polars.col("key") < 0).with_columns(odd=score).collect().shape == (0, 5)


def test_duckdb(detector, table):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("pile", table)
    scored = lfr.Scorer(detector).stream(connection.sql("SELECT * FROM pile ORDER BY key")).read_all()
    top = connection.sql("SELECT key, anomaly_score FROM scored ORDER BY anomaly_score DESC LIMIT 1").fetchall()
    expected = detector.decision_function(table).astype(np.float32)
    assert top == [(7, expected.max())]
    cursor = connection.cursor()
    cursor.register("pile", table)
    lazily = lfr.Scorer(detector).stream(cursor.sql("SELECT * FROM pile"))
    assert connection.sql("SELECT max(anomaly_score) FROM lazily").fetchall() == [(expected.max(),)]


def test_datafusion(detector, table):
    datafusion = pytest.importorskip("datafusion")
    context = datafusion.SessionContext()
    context.from_arrow(table, name="pile")
    scored = lfr.Scorer(detector).stream(context.sql("SELECT * FROM pile")).read_all()
    context.from_arrow(scored, name="scored")
    result = context.sql("SELECT key, anomaly_score FROM scored ORDER BY key").to_arrow_table()
    expected = detector.decision_function(table).astype(np.float32)
    np.testing.assert_array_equal(result["anomaly_score"].to_numpy(), expected)
