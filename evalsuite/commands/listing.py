"""`prompts`, `models`, `scorers` and `env`: what is there."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson
from evalsuite.records import InputError, PromptSet

if TYPE_CHECKING:
    from evalsuite.plugins.listing import Plugin

prompts = typer.Typer(name="prompts", help="List, show, check and import prompt sets.")

SLIPS_SHOWN = 20
"""How many of a set's slips `check` prints; the rest is counted."""

SomeSets = Annotated[
    list[str] | None, typer.Argument(metavar="[SET...]", help="Names, or paths of .jsonl files.")
]


@prompts.command("list")
def list_prompts(json: AsJson = False) -> None:
    """List the bundled prompt sets."""
    from evalsuite.prompts import sets as prompts

    sets = [prompts.find([name], "everyday")[0] for name in prompts.bundled()]
    if json:
        return console.print_json([_said(prompt_set) for prompt_set in sets])
    rows = [
        (
            prompt_set.name,
            prompt_set.version,
            prompt_set.dialect,
            str(len(prompt_set.prompts)),
            prompt_set.card.get("licence", ""),
        )
        for prompt_set in sets
    ]
    console.print_table(("set", "version", "dialect", "prompts", "licence"), rows)


@prompts.command("show")
def show(name: Annotated[str, typer.Argument(metavar="SET")], json: AsJson = False) -> None:
    """Show a prompt set: its card, then each prompt."""
    from evalsuite.prompts import sets as prompts
    from evalsuite.report.format import visible

    (found,) = prompts.find([name], "everyday")
    if json:
        rows = [prompts.row(prompt) for prompt in found.prompts]
        return console.print_json({**_said(found), "rows": rows})
    card = {"name": found.name, "version": found.version, "dialect": found.dialect, **found.card}
    card |= {"digest": found.digest}
    console.print_table(("", ""), [(key, visible(value)) for key, value in card.items()])
    print()
    listed = [(prompt.id, prompt.tag, visible(prompt.text)) for prompt in found.prompts]
    console.print_table(("id", "tag", "prompt"), listed)


@prompts.command("check")
def check(names: SomeSets = None, json: AsJson = False) -> None:
    """Read prompt sets as a run would; say what is wrong, or looks like a slip.

    Without a name, all bundled sets. Also named: texts that two sets share, prompts that a text
    encoder cuts short, and how many prompts each kind of scorer can judge.
    """
    from evalsuite.prompts import lint as prompt_lint
    from evalsuite.prompts import sets as prompts

    # One set after the other, so that every faulty file is named.
    faults: list[str] = []
    sets: dict[str, PromptSet] = {}
    for name in names or prompts.bundled():
        try:
            (sets[name],) = prompts.find([name], "everyday")
        except InputError as error:
            faults.append(str(error))
    said = {name: _checked(prompt_set) for name, prompt_set in sets.items()}
    shared = prompt_lint.across(list(sets.values()))
    if json:
        console.print_json({"sets": list(said.values()), "shared": shared, "faults": faults})
    else:
        _print_checked(said)
        for line in shared:
            console.tell(line)
    if faults:
        raise InputError("\n  ".join(faults))


def _checked(found: PromptSet) -> dict[str, Any]:
    """What there is to say of a set that could be read."""
    from evalsuite.encoders import clip_tokens
    from evalsuite.plugins.measures import unknown_headlines
    from evalsuite.prompts import lint as prompt_lint

    slips = [*unknown_headlines(found), *prompt_lint.lint(found)]
    if found.dialect == "everyday":
        slips += prompt_lint.too_long(found, clip_tokens.count)
    unknown = prompt_lint.unknown_classes(found.prompts)
    judged = dict(prompt_lint.judges(found))
    return {**_said(found), "slips": slips, "judged_by": judged, "classes_not_in_coco": unknown}


def _print_checked(said: Mapping[str, Mapping[str, Any]]) -> None:
    for name, entry in said.items():
        for slip in entry["slips"][:SLIPS_SHOWN]:
            console.tell(f"{name}: {slip}")
        if len(entry["slips"]) > SLIPS_SHOWN:
            print(f"{name}: and {len(entry['slips']) - SLIPS_SHOWN} more slips; --json lists them")
        judged = ", ".join(f"{kind} {count}" for kind, count in entry["judged_by"].items() if count)
        print(f"{name}: {entry['prompts']} prompts, digest {entry['digest'][:12]}")
        print(f"{name}: can be judged by {judged or 'likeness to the text alone'}")
        if entry["dialect"] == "everyday" and (unknown := entry["classes_not_in_coco"]):
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            console.tell(f"{name}: classes not in COCO: {', '.join(unknown[:5])}{more}")


def models(json: AsJson = False) -> None:
    """List what --model can name, with an example each: models, back-ends, services."""
    from evalsuite.backends import _service_file
    from evalsuite.files.front_matter import read_card
    from evalsuite.plugins import listing as plugins

    rows = []
    for name, folder in plugins.bundled().items():
        card = read_card(folder)
        about = ": ".join(filter(None, [f"{card.get('dialect')} dialect", card.get("about")]))
        rows.append((name, "model", name, plugins.OURS, about))
    for plugin in plugins.plugins("backends"):
        rows.append((plugin.name, "back-end", plugin.example, plugin.package, _about(plugin)))
    for name in _service_file.ready_names():
        service = _service_file.read(_service_file.READY / f"{name}.yaml")[0]
        options = " ".join(f"--model-arg {need}=..." for need in service.needs)
        example = f"http:{name} {options}".strip()
        rows.append((f"http:{name}", "service", example, plugins.OURS, service.service))
    _list(rows, json, ("name", "kind", "example", "package", "about"))
    if not json:
        print(f"\n--model also takes {plugins.MODEL_FORMS.removeprefix('or ')}.")


def scorers(json: AsJson = False) -> None:
    """List the scorers that --scorers can name, with the package that brings each."""
    from evalsuite.plugins import listing as plugins

    found = plugins.plugins("scorers")
    rows = [(plugin.name, plugin.package, _about(plugin)) for plugin in found]
    _list(rows, json, ("name", "package", "about"))
    if not json:
        print("\n--scorers also takes a module's dotted path.")


def _about(plugin: "Plugin") -> str:
    return f"cannot be used: {plugin.fault}" if plugin.fault else plugin.about


def env(json: AsJson = False) -> None:
    """Say what evalsuite runs on: versions, devices, and the variables that it honours."""
    from evalsuite.runs import manifest as provenance

    found: dict[str, Any] = {
        "evalsuite": provenance.version(),
        "git": provenance.git_commit(),
        "python": sys.version.split()[0],
        **provenance.machine(),
        "accelerators": provenance.accelerators() or ["none"],
        "packages": provenance.packages(),
        "variables": _variables(os.environ, provenance.HONOURED),
    }
    if json:
        return console.print_json(found)
    rows = []
    for name, value in found.items():
        nested = value.items() if isinstance(value, dict) else [("", value)]
        for key, entry in nested:
            told = ", ".join(entry) if isinstance(entry, list) else str(entry)
            rows.append((f"{name} {key}".strip(), told))
    console.print_table(("", ""), rows)


def _variables(environ: Mapping[str, str], honoured: Iterable[str]) -> dict[str, str]:
    """Those that are set; of a secret, only that it is."""
    names = [*honoured, *(name for name in environ if name.startswith("EVALSUITE_"))]
    secret = ("TOKEN", "KEY", "SECRET", "PASSWORD")
    return {
        name: "set" if any(word in name for word in secret) else environ[name]
        for name in names
        if name in environ
    }


def _said(prompt_set: PromptSet) -> dict[str, Any]:
    return {
        "name": prompt_set.name,
        "version": prompt_set.version,
        "dialect": prompt_set.dialect,
        "prompts": len(prompt_set.prompts),
        "digest": prompt_set.digest,
        "card": dict(prompt_set.card),
    }


def _list(rows: Sequence[tuple[str, ...]], json: bool, columns: tuple[str, ...]) -> None:
    if json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        console.print_table(columns, rows)
