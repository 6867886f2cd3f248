"""ONNX graphs give the scores of the library: each method, each kind of data, odd batch sizes."""

import json

import numpy as np
import pandas as pd
import pytest

import lfr

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

TRANSFORMATIONS = {"geom", "gt-lfr", "e3outlier"}
#: Methods that take pictures alone.
PICTURES = TRANSFORMATIONS | {"patches"}
GUIDED = {"elite-ae", "elite-svdd"}
NETWORKS = {"ae", "ae-lfr", "drae", "rsrae"}
ALL = set(lfr.methods()) - GUIDED
#: Training that takes no time; what the weights are does not matter here.
SHORT = {name: {"epochs": 2} for name in NETWORKS} | {name: {"epochs": 1} for name in TRANSFORMATIONS}


def session(detector, path):
    """The graph of a detector, checked, ready to run."""
    detector.to_onnx(path)
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(path)
    assert {o.domain: o.version for o in model.opset_import} == {"": 18, "ai.onnx.ml": 3} and model.ir_version == 8
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def agree(session, feeds, expected, rtol=1e-4):
    """Checks the scores of batches of 1, 7 and all items."""
    assert [o.name for o in session.get_outputs()] == ["anomaly_score"]
    scale = np.abs(expected).max()
    for size in (1, 7, len(expected)):
        for start in range(0, min(len(expected), 3 * size), size):
            part = {name: values[start : start + size] for name, values in feeds.items()}
            (scores,) = session.run(None, part)
            assert scores.dtype == np.float32
            np.testing.assert_allclose(scores, expected[start : start + size], rtol=rtol, atol=1e-6 * scale)


def facts(session):
    return session.get_modelmeta().custom_metadata_map


@pytest.fixture
def numbers():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 5)) * [1, 10, 0.1, 1, 1] + [0, 5, 0, 0, 100]
    X[:, 3] = rng.integers(0, 3, 300)
    X[rng.random((300, 5)) < 0.02] = np.nan
    X[7] += 60
    return X, np.concatenate([rng.normal(size=(40, 5)) * 3, [[np.nan] * 5, [1e30] * 5, [np.inf] * 5]])


@pytest.mark.parametrize("method", sorted(ALL - PICTURES))
def test_numbers(numbers, tmp_path, method):
    X, new = numbers
    detector = lfr.Detector(method, **SHORT.get(method, {})).fit(X)
    graph = session(detector, tmp_path / "m.onnx")
    # Networks carry what is absurd to the end of their range, where a float has no digit left.
    shown = new[:40] if method in NETWORKS else new
    agree(graph, {"input": shown}, detector.decision_function(shown))
    agree(graph, {"input": shown.astype(np.float32).astype(np.float64)}, detector.decision_function(shown.astype(np.float32)))


SETTINGS = [
    ("knn", {"distance": "mean", "neighbours": 0}),
    ("knn", {"distance": "median", "neighbours": 4, "scaling": "root"}),
    ("knn", {"scaling": "instance", "max_reference": 50}),
    ("lof", {"neighbours": 400}),
    ("pca", {"variance": 0.7}),
    ("pca", {"variance": 0.7, "score": "mahalanobis"}),
    ("ecod", {"tails": "whole-item", "max_values": 100}),
    ("also", {"errors": "largest"}),
    ("also", {"errors": "mean", "ridge": 10.0}),
    ("centroid", {"scaling": "root"}),
    ("centroid", {"scaling": "presence"}),
    ("also", {"errors": "largest"}),
    ("also", {"errors": "mean", "ridge": 0.1}),
    ("isolation-forest", {"trees": 20, "scaling": "instance"}),
    ("combined", {"vote": "mean", "members": [{"method": "pca"}, {"method": "ecod"}, {"method": "lof"}]}),
    ("ae-lfr", {"epochs": 1, "score_on": "latent"}),
    ("rsrae", {"epochs": 1, "norm": "batch"}),
]


@pytest.mark.parametrize(("method", "settings"), SETTINGS, ids=[f"{m}-{i}" for i, (m, _) in enumerate(SETTINGS)])
def test_settings(numbers, tmp_path, method, settings):
    X, new = numbers
    detector = lfr.Detector(method, **settings).fit(X)
    agree(session(detector, tmp_path / "m.onnx"), {"input": new[:40]}, detector.decision_function(new[:40]))


def test_copies_of_known_items_are_at_distance_nought(tmp_path):
    X = np.random.default_rng(0).normal(size=(100, 3))
    detector = lfr.Detector("knn", neighbours=1).fit(X)
    (scores,) = session(detector, tmp_path / "m.onnx").run(None, {"input": X})
    assert np.abs(scores).max() < 1e-6 and np.abs(detector.decision_function(X)).max() == 0


def mixed(n, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "colour": rng.choice(["red", "green", "blue"], n, p=[0.6, 0.3, 0.1]),
            "size": rng.normal(10, 2, n),
            "bought": pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 10**7, n), "s"),
            "opened": rng.integers(8 * 3600, 20 * 3600, n),
            "gift": rng.random(n) < 0.2,
            "shop": rng.choice(["a", "b", None], n),
        }
    )
    frame["opened"] = pd.to_datetime(frame["opened"], unit="s").dt.time
    frame.loc[rng.random(n) < 0.05, "size"] = np.nan
    frame.loc[rng.random(n) < 0.05, "bought"] = pd.NaT
    return frame


def feeds(frame, columns):
    """What the metadata says the inputs hold."""
    values = {"input": {}, "categories": {}}
    for column in columns:
        series = frame[column["name"]]
        if "text" in column["holds"]:
            series = series.fillna("").astype(str).to_numpy(dtype=object)
        elif "midnight" in column["holds"]:
            series = np.array([t.hour * 3600 + t.minute * 60 + t.second for t in series], dtype=float)
        elif "1970" in column["holds"]:
            seconds = (series - pd.Timestamp(0)).dt.total_seconds()
            series = seconds.to_numpy(dtype=float)
        values[column["input"]][column["index"]] = series
    stack = {name: [parts[i] for i in range(len(parts))] for name, parts in values.items() if parts}
    return {
        name: np.stack(parts, axis=1).astype(np.float64 if name == "input" else object) for name, parts in stack.items()
    }


@pytest.mark.parametrize("method", ["combined", "pca", "knn", "ecod", "ae-lfr"])
def test_tables(tmp_path, method):
    detector = lfr.Detector(method, **SHORT.get(method, {})).fit(mixed(400, 0))
    graph = session(detector, tmp_path / "m.onnx")
    columns = json.loads(facts(graph)["columns"])
    assert {column["name"] for column in columns} == set(mixed(3, 1).columns)
    new = mixed(60, 1)
    new.loc[3, "colour"] = "violet"
    new.loc[4, "bought"] = pd.Timestamp("1900-01-01")
    agree(graph, feeds(new, columns), detector.decision_function(new))


def test_tables_of_words_alone(tmp_path):
    frame = mixed(300, 0)[["colour", "shop"]]
    detector = lfr.Detector("ecod").fit(frame)
    graph = session(detector, tmp_path / "m.onnx")
    assert [i.name for i in graph.get_inputs()] == ["categories"]
    blank = pd.DataFrame({"colour": [None], "shop": [None]})
    new = pd.concat([frame.head(30), blank], ignore_index=True)
    agree(graph, feeds(new, json.loads(facts(graph)["columns"])), detector.decision_function(new))


def pictures(n, channels, seed, side=16):
    rng = np.random.default_rng(seed)
    shade = np.linspace(0, 90, side)[None, :, None, None] + np.linspace(0, 60, side)[None, None, :, None]
    X = shade + rng.integers(0, 40, (n, side, side, channels)) + rng.integers(0, 60, (n, 1, 1, 1))
    return X.astype(np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("method", sorted(ALL - TRANSFORMATIONS))
def test_pictures(tmp_path, method, channels):
    detector = lfr.Detector(method, image_size=16, **SHORT.get(method, {})).fit(pictures(80, channels, 0))
    graph = session(detector, tmp_path / "m.onnx")
    new = pictures(20, channels, 1)
    new[3] = 77
    agree(graph, {"input": new}, detector.decision_function(new))
    assert json.loads(facts(graph)["images"]) == {"channels": channels, "side": 16}


@pytest.mark.parametrize(("method", "score"), [
    ("geom", "mean-log-prob"), ("geom", "dirichlet"), ("gt-lfr", "mean-prob"), ("gt-lfr", "max-mean"), ("e3outlier", "entropy"),
])  # fmt: skip
def test_transformations(tmp_path, method, score):
    detector = lfr.Detector(method, image_size=16, epochs=1, score=score).fit(pictures(6, 3, 0))
    graph = session(detector, tmp_path / "m.onnx")
    new = pictures(8, 3, 1)
    agree(graph, {"input": new}, detector.decision_function(new))


@pytest.mark.parametrize("method", sorted(GUIDED))
@pytest.mark.parametrize("channels", [0, 1, 3])
def test_guided(command, method, channels):
    X = pictures(60, channels, 0) if channels else np.random.default_rng(0).normal(size=(60, 6))
    np.save(command.folder / "x.npy", X[..., 0] if channels == 1 else X)
    labels = "".join(f"{i},{int(i > 4)}\n" for i in range(10))
    (command.folder / "known.csv").write_text("id,label\n" + labels)
    (command.folder / "c.toml").write_text("[settings]\niterations = 4\nbatch_size = 16\n")
    words = ["fit", "x.npy", "--method", method, "--labels-known", "known.csv", "--config", "c.toml", "-o", "m.safetensors"]
    if channels:
        words += ["--image-size", 16]
    result = command(*words)
    assert result.returncode == 0, result.stderr
    detector = lfr.Detector.load(command.folder / "m.safetensors")
    new = pictures(20, channels, 1) if channels else X + 0.5
    agree(session(detector, command.folder / "m.onnx"), {"input": new}, detector.decision_function(new))


@pytest.mark.parametrize(("height", "width"), [(12, 14), (9, 16), (40, 31), (17, 17), (8, 64)])
def test_pictures_are_resized_in_the_graph(tmp_path, height, width):
    detector = lfr.Detector("pca", image_size=16).fit(pictures(40, 3, 0))
    graph = session(detector, tmp_path / "m.onnx")
    new = np.random.default_rng(2).integers(0, 256, (5, height, width, 3), dtype=np.uint8)
    (scores,) = graph.run(None, {"input": new})
    # Weights of a filter round differently: a value may be off by 1 of 255.
    np.testing.assert_allclose(scores, detector.decision_function(new), rtol=2e-3)


TEXTS = ["the train is late today", "the bus is late", "a train on time", "bus and train are full"] * 12
NEW = ["buy cheap gold now", "the train is full", "", "zzz qqq", "late late bus gold"]


@pytest.mark.parametrize("method", sorted(ALL - PICTURES))
def test_documents(tmp_path, method):
    detector = lfr.Detector(method, **SHORT.get(method, {})).fit(TEXTS + ["many words of the unknown sort"])
    graph = session(detector, tmp_path / "m.onnx")
    vocabulary = json.loads(facts(graph)["vocabulary"])
    weights, unknown = weighted(NEW, vocabulary)
    agree(graph, {"input": weights, "unknown": unknown}, detector.decision_function(NEW))


def weighted(texts, vocabulary):
    """TF-IDF weights by scikit-learn, and the share of unknown words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(vocabulary=vocabulary["terms"], stop_words=vocabulary["stop_words"])
    vectorizer.idf_ = np.array(vocabulary["idf"])
    known, words = set(vocabulary["terms"]), [vectorizer.build_analyzer()(text) for text in texts]
    unknown = [sum(word not in known for word in own) / max(len(own), 1) for own in words]
    return vectorizer.transform(texts).toarray().astype(np.float32), np.array(unknown, dtype=np.float32)


def test_what_a_graph_cannot_express_says_so(tmp_path):
    frame = pd.DataFrame({"a": range(60), "b": ["<0.5" if i % 9 == 0 else f"{i % 11}.25" for i in range(60)]})
    detector = lfr.Detector("pca").fit(frame)
    with pytest.raises(ValueError, match="column `b` tells marks, limits"):
        detector.to_onnx(tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()
    with pytest.raises(lfr.NotFittedError):
        lfr.Detector("pca").to_onnx(tmp_path / "m.onnx")


def test_the_metadata_tells_the_model(numbers, tmp_path):
    detector = lfr.Detector("pca").fit(numbers[0])
    known = facts(session(detector, tmp_path / "m.onnx"))
    assert known["version"] == lfr.__version__ and known["method"] == "pca" and known["kind"] == "table"
    quantiles = np.array(json.loads(known["quantiles"]))
    np.testing.assert_allclose(np.sort(detector.decision_scores_), quantiles[1:], rtol=1e-6)
    assert json.loads(known["warnings"]) == detector.warnings_ and known["items"] == "300"
    detector.save(tmp_path / "m.safetensors")
    lfr.Detector.load(tmp_path / "m.safetensors").to_onnx(tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == (tmp_path / "m.onnx").read_bytes()
