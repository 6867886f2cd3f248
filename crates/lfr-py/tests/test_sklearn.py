"""The estimator for scikit-learn."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn
from conftest import METHODS
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import lfr
from lfr.sklearn import OutlierDetector

#: Settings with which networks are trained shortly.
SHORT = {"epochs": 2}
NETWORKS = ("ae", "ae-lfr", "drae", "rsrae")

#: Methods that flag nothing by the rule `auto` where the checks want both outliers and inliers.
SHARE = ("also", "centroid", "lvad", "rsrae")

#: Checks with fewer than the 20 items that LVAD needs, or with too few columns for its scores to differ.
NOT_OF_LVAD = (
    "check_n_features_in_after_fitting",
    "check_outliers_fit_predict",
    "check_outliers_train",
    "check_classifier_data_not_an_array",
    "check_fit2d_1feature",
)


def checks():
    for method in METHODS:
        settings = SHORT if method in NETWORKS else None
        contamination = 0.1 if method in SHARE else "auto"
        estimator = OutlierDetector(method, settings=settings, contamination=contamination)
        for estimator, check in estimator_checks_generator(estimator):
            name = getattr(getattr(check, "func", check), "__name__", str(check))
            fails = method == "lvad" and name in NOT_OF_LVAD
            marks = pytest.mark.xfail(strict=True, raises=(AssertionError, ValueError)) if fails else ()
            yield pytest.param(estimator, check, id=f"{method}-{name}", marks=marks)


@pytest.mark.parametrize(("estimator", "check"), list(checks()))
def test_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_lower_is_more_abnormal(rows):
    estimator = OutlierDetector("knn", contamination=0.01).fit(rows)
    assert estimator.predict(rows)[7] == -1 and (estimator.predict(rows) == -1).sum() == 2
    assert estimator.score_samples(rows).argmin() == 7
    np.testing.assert_array_equal(estimator.decision_function(rows), estimator.score_samples(rows) - estimator.offset_)
    # kNN leaves an item out of its own neighbourhood in training alone.
    assert (estimator.anomaly_scores_ > -estimator.score_samples(rows)).any()


def spread(estimator, X, y=None):
    return float(estimator.score_samples(X).std())


def test_it_works_with_the_others(rows):
    frame = pd.DataFrame(rows, columns=list("abcd"))
    frame["colour"] = ["red", "blue"] * 100
    transform = ColumnTransformer([("n", StandardScaler(), list("abcd")), ("c", OneHotEncoder(), ["colour"])])
    pipeline = make_pipeline(transform, OutlierDetector("pca", contamination=0.01)).fit(frame)
    assert pipeline.predict(frame)[7] == -1
    again = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(again.decision_function(frame), pipeline.decision_function(frame))

    search = GridSearchCV(OutlierDetector("pca"), {"method": ["pca", "ecod"], "random_state": [0, 1]}, scoring=spread, cv=2)
    assert search.fit(rows).best_params_["method"] in ("pca", "ecod")
    assert clone(OutlierDetector("lof", settings={"k": 5})).settings == {"k": 5}


def test_frames_come_through_pipelines(rows):
    frame = pd.DataFrame(rows, columns=list("abcd"), index=[f"r{i}" for i in range(200)])
    pipeline = make_pipeline(StandardScaler(), OutlierDetector("pca")).set_output(transform="pandas").fit(frame)
    assert list(pipeline[-1].feature_names_in_) == list("abcd")
    assert pipeline[-1].detector_.ids_[7] == "r7"


def test_sparse_matrices_are_read(rows):
    texts = ["the cat sat", "a dog ran", "the dog sat"] * 10 + ["quantum flux"]
    pipeline = make_pipeline(TfidfVectorizer(), OutlierDetector("pca")).fit(texts)
    assert pipeline.score_samples(texts).argmin() == 30
    estimator = OutlierDetector("knn").fit(scipy.sparse.csr_array(rows))
    np.testing.assert_array_equal(estimator.score_samples(scipy.sparse.coo_array(rows)), estimator.score_samples(rows))
    with pytest.raises(ValueError, match="sparse and would take"):
        OutlierDetector("pca").fit(scipy.sparse.csr_array((10**6, 10**6)))


def test_names_of_columns_are_kept(rows):
    estimator = OutlierDetector("pca").fit(pd.DataFrame(rows, columns=list("abcd")))
    assert list(estimator.feature_names_in_) == list("abcd") and estimator.n_features_in_ == 4
    with pytest.raises(ValueError, match="feature names"):
        estimator.predict(pd.DataFrame(rows, columns=list("wxyz")))


def test_parameters_are_those_of_scikit_learn(rows):
    expected = OutlierDetector("isolation-forest").fit(rows).score_samples(rows)
    for n_jobs in (1, -1, -2, -99):
        np.testing.assert_array_equal(OutlierDetector("isolation-forest", n_jobs=n_jobs).fit(rows).score_samples(rows), expected)
    state = OutlierDetector("isolation-forest", random_state=np.random.RandomState(3)).fit(rows)
    assert (state.score_samples(rows) != expected).any()
    with pytest.raises(ValueError, match="threads is 0"):
        OutlierDetector("pca", n_jobs=0).fit(rows)
    for settings, words in (({"seed": 1}, "random_state="), ({"contamination": 0.1}, "contamination="), ({"threads": 1}, "n_jobs=")):
        with pytest.raises(ValueError, match=f"settings has .* pass {words} to OutlierDetector"):
            OutlierDetector("pca", settings=settings).fit(rows)


def test_contamination_may_be_an_object_of_pythresh(rows):
    class Above:
        def eval(self, scores):
            return (scores > np.sort(scores)[-4]).astype(int)

    estimator = OutlierDetector("pca", contamination=Above()).fit(rows)
    assert (estimator.predict(rows) == -1).sum() == 3 and estimator.predict(rows)[7] == -1


def test_an_estimator_of_normal_data_flags_none(pile):
    estimator = OutlierDetector("pca", settings={"all_normal": True}).fit(pile[:60])
    assert (estimator.predict(pile[:60]) == 1).all() and (estimator.predict(pile[60:]) == -1).all()


def test_known_labels_guide(pile, known):
    guided = lfr.Detector().fit(pile, known=known)
    estimator = OutlierDetector().fit(pile, known=known)
    np.testing.assert_array_equal(estimator.anomaly_scores_, guided.decision_scores_)
    by_place = {place: known[place] for place in np.flatnonzero(known >= 0)}
    by_index = {f"r{place}": label for place, label in by_place.items()}
    frame = pd.DataFrame(pile, columns=["a", "b"], index=[f"r{place}" for place in range(68)])
    for X, labels in ((pile, by_place), (frame, by_index), (frame, pd.Series(known, index=frame.index))):
        again = clone(estimator).fit(X, known=labels)
        np.testing.assert_array_equal(again.anomaly_scores_, guided.decision_scores_)
    copied = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(copied.decision_function(pile), estimator.decision_function(pile))


def test_known_labels_are_repeated_and_have_no_part_in_the_offset(pile, known):
    estimator = OutlierDetector(contamination=2 / 64)
    labels = estimator.fit_predict(pile, known=known)
    assert labels[known == 1].tolist() == [-1, -1] and labels[known == 0].tolist() == [1, 1]
    others = known < 0
    assert (labels[others] == -1).sum() == 2
    assert estimator.offset_ == np.percentile(estimator.score_samples(pile)[others], 100 * 2 / 64)


@pytest.mark.parametrize("labels", [[0, 1], {68: 1}, {3: 7}, np.full(68, -1)])
def test_labels_that_teach_nothing_are_refused(pile, labels):
    with pytest.raises(ValueError, match="known|not an item"):
        OutlierDetector().fit(pile, known=labels)
    with pytest.raises(ValueError, match="does not learn from labels"):
        OutlierDetector("knn").fit(pile, known={3: 1})


@pytest.mark.parametrize("contamination", ["auto", 0.1])
def test_some_items_are_without_a_label(pile, contamination):
    with pytest.raises(ValueError, match="nothing is left to rank"):
        OutlierDetector(contamination=contamination).fit(pile, known=[place >= 60 for place in range(68)])


def test_known_labels_go_through_pipelines(pile, known):
    plain = make_pipeline(StandardScaler(), OutlierDetector()).fit(pile, outlierdetector__known=known)
    with sklearn.config_context(enable_metadata_routing=True):
        asks = OutlierDetector().set_fit_request(known=True)
        routed = make_pipeline(StandardScaler(), asks).fit(pile, known=known)
        np.testing.assert_array_equal(routed.score_samples(pile), plain.score_samples(pile))
        flagged = make_pipeline(StandardScaler(), asks).fit_predict(pile, known=known)
        assert flagged[known == 1].tolist() == [-1, -1]
        halves = KFold(2, shuffle=True, random_state=4)
        assert all(set(known[train]) == {-1, 0, 1} for train, _ in halves.split(pile))
        search = GridSearchCV(asks, {"random_state": [0, 1]}, scoring=spread, cv=halves, error_score="raise")
        assert search.fit(pile, known=known).best_estimator_.detector_.record_["guides"] == [60, 61, 64, 65]
        scores = cross_val_predict(asks, pile, cv=halves, method="decision_function", params={"known": known})
        assert scores.shape == (68,)
        frame = pd.DataFrame(pile, columns=["a", "b"], index=[f"r{place}" for place in range(68)])
        by_index = {f"r{place}": known[place] for place in np.flatnonzero(known >= 0)}
        with pytest.raises(ValueError, match="is not an item of the input"):
            cross_val_predict(asks, frame, cv=halves, method="decision_function", params={"known": by_index})
