"""Ray and Spark in local mode: the scores of one machine, though a worker is killed in the middle.

Slow, so only with LFR_ENGINES=1 in the environment.
"""

import os
import shutil
import signal
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lfr

if not os.environ.get("LFR_ENGINES"):
    pytest.skip("LFR_ENGINES is not set: Ray and Spark are not tested", allow_module_level=True)


@pytest.fixture
def pile(rows, tmp_path):
    """A folder of Parquet files, its table, and a detector fitted on it."""
    folder = tmp_path / "pile"
    folder.mkdir()
    X = np.concatenate([rows + shift for shift in (0, 0.1, 0.2, 0.3, 0.4)])
    words = np.array(["x", "y", "z"])[np.arange(len(X)) % 3]
    table = pa.table({"key": np.arange(len(X)), "a": X[:, 0], "b": X[:, 1], "word": words})
    for i in range(10):
        pq.write_table(table.slice(100 * i, 100), folder / f"{i}.parquet")
    return folder, table, lfr.Detector("combined", ignore="key").fit(table)


def check(scored, table, detector):
    scored = scored.sort_by("key")
    assert scored.select(table.column_names).cast(table.schema).equals(table)
    expected = detector.decision_function(table).astype(np.float32)
    np.testing.assert_array_equal(scored["anomaly_score"].to_numpy(), expected)


def kills_itself_once(scorer_class, marker):
    """The same scorer, but the first process to score ends by a signal that cannot be caught."""

    class Mortal(scorer_class):
        def append(self, table, column="anomaly_score"):
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return super().append(table, column)
            os.kill(os.getpid(), signal.SIGKILL)

    return Mortal


@pytest.fixture(scope="module")
def cluster():
    ray = pytest.importorskip("ray")
    # Workers cannot import the tests.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def test_ray(cluster, pile, tmp_path):
    import lfr.ray

    folder, table, detector = pile
    detector.save(tmp_path / "m.safetensors")
    for model in (tmp_path / "m.safetensors", detector):
        scored = lfr.ray.score(cluster.data.read_parquet(str(folder)), model, batch_size=64, workers=2)
        check(pa.concat_tables(cluster.get(scored.to_arrow_refs())), table, detector)
    fitted = lfr.ray.fit(cluster.data.read_parquet(str(folder)), items=300, method="pca", ignore="key")
    assert 200 < len(fitted.ids_) < 400 and fitted.method == "pca"
    whole = lfr.ray.fit(cluster.data.read_parquet(str(folder)), method="pca", ignore="key")
    assert len(whole.ids_) == len(table)


def test_ray_with_a_worker_killed(cluster, pile, tmp_path, monkeypatch):
    import lfr.ray

    folder, table, detector = pile
    marker = tmp_path / "killed"
    monkeypatch.setattr(lfr.ray, "_Worker", mortal_worker(str(marker)))
    scored = lfr.ray.score(cluster.data.read_parquet(str(folder)), detector, batch_size=64, workers=2)
    check(pa.concat_tables(cluster.get(scored.to_arrow_refs())), table, detector)
    assert marker.exists()


def mortal_worker(marker):
    import lfr.ray

    class Worker(lfr.ray._Worker):
        def __init__(self, model, column, options):
            super().__init__(model, column, options)
            self.scorer.__class__ = kills_itself_once(lfr.Scorer, marker)

    return Worker


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("java is not installed: Spark is not tested")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Two workers, each of which may fail once.
    builder = sql.SparkSession.builder.master("local[2,2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "64").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def test_spark(spark, pile, tmp_path):
    import lfr.spark

    folder, table, detector = pile
    detector.save(tmp_path / "m.safetensors")
    frame = spark.read.parquet(str(folder))
    for model in (tmp_path / "m.safetensors", detector):
        check(lfr.spark.score(frame, model).toArrow(), table, detector)
    with pytest.raises(ValueError, match="a column `a` already"):
        lfr.spark.score(frame, detector, column="a")
    fitted = lfr.spark.fit(frame, items=300, method="pca", ignore="key")
    assert 200 < len(fitted.ids_) < 400 and len(lfr.spark.fit(frame, method="pca", ignore="key").ids_) == len(table)


def test_spark_with_a_worker_killed(spark, pile, tmp_path, monkeypatch):
    import lfr.spark

    folder, table, detector = pile
    marker = tmp_path / "killed"
    monkeypatch.setattr(lfr.spark, "Scorer", kills_itself_once(lfr.Scorer, str(marker)))
    check(lfr.spark.score(spark.read.parquet(str(folder)), detector).toArrow(), table, detector)
    assert marker.exists()
