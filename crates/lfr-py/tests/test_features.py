"""Encoders in front of every method, with toys of a few KB."""

import json
import pickle
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import TOYS
from PIL import Image

import lfr

PICTURES, TEXTS = TOYS / "pictures.onnx", TOYS / "texts"


@pytest.fixture
def photos(tmp_path):
    """Thirty reddish pictures and a blue one, as arrays and as files."""
    X = np.random.default_rng(0).integers(0, 40, size=(31, 20, 24, 3), dtype=np.uint8) + np.array([180, 60, 0], np.uint8)
    X[30] = X[30][..., ::-1]
    folder = tmp_path / "photos"
    folder.mkdir()
    paths = [folder / f"{i:02}.png" for i in range(31)]
    for path, values in zip(paths, X, strict=True):
        Image.fromarray(values).save(path)
    return X, paths


@pytest.fixture
def mails():
    """Sixty messages about animals, and one about stocks."""
    who, what, where = ["cat", "dog", "cats"], ["sat", "ran"], ["mat", "house", "sun"]
    texts = [f"the {who[i % 3]} {what[i % 2]} on a {where[i // 3 % 3]}" for i in range(60)]
    return [*texts, "stock price fell, stock rose"]


def test_pictures_in_every_form_are_ranked_as_by_the_command(command, photos):
    X, paths = photos
    result = command("rank", "photos", "--features", PICTURES, "--no-features-cache", "-o", "out")
    assert result.returncode == 0, result.stderr
    expected = pd.read_csv(command.folder / "out" / "scores.csv")["anomaly_score"].astype(np.float32)
    forms = {"folder": paths[0].parent, "paths": paths, "arrays": X, "list": list(X), "PIL": [Image.open(p) for p in paths]}
    for name, form in forms.items():
        detector = lfr.Detector(features=PICTURES).fit(form)
        np.testing.assert_array_equal(detector.decision_scores_.astype(np.float32), expected, err_msg=name)
        assert detector.ranking()[0] == 30 and detector.record_["encoder"]["width"] == 6
    model = lfr.Detector("pca", features=str(PICTURES)).fit(paths[0].parent)
    for name, form in forms.items():
        np.testing.assert_array_equal(model.decision_function(form), model.decision_scores_, err_msg=name)
    assert any("mean and deviation of ImageNet are used" in sentence for sentence in model.warnings_)


def test_texts_in_every_form_are_ranked_as_by_the_command(command, mails):
    frame = pd.DataFrame({"key": [f"m{i}" for i in range(61)], "body": mails, "n": range(61)})
    frame.to_csv(command.folder / "mails.csv", index=False)
    flags = ("--text", "body", "--id", "key", "--features", TEXTS, "--no-features-cache", "-o", "out")
    result = command("rank", "mails.csv", *flags)
    assert result.returncode == 0, result.stderr
    expected = pd.read_csv(command.folder / "out" / "scores.csv")["anomaly_score"].astype(np.float32)
    columns = {"text": "body", "id": "key"}
    tables = {"frame": frame, "arrow": pa.table(frame), "file": command.folder / "mails.csv"}
    for name, form in {**tables, "list": mails}.items():
        settings = {} if name == "list" else columns
        detector = lfr.Detector(features=TEXTS, **settings).fit(form)
        np.testing.assert_array_equal(detector.decision_scores_.astype(np.float32), expected, err_msg=name)
        assert detector.ranking()[0] == 60
    model = lfr.Detector("pca", features=TEXTS, **columns).fit(frame)
    for name, form in {**tables, "list": mails}.items():
        np.testing.assert_array_equal(model.decision_function(form), model.decision_scores_, err_msg=name)
    np.testing.assert_array_equal(model.decision_function(frame[["body"]]), model.decision_scores_)
    np.testing.assert_array_equal(
        lfr.Scorer(model).score_batch(pa.table(frame)), model.decision_scores_.astype(np.float32)
    )


def test_a_model_file_names_its_encoder(command, photos):
    X, _ = photos
    detector = lfr.Detector("pca", features=PICTURES).fit(X)
    path = command.folder / "model.safetensors"
    detector.save(path)
    assert b"encoder.network" not in path.read_bytes()
    with pytest.raises(ValueError, match="pictures.onnx: the model needs this encoder.*features=PATH"):
        lfr.Detector.load(path)
    with pytest.raises(ValueError, match="it is not the encoder of the model, pictures.onnx"):
        lfr.Detector.load(path, features=TOYS / "constant.onnx")
    with pytest.raises(FileNotFoundError, match="nowhere.onnx"):
        lfr.Detector.load(path, features="nowhere.onnx")
    loaded = lfr.Detector.load(path, features=PICTURES)
    np.testing.assert_array_equal(loaded.decision_function(X), detector.decision_scores_)
    assert "features=" in repr(loaded) and loaded.threshold_ == detector.threshold_
    words = ("fit", "photos", "--method", "pca", "--features", PICTURES, "--no-features-cache", "--embed-into-model")
    assert command(*words, "-o", "whole.safetensors").returncode == 0
    whole = lfr.Detector.load(command.folder / "whole.safetensors")
    np.testing.assert_array_equal(whole.decision_function(X), detector.decision_scores_)
    lfr.Detector("pca").fit(X).save(path)
    with pytest.raises(ValueError, match="`features` = .*not fitted on the features of an encoder; leave it out"):
        lfr.Detector.load(path, features=PICTURES)


def test_a_pickle_remembers_where_its_encoder_is(photos, tmp_path):
    X, _ = photos
    place = tmp_path / "encoder.onnx"
    shutil.copy(PICTURES, place)
    detector = lfr.Detector("pca", features=place).fit(X)
    data = pickle.dumps(detector)
    again = pickle.loads(data)
    np.testing.assert_array_equal(again.decision_function(X), detector.decision_scores_)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(again)).predict(X), detector.labels_)
    place.unlink()
    moved = pickle.loads(data)
    with pytest.raises(FileNotFoundError, match="encoder.onnx"):
        moved.decision_function(X)
    moved.features = None
    with pytest.raises(ValueError, match="features=PATH"):
        moved.predict(X)
    moved.features = PICTURES
    np.testing.assert_array_equal(moved.decision_function(X), detector.decision_scores_)


def test_a_scorer_finds_its_encoder(mails, tmp_path):
    table = pa.table({"body": mails})
    detector = lfr.Detector("pca", features=TEXTS, text="body").fit(table)
    detector.save(tmp_path / "model")
    expected = detector.decision_scores_.astype(np.float32)
    for scorer in (
        lfr.Scorer(detector),
        lfr.Scorer(tmp_path / "model", features=TEXTS),
        lfr.Scorer((tmp_path / "model").read_bytes(), features=TEXTS),
    ):
        np.testing.assert_array_equal(scorer.score_batch(table), expected)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(scorer)).score_batch(table), expected)
    with pytest.raises(ValueError, match="features=PATH"):
        lfr.Scorer(tmp_path / "model")


def test_what_an_encoder_makes_is_kept_where_asked(photos, tmp_path):
    X, _ = photos
    options = {"features": PICTURES, "features_cache": tmp_path / "kept"}
    first = lfr.Detector("pca", **options).fit(X).decision_scores_
    assert list((tmp_path / "kept").rglob("*.features"))
    np.testing.assert_array_equal(lfr.Detector("pca", **options).fit(X).decision_scores_, first)
    with pytest.raises(ValueError, match="no encoder whose features it could keep"):
        lfr.Detector("pca", features_cache=tmp_path / "kept").fit(X)


def test_what_an_encoder_does_not_take_is_refused(photos, mails, rows, tmp_path, monkeypatch):
    X, _ = photos
    monkeypatch.setenv("LFR_CACHE_DIR", str(tmp_path / "none"))
    frame = pd.DataFrame({"body": mails, "n": range(61)})
    refused = [
        (rows, TEXTS, {}, "it takes texts, the data holds rows of a table; name the column with the texts by text=$"),
        (frame, TEXTS, {}, "name the column with the texts by text=$"),
        (mails, PICTURES, {}, "it takes pictures, the data holds texts; choose another encoder, or leave features= out"),
        (X, TEXTS, {}, "it takes texts, the data holds pictures"),
        (X, PICTURES, {"image_size": 32}, "it takes pictures of 16 pixels a side, not of 32; leave image_size= out"),
        (X, TOYS / "open.onnx", {}, "leaves height and width of its pictures open; say them by image_size=, or by"),
        (X, PICTURES, {"method": "gt-lfr"}, "it takes pictures alone; leave features= out"),
        (X, TOYS / "constant.onnx", {}, "it gives the same numbers for every item"),
        (X, TOYS / "nan.onnx", {}, "numbers that are not finite"),
        (X, "resnet18-v2", {}, "lfr features fetch resnet18-v2"),
    ]
    for data, features, options, words in refused:
        with pytest.raises(ValueError, match=words):
            lfr.Detector(features=features, **options).fit(data)
    with pytest.raises(FileNotFoundError, match="nowhere.onnx"):
        lfr.Detector(features="nowhere.onnx").fit(X)
    lfr.Detector("pca", features=TOYS / "open.onnx", image_size=16).fit(X)


def test_reports_exports_and_folders(photos, mails, tmp_path):
    X, _ = photos
    detector = lfr.Detector(features=PICTURES).fit(X)
    with pytest.raises(ValueError, match="cannot be exported.*the encoder pictures.onnx"):
        detector.to_onnx(tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()
    with pytest.raises(ValueError, match="the report shows the most similar typical items"):
        lfr.Detector("pca", features=TEXTS).fit(mails).explain(mails[:1])
    detector.report(tmp_path / "report.html")
    assert "Most similar among the typical" in (tmp_path / "report.html").read_text()
    detector.write(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "run.json").read_text())["encoder"]["name"] == "pictures.onnx"
