"""`probe train` and `probe list`: classifier heads on stored features, each with its audit."""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import auditing, bars, console
from evalsuite.commands.flags import AsJson, NoProgress, Verbose, option
from evalsuite.records import InputError, Json

if TYPE_CHECKING:
    from evalsuite.audits.run import AuditOutcome
    from evalsuite.probes.training import Trained
    from evalsuite.records import Progress
    from evalsuite.scorers._probing import ProbeScorer

probe = typer.Typer(name="probe", help="Train classifier heads on stored features, and list them.")

CLIPS = {"scenes": "scenes-clip", "everyday": "ViT-L-14-quickgelu:openai"}
"""Whose vectors a head is fitted on unless --encoder says otherwise."""
HOME = "runs/probe-"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
SCORERS = ("probe", "presentation_probe")
"""The scorers that can use a probe; the second only one of presentation."""

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="Pictures in sub-folders by label, or beside labels.csv or .jsonl."
    ),
]
Name = Annotated[str, option("name", "The probe's name.", "NAME")]
Licence = Annotated[
    str,
    option("licence", "Under which licence or consent the pictures may be used so.", "TEXT"),
]
Labels = Annotated[
    Path | None, option("labels", "A table with file, label and perhaps group.", "FILE")
]
Encoder = Annotated[
    str | None,
    option(
        "encoder", "A CLIP: a name, a folder or a hub id, with :TAG; the dialect's own.", "CLIP"
    ),
]
Dialect = Annotated[str, option("dialect", "everyday or scenes: what the pictures are.", "NAME")]
Subject = Annotated[
    str, option("subject", "person: the labels are of people, and asked of them alone.", "WHAT")
]
Accuracy = Annotated[
    float,
    option("accuracy", "How often held-out answers are to be right; the margin is for it.", "S"),
]
Seed = Annotated[int, option("seed", "The seed of the folds.", "N")]
Device = Annotated[str, option("device", "cpu, cuda or auto.", "NAME")]
Output = Annotated[
    Path | None, option("output-dir", "The probe's folder; default: runs/probe-NAME.", "DIR")
]
Where = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FOLDER...]", help="Where to look; default: runs."),
]


@probe.command("train")
def train(
    folder: Folder,
    name: Name,
    licence: Licence,
    labels: Labels = None,
    encoder: Encoder = None,
    dialect: Dialect = "everyday",
    subject: Subject = "",
    accuracy: Accuracy = 0.95,
    seed: Seed = 0,
    device: Device = "auto",
    output_dir: Output = None,
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Train a head on a labelled folder; write its file, its card and its audit."""
    console.speak(verbose, no_progress)
    from evalsuite.report.reliability import reliability_table

    _check(name, licence, dialect, subject, accuracy)
    home = output_dir or Path(f"{HOME}{name}")
    said = {"name": name, "licence": licence, "subject": subject, "dialect": dialect}
    with bars.progress(not no_progress) as tell:
        card, outcome, notes = make(
            home,
            folder,
            labels,
            encoder=encoder or CLIPS[dialect],
            device=device,
            accuracy=accuracy,
            seed=seed,
            said=said,
            progress=tell,
        )
    if json:
        console.print_json({"probe": str(home), "card": card, "notes": notes})
    else:
        table = reliability_table(outcome.audited)
        rows = [[cell.text for cell in row] for row in table.rows]
        console.print_table([cell.text for cell in table.head], rows)
        print(f"{outcome.images} pictures, {_counted(card['data']['n'])}; licence: {licence}")
        print(home)
    for note in notes:
        console.say(f"evalsuite: {note}")


def make(
    home: Path,
    folder: Path,
    table: Path | None,
    *,
    encoder: str,
    device: str,
    accuracy: float,
    seed: int,
    said: Mapping[str, str],
    progress: "Progress | None" = None,
) -> "tuple[dict[str, Json], AuditOutcome, list[str]]":
    """Train a probe into the folder `home`: its card, its audit, and what there is to say of it.

    `said` are the card's name, licence, subject and dialect.
    """
    from evalsuite.encoders import clip as clips
    from evalsuite.encoders import probe as probes
    from evalsuite.probes import labelled, training

    pictures = labelled.read(folder, table)
    model, _, tag = encoder.partition(":")
    clip = clips.load(model, tag or None, device)
    vectors = training.encode(pictures, clip, (home, folder), progress)
    trained = training.train(pictures, vectors, wanted=accuracy, seed=seed)
    card = training.card_of(
        trained,
        clip,
        encoder=(clip.name.partition(":")[0], tag or None),
        folder=folder.resolve().name,
        wanted=accuracy,
        seed=seed,
        said=said,
    )
    probes.write(home, trained.fit.weight, trained.fit.bias, card)
    outcome, notes = _audit(home, trained, said["dialect"], device, (model, tag or None))
    source = {"labelled folder": card["data"]["folder"], "licence": said["licence"]}
    auditing.write(home, outcome, {**source, "held out": card["cross_validated"]["folds"]})
    if not trained.fit.reached:
        notes.append(
            f"no margin makes held-out answers right in {accuracy:.0%}; the widest that leaves "
            "half of them is kept: label more, or believe it less"
        )
    return probes.read_card(home), outcome, notes


@probe.command("list")
def list_probes(folders: Where = None, json: AsJson = False) -> None:
    """List the probes in runs, or in other folders, with what they know and of whose pictures."""
    from evalsuite.encoders.probe import CARD, read

    found: list[dict[str, Any]] = []
    places = [Path("runs")] if folders is None else folders
    for place in places:
        if folders is not None and not place.is_dir():
            raise InputError(f"{place}: there is no such folder")
        own = [place] if (place / CARD).is_file() else []
        for home in own or sorted(path.parent for path in place.glob(f"*/{CARD}")):
            try:
                found.append({"folder": str(home), **_said(read(home).card)})
            except InputError as error:
                found.append({"folder": str(home), "fault": str(error)})
    if json:
        return console.print_json(found)
    if not found:
        print(f"no probe in {', '.join(map(str, places))}; train one with evalsuite probe train")
        return None
    columns = ("folder", "labels", "encoder", "licence of the pictures")
    rows = [
        (e["folder"], f"cannot be used: {e['fault']}", "", "")
        if "fault" in e
        else (e["folder"], _counted(e["n"]), e["encoder"], e["licence"])
        for e in found
    ]
    console.print_table(columns, rows)
    return None


def _check(name: str, licence: str, dialect: str, subject: str, accuracy: float) -> None:
    if not NAME.fullmatch(name):
        raise InputError(f"--name {name}: use letters, digits and . _ -, at most 60")
    if not licence.strip() or len(licence) > 300 or not licence.isprintable():
        raise InputError("--licence: say under which licence or consent, in one line of 300 signs")
    if dialect not in CLIPS:
        raise InputError(f"--dialect {dialect}: is neither everyday nor scenes; write one of them")
    if subject not in ("", "person"):
        raise InputError(f"--subject {subject}: can only be person; leave it out for all else")
    if not 0.5 <= accuracy < 1:
        raise InputError(f"--accuracy {accuracy}: is a share of right answers from 0.5 to below 1")


def _audit(
    home: Path, trained: "Trained", dialect: str, device: str, clip: tuple[str, str | None]
) -> "tuple[AuditOutcome, list[str]]":
    """The audit of every scorer that can use the probe, and why one was left out."""
    from evalsuite.encoders.probe import read
    from evalsuite.plugins import find as plugins
    from evalsuite.probes.training import audit_of

    card, notes = read(home).card, list[str]()
    is_presentation = {*card["labels"]} - {"unknown"} == {"woman", "man"} and card["subject"]
    loaded: list[ProbeScorer] = []
    where = {"head": str(home), "device": device, "model": clip[0], "pretrained": clip[1]}
    for name in SCORERS if is_presentation else SCORERS[:1]:
        more = {"dialect": dialect} if name == SCORERS[1] else {}
        try:
            loaded.append(plugins.load_scorer(name, {**where, **more}))  # type: ignore[arg-type]
        except InputError as error:
            notes.append(f"{name} is not audited: {error}")
    names = [scorer.name for scorer in loaded]
    measures = [m for n in names for m in plugins.measures_in(plugins.scorer_module(n), n)]
    outcome = audit_of(trained, loaded, measures, dialect)
    return dataclasses.replace(outcome, scorers=auditing.entries_of(names, loaded)), notes


def _said(card: dict[str, Json]) -> dict[str, Any]:
    data, encoder = card["data"], card["encoder"]
    return {
        "name": card["name"],
        "n": data["n"],
        "encoder": ":".join(filter(None, (encoder["model"], encoder["pretrained"]))),
        "licence": data["licence"],
        "subject": card["subject"],
        "margin": card["margin"],
    }


def _counted(n: dict[str, int]) -> str:
    return ", ".join(f"{count} {label}" for label, count in sorted(n.items()))
