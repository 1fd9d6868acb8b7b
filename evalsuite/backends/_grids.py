"""Pictures that hold several: split into their cells, black ones of which are no images."""

import numpy as np

from evalsuite.records import Pixels

BLACK = 8
"""Levels of 255 up to which a whole cell is black fill: lossy WebP does not keep 0."""
SEAM = 4.0
"""How many times a line's median jump the jump across a grid's middle lines has to be."""


def cell_of(pixels: Pixels, down: int, across: int, number: int) -> Pixels | None:
    """Cell `number` of a grid, row by row; None where it is black fill."""
    row, column = divmod(number, across)
    height, width = pixels.shape[0] // down, pixels.shape[1] // across
    cell = pixels[row * height : (row + 1) * height, column * width : (column + 1) * width]
    return None if cell.size == 0 or cell.max() <= BLACK else np.ascontiguousarray(cell)


def is_grid(pixels: Pixels) -> bool:
    """Whether a picture is four, side by side: it jumps across its middle, both ways.

    Compared with the jumps between neighbouring lines in the rest of it; a plain field has none.
    """
    grey = pixels.astype(np.float32).mean(axis=2)
    return _jumps(grey) and _jumps(grey.T)


def _jumps(grey: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> bool:
    middle = grey.shape[0] // 2
    if grey.shape[0] % 2 or middle < 2:
        return False
    jumps = np.abs(np.diff(grey, axis=0)).mean(axis=1)
    return bool(jumps[middle - 1] > SEAM * max(float(np.median(jumps)), 1.0))
