"""Rank the outliers of unlabelled images, tables and texts.

Scores grow with abnormality, everywhere. Same data, seed, machine and number of threads give the same bytes.

>>> import numpy as np
>>> import lfr
>>> X = np.random.default_rng(0).normal(size=(200, 3))
>>> X[7] = 9.0
>>> int(lfr.Detector("knn").fit(X).ranking()[0])
7
"""

from ._detector import Detector, NotFittedError, rank
from ._lfr import ModelError, __version__, methods
from ._scorer import Scorer

__all__ = ["Detector", "ModelError", "NotFittedError", "Scorer", "__version__", "methods", "rank"]
