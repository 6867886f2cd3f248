"""Every form of data gives the scores that its plainest form gives."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from conftest import scores_of
from PIL import Image

import lfr


def test_arrays_of_any_type_and_order(rows):
    expected = scores_of(rows.round(3))
    X = rows.round(3)
    read_only = X.copy()
    read_only.setflags(write=False)
    wide = np.zeros((200, 8))
    wide[:, ::2] = X
    forms = {
        "fortran": np.asfortranarray(X),
        "read-only": read_only,
        "strided": wide[:, ::2],
        "swapped": X.astype(">f8"),
        "objects": X.astype(object),
        "list": X.tolist(),
        "masked": np.ma.MaskedArray(X),
        "sparse": scipy.sparse.csr_array(X),
        "long double": X.astype(np.longdouble),
    }
    for name, form in forms.items():
        np.testing.assert_array_equal(scores_of(form), expected, err_msg=name)
    whole = (rows * 4).astype(np.int8)
    for kind in (np.int64, np.uint8, np.float16, np.float32):
        np.testing.assert_array_equal(scores_of(whole.clip(0).astype(kind)), scores_of(whole.clip(0)), err_msg=str(kind))


def frame(rows):
    X = pd.DataFrame(rows, columns=list("abcd"))
    X["colour"] = pd.Categorical(["red", "blue"] * 100)
    X["day"] = pd.date_range("2024-01-01", periods=200)[::-1]
    X.loc[3, "a"] = np.nan
    return X


def test_frames_of_every_library(rows):
    X = frame(rows)
    table = pa.Table.from_pandas(X, preserve_index=False)
    expected = scores_of(X)
    forms = {
        "arrow": table,
        "chunks": pa.concat_tables([table.slice(0, 33), table.slice(33)]),
        "batch": table.combine_chunks().to_batches()[0],
        "stream": table.to_reader(),
        "polars": pl.from_arrow(table),
    }
    for name, form in forms.items():
        np.testing.assert_array_equal(scores_of(form), expected, err_msg=name)
    assert expected.argmax() == 7


def test_frames_without_pyarrow(rows, monkeypatch):
    X = frame(rows)
    expected = scores_of(X)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    np.testing.assert_allclose(scores_of(X), expected, rtol=1e-6)


def test_the_index_identifies_and_duplicate_columns_are_refused(rows):
    X = pd.DataFrame(rows, index=[f"r{i}" for i in range(200)])
    assert lfr.Detector("pca").fit(X).ids_[7] == "r7"
    assert lfr.Detector("pca").fit(X.reset_index(drop=True)).ids_[7] == "7"
    X.columns = ["a", "b", "b", "c"]
    with pytest.raises(ValueError, match="(?i)duplicate"):
        lfr.Detector("pca").fit(X)


def test_columns_may_identify_label_and_be_left_out(rows):
    X = pd.DataFrame(rows, columns=list("abcd"))
    X["key"], X["truth"] = [f"k{i}" for i in range(200)], [int(i == 7) for i in range(200)]
    detector = lfr.Detector("pca", id="key", label="truth", ignore=["d"]).fit(X)
    assert detector.ids_[7] == "k7" and detector.record_["metrics"]["auroc"] == 1.0
    np.testing.assert_array_equal(detector.decision_scores_, scores_of(X[list("abc")]))
    np.testing.assert_array_equal(detector.decision_function(X[list("abc")]), detector.decision_scores_)


TEXTS = ["the cat sat on the mat", "a cat and a dog sat", "the dog ate the cat food"] * 10 + ["quantum flux in plasma"]


def test_lists_of_texts():
    expected = scores_of(TEXTS)
    assert expected.argmax() == 30
    for form in (tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, dtype=object), pd.Series(TEXTS), pl.Series(TEXTS)):
        np.testing.assert_array_equal(scores_of(form), expected)
    by_column = lfr.Detector("pca", text="body").fit(pd.DataFrame({"body": TEXTS, "n": range(31)}))
    np.testing.assert_array_equal(by_column.decision_scores_, expected)
    assert len(scores_of([*TEXTS, ""])) == 32


def pictures():
    X = np.random.default_rng(0).integers(90, 110, size=(24, 20, 30, 3), dtype=np.uint8)
    X[5, :10] = 255
    return X


def test_pictures_in_every_form(tmp_path):
    X = pictures()
    images = [Image.fromarray(x) for x in X]
    paths = [tmp_path / f"{i:02}.png" for i in range(24)]
    for image, path in zip(images, paths, strict=True):
        image.save(path)
    expected = scores_of(X)
    assert expected.argmax() == 5
    forms = {"arrays": list(X), "PIL": images, "paths": paths, "strings": list(map(str, paths)), "folder": tmp_path}
    for name, form in forms.items():
        np.testing.assert_array_equal(scores_of(form), expected, err_msg=name)
    opaque = np.concatenate([X, np.full((24, 20, 30, 1), 255, np.uint8)], axis=-1)
    np.testing.assert_array_equal(scores_of(opaque), expected)
    grey = X[..., 0]
    np.testing.assert_array_equal(scores_of(grey), scores_of(grey[..., None]))
    np.testing.assert_array_equal(scores_of(grey), scores_of([Image.fromarray(x) for x in grey]))


def test_new_pictures_are_read_as_the_old():
    detector = lfr.Detector("pca", image_size=16).fit(pictures()[..., 0])
    again = detector.decision_function(list(pictures()[..., 0]))
    np.testing.assert_array_equal(again, detector.decision_scores_)
    with pytest.raises(ValueError, match="grey"):
        detector.decision_function(np.random.default_rng(1).integers(0, 255, (2, 20, 30, 3), dtype=np.uint8))
