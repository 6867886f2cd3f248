"""The layer for PyTorch: the numbers of crates/lfr-kernels/src/lfr.rs."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch IS NOT INSTALLED: lfr.torch IS NOT TESTED")


def test_the_layer_is_eq_1_and_2():
    from lfr.torch import LFR

    generator = np.random.default_rng(0)
    layer, z = LFR(latent=6, k=2), generator.normal(size=(5, 6))
    a = generator.normal(size=(1, 2, 6))
    layer.A.data = torch.tensor(a)
    expected = z @ a[0].T @ a[0]
    x = torch.tensor(z, requires_grad=True)
    np.testing.assert_allclose(layer(x).detach(), expected, rtol=1e-12)
    distance = np.linalg.norm(z - expected, axis=1).mean()
    square = ((a[0] @ a[0].T - np.eye(2)) ** 2).mean()
    np.testing.assert_allclose(layer.loss(x).item(), 2 * distance + 0.1 * square, rtol=1e-12)
    layer.loss(x).backward()
    assert torch.isfinite(layer.A.grad).all()
    grouped = LFR(latent=6, k=2, groups=3)
    assert grouped(torch.randn(5, 6), torch.tensor([0, 1, 2, 1, 0])).shape == (5, 6)
    with pytest.raises(ValueError, match="shape"):
        layer(torch.randn(5, 7))
