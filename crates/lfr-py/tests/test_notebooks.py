"""The notebooks run from the first cell to the last."""

import ast
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[3] / "examples" / "notebooks").glob("*.ipynb"))


def run(notebook):
    """Runs the cells in one session and returns what they would show: printed text apart, the last expressions."""
    names, shown = {"__name__": "__main__"}, []
    for cell in json.loads(notebook.read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert not cell["outputs"], "notebooks are kept without outputs"
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(notebook), "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), str(notebook), "eval"), names)
            shown.append(value._repr_html_() if hasattr(value, "_repr_html_") else value)
    return names, shown


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook, monkeypatch, capsys):
    monkeypatch.chdir(notebook.parent)
    names, shown = run(notebook)
    assert any("<svg" in str(value) for value in shown) or notebook.stem == "documents"
    said = capsys.readouterr().out
    match notebook.stem:
        case "photos":
            assert names["found"] >= 20 and "[ True  True  True]" in said
        case "table":
            found = {names["detector"].ids_[place] for place in names["detector"].ranking()[:3]}
            assert found == {"n040", "n041", "n042"}
        case "documents":
            assert set(names["detector"].ranking()[:2]) == {20, 50}


def test_there_are_notebooks():
    assert {path.stem for path in NOTEBOOKS} == {"photos", "table", "documents"}
