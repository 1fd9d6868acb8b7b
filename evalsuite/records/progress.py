"""How a stage tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told the stage ("generate", "judge"), how many cells are done, and of how many."""
