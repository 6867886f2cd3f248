"""The settings of the reading are the flags of the command."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import lfr

FORMATS = Path(__file__).parents[2] / "lfr-cli" / "tests" / "data" / "formats"

SALES = "".join(f"0{i % 9 + 1}/0{i % 5 + 1}/2024;1.{i:03};{i % 3};note {i}\n" for i in range(60))
COLUMNS = {"amount": "number:comma", "day": "date:mdy", "code": "category", "note": "ignore"}

#: Content of a file, settings of `Detector`, and the same as flags.
WRITTEN = {
    "columns": (
        "day;amount;code;note\n" + SALES,
        {"columns": COLUMNS},
        "--columns amount=number:comma,day=date:mdy,code=category,note=ignore",
    ),
    "no header": ("2020;2021\n" + "".join(f"{i};{i * i % 7}\n" for i in range(50)), {"header": False}, "--no-header"),
    "header": ("2020;2021\n" + "".join(f"{i};{i * i % 7}\n" for i in range(50)), {"header": True}, "--header"),
    "delimiter": ("a~b\n" + "".join(f"{i}~{i * i % 7}\n" for i in range(50)), {"delimiter": "~"}, "--delimiter ~"),
    "tab": ("a\tb\n" + "".join(f"{i}\t{i * i % 7}\n" for i in range(50)), {"delimiter": "tab"}, "--delimiter tab"),
    "footer": (
        "a;b\n" + "".join(f"x{i % 3};{i * i % 7}\n" for i in range(50)) + "Total;150\n",
        {"keep_footer": True},
        "--keep-footer",
    ),
    "kind": ("body\n" + "one fish, two\nred fish\nblue bird\n" * 9, {"kind": "text"}, "--kind text"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_files_are_read_as_the_command_reads_them(command, name):
    content, settings, flags = WRITTEN[name]
    (command.folder / "pile.csv").write_text(content)
    result = command("rank", "pile.csv", "--method", "pca", "-o", "there", *flags.split())
    assert result.returncode == 0, result.stderr
    detector = lfr.rank(command.folder / "pile.csv", command.folder / "here", method="pca", **settings)
    here, there = ((command.folder / folder / "scores.csv").read_text() for folder in ("here", "there"))
    assert here == there
    # New files are read in the same way, without being told.
    np.testing.assert_array_equal(detector.decision_function(command.folder / "pile.csv"), detector.decision_scores_)


def test_text_is_decoded_as_asked(command):
    lines = ["красный дом", "синий дом", "красный лес"] * 6 + ["жёлтый слон"]
    (command.folder / "pile.txt").write_bytes("\n".join(lines).encode("koi8-r"))
    detector = lfr.rank(command.folder / "pile.txt", method="pca", encoding="koi8-r")
    np.testing.assert_array_equal(detector.decision_scores_, lfr.Detector("pca").fit(lines).decision_scores_)
    np.testing.assert_array_equal(detector.decision_function(command.folder / "pile.txt"), detector.decision_scores_)


def test_sheets_have_names_and_numbers():
    book = FORMATS / "visits.xlsx"
    expected = lfr.rank(book, method="pca").decision_scores_
    for sheet in ("Sheet1", 1, "1"):
        np.testing.assert_array_equal(lfr.rank(book, method="pca", sheet=sheet).decision_scores_, expected)
    with pytest.raises(ValueError, match="`sheet` = 2: there is no such sheet"):
        lfr.rank(book, sheet=2)
    with pytest.raises(ValueError, match="no workbook"):
        lfr.rank(FORMATS / "visits.csv", sheet="Sheet1")


def test_columns_of_frames_and_arrays(rows):
    frame = pd.DataFrame({"a": [f"1.{i:03}" for i in range(200)], 7: np.arange(200) % 3, "x": rows[:, 0]})
    with_comma = lfr.Detector("pca", columns={"a": "number:comma", 7: "category"}).fit(frame)
    with_point = lfr.Detector("pca", columns={"a": "number:point", 7: "category"}).fit(frame)
    ranges = [detector.record_["columns"][0]["range"] for detector in (with_comma, with_point)]
    assert ranges[0] != ranges[1], "thousands of one are decimals of the other"
    assert with_comma.record_["columns"][1]["read_as"] == "category"
    np.testing.assert_array_equal(with_comma.decision_function(frame), with_comma.decision_scores_)
    ignored = lfr.Detector("pca", columns={"f1": "ignore"}).fit(rows)
    np.testing.assert_array_equal(ignored.decision_function(rows), ignored.decision_scores_)
    assert ignored.record_["columns"][1]["left_out"] == "as asked"


X = np.random.default_rng(0).normal(size=(30, 2))
TEXTS = ["one fish", "two fish", "red fish"] * 9

REFUSED = {
    "reading": (X, {"columns": {"f0": "numbre"}}, "`columns` = numbre: not a reading; choose one of number, number:point"),
    "no text as a reading": (X, {"columns": {"f0": 3}}, "bad setting `columns`"),
    "list of columns": (X, {"columns": ["f0"]}, "bad setting `columns`"),
    "unknown column": (X, {"columns": {"g": "number"}}, "`columns` = g: there is no such column; there are columns `f0`, `f1`"),
    "columns of texts": (TEXTS, {"columns": {"g": "number"}}, "kind text, which has no columns"),
    "kind": (X, {"kind": "tables"}, "`kind` = tables: choose one of table, text and images"),
    "other kind": (X, {"kind": "text"}, "`kind` = text: the data in memory is of the kind table"),
    "other kind of list": (TEXTS, {"kind": "images"}, "`kind` = images: the data in memory is of the kind text"),
    "delimiter": ("path", {"delimiter": "::"}, "`delimiter` = ::: must be one ASCII character"),
    "quote": ("path", {"delimiter": '"'}, "neither a quote nor the end of a line"),
    "encoding": ("path", {"encoding": "klingon"}, "`encoding` = klingon"),
    "header": ("path", {"header": "yes"}, '`header` = "yes": invalid type'),
    "kind of a path": ("path", {"kind": "images"}, "`kind` = images"),
    "a file's setting": (X, {"delimiter": ";"}, "delimiter says how a file is written, but X is a ndarray"),
    "another": (X, {"sheet": 1}, "sheet says how a file is written"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(name, tmp_path):
    data, settings, words = REFUSED[name]
    (tmp_path / "pile.csv").write_text("a;b\n" + "".join(f"{i};{i * i % 7}\n" for i in range(50)))
    with pytest.raises(ValueError) as refused:
        lfr.Detector("pca", **settings).fit(tmp_path / "pile.csv" if isinstance(data, str) else data)
    assert words in str(refused.value)


def test_a_new_file_is_read_by_what_the_model_knows(command):
    table = "a;b;c\n" + "".join(f"{i},5;{i * i % 7};x{i % 3}\n" for i in range(50))
    (command.folder / "pile.csv").write_text(table)
    (command.folder / "one.csv").write_text("a;b;c\n7,5;0;x1\n")
    detector = lfr.rank(command.folder / "pile.csv", method="pca")
    expected = detector.decision_scores_[7]
    np.testing.assert_array_equal(detector.decision_function(command.folder / "one.csv"), [expected])


def test_deep_pictures_are_stretched_as_in_the_fit(tmp_path):
    noise = np.random.default_rng(0).integers(550, 610, size=(12, 10, 10)).astype(np.uint16)
    paths = [tmp_path / f"{i}.png" for i in range(12)]
    for path, values in zip(paths, noise, strict=True):
        Image.fromarray(values).save(path)
    detector = lfr.Detector("pca", image_size=8).fit(paths)
    np.testing.assert_array_equal(detector.decision_function(paths[3:5]), detector.decision_scores_[3:5])


def test_estimators_pass_the_settings_on(rows):
    from lfr.sklearn import OutlierDetector

    settings = {"columns": {"f1": "ignore"}, "kind": "table"}
    estimator = OutlierDetector("pca", settings=settings).fit(rows)
    expected = lfr.Detector("pca", **settings).fit(rows).decision_scores_
    np.testing.assert_array_equal(estimator.anomaly_scores_, expected)
    pytest.importorskip("pyod")
    from lfr.pyod import LFR

    detector = LFR("pca", settings=settings)
    detector.fit(rows)
    np.testing.assert_array_equal(detector.decision_scores_, expected)
    with pytest.raises(ValueError, match="not a reading"):
        LFR("pca", settings={"columns": {"f1": "x"}}).fit(rows)
