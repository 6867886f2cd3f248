"""What is measured: the same networks, piles and rounds for every contender, see crates/lfr/examples/contender."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A method on a kind of data."""

    title: str
    method: str
    data: str
    items: int  # of the pile; the transformation methods see each 72 times
    steps: int  # of a training round
    passes: int  # over the pile, of a scoring round
    layouts: tuple = ("eager", "channels_last")  # that PyTorch is run in
    side: int = 32

    def workload(self, task, **changes):
        """The workload of a task."""
        rounds = {"train": self.steps, "score": self.passes, "first-epoch": 1}
        base = {
            "task": task, "method": self.method, "data": self.data, "side": self.side,
            "items": self.items, "batch": 128, "round": rounds[task],
        }
        return base | changes


IMAGES = Network("image AE-LFR, 32x32 grey", "ae-lfr", "grey", items=1280, steps=20, passes=4)
TRANSFORMS = Network("WRN-10-4 GT-LFR, 32x32 colour", "gt-lfr", "colour", items=16, steps=3, passes=1)
TEXTS = Network("text AE-LFR, 10 000 features", "ae-lfr", "text", items=1280, steps=30, passes=8, layouts=("eager",))
NETWORKS = (IMAGES, TRANSFORMS, TEXTS)

PRODUCTS = {"task": "products", "method": "ae-lfr", "data": "grey", "side": 32, "items": 0, "batch": 0, "round": 20}
"""Products of two matrices of 1024 x 1024."""


def smaller(workload):
    """The same with rounds as short as they can be."""
    return workload | {"round": 1}
