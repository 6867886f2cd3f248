"""Progress of a training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Progress:
    """A callback for each epoch: none, the user's, or a bar of tqdm."""

    def __init__(self, progress: bool | Callable[[int, int, float], object]) -> None:
        self.progress = progress
        self.bar: Any = None

    def __enter__(self) -> Callable[[int, int, float], object] | None:
        if callable(self.progress):
            return self.progress
        return self._tick if self.progress else None

    def _tick(self, epoch: int, epochs: int, loss: float) -> None:
        if self.bar is None or self.bar.total != epochs:
            from tqdm.auto import tqdm

            self.bar = tqdm(total=epochs, desc="training", unit="epoch")
        self.bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
        self.bar.update(1)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
