"""The detector as one of PyOD."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyod.models.base import BaseDetector
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from ._detector import Detector


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
    random_state : int, default 0
        Seed of everything random.
    n_jobs : int, optional
        Processor threads; all processors unless given.

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
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(contamination=contamination)
        self.method = method
        self.preset = preset
        self.settings = settings
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> LFR:
        """Fit on `X`, shape (n_samples, n_features); `y` is ignored."""
        X = check_array(X, ensure_all_finite="allow-nan")
        self._set_n_classes(y)
        self.detector_ = Detector(
            self.method,
            preset=self.preset,
            seed=self.random_state or 0,
            threads=self.n_jobs,
            **(self.settings or {}),
        ).fit(X)
        self.decision_scores_ = self.detector_.decision_scores_
        self._process_decision_scores()
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Scores of shape (n_samples,), higher = more anomalous."""
        check_is_fitted(self, ["decision_scores_", "threshold_", "labels_"])
        return self.detector_.decision_function(check_array(X, ensure_all_finite="allow-nan"))
