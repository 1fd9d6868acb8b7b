"""References: shares that a model's shares are set beside, as files with year, base and source."""

from evalsuite.bias.references.record import Reference, ReferenceShare
from evalsuite.bias.references.sources import load, names, neutral

__all__ = ["Reference", "ReferenceShare", "load", "names", "neutral"]
