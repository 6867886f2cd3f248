"""Flags of the command in the library's sentences come out as what is typed in Python."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lfr
from lfr import _lfr

SOURCES = Path(__file__).parents[2] / "lfr" / "src"

SAID = {
    "leave --image-size out": "leave image_size= out",
    "say them by --image-size, or by `size`": "say them by image_size=, or by `size`",
    "compare single ones by `--method`": "compare single ones by `method=`",
    "read as a table; --kind text takes every line": 'read as a table; kind="text" takes every line',
    "--kind text reads lines, --kind table rows": 'kind="text" reads lines, kind="table" rows',
    "is left out; --keep-footer keeps it": "is left out; keep_footer=True keeps it",
    "(--columns NAME=date:mdy for the other)": '(columns={"NAME": "date:mdy"} for the other)',
    "--columns NAME=number:point or number:comma decides": 'columns={"NAME": "number:point"} or {"NAME": "number:comma"} decides',
    "by --columns NAME=number or NAME=category, or rank one as text by --text NAME": (
        'by columns={"NAME": "number"} or {"NAME": "category"}, or rank one as text by text="NAME"'
    ),
    "(to rank it as text, pass --text review)": '(to rank it as text, pass text="review")',
    "pass --text 'größe in cm')": 'pass text="größe in cm")',
    "by --text": "by text=",
    "if letters look wrong, --encoding names another": "if letters look wrong, encoding= names another",
    "wrong: --encoding shift_jis, gb18030 or another": 'wrong: encoding="shift_jis", gb18030 or another',
    "the sheet `a` is read; --sheet names another (b)": "the sheet `a` is read; sheet= names another (b)",
    "if so, say it with --delimiter": "if so, say it with delimiter=",
    "because there are many items; --epochs changes that": "because there are many items; epochs= changes that",
    "choose an --id that tells them apart": "choose an id= that tells them apart",
    "except those that --ignore leaves out": "except those that ignore= leaves out",
    "--features": "features=",
    # What is no flag of `lfr rank` stays.
    "`optimum-cli export onnx --model x --task feature-extraction x`": None,
    "cannot read a--text b/my--kind text.csv": None,
    "a -- b --": None,
    "": None,
}


@pytest.mark.parametrize("sentence", SAID)
def test_a_flag_is_a_keyword(sentence):
    assert _lfr.in_python(sentence) == (sentence if SAID[sentence] is None else SAID[sentence])


def test_every_sentence_of_the_library_is_one_for_python():
    # A device cannot be chosen in Python, and features of a build are not flags of the program.
    elsewhere = ("--task", "--device", "--features encoders", "--features {name}", "--share")
    lines = []
    for path in SOURCES.rglob("*.rs"):
        code = re.split(r"#\[cfg\(test\)\]\s+mod tests", path.read_text())[0]
        if path.name not in ("tests.rs", "browser.rs") and "report" not in path.parts:
            lines += [line.strip() for line in code.splitlines() if re.search(r"--[a-z]", line)]
    sentences = [line for line in lines if not line.startswith("//") and not any(word in line for word in elsewhere)]
    assert len(sentences) > 20
    for sentence in sentences:
        assert "--" not in _lfr.in_python(sentence.replace('"', " ")), sentence


def test_warnings_can_be_typed(recwarn):
    frame = pd.DataFrame({"day": [f"0{i % 9 + 1}/0{i % 5 + 1}/2024" for i in range(40)], "n": np.arange(40) % 7})
    detector = lfr.Detector("pca").fit(frame)
    (warning,) = [sentence for sentence in detector.warnings_ if "`day`" in sentence]
    assert 'columns={"NAME": "date:mdy"}' in warning and "--" not in warning
    assert warning in [str(warning.message) for warning in recwarn]
    assert not lfr.Detector("pca", columns={"day": "date:mdy"}).fit(frame).warnings_


def test_a_loaded_model_warns_in_python(tmp_path):
    frame = pd.DataFrame({"day": [f"0{i % 9 + 1}/0{i % 5 + 1}/2024" for i in range(40)], "n": np.arange(40) % 7})
    detector = lfr.Detector("pca").fit(frame)
    detector.save(tmp_path / "model")
    assert lfr.Detector.load(tmp_path / "model").warnings_ == detector.warnings_


def test_exceptions_can_be_typed(tmp_path):
    prose = ["We had a fine day at the sea and will come again next summer, number " + str(i) for i in range(12)]
    with pytest.raises(ValueError, match=r'text="the review"\).*columns=\{"NAME": "number"\} or \{"NAME": "category"\}'):
        lfr.Detector("pca").fit(pd.DataFrame({"the review": prose}))
    (tmp_path / "a.cfg").write_text("some words\nand some others\nin lines\n")
    with pytest.raises(ValueError, match='kind="text" reads its lines'):
        lfr.rank(tmp_path / "a.cfg")
    assert len(lfr.rank(tmp_path / "a.cfg", kind="text", method="pca").ids_) == 3


def test_files_have_the_words_of_the_command(tmp_path):
    (tmp_path / "a.csv").write_text("day,n\n" + "".join(f"0{i % 9 + 1}/0{i % 5 + 1}/2024,{i % 7}\n" for i in range(40)))
    detector = lfr.rank(tmp_path / "a.csv", tmp_path / "out", method="pca")
    assert "--columns NAME=date:mdy" in (tmp_path / "out" / "run.json").read_text()
    assert any('columns={"NAME": "date:mdy"}' in sentence for sentence in detector.warnings_)
