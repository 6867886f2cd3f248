"""A fitted detector as a notebook shows it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ._detector import Detector


def page(detector: Detector) -> str:
    """Its settings, a histogram of its scores, what it warned of, and the ten most anomalous items."""
    name = f"<code>{html.escape(repr(detector))}</code>"
    if not hasattr(detector, "decision_scores_"):
        return name
    scores, order = detector.decision_scores_, detector.ranking()[:10]
    rows = "".join(
        f"<tr><td>{rank}</td><td>{html.escape(detector.ids_[i])}</td><td>{scores[i]:.5g}</td></tr>"
        for rank, i in enumerate(order, 1)
    )
    said = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in detector.warnings_)
    return (
        f"<p>{name}: {len(scores)} items, {int(detector.labels_.sum())} flagged "
        f"above {detector.threshold_:.5g}</p>{_histogram(scores, detector.threshold_)}<ul>{said}</ul>"
        f"<table><tr><th>rank</th><th>most anomalous</th><th>score</th></tr>{rows}</table>"
    )


def _histogram(scores: np.ndarray, threshold: float, bins: int = 60) -> str:
    counts, edges = np.histogram(scores, bins=bins)
    top = max(int(counts.max()), 1)
    bars = "".join(
        f'<rect x="{6 * i}" y="{60 - 60 * count / top:.1f}" width="5" height="{60 * count / top:.1f}" '
        f'fill="{"#c33" if edge >= threshold else "#678"}"/>'
        for i, (count, edge) in enumerate(zip(counts, edges, strict=False))
    )
    return f'<svg width="{6 * bins}" height="60" role="img"><title>scores</title>{bars}</svg>'
