"""The detector of PyOD."""

import numpy as np
import pytest
from sklearn.base import clone

pytest.importorskip("pyod")

from pyod.utils.data import evaluate_print, generate_data  # noqa: E402

from lfr.pyod import LFR  # noqa: E402


def test_the_base_class_works_with_ours():
    X, new, y, new_y = generate_data(n_train=200, n_test=100, n_features=4, contamination=0.1, random_state=1)
    detector = LFR("knn", contamination=0.1)
    detector.fit(X)
    assert detector.labels_.sum() == 20 and detector.decision_scores_.shape == (200,)
    assert set(detector.predict(new)) <= {0, 1}
    for method in ("linear", "unify"):
        chances = detector.predict_proba(new, method=method)
        assert chances.shape == (100, 2) and np.allclose(chances.sum(1), 1)
    labels, confidence = detector.predict(new, return_confidence=True)
    assert confidence.shape == labels.shape == (100,)
    assert detector.predict_with_rejection(new).shape == (100,)
    evaluate_print("LFR", new_y, detector.decision_function(new))
    assert clone(detector).get_params()["method"] == "knn"


def test_bad_contamination_is_refused():
    with pytest.raises(ValueError, match="contamination"):
        LFR(contamination=0.9)
