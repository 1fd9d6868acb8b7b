"""What lies beside a run's page for a reader to take, and what each file is."""

from pathlib import Path

WRITTEN = ("report.md", "images.html")
"""What is written with the page."""

BESIDE = {
    "../estimates.json": "every estimate of every group, to six digits",
    "../judgements.parquet": "one row an image and scorer, for pandas",
    "../manifest.json": "all that the run was made with",
    "report.md": "this page as Markdown",
    "images.html": "every picture",
}
"""By their addresses from the page; a gate's files are linked where its verdict stands."""


def beside(folder: Path) -> tuple[tuple[str, str], ...]:
    """Address and description of each file that a run's `folder` has, or will have, by its page."""
    page = folder / "report"
    return tuple(
        (name, what)
        for name, what in BESIDE.items()
        if name in WRITTEN or (page / name).resolve().is_file()
    )
