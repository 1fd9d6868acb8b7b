"""Boxes of detectors: from shares of the input to pixels, and which of many stay."""

import numpy as np
from numpy.typing import NDArray


def corners_of(
    boxes: NDArray[np.float32], size: tuple[int, ...], *, square: bool = False
) -> NDArray[np.float32]:
    """Left, top, right, bottom in pixels from centre and size in shares of the model's input."""
    height, width = (max(size), max(size)) if square else size
    middle, extent = boxes[:, :2], boxes[:, 2:]
    corners = np.concatenate([middle - extent / 2, middle + extent / 2], axis=1)
    return np.asarray(corners * np.array([width, height, width, height], dtype=np.float32))


def suppress(
    corners: NDArray[np.float32], scores: NDArray[np.float32], threshold: float, overlap: float
) -> list[int]:
    """Numbers of the boxes to keep, strongest first, none overlapping a stronger one."""
    import torch
    from torchvision.ops import nms

    above = np.flatnonzero(scores >= threshold)
    if not len(above):
        return []
    survivors = nms(torch.from_numpy(corners[above]), torch.from_numpy(scores[above]), overlap)
    return [int(above[number]) for number in survivors]
