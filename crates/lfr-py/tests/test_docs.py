"""Every snippet of docs/python.md runs, in order, in one session."""

import doctest
import importlib.util
import re
import shutil
from pathlib import Path

import pytest
from conftest import TOYS

import lfr

PAGE = Path(__file__).parents[3] / "docs" / "python.md"


def test_the_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(TOYS / "pictures.onnx", "encoder.onnx")
    names: dict = {}
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(snippets) > 8
    for snippet in snippets:
        needed = re.match(r"# needs (\w+)", snippet)
        if needed and importlib.util.find_spec(needed[1]) is None:
            continue
        exec(compile(snippet, str(PAGE), "exec"), names)
    assert names["run"].ids_[names["run"].ranking()[0]] == "3"
    assert "n9" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_the_docstrings_run():
    import lfr._detector
    import lfr._scorer
    import lfr.polars

    for module in (lfr, lfr._detector, lfr._scorer, lfr.polars):
        result = doctest.testmod(module)
        assert result.attempted and not result.failed
