"""The figure of `three_models.py`: accuracy and diversity of every model, with intervals."""

from collections.abc import Sequence
from pathlib import Path

from three_models_read import Figure, Measured, estimate

COUNTS = [
    Figure("scenes-counts", "objects.count", "share", str(n), {"count": str(n)})
    for n in range(1, 7)
]
VENDI = [
    Figure(f"scenes-{name}", "diversity.vendi", "number", name, {"images per prompt": "4"})
    for name in ("counts", "negation", "spatial", "occupations")
]
COLOURS = ("#b3541e", "#8a8f98", "#1f5fa8", "#1d1d1f")
"""The GAN, the early model, the model and the ceiling."""


def draw(found: Measured, path: Path) -> None:
    """Write the figure as a PNG: exact numbers by the number asked for, and Vendi scores by set."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with pyplot.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
        names = [*found.models, found.ceiling]
        for place, (name, colour) in enumerate(zip(names, COLOURS, strict=True)):
            label = f"{name} (ceiling)" if name == found.ceiling else name
            for axes, rows in ((left, COUNTS), (right, VENDI)):
                _dots(axes, found, name, rows, place, colour, label)
        left.set(title="Exactly the asked number", xlabel="asked for", ylabel="share of images")
        left.set_ylim(0, 1.02)
        right.set(title="Vendi score of four images of a prompt", ylabel="effectively different")
        right.set_xlabel("prompt set (pictures that err differ, too)")
        right.set_ylim(1, None)
        for axes, rows in ((left, COUNTS), (right, VENDI)):
            axes.set_xticks(range(len(rows)), [row.words for row in rows])
            axes.grid(axis="y", alpha=0.3)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4)
        figure.savefig(path, dpi=110, metadata={"Software": None})
        pyplot.close(figure)


def _dots(
    axes: object,
    found: Measured,
    name: str,
    rows: Sequence[Figure],
    place: int,
    colour: str,
    label: str,
) -> None:
    read = [estimate(found.runs[name].estimates, row) for row in rows]
    at = [n + 0.14 * (place - 1.5) for n, each in enumerate(read) if each["value"] is not None]
    known = [each for each in read if each["value"] is not None]
    values = [each["value"] for each in known]
    ends = [
        [0 if each["low"] is None else each["value"] - each["low"] for each in known],
        [0 if each["high"] is None else each["high"] - each["value"] for each in known],
    ]
    marker = "D" if name == found.ceiling else "o"
    axes.errorbar(  # type: ignore[attr-defined]
        at, values, yerr=ends, fmt=marker, color=colour, label=label, capsize=2, markersize=4.5
    )
