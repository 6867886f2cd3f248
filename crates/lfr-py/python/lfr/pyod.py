"""The detector as one of PyOD."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyod.models.base import BaseDetector
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from ._data import dense
from ._frame import identifiers
from .sklearn import detector_of


class LFR(BaseDetector):  # type: ignore[misc]
    """A detector of lfr with all that PyOD's base class brings: probabilities, confidence, rejection.

    Parameters
    ----------
    method : str, default "combined"
        One of :func:`lfr.methods`.
    contamination : float or object, default 0.1
        Share of outliers, above 0 and at most 0.5, or an object of PyThresh.
    preset : str, optional
        Settings that go together, see ``lfr methods``.
    settings : dict, optional
        Settings of the method and of the reading, and every other argument of :class:`lfr.Detector`, such as
        ``{"k": 5, "columns": {"f0": "category"}}``. The columns of an array are called f0, f1, and so on.
    random_state : int, RandomState or None, default 0
        Seed of everything random; None counts as 0.
    n_jobs : int, optional
        Processor threads; all processors unless given, or -1, and all but one for -2.

    Attributes
    ----------
    decision_scores_ : ndarray of shape (n_samples,)
    labels_ : ndarray of shape (n_samples,)
    threshold_ : float
    detector_ : lfr.Detector
        The detector beneath.
    """

    def __init__(
        self,
        method: str = "combined",
        contamination: Any = 0.1,
        preset: str | None = None,
        settings: dict[str, Any] | None = None,
        random_state: Any = 0,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(contamination=contamination)
        self.method = method
        self.preset = preset
        self.settings = settings
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None, *, known: Any = None) -> LFR:
        """Fit on items.

        Parameters
        ----------
        X : array, frame or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN is a missing value. A sparse matrix is made dense, up to 1 GiB.
        y : ignored
        known : mapping or array of shape (n_samples,), optional
            A few known labels, as :meth:`lfr.Detector.fit` takes them: 1 for an outlier, 0 for an inlier, and -1 or NaN where
            it is not known; or by the index of a frame, for others by place. ``labels_`` repeats them, and the items have
            no part in ``threshold_``.
        """
        if isinstance(self.contamination, str):
            raise ValueError(
                f"contamination is {self.contamination!r}; pass a share above 0 and at most 0.5, or an object of PyThresh"
            )
        checked = _checked(X)
        self._set_n_classes(y)
        self.detector_ = detector_of(self)._fit(checked, known, identifiers(X))
        self._flag(self.detector_.decision_scores_, self.detector_.record_.get("guides", []))
        return self

    def _flag(self, scores: np.ndarray, guides: list[int]) -> None:
        """Set what the base class makes of scores, by those of the items without a known label."""
        others = np.delete(np.arange(len(scores)), guides)
        self.decision_scores_ = scores[others]
        self._process_decision_scores()
        labels = self.detector_.labels_.copy()
        labels[others] = self.labels_
        self.decision_scores_ = scores
        self.labels_: np.ndarray = labels

    def decision_function(self, X: Any) -> np.ndarray:
        """Scores of shape (n_samples,), higher = more anomalous."""
        check_is_fitted(self, ["decision_scores_", "threshold_", "labels_"])
        return self.detector_.decision_function(_checked(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.sparse = True
        return tags


def _checked(X: Any) -> np.ndarray:
    checked = check_array(X, accept_sparse=True, ensure_all_finite="allow-nan")
    return checked if isinstance(checked, np.ndarray) else dense(checked)
