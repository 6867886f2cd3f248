"""The detector of PyOD, held to what PyOD asserts of its own detectors."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from conftest import METHODS
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

import lfr

pytest.importorskip("pyod")

from pyod.models.combination import aom, average, maximization, moa  # noqa: E402
from pyod.models.feature_bagging import FeatureBagging  # noqa: E402
from pyod.models.lscp import LSCP  # noqa: E402
from pyod.utils.data import evaluate_print, generate_data  # noqa: E402
from pyod.utils.utility import standardizer  # noqa: E402

from lfr.pyod import LFR  # noqa: E402

#: 200 items to fit on and 100 new ones, a tenth of them outliers, as in PyOD's tests.
TRAIN, NEW, Y, NEW_Y = generate_data(n_train=200, n_test=100, contamination=0.1, random_state=42)


NETWORKS = ("ae", "ae-lfr", "drae", "rsrae")


#: LVAD gives all items one score where there are two columns, as here.
@pytest.fixture(scope="module", params=[name for name in METHODS if name != "lvad"])
def model(request):
    """A detector of each method, fitted; networks are trained shortly."""
    settings = {"epochs": 5} if request.param in NETWORKS else None
    return LFR(request.param, contamination=0.1, settings=settings).fit(TRAIN)


def test_attributes(model):
    assert model.decision_scores_.shape == model.labels_.shape == (200,)
    assert model.labels_.sum() == (model.decision_scores_ > model.threshold_).sum() <= 20
    assert np.isfinite([model.threshold_, model._mu, model._sigma]).all()


def test_scores_of_new_items(model):
    scores = model.decision_function(NEW)
    assert scores.shape == (100,)
    assert roc_auc_score(NEW_Y, scores) >= 0.8


def test_labels_of_new_items(model):
    labels = model.predict(NEW)
    assert labels.shape == (100,) and set(labels) <= {0, 1}


@pytest.mark.parametrize("method", [None, "linear", "unify"])
def test_probabilities(model, method):
    options = {} if method is None else {"method": method}
    chances = model.predict_proba(NEW, **options)
    assert chances.shape == (100, 2) and chances.min() >= 0 and chances.max() <= 1
    np.testing.assert_allclose(chances.sum(1), 1)
    again, confidence = model.predict_proba(NEW, return_confidence=True, **options)
    np.testing.assert_array_equal(again, chances)
    assert confidence.shape == (100,) and confidence.min() >= 0 and confidence.max() <= 1


def test_probabilities_of_another_kind_are_refused(model):
    with pytest.raises(ValueError, match="something"):
        model.predict_proba(NEW, method="something")


def test_confidence(model):
    labels, confidence = model.predict(NEW, return_confidence=True)
    assert labels.shape == confidence.shape == (100,)
    assert confidence.min() >= 0 and confidence.max() <= 1


def test_rejection(model):
    assert set(model.predict_with_rejection(NEW, return_stats=False)) <= {-2, 0, 1}
    _, (expected, highest, cost) = model.predict_with_rejection(NEW, return_stats=True)
    assert 0 <= expected <= 1 and 0 <= highest <= 1 and cost >= 0


def test_fit_and_predict_at_once(model):
    again = clone(model)
    labels = again.fit_predict(TRAIN)
    np.testing.assert_array_equal(labels, model.labels_)
    for scoring in ("roc_auc_score", "prc_n_score"):
        assert 0 <= again.fit_predict_score(NEW, NEW_Y, scoring=scoring) <= 1
    with pytest.raises(NotImplementedError):
        again.fit_predict_score(NEW, NEW_Y, scoring="something")


@pytest.mark.parametrize("normalized", [False, True])
def test_ranks(model, normalized):
    ranks = model._predict_rank(NEW, normalized=normalized)
    np.testing.assert_allclose(rankdata(ranks), rankdata(model.decision_function(NEW)), atol=4)
    assert ranks.min() >= 0 and ranks.max() <= (1 if normalized else 200)


def test_clones_and_pickles(model):
    again = clone(model)
    assert again.get_params() == model.get_params() and not hasattr(again, "decision_scores_")
    copied = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copied.decision_function(NEW), model.decision_function(NEW))
    np.testing.assert_array_equal(copied.predict_proba(NEW), model.predict_proba(NEW))


def test_the_usual_example_runs(capsys):
    model = LFR("knn")
    model.fit(TRAIN)
    evaluate_print("LFR", Y, model.decision_scores_)
    evaluate_print("LFR", NEW_Y, model.decision_function(NEW))
    assert "LFR ROC" in capsys.readouterr().out


def test_detectors_combine():
    models = [LFR(method, n_jobs=1).fit(TRAIN) for method in ("knn", "pca", "ecod", "isolation-forest")]
    train, new = standardizer(
        np.column_stack([model.decision_scores_ for model in models]),
        np.column_stack([model.decision_function(NEW) for model in models]),
    )
    for scores in (average(new), maximization(new), aom(new, 2), moa(new, 2)):
        assert roc_auc_score(NEW_Y, scores) >= 0.8
    for whole in (FeatureBagging(LFR("lof"), n_estimators=3, random_state=0), LSCP([LFR("knn"), LFR("lof")], random_state=0)):
        assert roc_auc_score(NEW_Y, whole.fit(TRAIN).decision_function(NEW)) >= 0.8


def test_suod_runs_them():
    suod = pytest.importorskip("pyod.models.suod")
    if suod.SUOD_model is None:
        pytest.skip("suod is not installed")
    models = [LFR("knn", n_jobs=1), LFR("ecod", n_jobs=1)]
    whole = suod.SUOD(models, n_jobs=1, verbose=False).fit(TRAIN)
    assert roc_auc_score(NEW_Y, whole.decision_function(NEW)) >= 0.8


def test_contamination_may_be_an_object_of_pythresh():
    class Above:
        """What PyOD asks of such objects."""

        def eval(self, scores):
            return (scores > self.thresh_).astype(int)

        def fit(self, scores):
            self.thresh_ = np.sort(scores)[-4]
            self.labels_ = self.eval(scores)
            return self

        predict = eval

    model = LFR("knn", contamination=Above()).fit(TRAIN)
    assert model.labels_.sum() == 3 and model.predict(NEW).shape == (100,)
    assert model.predict_confidence(NEW).shape == (100,)


def test_pythresh_itself():
    iqr = pytest.importorskip("pythresh.thresholds.iqr")
    model = LFR("knn", contamination=iqr.IQR()).fit(TRAIN)
    assert 0 < model.labels_.sum() < 60 and set(model.predict(NEW)) <= {0, 1}
    assert 0 < lfr.Detector("knn", contamination=iqr.IQR()).fit(TRAIN).labels_.sum() < 60


def test_bad_contamination_is_refused():
    with pytest.raises(ValueError, match="contamination"):
        LFR(contamination=0.9)
    with pytest.raises(ValueError, match="contamination is 'auto'"):
        LFR(contamination="auto").fit(TRAIN)


def test_parameters_are_those_of_pyod():
    expected = LFR("isolation-forest").fit(TRAIN).decision_scores_
    for options in ({"n_jobs": -1}, {"n_jobs": 1}, {"random_state": None}, {"random_state": np.int64(0)}):
        np.testing.assert_array_equal(LFR("isolation-forest", **options).fit(TRAIN).decision_scores_, expected)
    state = LFR("isolation-forest", random_state=np.random.RandomState(3)).fit(TRAIN)
    assert (state.decision_scores_ != expected).any()
    with pytest.raises(ValueError, match="pass random_state= to LFR"):
        LFR(settings={"seed": 3}).fit(TRAIN)


def test_sparse_matrices_and_other_columns():
    model = LFR("knn").fit(scipy.sparse.csr_array(TRAIN))
    np.testing.assert_array_equal(model.decision_scores_, LFR("knn").fit(TRAIN).decision_scores_)
    with pytest.raises(ValueError, match="3 features"):
        model.predict(np.zeros((5, 3)))


def test_known_labels_guide(pile, known):
    guided = lfr.Detector().fit(pile, known=known)
    names = [f"r{place}" for place in range(68)]
    by_index = {names[place]: known[place] for place in np.flatnonzero(known >= 0)}
    for X, labels in ((pile, known), (pd.DataFrame(pile, index=names), by_index)):
        model = LFR(contamination=2 / 64).fit(X, known=labels)
        np.testing.assert_array_equal(model.decision_scores_, guided.decision_scores_)
        np.testing.assert_array_equal(model.labels_[known >= 0], known[known >= 0])
        others = model.decision_scores_[known < 0]
        assert model.threshold_ == np.percentile(others, 100 * (1 - 2 / 64))
        assert model.labels_[known < 0].sum() == 2 and set(guided.ranking()[:2]) == {62, 63}
        assert model._mu == others.mean()
    copied = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copied.predict(pile), model.predict(pile))
    with pytest.raises(ValueError, match="does not learn from labels"):
        LFR("knn").fit(pile, known=known)
    with pytest.raises(ValueError, match="nothing is left to rank"):
        LFR().fit(pile, known=[place >= 60 for place in range(68)])
