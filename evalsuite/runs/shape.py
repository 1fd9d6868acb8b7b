"""What a manifest must look like to be read, whoever wrote it and made its checksum anew."""

from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict

from evalsuite.files.jsonlines import Place
from evalsuite.files.strict import checked
from evalsuite.records import InputError, Json

Map = dict[str, Any]


class _Part(BaseModel):
    """Keys that nobody here knows are kept: a plug-in says of itself what it likes."""

    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)


class _Asked(_Part):
    names: list[str]  # the settings beside them are read as settings are


class _PromptSet(_Part):
    digest: str = ""
    dialect: str | None = None
    version: str | None = None


class _Scorer(_Part):
    measures: list[Map] = []  # `measures.declared_measures` reads them, where they are asked for
    packages: dict[str, str] = {}


class _Manifest(_Part):
    """The keys that any command reads; older runs have fewer."""

    format: Literal[1] = 1
    asked: _Asked | None = None
    backend: Map = {}
    configuration: Map = {}
    created: str = ""
    dialect: str = ""
    git: str | None = None
    installed: Map | None = None
    num_images: int = 0
    packages: dict[str, str] = {}
    platform: Map = {}
    prompt_sets: dict[str, _PromptSet] = {}
    python: str = ""
    scorers: dict[str, _Scorer] = {}
    seed: int = 0
    threads: int | None = None


def check(path: Path, manifest: Json) -> None:
    """Raises `InputError`, in one line that names the key, for what no manifest is."""

    def refuse(place: Place, what: str) -> NoReturn:
        raise InputError(
            f"{path}: {what}; it is of another version of evalsuite, or was changed by hand: read "
            "it with that version, or put back a copy"
        )

    checked(_Manifest, manifest, refuse)
