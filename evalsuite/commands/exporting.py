"""`export`: a table or a figure of a run or a comparison, or a file for another program."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console, flags
from evalsuite.commands.flags import AsJson, Folder, Verbose
from evalsuite.files.atomic import write_bytes
from evalsuite.records import InputError

if TYPE_CHECKING:
    from evalsuite.report import Report
    from evalsuite.report.exports.contents import Contents

TABLES = (".csv", ".tex", ".md", ".json")
FIGURES = (".pdf", ".svg", ".png")
MEND = "choose another -o"

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Its suffix says what: .csv .tex .md .json (a table), .pdf .svg .png (a figure), "
        ".yaml (Hub results), .bib (what to cite), .xml (JUnit).",
    ),
]
TableName = Annotated[
    str | None, typer.Option("--table", metavar="NAME", help="Which table. Default: headlines.")
]
FigureName = Annotated[
    str | None, typer.Option("--figure", metavar="NAME", help="Which figure. Default: headlines.")
]
Listing = Annotated[bool, typer.Option("--list", help="List the tables and figures by name.")]
Width = Annotated[
    float | None,
    typer.Option("--width", metavar="INCHES", help="A figure's width. Default: 5.5, a text's."),
]
Dataset = Annotated[
    str | None,
    typer.Option("--dataset", metavar="OWNER/NAME", help="The Hub's benchmark, for .yaml."),
]
Source = Annotated[
    str | None,
    typer.Option("--source-url", metavar="URL", help="Where the report can be read, for .yaml."),
]


@flags.takes_settings("prompts", helps=flags.AS_DRAWN)
def export(
    folder: Folder,
    given: Mapping[str, Any],
    output: Output = None,
    table: TableName = None,
    figure: FigureName = None,
    list_all: Listing = False,
    width: Width = None,
    dataset: Dataset = None,
    source_url: Source = None,
    json: AsJson = False,
    verbose: Verbose = 0,
) -> None:
    """Take a table, a figure or another program's file from a run or a comparison.

    --list shows the names of its tables and figures.
    """
    console.speak(verbose, True)
    if list_all == (output is not None):
        raise InputError("evalsuite export: say what with -o FILE, or see what there is by --list")
    suffix = None if output is None else output.suffix.lower()
    asked = {"table": table, "figure": figure, "width": width, "dataset": dataset}
    _refuse(suffix, {**asked, "source_url": source_url})
    if suffix is not None and suffix in _OTHERS:
        if _is_comparison(folder):
            raise InputError(f"-o: {suffix} is of a run; export one of the compared runs")
        report = _report(folder, given)
        data = _OTHERS[suffix](report, dataset, source_url).encode()
    else:
        found = _contents(folder, given)
        if output is None or suffix is None:
            return _list(found, json)
        if suffix in FIGURES:
            data = _figure(found, suffix, figure, width)
        else:
            data = _table(found, suffix, table).encode()
    assert output is not None
    write_bytes(output, data, mend=MEND)
    if json:
        console.print_json({"written": str(output), "bytes": len(data)})
    else:
        print(output)


def _refuse(suffix: str | None, given: Mapping[str, object]) -> None:
    """Raise `InputError` for a suffix that there is not, and for a flag that would do nothing."""
    known = (*TABLES, *FIGURES, *_OTHERS)
    if suffix is not None and suffix not in known:
        what = f"a file of {suffix!a} is not known" if suffix else "the file's name has no ending"
        raise InputError(f"-o: {what}; end it in one of {' '.join(known)}")
    goes_with = {"table": TABLES, "figure": FIGURES, "width": FIGURES}
    for name, value in given.items():
        suffixes = goes_with.get(name, (".yaml",))
        if value is not None and suffix not in suffixes:
            flag = f"--{name.replace('_', '-')}"
            raise InputError(f"{flag}: goes with -o FILE ending in {' '.join(suffixes)}")


def _report(folder: Path, given: Mapping[str, Any]) -> "Report":
    from evalsuite.pipeline.summarise import content_of
    from evalsuite.pipeline.work import open_work
    from evalsuite.runs.rows import planned_rows

    work, rows = open_work(folder, given)
    return content_of(work, planned_rows(rows, work.requests))


def _is_comparison(folder: Path) -> bool:
    return (folder / "differences.json").is_file()


def _contents(folder: Path, given: Mapping[str, Any]) -> "Contents":
    if _is_comparison(folder):
        from evalsuite.report.comparison.read import read
        from evalsuite.report.exports import compared

        if any(value is not None for value in given.values()):
            raise InputError("--prompts: goes with a run; a comparison has its numbers on record")
        return compared.contents(read(folder))
    from evalsuite.report.exports.contents import contents

    return contents(_report(folder, given))


def _list(found: "Contents", as_json: bool) -> None:
    titles = {
        "table": {name: part.title for name, part in found.tables.items()},
        "figure": {name: part.title for name, part in found.figures.items()},
    }
    if as_json:
        return console.print_json({f"{kind}s": named for kind, named in titles.items()})
    rows = [(kind, *pair) for kind, named in titles.items() for pair in named.items()]
    console.print_table(("", "name", "shows"), rows)


def _table(found: "Contents", suffix: str, name: str | None) -> str:
    from evalsuite.report.exports.texts import FORMATS

    return FORMATS[suffix](found.table(name), name or next(iter(found.tables)))


def _figure(found: "Contents", suffix: str, name: str | None, width: float | None) -> bytes:
    from evalsuite.report.exports import paper

    if width is not None and not paper.NARROWEST <= width <= paper.WIDEST:
        span = f"{paper.NARROWEST:g} to {paper.WIDEST:g}"
        raise InputError(f"--width {width:g}: a figure is {span} inches wide")
    drawing = found.figure(name)
    return paper.render(drawing.canvas, suffix, drawing.title, width or paper.TEXT_WIDTH)


def _hub(report: "Report", dataset: str | None, source: str | None) -> str:
    from evalsuite.report.exports import hub

    if dataset is None:
        raise InputError("-o: results for the Hub belong to a benchmark; name it by --dataset")
    return hub.render(report, dataset, source)


def _bibtex(report: "Report", dataset: str | None, source: str | None) -> str:
    from evalsuite.plugins.citing import cited
    from evalsuite.report.exports import bibtex

    manifest = report.manifest
    named = [*manifest["configuration"]["scorers"], *manifest["scorers"]]
    version = str((manifest.get("packages") or {}).get("evalsuite", ""))
    return bibtex.render(version, report.prompt_sets, cited(dict.fromkeys(named)))


def _junit(report: "Report", dataset: str | None, source: str | None) -> str:
    from evalsuite.report.exports import junit

    return junit.render(report)


_OTHERS: Mapping[str, Callable[["Report", str | None, str | None], str]] = MappingProxyType(
    {".yaml": _hub, ".bib": _bibtex, ".xml": _junit}
)
