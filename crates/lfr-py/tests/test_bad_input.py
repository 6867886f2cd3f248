"""What cannot be used is refused with a clear exception; nothing panics."""

import io
import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
from PIL import Image

import lfr

NORMAL = np.random.default_rng(0).normal(size=(50, 3))


def consumed():
    reader = pa.table({"a": range(50)}).to_reader()
    reader.read_all()
    return reader


def failing():
    def batches():
        yield pa.record_batch({"a": [1.0, 2.0]})
        raise OSError("the disk is gone")

    return pa.RecordBatchReader.from_batches(pa.schema({"a": pa.float64()}), batches())


BAD = {
    "one number": (3.0, "shape"),
    "one dimension": (np.arange(9.0), "reshape"),
    "five dimensions": (np.zeros((2, 2, 2, 2, 2)), "shape"),
    "no row": (np.zeros((0, 3)), "empty"),
    "no column": (np.zeros((9, 0)), "empty"),
    "empty list": ([], "empty"),
    "empty frame": (pd.DataFrame({"a": []}), "empty"),
    "frame without columns": (pd.DataFrame(index=range(5)), "empty|no column"),
    "empty table": (pa.table({"a": pa.array([], pa.float64())}), "empty"),
    "one row": (NORMAL[:1], "1 usable item;"),
    "complex": (NORMAL.astype(complex), "complex"),
    "texts in an array": (NORMAL.astype(str), "texts"),
    "a text among numbers": (np.array([[1, "a"], [2, "b"]], dtype=object), "no numbers"),
    "objects": (np.array([[object()] * 2] * 5), "no numbers"),
    "huge integers": ([[10**400, 1], [2, 3]], "no numbers"),
    "dates": (np.array([["2024-01-01"]] * 9, dtype="M8[D]"), "dates"),
    "ragged": ([[1, 2], [3]], "read as an array"),
    "mixed": (["a", 1.0, None], "one kind"),
    "None among texts": (["a", None], "one kind"),
    "bytes": (b"abc", "bytes"),
    "a dictionary": ({"a": [1, 2]}, "dict"),
    "a set": ({1, 2}, "set"),
    "a generator": ((row for row in NORMAL), r"generator; pass list\(X\)"),
    "an open file": (io.BytesIO(b"a,b\n1,2\n"), "BytesIO; pass its path"),
    "nothing": (None, "NoneType; pass an array"),
    "a class": (dict, "type; pass an array"),
    "dictionaries": ([{"a": 1}, {"a": 2}], r"list of dict; pass a table \(pandas.DataFrame"),
    "a list of objects": ([object()] * 5, "list of object"),
    "bytes in a list": ([b"abc"], r"list of bytes; pass texts: item.decode\(\)"),
    "bytes in an array": (np.array([b"abc"]), "numpy.char.decode"),
    "a missing text": (pd.Series(["a", None]), "without None or NaN"),
    "a series of numbers": (pd.Series([1.0, 2.0]), "series of float64; pass a frame"),
    "records": (np.zeros(5, dtype=[("a", "f8"), ("b", "i4")]), "records; pass a table"),
    "complex columns": (pd.DataFrame({"a": NORMAL[:, 0] * 1j}), "`a` holds complex"),
    "columns of one name": (pd.DataFrame(NORMAL, columns=[1, "1", 2]), "duplicate columns: `1`"),
    "one picture": (Image.new("RGB", (8, 8)), "single picture"),
    "one array of a picture": (np.zeros((9, 8, 3), np.uint8), "single picture"),
    "pictures of any range": ([Image.new("F", (8, 8))] * 5, "picture 0 has the mode F"),
    "nothing but NaN": (np.full((20, 3), np.nan), "nothing to learn from"),
    "duplicate columns": (pa.table([[1.0, 2.0], [3.0, 4.0]], names=["a", "a"]), "all named `a`"),
    "consumed stream": (consumed(), "empty"),
    "failing stream": (failing(), "the disk is gone"),
    "an Arrow array": (pa.array([1.0, 2.0]), "Arrow"),
    "nested columns": (pa.table({"a": [[1], [2, 3]]}), "nothing to learn from"),
    "floats as pictures": (np.zeros((9, 8, 8)), "uint8"),
    "five channels": (np.zeros((9, 8, 8, 5), np.uint8), "5 channels"),
    "pictures without pixels": (np.zeros((9, 0, 8), np.uint8), "pixels"),
    "missing files": (["/nowhere/a.png", "/nowhere/b.png"], "could not be read"),
    "huge sparse": (scipy.sparse.csr_array((10**6, 10**6)), "sparse"),
    "a sparse vector": (scipy.sparse.coo_array(np.arange(5)), "dimensions"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_refused(name):
    X, words = BAD[name]
    with pytest.raises((ValueError, TypeError), match=f"(?i){words}"):
        lfr.Detector("pca").fit(X)


def test_paths_that_are_not_there_are_os_errors():
    with pytest.raises(FileNotFoundError, match="/nowhere"):
        lfr.rank("/nowhere")
    with pytest.raises(FileNotFoundError):
        lfr.Detector.load("/nowhere")
    with pytest.raises(OSError, match="cannot write"):
        lfr.Detector("pca").fit(NORMAL).save("/nowhere/model")


def test_infinite_numbers_are_missing_and_said(recwarn):
    X = NORMAL.copy()
    X[4, 1], X[5, 1] = np.inf, np.nan
    detector = lfr.Detector("pca").fit(X)
    assert np.isfinite(detector.decision_scores_).all()
    assert any('no number ("inf")' in sentence for sentence in detector.warnings_)
    assert any('("inf")' in str(warning.message) for warning in recwarn)


def test_other_data_at_scoring_is_refused():
    detector = lfr.Detector("pca").fit(NORMAL)
    for X in (NORMAL[:, :2], np.hstack([NORMAL, NORMAL]), ["text"], np.zeros((3, 8, 8), np.uint8), pd.DataFrame(NORMAL, columns=list("xyz"))):
        with pytest.raises(ValueError, match="features|does not fit the model|expected"):
            detector.decision_function(X)
    frame = pd.DataFrame(NORMAL, columns=list("abc"))
    detector = lfr.Detector("pca").fit(frame)
    np.testing.assert_array_equal(detector.decision_function(frame[list("cab")]), detector.decision_scores_)
    with pytest.raises(ValueError, match="`?b`?"):
        detector.decision_function(frame.drop(columns="b"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "magic"}, "there are"),
        ({"preset": "magic"}, "magic"),
        ({"trees": -1, "method": "isolation-forest"}, "trees|invalid"),
        ({"colour": 1}, "colour"),
        ({"seed": -1}, "seed"),
        ({"seed": "x"}, "seed"),
        ({"threads": 0}, "threads is 0"),
        ({"threads": -1}, "threads is -1; pass a whole number from 1, or leave it out"),
        ({"contamination": 0.7}, "contamination"),
        ({"contamination": "auto:magic"}, "magic"),
        ({"contamination": None}, "contamination"),
        ({"image_size": 33}, "image_size"),
        ({"id": "key"}, "key"),
    ],
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        X = pd.DataFrame(NORMAL, columns=list("abc")) if "image_size" not in options else np.zeros((9, 8, 8), np.uint8)
        lfr.Detector(**options).fit(X)


def test_damaged_models_and_foreign_bytes_are_refused(tmp_path):
    detector = lfr.Detector("pca").fit(NORMAL)
    path = tmp_path / "model.safetensors"
    detector.save(path)
    sound = path.read_bytes()
    for damaged in (sound[:-1], sound[:40], b"", b"GIF89a", sound.replace(b"pca", b"pcb"), sound[:-9] + b"x" + sound[-8:]):
        path.write_bytes(damaged)
        with pytest.raises(lfr.ModelError):
            lfr.Detector.load(path)
    assert issubclass(lfr.ModelError, ValueError)
    data = pickle.dumps(detector)
    place = data.index(b"__metadata__")
    with pytest.raises(lfr.ModelError):
        pickle.loads(data[:place] + b"x" + data[place + 1 :])


def test_an_exception_in_a_callback_comes_out():
    def raises(epoch, epochs, loss):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        lfr.Detector("ae-lfr", epochs=5, progress=raises).fit(NORMAL)


def test_a_transparent_and_a_deep_picture_are_read():
    images = [Image.fromarray(np.full((9, 9, 4), i, np.uint8)) for i in range(12)]
    images += [Image.fromarray(np.full((9, 9), 300 * i, np.uint16)) for i in range(3)]
    assert len(lfr.Detector("pca").fit(images).decision_scores_) == 15
