"""Every form of data gives the scores that its plainest form gives."""

import sys
from collections import deque
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
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


def test_masked_values_are_missing(rows):
    X = rows.round(3)
    mask = np.zeros(X.shape, bool)
    mask[3, 1] = mask[9, 0] = True
    expected = scores_of(np.where(mask, np.nan, X))
    assert (expected != scores_of(X)).any()
    np.testing.assert_array_equal(scores_of(np.ma.MaskedArray(X, mask)), expected)
    objects = np.where(mask, None, X)
    objects[9, 0] = pd.NA
    np.testing.assert_array_equal(scores_of(objects), expected)
    texts = np.ma.MaskedArray(TEXTS, [i == 3 for i in range(31)])
    for form in (texts, np.ma.MaskedArray(np.zeros((5, 8, 8), np.uint8), np.eye(8, dtype=bool)[None].repeat(5, 0))):
        with pytest.raises(ValueError, match="leave the masked items out"):
            lfr.Detector("pca").fit(form)


def test_memory_of_any_layout(rows, tmp_path):
    np.save(tmp_path / "rows.npy", rows)
    expected = scores_of(rows)
    forms = {
        "mapped": np.load(tmp_path / "rows.npy", mmap_mode="r"),
        "backwards": rows[::-1, ::-1].copy()[::-1, ::-1],
        "matrix": np.asmatrix(rows),
        "tuple of arrays": tuple(rows),
    }
    for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil"):
        forms[form] = getattr(scipy.sparse, f"{form}_matrix")(rows)
    for name, form in forms.items():
        np.testing.assert_array_equal(scores_of(form), expected, err_msg=name)


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
        "lazy": pl.from_arrow(table).lazy(),
        "data set": pyarrow.dataset.dataset(table),
        "scanner": pyarrow.dataset.dataset(table).scanner(),
        "structures": pa.chunked_array(table.to_struct_array().chunks),
    }
    for name, form in forms.items():
        np.testing.assert_array_equal(scores_of(form), expected, err_msg=name)
    assert expected.argmax() == 7
    assert lfr.Detector("pca").fit(table.to_reader()).n_features_in_ == 6


N = range(200)
#: Numbers that do not only count the rows.
STEPS = [37 * k % 101 for k in N]
MONTHS = [f"{1999 + step // 12}-{step % 12 + 1:02}" for step in STEPS]
MIDNIGHTS = pd.DatetimeIndex([pd.Timestamp("2024-03-01", tz="Asia/Tokyo") + pd.Timedelta(step, "D") for step in STEPS])

#: Columns of pandas and what a file would have for them.
ODD = {
    "Int64": (pd.array([None if k == 3 else k % 5 for k in N], dtype="Int64"), ["" if k == 3 else k % 5 for k in N]),
    "boolean": (pd.array([k % 2 == 0 for k in N], dtype="boolean"), [(k + 1) % 2 for k in N]),
    "string": (pd.array([f"w{k % 3}" for k in N], dtype="string"), [f"w{k % 3}" for k in N]),
    "ordered": (pd.Categorical([k % 7 for k in N], ordered=True), [k % 7 for k in N]),
    "mixed categories": (pd.Categorical([k % 3 or "no" for k in N]), [k % 3 or "no" for k in N]),
    "period": (pd.PeriodIndex(MONTHS, freq="M"), [f"{month}-01" for month in MONTHS]),
    "duration": (pd.to_timedelta([90 * step for step in STEPS], unit="s"), [90 * step for step in STEPS]),
    "zone": (MIDNIGHTS, MIDNIGHTS.tz_convert("UTC")),
    "sparse": (pd.arrays.SparseArray([k % 9 // 8 for k in N]), [k % 9 // 8 for k in N]),
    "interval": (
        pd.arrays.IntervalArray.from_arrays([k % 4 for k in N], [k % 4 + 1 for k in N]),
        [f"({k % 4}, {k % 4 + 1}]" for k in N],
    ),
    "bins": (pd.cut([k % 4 for k in N], [-1, 1, 3]), ["(-1, 1]" if k % 4 < 2 else "(1, 3]" for k in N]),
    "mixed": ([k % 3 or "no" for k in N], [k % 3 or "no" for k in N]),
    "paths": ([Path("ab"[k % 2]) for k in N], ["ab"[k % 2] for k in N]),
    "huge": ([10**30 * (k % 5) for k in N], [10**30 * (k % 5) for k in N]),
    "decimal": ([Decimal(k % 5) / 4 for k in N], [k % 5 / 4 for k in N]),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("arrow", [True, False])
def test_columns_of_pandas_are_those_of_a_file(rows, name, arrow, monkeypatch, tmp_path):
    values, cells = ODD[name]
    X = pd.DataFrame(rows, columns=list("abcd")).assign(odd=values)
    X.assign(odd=cells).to_csv(tmp_path / "rows.csv", index=False)
    expected = lfr.rank(tmp_path / "rows.csv", method="pca")
    if not arrow:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    detector = lfr.Detector("pca").fit(X)
    np.testing.assert_allclose(detector.decision_scores_, expected.decision_scores_, rtol=1e-5)
    np.testing.assert_allclose(detector.decision_function(X), expected.decision_scores_, rtol=1e-5)


def test_codes_of_pandas_are_categories(rows):
    X = pd.DataFrame(rows, columns=list("abcd")).assign(code=pd.Categorical([k % 5 for k in range(200)]))
    asked = lfr.Detector("pca", columns={"code": "category"}).fit(X.astype({"code": int}))
    np.testing.assert_array_equal(scores_of(X), asked.decision_scores_)
    as_number = lfr.Detector("pca", columns={"code": "number"}).fit(X)
    np.testing.assert_array_equal(as_number.decision_scores_, scores_of(X.astype({"code": int})))


def test_columns_may_be_called_by_anything(rows):
    expected = lfr.Detector("pca", id="0", ignore=["1"]).fit(pd.DataFrame(rows, columns=list("0123")))
    numbered = pd.DataFrame(rows)
    for ignore in (1, [1], numbered.columns[1:2]):
        detector = lfr.Detector("pca", id=0, ignore=ignore).fit(numbered)
        np.testing.assert_array_equal(detector.decision_scores_, expected.decision_scores_)
        assert detector.ids_ == expected.ids_
    objects = pd.DataFrame({"self": pd.Series(rows[:, 0], dtype=object), "b": rows[:, 1]})
    before = objects.copy()
    np.testing.assert_array_equal(scores_of(objects), scores_of(objects.set_axis(["a", "b"], axis=1)))
    pd.testing.assert_frame_equal(objects, before)
    nested = pd.DataFrame(rows, columns=pd.MultiIndex.from_product([["a", "b"], ["x", "y"]]))
    np.testing.assert_array_equal(scores_of(nested), scores_of(numbered))


def test_series_of_rows_are_arrays(rows):
    expected = scores_of(rows)
    lists = rows.tolist()
    for series in (pd.Series(lists), pd.Series([*map(tuple, lists)]), pd.Series(list(rows)), pl.Series(lists)):
        np.testing.assert_array_equal(scores_of(series), expected)
    assert lfr.Detector("pca").fit(pd.Series(lists, index=[f"r{i}" for i in range(200)])).ids_[7] == "r7"


def test_frames_without_pyarrow(rows, monkeypatch):
    X = frame(rows)
    expected = scores_of(X)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    np.testing.assert_allclose(scores_of(X), expected, rtol=1e-6)


def test_the_index_identifies_and_duplicate_columns_are_refused(rows):
    X = pd.DataFrame(rows, index=[f"r{i}" for i in range(200)])
    assert lfr.Detector("pca").fit(X).ids_[7] == "r7"
    assert lfr.Detector("pca").fit(X.reset_index(drop=True)).ids_[7] == "7"
    assert lfr.Detector("pca").fit(X.reset_index(drop=True)[100:]).ids_[7] == "107"
    assert lfr.Detector("pca").fit(type("Frame", (pd.DataFrame,), {})(X)).ids_[7] == "r7"
    assert lfr.Detector("pca").fit(pd.Series(TEXTS, index=[f"t{i}" for i in range(31)])).ids_[30] == "t30"
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
    forms = [tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, dtype=object), deque(TEXTS)]
    forms += [pd.Series(TEXTS), pd.Series(TEXTS, dtype="category"), pd.Index(TEXTS), pl.Series(TEXTS)]
    forms += [pa.array(TEXTS), pa.chunked_array([TEXTS[:9], TEXTS[9:]]), pa.array(TEXTS).dictionary_encode()]
    if hasattr(np.dtypes, "StringDType"):
        forms.append(np.array(TEXTS, dtype=np.dtypes.StringDType()))
    for form in forms:
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


def test_pictures_of_pil_are_those_of_files(tmp_path):
    images = [Image.fromarray(x) for x in pictures()]
    forms = {
        "grey with alpha": [image.convert("LA") for image in images],
        "palette": [image.convert("P") for image in images],
        "clear palette": [image.convert("P") for image in images],
        "clear grey": [image.convert("L") for image in images],
        "bits": [image.convert("1") for image in images],
        "turned": images,
    }
    saved = {"clear palette": {"transparency": 1}, "clear grey": {"transparency": 100}, "turned": {"exif": turned()}}
    for name, form in forms.items():
        paths = [tmp_path / f"{name} {i}.png" for i in range(24)]
        for image, path in zip(form, paths, strict=True):
            image.save(path, **saved.get(name, {}))
        np.testing.assert_array_equal(scores_of([Image.open(path) for path in paths]), scores_of(paths), err_msg=name)


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def test_new_pictures_are_read_as_the_old():
    detector = lfr.Detector("pca", image_size=16).fit(pictures()[..., 0])
    again = detector.decision_function(list(pictures()[..., 0]))
    np.testing.assert_array_equal(again, detector.decision_scores_)
    with pytest.raises(ValueError, match="grey"):
        detector.decision_function(np.random.default_rng(1).integers(0, 255, (2, 20, 30, 3), dtype=np.uint8))
