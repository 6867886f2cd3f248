"""Pictures of PIL as arrays, as files are read."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_picture(X: Any) -> bool:
    """Whether `X` is a picture of PIL."""
    return hasattr(X, "convert") and hasattr(X, "getbands")


def of_pil(image: Any, place: int) -> np.ndarray:
    """A picture, the one at `place`, upright, of shape (height, width), (height, width, 3) or, with alpha, (height, width, 4).

    Raises
    ------
    ValueError
        For a mode whose values have no range.
    """
    from PIL import ImageOps

    if image.mode in ("I", "F", "LAB"):
        raise ValueError(
            f"picture {place} has the mode {image.mode} of PIL, which does not say how bright its values are; "
            "pass numpy.uint8, 0 to 255, or paths"
        )
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    see_through = image.mode in ("La", "RGBa") or "A" in image.getbands() or "transparency" in image.info
    if image.mode in ("1", "L") and not see_through:
        return np.asarray(image.convert("L"))
    # PIL knows no other way from La.
    image = image.convert("LA") if image.mode == "La" else image
    return np.asarray(image.convert("RGBA" if see_through else "RGB"))
