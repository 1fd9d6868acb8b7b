"""`prompts`, `models`, `scorers` and `env`: what is there."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson
from evalsuite.records import InputError, PromptSet

prompts = typer.Typer(name="prompts", help="List, show and check prompt sets.")

Sets = Annotated[
    list[str], typer.Argument(metavar="SET...", help="Names, or paths of .jsonl files.")
]


@prompts.command("list")
def list_prompts(json: AsJson = False) -> None:
    """List the bundled prompt sets."""
    from evalsuite import prompts

    sets = [prompts.find([name], "everyday")[0] for name in prompts.bundled()]
    if json:
        return console.print_json([_said(one) for one in sets])
    rows = [
        (one.name, one.version, one.dialect, str(len(one.prompts)), one.card.get("licence", ""))
        for one in sets
    ]
    console.print_table(("set", "version", "dialect", "prompts", "licence"), rows)


@prompts.command("show")
def show(name: Annotated[str, typer.Argument(metavar="SET")], json: AsJson = False) -> None:
    """Show a prompt set: its card, then each prompt."""
    from evalsuite import prompts
    from evalsuite.report.words import visible

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
def check(names: Sets, json: AsJson = False) -> None:
    """Read prompt sets as a run would; say what is wrong, or looks like a slip."""
    from evalsuite import prompts

    # One set after the other, so that every faulty file is named.
    faults: list[str] = []
    said: list[dict[str, Any]] = []
    for name in names:
        try:
            (found,) = prompts.find([name], "everyday")
        except InputError as error:
            faults.append(str(error))
            continue
        slips = list(prompts.lint(found))
        said.append({**_said(found), "slips": slips})
        for slip in slips if not json else ():
            print(f"{name}: {slip}")
        if not json:
            print(f"{name}: {len(found.prompts)} prompts, digest {found.digest[:12]}")
    if json:
        console.print_json({"sets": said, "faults": faults})
    if faults:
        raise InputError("\n  ".join(faults))


def models(json: AsJson = False) -> None:
    """List the bundled models and the back-ends that --model can name."""
    from evalsuite import plugins
    from evalsuite.cards import read_card

    rows = [
        (name, "model", f"{read_card(folder).get('dialect', 'everyday')} dialect")
        for name, folder in plugins.bundled().items()
    ]
    rows += [(name, "back-end", about) for name, about in plugins.names("backends").items()]
    _list(rows, json, ("name", "kind", "about"))
    if not json:
        print(f"\n--model also takes {plugins.MODEL_FORMS.removeprefix('or ')}.")


def scorers(json: AsJson = False) -> None:
    """List the scorers that --scorers can name."""
    from evalsuite import plugins

    _list(list(plugins.names("scorers").items()), json, ("name", "about"))


def env(json: AsJson = False) -> None:
    """Say what evalsuite runs on: versions, devices, and the variables that it honours."""
    from evalsuite import provenance

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
        for key, one in nested:
            told = ", ".join(one) if isinstance(one, list) else str(one)
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
