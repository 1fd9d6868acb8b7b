"""`label`: people say what they see in a drawn sample of a run's images."""

import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console, flags
from evalsuite.commands.flags import AsJson, Folder, Verbose, option
from evalsuite.records import InputError

if TYPE_CHECKING:
    from evalsuite.labels.asked import Asked
    from evalsuite.labels.desk import Desk
    from evalsuite.labels.tasks import Task
    from evalsuite.pipeline.work import Work
    from evalsuite.records import Measure
    from evalsuite.runs.rows import RunRows

ALL = "all"
SCALES = ("steps", "100")

# Not EVALSUITE_MEASURE and EVALSUITE_SAMPLE, which mean something else to other commands.
Named = Annotated[
    list[str] | None,
    typer.Option(
        "--measure",
        metavar="A,B",
        help="The measures or fields to ask about, such as presentation.label,objects.correct; "
        "default: those asked before, or the most prominent.",
    ),
]
Images = Annotated[
    str | None,
    typer.Option(
        "--sample",
        metavar="N|all",
        help="Images drawn for each question, strata by prompt set and the judge's answer; a "
        "larger N keeps what was drawn. Default: as many as before, or 100.",
    ),
]
Rater = Annotated[
    str | None, option("rater", "Who labels; default: the page asks, or gives a number.", "NAME")
]
Port = Annotated[int, option("port", "The port on 127.0.0.1; 0 takes a free one.", "N")]
NoBrowser = Annotated[bool, option("no-browser", "Print the page's address and open nothing.")]
Scale = Annotated[
    str, option("scale", "Scores in five steps, or as a number up to 100: steps or 100.", "SCALE")
]
Import = Annotated[
    Path | None,
    option("import", "Take labels from a .csv, or Label Studio's .json; serve no page.", "FILE"),
]
Export = Annotated[
    Path | None,
    option(
        "export", "Write questions and labels as .csv, or Label Studio's .json; serve none.", "FILE"
    ),
]


@flags.takes_settings("prompts", helps=flags.AS_DRAWN)
def label(
    folder: Folder,
    given: Mapping[str, Any],
    measure: Named = None,
    sample: Images = None,
    rater: Rater = None,
    port: Port = 0,
    scale: Scale = "steps",
    no_browser: NoBrowser = False,
    import_: Import = None,
    export: Export = None,
    json: AsJson = False,
    verbose: Verbose = 0,
) -> None:
    """Serve a page on 127.0.0.1 on which people label a drawn sample, blind to the judge."""
    console.speak(verbose, True)
    from evalsuite.labels.desk import Desk
    from evalsuite.labels.drawing import seed_of
    from evalsuite.labels.rows import rater_name
    from evalsuite.pipeline.work import open_work
    from evalsuite.runs.rows import planned_rows

    if scale not in SCALES:
        raise InputError(f"--scale {scale}: is neither steps nor 100; write one of them")
    name = rater_name(rater) if rater is not None else ""
    work, rows = open_work(folder, given)
    rows = planned_rows(rows, work.requests)
    if import_ is not None:
        _import(work, rows, import_, name, sample, scale)
        return summary(work, rows, json)
    questions = questions_of(work, rows, measure, sample, scale)
    if export is not None:
        return _export(questions, rows.folder, export)
    desk = Desk(rows.folder, questions, seed_of(rows.manifest), name)
    serve(desk, questions, port, opens=not no_browser, tell=console.say if json else print)
    summary(work, rows, json)


def serve(
    desk: "Desk",
    questions: "Sequence[Task]",
    port: int,
    *,
    opens: bool,
    tell: Callable[[str], None],
) -> None:
    """Serve the page until somebody ends it there, or here with Ctrl-C; answers are on disk.

    `tell` is given the page's address; with `opens` a browser opens it.
    """
    from evalsuite.labels.server import Server

    with desk, Server(desk, port) as server:
        images = len({task.key for task in questions})
        console.say(
            f"{desk.folder}: {len(questions)} questions about {images} images; stop on the page or "
            "with Ctrl-C, every answer is kept as it is given"
        )
        tell(server.url)
        sys.stdout.flush()
        if opens:
            webbrowser.open(server.url)
        try:
            server.serve_forever(0.1)
        except KeyboardInterrupt:
            console.say("evalsuite: stopped; what was answered is kept")


def _export(questions: "Sequence[Task]", folder: Path, path: Path) -> None:
    from evalsuite.files.atomic import write_text
    from evalsuite.labels.label_studio import to_label_studio
    from evalsuite.labels.rows import read_labels
    from evalsuite.labels.tables import to_csv

    is_table = _is_table("--export", path)
    text = to_csv(questions, read_labels(folder)) if is_table else to_label_studio(questions)
    write_text(path, text, mend="choose another --export")
    print(f"{path}: {len(questions)} questions")


def _import(
    work: "Work", rows: "RunRows", path: Path, rater: str, sample: str | None, scale: str
) -> None:
    """Take a file's labels; what does not match the drawn sample is counted and named."""
    from evalsuite.labels.incoming import take
    from evalsuite.labels.label_studio import from_label_studio
    from evalsuite.labels.tables import from_csv

    read = from_csv if _is_table("--import", path) else from_label_studio
    found = list(read(path, rater))
    if not found:
        raise InputError(f"--import {path}: holds no answer; fill in the answers and try again")
    known = _known(work, rows)
    sizes = {name: max(each.sample for each in found if each.asked == name)
             for name in dict.fromkeys(each.asked for each in found) if name in known}  # fmt: skip
    questions = questions_of(work, rows, list(sizes), sample, scale, sizes) if sizes else []
    for line in take(rows.folder, questions, found).lines():
        console.say(f"{path}: {line}")


def _is_table(flag: str, path: Path) -> bool:
    if path.suffix.lower() not in (".csv", ".json"):
        raise InputError(f"{flag} {path}: is neither a .csv nor a .json file; name it so")
    return path.suffix.lower() == ".csv"


def summary(work: "Work", rows: "RunRows", as_json: bool) -> None:
    """How far judge and people agree so far, one table a field; or one JSON object."""
    from evalsuite.labels.of_run import agreements
    from evalsuite.pipeline.summarise import labelled_of
    from evalsuite.report.judge_and_people import beside

    found = agreements(labelled_of(work, rows), rows.manifest)
    if as_json:
        return console.print_json({"run": str(rows.folder), "labelled": list(map(asdict, found))})
    for each in beside(found):
        print(f"{each.name}: {each.facts}")
        for table in (each.matrix, each.numbers):
            if table is not None:
                head = [cell.text for cell in table.head]
                console.print_table(head, [[cell.text for cell in row] for row in table.rows])
        print()
    if not found:
        print("nothing is labelled yet")
    return None


def questions_of(
    work: "Work",
    rows: "RunRows",
    names: Sequence[str] | None,
    sample: str | None,
    scale: str,
    least: Mapping[str, int] = MappingProxyType({}),
) -> "list[Task]":
    """The questions of these fields; without a --sample at least so many of each as `least`."""
    from evalsuite.labels.drawing import seed_of
    from evalsuite.labels.rows import read_labels
    from evalsuite.labels.tasks import SAMPLE, tasks
    from evalsuite.measures import declared_measures

    known = declared_measures(rows.manifest["scorers"])
    told = read_labels(rows.folder)
    fields = _asked(work, rows, known, names, told.asked())
    images: dict[str, int | None] = {}
    for each in fields:
        sizes = [label.sample for label in told.of(each.name)] + [least.get(each.name, 0)]
        before = max(sizes) or SAMPLE
        images[each.name] = before if sample is None else _number(sample)
    return tasks(
        fields,
        work.prompt_sets,
        rows.samples,
        rows.answers,
        images=images,
        seed=seed_of(rows.manifest),
        known=known,
        scale=scale,
    )


def _asked(
    work: "Work",
    rows: "RunRows",
    known: "Sequence[Measure]",
    names: Sequence[str] | None,
    before: Sequence[str],
) -> "list[Asked]":
    from evalsuite.labels.asked import asked, usual

    wanted = [name.strip() for given in names or () for name in given.split(",") if name.strip()]
    wanted = wanted or list(before) or usual(known, work.prompts())
    if not wanted:
        raise InputError(f"{rows.folder}: no measure of it speaks for itself; name one: --measure")
    tags = {prompt.tag for prompt in work.prompts()}
    return asked(wanted, known, rows.answers, rows.manifest["scorers"], tags)


def _known(work: "Work", rows: "RunRows") -> set[str]:
    """The fields that the run's scorers answered or declare."""
    from evalsuite.measures import declared_measures

    declared = declared_measures(rows.manifest["scorers"])
    known = {f"{measure.scorer}.{measure.field}" for measure in declared}
    return known | {f"{s}.{field}" for (s, _), j in rows.answers.items() for field in j.values}


def _number(text: str) -> int | None:
    if text == ALL:
        return None
    if not text.isdecimal() or not int(text):
        raise InputError(f"--sample {text}: is neither a whole number from 1 on nor all")
    return int(text)
