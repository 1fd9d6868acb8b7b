"""`audit`: how often scorers are right, on images whose truth is known."""

import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import bars, console, flags
from evalsuite.commands.exit import INCOMPLETE
from evalsuite.commands.flags import AsJson, NoProgress, Verbose
from evalsuite.records import InputError, Json

if TYPE_CHECKING:
    from evalsuite.audits.known import KnownCase
    from evalsuite.audits.run import AuditOutcome
    from evalsuite.records import Measure, Progress, Scorer

IMAGES = 1200
"""With the bundled scorers under two minutes on two cores; 200 to 400 images a kind of question."""

THROUGH = ("vae:scenes-ldm", "blur", "noise", "jpeg", "perturb")
"""What is done to fresh scenes unless something else is asked for."""

SETTINGS = ("scorer_arg", "seed", "device", "output_dir")
HELPS = {
    "output_dir": "The audit's folder; default: runs/audit-<scorers>.",
    "seed": "The seed from which the fresh scenes are drawn.",
}

Named = Annotated[
    list[str] | None,
    typer.Argument(metavar="SCORER...", help="Scorers, names or modules; default: a run's own."),
]
FromFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        help="A folder with pictures and truth.jsonl; default: fresh scenes of the bundled world.",
        envvar="EVALSUITE_FOLDER",
        show_envvar=False,
    ),
]
Images = Annotated[
    int,
    typer.Option(
        "--images",
        metavar="N",
        min=1,
        help="How many fresh scenes to draw.",
        envvar="EVALSUITE_IMAGES",
        show_envvar=False,
    ),
]
Through = Annotated[
    str | None,
    typer.Option(
        "--through",
        metavar="A,B,...",
        help="What else is done to the pictures before scorers see them: vae:MODEL (to and fro "
        "through that model's autoencoder), blur, noise, jpeg, perturb (one thing changed, fresh "
        "scenes only), or nothing; default: all for fresh scenes, with the bundled autoencoder.",
        envvar="EVALSUITE_THROUGH",
        show_envvar=False,
    ),
]
FromLabels = Annotated[
    Path | None,
    typer.Option(
        "--from-labels",
        metavar="RUN",
        help="A run of which people labelled a sample: their word is the truth, on its own images.",
        envvar="EVALSUITE_FROM_LABELS",
        show_envvar=False,
    ),
]
Dialect = Annotated[
    str,
    typer.Option(
        "--dialect",
        help="With --folder: everyday or scenes, which decides the scorers' models.",
        envvar="EVALSUITE_DIALECT",
        show_envvar=False,
    ),
]


@flags.takes_settings(*SETTINGS, helps=HELPS)
def audit(
    given: Mapping[str, Any],
    scorers: Named = None,
    folder: FromFolder = None,
    images: Images = IMAGES,
    dialect: Dialect = "everyday",
    through: Through = None,
    from_labels: FromLabels = None,
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Ask scorers about images whose truth is known, and say how often they are right."""
    console.speak(verbose, no_progress)
    if from_labels is not None:
        from evalsuite.commands.auditing_labels import of_labels

        refused = {"folder": folder, "through": through, "seed": given.get("seed")}
        home, outcome, source = of_labels(
            from_labels, scorers or (), given.get("output_dir"), refused
        )
        write(home, outcome, source)
        return _say(home, outcome, source, json)
    asked = {**given, **({"scorers": list(scorers)} if scorers else {})}
    with bars.progress(not no_progress) as tell:
        home, outcome, source = ask(
            asked,
            folder,
            images,
            dialect,
            through=ways(through),
            environ=_own(os.environ),
            progress=tell,
        )
    _say(home, outcome, source, json)
    for name in outcome.silent():
        console.say(f"evalsuite: {name} gave no answer that has a truth here; nothing was audited")
    if outcome.unheard and folder is not None:
        console.say(f"evalsuite: no scorer has a field for the truth of {_list(outcome.unheard)}")
    if outcome.failures:
        reason, often = max(outcome.failures.items(), key=lambda item: item[1])
        console.say(f"evalsuite: incomplete: scorers broke down ({often} times: {reason})")
        raise typer.Exit(INCOMPLETE)


def _say(home: Path, outcome: "AuditOutcome", source: "Mapping[str, Json]", as_json: bool) -> None:
    from evalsuite.report.reliability import box_table, reliability_table

    if as_json:
        console.print_json(_summary(home, outcome, source))
    else:
        for table in (reliability_table(outcome.audited), box_table(outcome.boxes)):
            head = [cell.text for cell in table.head]
            if table.rows:
                console.print_table(head, [[cell.text for cell in row] for row in table.rows])
        print(f"{outcome.questions} questions about {outcome.images} images")
        print(home / "audit.md")


def ask(
    given: Mapping[str, Any],
    folder: Path | None,
    images: int,
    dialect: str,
    *,
    through: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
    progress: "Progress | None" = None,
) -> "tuple[Path, AuditOutcome, dict[str, Json]]":
    """Audit scorers and write the audit: its folder, what was found, and where the truth is from.

    `given` are settings; the truth is that of `folder`, or of so many fresh scenes. `through` names
    what is done to their pictures; None is `THROUGH` for scenes, and nothing for a folder.
    """
    from evalsuite.audits.run import audit as ask_scorers
    from evalsuite.pipeline.settings import resolve
    from evalsuite.pipeline.work import load_scorers

    settings = resolve(given, environ)
    if dialect not in ("everyday", "scenes"):
        raise InputError(f"--dialect {dialect}: is neither everyday nor scenes; write one of them")
    known, source = _questions(folder, settings.seed, images, through)
    spoken = "scenes" if folder is None else dialect
    loaded = load_scorers(settings, spoken)
    outcome = ask_scorers(loaded, known, _measures(settings.scorers), progress=progress)
    entries = entries_of(settings.scorers, loaded)
    outcome = dataclasses.replace(outcome, scorers=entries, dialect=spoken)
    home = Path(settings.output_dir or f"runs/audit-{_slug(settings.scorers)}")
    write(home, outcome, source)
    return home, outcome, source


def ways(text: str | None) -> tuple[str, ...] | None:
    """What `--through` names: None if it is not given, and empty for nothing."""
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip() not in ("", "nothing"))


def _questions(
    folder: Path | None, seed: int, images: int, through: Sequence[str] | None
) -> "tuple[list[KnownCase], dict[str, Json]]":
    from evalsuite.audits.pictures import through as put_through
    from evalsuite.audits.pictures import way

    if folder is None:
        from evalsuite.audits.kinds import of_scenes

        names = THROUGH if through is None else through
        source = {"scenes": "fresh renders", "seed": seed, "images": images}
        return of_scenes(seed, images, names), {**source, "through": ", ".join(names) or "nothing"}
    from evalsuite.audits.from_folder import read

    known, done = read(folder), [way(name, "pictures") for name in through or ()]
    source = {"folder": folder.resolve().name, "through": ", ".join(through or ()) or "nothing"}
    return known + [case for each in done for case in put_through(known, each)], source


def _measures(names: Sequence[str]) -> "list[Measure]":
    """What the scorers of these names declare."""
    from evalsuite.plugins import find as plugins

    return [
        m for n in names for m in plugins.measures_in(plugins.scorer_module(n), f"--scorers {n}")
    ]


def entries_of(names: Sequence[str], loaded: "Sequence[Scorer]") -> dict[str, Mapping[str, Json]]:
    """What each scorer says of itself and of its code, as a run's manifest has them."""
    from evalsuite.plugins import find as plugins
    from evalsuite.runs.identity import scorer_identity
    from evalsuite.runs.manifest import version

    return {
        scorer.name: {
            **scorer_identity(plugins.scorer_entry(name, scorer)),
            "packages": {"evalsuite": version()},
        }
        for name, scorer in zip(names, loaded, strict=True)
    }


def _own(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of this command's settings: a run's prompts or model mean nothing here."""
    names = {f"EVALSUITE_{name.upper()}" for name in (*SETTINGS, "scorers")}
    return {name: value for name, value in environ.items() if name in names}


def _slug(names: Sequence[str]) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(names))[:80]


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _summary(home: Path, outcome: "AuditOutcome", source: Mapping[str, Json]) -> dict[str, Json]:
    from evalsuite.audits.boxes import box_row
    from evalsuite.audits.stored import to_row

    rows = [
        {**to_row(row), "is_evidence": row.is_evidence, "verdict": row.verdict}
        for row in outcome.audited
    ]
    return {
        "audit": str(home / "audit.json"),
        "card": str(home / "audit.md"),
        "source": dict(source),
        "questions": outcome.questions,
        "images": outcome.images,
        "failures": dict(outcome.failures),
        "unheard": list(outcome.unheard),
        "audited": rows,
        "boxes": [box_row(row) for row in outcome.boxes],
    }


def write(folder: Path, outcome: "AuditOutcome", source: Mapping[str, Json]) -> None:
    """Put `audit.json`, which a run's report can quote, and the card `audit.md` into a folder."""
    from evalsuite.audits.stored import NAME, to_json
    from evalsuite.files.atomic import write_text
    from evalsuite.report.audit_card import card

    parts = outcome.audited, outcome.scorers, source, outcome.boxes, outcome.dialect
    write_text(folder / NAME, to_json(*parts))
    write_text(folder / "audit.md", card(*parts))
