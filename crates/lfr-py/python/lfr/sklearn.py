"""The detector as an estimator of scikit-learn."""

from __future__ import annotations

import os
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ._cut import threshold
from ._data import dense
from ._detector import Detector
from ._frame import identifiers

#: Arguments of :class:`lfr.Detector` that are parameters of the estimators, by their names here.
PARAMETERS = {
    "method": "method",
    "preset": "preset",
    "contamination": "contamination",
    "seed": "random_state",
    "threads": "n_jobs",
}


class OutlierDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """Ranks outliers with scikit-learn's semantics: lower scores are more abnormal, -1 is an outlier, 1 an inlier.

    Parameters
    ----------
    method : str, default "combined"
        One of :func:`lfr.methods`.
    preset : str, optional
        Settings that go together, see ``lfr methods``.
    settings : dict, optional
        Settings of the method and of the reading, and every other argument of :class:`lfr.Detector`, such as
        ``{"k": 5, "columns": {"f0": "category"}}``. The columns of an array are called f0, f1, and so on.
    contamination : float or str or object, default "auto"
        Share of the items that are outliers, above 0 and at most 0.5, or ``"auto"`` or ``"auto:RULE"``, or an object of
        PyThresh.
    random_state : int, RandomState or None, default 0
        Seed of everything random; None counts as 0.
    n_jobs : int, optional
        Processor threads; all processors unless given, or -1, and all but one for -2.

    Attributes
    ----------
    offset_ : float
        ``decision_function(X) = score_samples(X) - offset_``; negative for outliers.
    anomaly_scores_ : ndarray of shape (n_samples,)
        Scores of the training items, higher = more anomalous. Methods of neighbours leave an item out of its own
        neighbourhood here, and here alone.
    detector_ : lfr.Detector
        The detector beneath, with ``checks_``, ``warnings_`` and ``report``.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
    """

    def __init__(
        self,
        method: str = "combined",
        *,
        preset: str | None = None,
        settings: dict[str, Any] | None = None,
        contamination: Any = "auto",
        random_state: Any = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.method = method
        self.preset = preset
        self.settings = settings
        self.contamination = contamination
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None, *, known: Any = None) -> OutlierDetector:
        """Fit on items.

        Parameters
        ----------
        X : array, frame or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN is a missing value. A sparse matrix is made dense, up to 1 GiB.
        y : ignored
        known : mapping or array of shape (n_samples,), optional
            A few known labels, as :meth:`lfr.Detector.fit` takes them: 1 for an outlier, 0 for an inlier, and -1 or NaN where
            it is not known; or by the index of a frame, for others by place. Cross-validation divides an array with the
            rows, a mapping it hands on whole. Items with a label have no part in ``offset_``.
        """
        checked = self._checked(X, reset=True, ensure_min_samples=2)
        detector = detector_of(self, contamination=self.contamination)
        self.detector_ = detector._fit(checked, known, identifiers(X))
        self.anomaly_scores_ = self.detector_.decision_scores_
        self.offset_ = self._offset(checked)
        return self

    def fit_predict(self, X: Any, y: Any = None, *, known: Any = None) -> np.ndarray:
        """Fit and flag the same items: -1 for outliers, 1 for inliers, shape (n_samples,); known labels are repeated."""
        labels = self.fit(X, known=known).predict(X)
        guides = self._guides()
        labels[guides] = np.where(self.detector_.labels_[guides] == 1, -1, 1)
        return labels

    def _guides(self) -> list[int]:
        """The places of the training items with a known label."""
        guides: list[int] = self.detector_.record_.get("guides", [])
        return guides

    def _offset(self, X: np.ndarray) -> float:
        """From scores as new items get them, which is how `predict` scores."""
        scores = np.delete(self.detector_.decision_function(X), self._guides())
        if isinstance(self.contamination, Real):
            return float(np.percentile(-scores, 100.0 * float(self.contamination)))
        return -threshold(scores, self.contamination, self.detector_.all_normal)

    def score_samples(self, X: Any) -> np.ndarray:
        """Scores of shape (n_samples,), lower = more abnormal."""
        check_is_fitted(self)
        return -self.detector_.decision_function(self._checked(X, reset=False))

    def decision_function(self, X: Any) -> np.ndarray:
        """``score_samples(X) - offset_``: negative for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> np.ndarray:
        """-1 for outliers, 1 for inliers, shape (n_samples,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def _checked(self, X: Any, **how: Any) -> np.ndarray:
        how |= {"dtype": [np.float64, np.float32], "ensure_all_finite": "allow-nan", "accept_sparse": True}
        checked = validate_data(self, X, **how)
        return checked if isinstance(checked, np.ndarray) else dense(checked)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.sparse = True
        return tags


def detector_of(estimator: Any, **options: Any) -> Detector:
    """The detector that the parameters of `estimator` describe.

    Raises
    ------
    ValueError
        For settings that are parameters of their own, and parameters that cannot be used.
    """
    settings = estimator.settings or {}
    for name, parameter in PARAMETERS.items():
        if name in settings:
            raise ValueError(f"settings has {name!r}; pass {parameter}= to {type(estimator).__name__} instead")
    return Detector(
        estimator.method,
        preset=estimator.preset,
        seed=_seed(estimator.random_state),
        threads=_threads(estimator.n_jobs),
        **options,
        **settings,
    )


def _seed(random_state: Any) -> int:
    if random_state is None:
        return 0
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def _threads(n_jobs: int | None) -> int | None:
    """Threads as joblib counts them: -1 are all processors, -2 all but one."""
    if n_jobs is None or n_jobs == -1:
        return None
    return n_jobs if n_jobs >= 0 else max(1, (os.cpu_count() or 1) + 1 + n_jobs)
