"""Latent feature reconstruction as a layer of PyTorch, for networks of one's own."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LFR(nn.Module):  # type: ignore[misc]
    """The layer z' = AᵀAz and its penalty (Lin et al. 2023, Eq. 1 and 2), with the same numbers as ``lfr rank``.

    Train a network on its latent z with ``loss(z)`` added to its own loss; to score an item, feed the rest of the
    network ``layer(z)`` instead of z.

    Parameters
    ----------
    latent : int
        Numbers of a latent, d.
    k : int, default 10
        Dimensions kept, the rows of A (the paper: 10; 20 with transformations).
    lambda_1 : float, default 2.0
        Weight of the mean distance of z from AᵀAz (the paper: 2; 2e-4 with transformations).
    lambda_2 : float, default 0.1
        Weight of the distance of AAᵀ from the identity (the paper: 0.1; 1e-5 with transformations).
    groups : int, default 1
        Matrices; an item meets the one of its group (with transformations: one for each).
    orthogonality : {"mean", "sum"}, default "mean"
        Whether the square is averaged over the k x k entries, as in the authors' code, or summed, as in Eq. 2.

    Attributes
    ----------
    A : torch.nn.Parameter of shape (groups, k, latent)

    Examples
    --------
    >>> import torch
    >>> layer = LFR(latent=16)
    >>> z = torch.randn(8, 16)
    >>> layer(z).shape
    torch.Size([8, 16])
    """

    def __init__(
        self,
        latent: int,
        k: int = 10,
        lambda_1: float = 2.0,
        lambda_2: float = 0.1,
        groups: int = 1,
        orthogonality: str = "mean",
    ) -> None:
        super().__init__()
        if min(latent, k, groups) < 1:
            raise ValueError(f"latent, k and groups must be at least 1, not {latent}, {k} and {groups}")
        if orthogonality not in ("mean", "sum"):
            raise ValueError(f"orthogonality is {orthogonality!r}; pass 'mean' or 'sum'")
        self.A = nn.Parameter(torch.randn(groups, k, latent))
        self.lambda_1 = lambda_1
        self.lambda_2 = lambda_2
        self.orthogonality = orthogonality

    def _matrices(self, z: Tensor, group: Tensor | None) -> Tensor:
        if z.ndim != 2 or z.shape[1] != self.A.shape[2]:
            raise ValueError(f"z has the shape {tuple(z.shape)}; expected (n, {self.A.shape[2]})")
        return self.A[:1] if group is None else self.A[group]

    def forward(self, z: Tensor, group: Tensor | None = None) -> Tensor:
        """z' of shape (n, latent) from z of the same shape; `group` of shape (n,) chooses the matrices."""
        a = self._matrices(z, group)
        return ((z.unsqueeze(1) @ a.transpose(1, 2)) @ a).squeeze(1)

    def loss(self, z: Tensor, group: Tensor | None = None) -> Tensor:
        """The penalty, a scalar: ``lambda_1`` mean ‖z - AᵀAz‖ + ``lambda_2`` ‖AAᵀ - I‖²."""
        a = self._matrices(z, group)
        squares = (z - self(z, group)).square().sum(1)
        # The gradient of a norm at 0 is 0.
        distance = squares.clamp_min(torch.finfo(z.dtype).tiny).sqrt().mean()
        identity = torch.eye(a.shape[1], dtype=a.dtype, device=a.device)
        apart = (a @ a.transpose(1, 2) - identity).square().sum((1, 2)).mean()
        if self.orthogonality == "mean":
            apart = apart / a.shape[1] ** 2
        return self.lambda_1 * distance + self.lambda_2 * apart
