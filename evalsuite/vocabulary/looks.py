"""Words for how things look."""

COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
"""Ten colours that everybody tells apart: GenEval's palette (Ghosh et al. 2023, arXiv 2310.11513).

GenEval's scorer keeps a list of its own, which is its published rule and may not change.
"""
