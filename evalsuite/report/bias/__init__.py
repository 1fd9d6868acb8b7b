"""The chapter on people: its first screen and its parts, drawn from `evalsuite.bias` records."""

from evalsuite.report.bias.page import BiasPage, compose

__all__ = ["BiasPage", "compose"]
