"""The detector as an estimator of scikit-learn."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ._cut import threshold
from ._detector import Detector


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
    contamination : float or str, default "auto"
        Share of the items that are outliers, above 0 and at most 0.5, or ``"auto"`` or ``"auto:RULE"``.
    random_state : int, RandomState or None, default 0
        Seed of everything random; None counts as 0.
    n_jobs : int, optional
        Processor threads; all processors unless given, or -1.

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
        contamination: float | str = "auto",
        random_state: Any = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.method = method
        self.preset = preset
        self.settings = settings
        self.contamination = contamination
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> OutlierDetector:
        """Fit on the items of `X`, shape (n_samples, n_features); NaN is a missing value, `y` is ignored."""
        X = self._checked(X, reset=True, ensure_min_samples=2)
        self.detector_ = Detector(
            self.method,
            preset=self.preset,
            seed=self._seed(),
            threads=None if self.n_jobs in (None, -1) else self.n_jobs,
            contamination=self.contamination,
            **(self.settings or {}),
        ).fit(X)
        self.anomaly_scores_ = self.detector_.decision_scores_
        self.offset_ = self._offset(X)
        return self

    def _seed(self) -> int:
        if self.random_state is None:
            return 0
        if isinstance(self.random_state, Integral):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31))

    def _offset(self, X: np.ndarray) -> float:
        """From scores as new items get them, which is how `predict` scores."""
        scores = self.detector_.decision_function(X)
        if isinstance(self.contamination, str):
            return -threshold(scores, self.contamination, self.detector_.all_normal)
        return float(np.percentile(-scores, 100.0 * self.contamination))

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
        how |= {"dtype": [np.float64, np.float32], "ensure_all_finite": "allow-nan"}
        checked: np.ndarray = validate_data(self, X, **how)
        return checked

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
