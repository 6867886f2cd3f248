"""Piles of made-up items: how long a network takes does not depend on what it sees."""

import torch

from networks import TRANSFORMS

VOCABULARY = 10_000
TERMS = 60


def pile(method, data, items, side):
    """Items as the network sees them, and their transformations; a method of transformations sees 72 of each."""
    views = TRANSFORMS if method == "gt-lfr" else 1
    numbers = torch.arange(items * views) % views
    if data == "text":
        return documents(items), numbers
    channels = 3 if data == "colour" else 1
    return torch.rand(items * views, channels, side, side) * 2 - 1, numbers


def documents(items):
    """Dense rows of length 1 whose terms lie one in each of `TERMS` equal stretches of the vocabulary."""
    stretch = VOCABULARY // TERMS
    terms = torch.arange(TERMS) * stretch + torch.randint(stretch, (items, TERMS))
    return torch.zeros(items, VOCABULARY).scatter_(1, terms, TERMS**-0.5)
