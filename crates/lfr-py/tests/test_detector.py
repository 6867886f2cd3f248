"""The detector and the command."""

import json
import multiprocessing
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from conftest import scores_of

import lfr


def test_a_detector_has_what_pyod_users_look_for(rows):
    detector = lfr.Detector("isolation-forest", contamination=0.01, trees=50).fit(rows)
    assert detector.decision_scores_.shape == (200,) and detector.decision_scores_.dtype == np.float64
    assert detector.labels_.sum() == 2 and detector.labels_[7] == 1
    assert detector.ranking()[0] == 7
    np.testing.assert_array_equal(detector.labels_, detector.decision_scores_ > detector.threshold_)
    np.testing.assert_array_equal(detector.predict(rows), detector.labels_)
    np.testing.assert_array_equal(detector.fit_predict(rows), detector.labels_)
    assert detector.n_features_in_ == 4
    assert all(check["verdict"] == "ok" for check in detector.checks_) and detector.curve_ == []
    assert "isolation-forest" in repr(detector) and "isolation-forest" in detector._repr_html_()
    assert lfr.Detector("pca").fit(rows).labels_[7] == 1


@pytest.mark.parametrize("method", [m for m in lfr.methods() if m in ("combined", "knn", "lof", "pca", "ecod", "lvad", "isolation-forest")])
def test_scores_are_those_of_the_command(command, rows, method):
    np.save(command.folder / "rows.npy", rows)
    result = command("rank", "rows.npy", "--method", method, "--seed", 3, "-q", "-o", "out")
    assert result.returncode == 0, result.stderr
    table = pd.read_csv(command.folder / "out" / "scores.csv")
    detector = lfr.Detector(method, seed=3).fit(rows)
    np.testing.assert_array_equal(table["anomaly_score"].astype(np.float32), detector.decision_scores_.astype(np.float32))
    record = json.loads((command.folder / "out" / "run.json").read_text())
    assert record["fingerprint"] == detector.record_["fingerprint"]
    ours, theirs = command.folder / "ours.safetensors", command.folder / "out" / "model.safetensors"
    detector.save(ours)
    assert ours.read_bytes() == theirs.read_bytes()


def test_rank_is_the_command(command, rows):
    pd.DataFrame(rows, columns=list("abcd")).to_csv(command.folder / "pile.csv", index=False)
    detector = lfr.rank(command.folder / "pile.csv", command.folder / "here", method="pca", contamination=0.01)
    assert detector.ranking()[0] == 7 and detector.ids_[7] == "7"
    names = sorted(path.name for path in (command.folder / "here").iterdir())
    assert names == ["model.safetensors", "report.html", "run.json", "scores.csv"]
    assert command("rank", "pile.csv", "--method", "pca", "-o", "there").returncode == 0
    there = (command.folder / "there" / "scores.csv").read_text()
    assert there == (command.folder / "here" / "scores.csv").read_text()
    with pytest.raises(FileExistsError, match="force=True"):
        lfr.rank(command.folder / "pile.csv", command.folder / "here", method="pca")
    lfr.rank(command.folder / "pile.csv", command.folder / "here", method="pca", force=True)


def test_the_command_has_its_exit_codes(command):
    assert command("methods").stdout.startswith("combined")
    assert command("rank", "nowhere").returncode == 2
    assert command("--version").stdout.strip() == f"lfr {lfr.__version__}"


def test_models_are_saved_loaded_and_pickled(rows, tmp_path):
    detector = lfr.Detector("knn", contamination=0.02).fit(rows)
    path = tmp_path / "model.safetensors"
    detector.save(path)
    new = rows[:20] + 0.1
    expected = detector.decision_function(new)
    loaded = lfr.Detector.load(path, contamination=0.02)
    np.testing.assert_array_equal(loaded.decision_function(new), expected)
    assert loaded.threshold_ == detector.threshold_ and loaded.method == "knn"
    again = pickle.loads(pickle.dumps(detector))
    np.testing.assert_array_equal(again.decision_function(new), expected)
    np.testing.assert_array_equal(again.labels_, detector.labels_)
    with pytest.raises(ValueError, match="fit again"):
        again.report(tmp_path / "report.html")
    detector.report(tmp_path / "report.html", show=3)
    assert "knn" in (tmp_path / "report.html").read_text()
    unfitted = pickle.loads(pickle.dumps(lfr.Detector("pca")))
    with pytest.raises(lfr.NotFittedError):
        unfitted.predict(new)


def test_a_row_is_explained(rows):
    frame = pd.DataFrame(rows, columns=list("abcd"))
    frame.loc[7, "c"] += 100
    (cells,) = lfr.Detector("ecod").fit(frame).explain(frame.iloc[[7]])
    assert cells[0]["column"] == "c"
    texts = ["one fish two fish", "red fish blue fish"] * 8
    assert {"term", "weight"} == set(lfr.Detector("pca").fit(texts).explain(["red fish"])[0][0])


def test_networks_train_with_progress_and_a_curve(rows):
    seen = []
    detector = lfr.Detector("ae-lfr", epochs=3, progress=lambda *step: seen.append(step)).fit(rows)
    assert [step[:2] for step in seen] == [(1, 3), (2, 3), (3, 3)]
    assert [point["epoch"] for point in detector.curve_] == [1, 2, 3]
    lfr.Detector("ae-lfr", epochs=2, progress=True).fit(rows)
    with pytest.raises(ValueError, match="trains no network"):
        lfr.Detector("pca", epochs=3).fit(rows)


@pytest.mark.parametrize("method", ["combined", "isolation-forest"])
def test_large_arrays_are_scored_in_parts_with_the_same_scores(rows, method, monkeypatch):
    detector = lfr.Detector(method).fit(rows)
    single = rows.astype(np.float32)
    whole, whole_single = detector.decision_function(rows), detector.decision_function(single)
    monkeypatch.setattr("lfr._data.BLOCK", 52)
    np.testing.assert_array_equal(detector.decision_function(rows), whole)
    np.testing.assert_array_equal(detector.decision_function(single), whole_single)
    with pytest.raises(ValueError, match="X has 3 features"):
        detector.decision_function(rows[:, :3])


def test_threads_are_set_per_call_and_none_is_left(rows):
    before = threading.active_count(), len(native_threads())
    one, two = scores_of(rows, threads=1), scores_of(rows, threads=2)
    np.testing.assert_allclose(one, two, rtol=1e-5)
    # A thread that was joined stays in the list for a moment.
    for _ in range(1000):
        if len(native_threads()) <= before[1]:
            break
        time.sleep(0.01)
    assert threading.active_count() <= before[0] and len(native_threads()) <= before[1]
    with pytest.raises(ValueError, match="threads"):
        scores_of(rows, threads=0)
    results = {}
    workers = [threading.Thread(target=lambda i=i: results.update({i: scores_of(rows, threads=1)})) for i in range(4)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert all((results[i] == one).all() for i in range(4))


def native_threads():
    import os

    return os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else []


@pytest.mark.skipif(sys.platform != "linux", reason="fork")
def test_a_forked_process_fits_as_well(rows):
    scores_of(rows)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        np.testing.assert_array_equal(pool.apply(scores_of, (rows,)), scores_of(rows))


def test_importing_changes_nothing():
    code = (
        "import signal, threading; before = signal.getsignal(signal.SIGINT); import lfr, sys;"
        "assert signal.getsignal(signal.SIGINT) is before and threading.active_count() == 1;"
        "assert not {'pandas', 'sklearn', 'torch', 'pyarrow', 'tqdm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_a_fit():
    code = (
        "import lfr, numpy as np\n"
        "X = np.random.default_rng(0).normal(size=(500, 8))\n"
        "print('ready', flush=True)\n"
        "try:\n"
        "    lfr.Detector('ae-lfr', epochs=10**8, progress=lambda e, n, loss: e == 1 and print('training', flush=True)).fit(X)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped', flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n" and child.stdout.readline() == "training\n"
    child.send_signal(signal.SIGINT)
    assert child.stdout.read() == "stopped\n"
    assert child.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("method", ["isolation-forest", "knn", "lof", "lvad", "combined"])
def test_ctrl_c_stops_fits_without_epochs(method):
    settings = {
        "isolation-forest": {"trees": 100_000, "sample": 100_000},
        "knn": {"max_reference": 1_000_000},
        "lof": {"max_reference": 1_000_000},
        "lvad": {"clusters": 20_000, "max_items": 1_000_000},
        "combined": {"members": [{"method": "knn", "max_reference": 1_000_000}]},
    }[method]
    code = (
        "import lfr, numpy as np\n"
        "X = np.random.default_rng(0).normal(size=(200_000, 100)).astype(np.float32)\n"
        "print('ready', flush=True)\n"
        "try:\n"
        f"    lfr.Detector({method!r}, **{settings!r}).fit(X)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped', flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    time.sleep(2)
    child.send_signal(signal.SIGINT)
    # The fits would take hours.
    out, err = child.communicate(timeout=120)
    assert (out, err, child.returncode) == ("stopped\n", "", 0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_the_command(command, rows):
    np.save(command.folder / "rows.npy", rows)
    words = [sys.executable, "-m", "lfr", "rank", "rows.npy", "--method", "ae-lfr", "--epochs", "100000000"]
    child = subprocess.Popen(words, cwd=command.folder, stderr=subprocess.PIPE, text=True)
    assert any(line.startswith("epoch 1/") for line in iter(child.stderr.readline, ""))
    child.send_signal(signal.SIGINT)
    assert child.stderr.read().endswith("lfr: interrupted\n") and child.wait() == 130
    assert [path.name for path in command.folder.iterdir()] == ["rows.npy"]
