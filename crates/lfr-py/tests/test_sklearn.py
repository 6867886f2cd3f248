"""The estimator for scikit-learn."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from lfr.sklearn import OutlierDetector


def checks():
    for method in ("isolation-forest", "knn", "combined"):
        for estimator, check in estimator_checks_generator(OutlierDetector(method)):
            name = getattr(getattr(check, "func", check), "__name__", str(check))
            yield pytest.param(estimator, check, id=f"{method}-{name}")


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


def test_it_works_with_the_others(rows):
    frame = pd.DataFrame(rows, columns=list("abcd"))
    frame["colour"] = ["red", "blue"] * 100
    transform = ColumnTransformer([("n", StandardScaler(), list("abcd")), ("c", OneHotEncoder(), ["colour"])])
    pipeline = make_pipeline(transform, OutlierDetector("pca", contamination=0.01)).fit(frame)
    assert pipeline.predict(frame)[7] == -1
    again = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(again.decision_function(frame), pipeline.decision_function(frame))

    def spread(estimator, X, y=None):
        scores = estimator.score_samples(X)
        return float(scores.std())

    search = GridSearchCV(OutlierDetector("pca"), {"method": ["pca", "ecod"], "random_state": [0, 1]}, scoring=spread, cv=2)
    assert search.fit(rows).best_params_["method"] in ("pca", "ecod")
    assert clone(OutlierDetector("lof", settings={"k": 5})).settings == {"k": 5}


def test_names_of_columns_are_kept(rows):
    estimator = OutlierDetector("pca").fit(pd.DataFrame(rows, columns=list("abcd")))
    assert list(estimator.feature_names_in_) == list("abcd") and estimator.n_features_in_ == 4
    with pytest.raises(ValueError, match="feature names"):
        estimator.predict(pd.DataFrame(rows, columns=list("wxyz")))
