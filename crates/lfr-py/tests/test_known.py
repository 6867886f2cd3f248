"""A few known labels, and data declared normal."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import lfr

#: Two real outliers and two false alarms.
KNOWN = {60: 1, 61: True, 64: 0, 65: False}


def array(known):
    values = np.full(68, -1.0)
    values[list(known)] = [float(label) for label in known.values()]
    return values


def test_labels_guide_as_those_of_the_command_do(command, pile):
    np.save(command.folder / "pile.npy", pile)
    (command.folder / "known.csv").write_text("id,label\n" + "".join(f"{i},{int(k)}\n" for i, k in KNOWN.items()))
    words = ("--labels-known", "known.csv", "-o", "there")
    assert command("rank", "pile.npy", *words, "--threshold", "auto").returncode == 0
    table = pd.read_csv(command.folder / "there" / "scores.csv")
    detector = lfr.Detector().fit(pile, known=KNOWN)
    np.testing.assert_array_equal(table["anomaly_score"].astype(np.float32), detector.decision_scores_.astype(np.float32))
    np.testing.assert_array_equal(table.sort_values("anomaly_rank").index, detector.ranking())
    np.testing.assert_array_equal(table["outlier"].astype(int), detector.labels_)
    assert set(detector.ranking()[:2]) == {62, 63} and set(detector.ranking()[-4:]) == set(KNOWN)
    assert detector.labels_[[60, 61, 64, 65]].tolist() == [1, 1, 0, 0]
    again = lfr.rank(command.folder / "pile.npy", command.folder / "here", known=KNOWN)
    here, there = (command.folder / folder / "model.safetensors" for folder in ("here", "there"))
    assert here.read_bytes() == there.read_bytes()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(again)).ranking(), detector.ranking())


def test_labels_come_in_many_forms(pile):
    expected = lfr.Detector().fit(pile, known=KNOWN).decision_scores_
    values = array(KNOWN)
    with_nan = np.where(values < 0, np.nan, values)
    nullable = pd.Series(with_nan).astype("Int64")
    forms = {
        "array": values,
        "NaN": with_nan,
        "whole numbers": values.astype(int),
        "series": nullable,
        "list": [None if value < 0 else bool(value) for value in values],
        "polars": pl.Series(with_nan).fill_nan(None).cast(pl.Int8),
        "arrow": pa.chunked_array([pa.array(with_nan, from_pandas=True)]),
        "masked": np.ma.MaskedArray(values > 0, values < 0),
        "NumPy's": {np.int64(place): np.bool_(label) for place, label in KNOWN.items()},
        "unknown ones": {**KNOWN, 5: -1, 6: np.nan, 7: None},
        "ids": {str(place): label for place, label in KNOWN.items()},
    }
    for name, known in forms.items():
        scores = lfr.Detector().fit(pile, known=known).decision_scores_
        np.testing.assert_array_equal(scores, expected, err_msg=name)


def test_labels_are_found_by_identifiers(pile, tmp_path):
    known = {f"r{place}": label for place, label in KNOWN.items()}
    names = [f"r{place}" for place in range(68)]
    by_index = lfr.Detector().fit(pd.DataFrame(pile, index=names), known=known)
    assert set(by_index.ranking()[:2]) == {62, 63}
    frame = pd.DataFrame(pile, columns=["a", "b"]).assign(name=names)
    frame.to_csv(tmp_path / "pile.csv", index=False)
    for data in (frame, tmp_path / "pile.csv"):
        detector = lfr.Detector(id="name").fit(data, known=known)
        assert set(detector.ranking()[:2]) == {62, 63}
        assert lfr.Detector(id="name").fit_predict(data, known=known)[60] == 1


REFUSED = {
    "a label": ({3: 7}, {}, "known has 7 for the item 3; pass 1 or True"),
    "a word": ({3: "1"}, {}, "known has '1'"),
    "a number of labels": ([0, 1, -1], {}, "shape 3 for 68 items"),
    "a series of some": (pd.Series({3: 1}), {}, r"shape 1 for 68 items.*known.to_dict\(\)"),
    "a single label": (1, {}, r"shape \(\) for 68 items"),
    "two labels of an item": ({3: 1, "3": 0}, {}, "'3' that it is an outlier, and that it is an inlier"),
    "another order": (pd.Series(np.full(68, 1.0))[::-1], {}, "in another order; pass known.reindex"),
    "an item": ({68: 1}, {}, "68 is not an item of the input"),
    "an item before the first": ({-1: 1}, {}, "-1 is not an item"),
    "none": ({}, {}, "none is known"),
    "none of an array": (np.full(68, -1), {}, "none is known"),
    "all": (np.arange(68) % 2, {}, "nothing is left to rank"),
    "a method": (KNOWN, {"method": "pca"}, "does not learn from labels; leave `method` out"),
    "normal data": (KNOWN, {"all_normal": True}, "all_normal=True"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_teaches_nothing_is_refused(pile, name):
    known, options, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        lfr.Detector(**options).fit(pile, known=known)


def test_identifiers_of_several_items_are_refused(pile):
    twice = pd.DataFrame(pile, index=["a", "a", *map(str, range(2, 68))])
    with pytest.raises(ValueError, match="a stands for several items.*choose an id= that tells them apart, or give one label"):
        lfr.Detector().fit(twice, known={"a": 1})
    assert lfr.Detector().fit(twice, known=array(KNOWN)).ranking()[0] in (62, 63)


def test_a_method_that_needs_labels_says_so(pile):
    with pytest.raises(ValueError, match="needs a few labelled items.*known="):
        lfr.Detector("elite-ae").fit(np.random.default_rng(0).integers(0, 255, (20, 8, 8), dtype=np.uint8))


def test_normal_data_flags_new_items_alone(command, pile):
    np.save(command.folder / "pile.npy", pile[:60])
    detector = lfr.Detector("knn", all_normal=True).fit(pile[:60])
    assert command("rank", "pile.npy", "--method", "knn", "--all-normal", "-o", "out").returncode == 0
    table = pd.read_csv(command.folder / "out" / "scores.csv")
    np.testing.assert_array_equal(table["anomaly_score"].astype(np.float32), detector.decision_scores_.astype(np.float32))
    assert detector.labels_.sum() == 0 and detector.threshold_ == detector.decision_scores_.max()
    assert detector.predict(pile[58:64]).tolist() == [0, 0, 1, 1, 1, 1]
    loaded = lfr.Detector.load(command.folder / "out" / "model.safetensors", all_normal=True)
    assert loaded.threshold_ == detector.threshold_ and "all_normal=True" in repr(loaded)
    assert detector.record_["config"]["all_normal"] is True
    for contamination in (0.1, "auto:mad"):
        with pytest.raises(ValueError, match="no share of normal data is outliers"):
            lfr.Detector(all_normal=True, contamination=contamination)


def test_documents_without_a_word_are_normal_there():
    texts = ["the cat sat on a mat", "the dog ran to a house", "a cat ran on the mat"] * 9 + ["..."]
    assert lfr.Detector("pca").fit(texts).ranking()[0] == 27
    assert lfr.Detector("pca", all_normal=True).fit(texts).ranking()[0] != 27
