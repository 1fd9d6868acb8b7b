"""Any service or server by a small YAML: `http:comfyui`, `http:bfl`, `http:./mine.yaml`.

Ready files are in backends/services; docs/services.md says how to write one. The key is taken from
the environment variable that the file names, and goes to the service's own hosts alone.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from evalsuite.backends import _service_file
from evalsuite.backends._described import Described
from evalsuite.backends._keys import check_address
from evalsuite.backends._service import Service
from evalsuite.backends._templates import names
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError, Json

LIGHT = True
"""`load` reads a file and asks nobody, so that a dry run may call it."""

EXAMPLE = "http:./my-service.yaml"


def load(
    *,
    service: str,
    base_url: str | None = None,
    size: tuple[int, int] | None = None,
    steps: int | None = None,
    guidance_scale: float | None = None,
    negative_prompt: str | None = None,
    image_hosts: str = "",
    timeout: float = 300.0,
    patience: float = 900.0,
    concurrency: int | None = None,
    max_retries: int | None = None,
    price: float | None = None,
    probe: bool | None = None,
    dialect: str | None = None,
    **options: Json,
) -> Service:
    """The service that a ready file or a path describes; `options` are those of its file.

    A request has `timeout` seconds, and a job that it begins `patience` until it is done. Raises
    `InputError` for a file or an option that cannot be used, and a setting that is not sent.
    """
    flag = f"--model http:{service}"
    found, digest = _service_file.read(path := _service_file.find(service, flag))
    home = base_url or found.base_url
    if home is None:
        raise InputError(f"{flag}: the file has no address; write --base-url URL")
    values: dict[str, Json] = {
        **dict(zip(("width", "height"), size or (None, None), strict=True)),
        "steps": steps,
        "guidance_scale": guidance_scale,
        "negative_prompt": negative_prompt,
    }
    chosen = _options(flag, found, options)
    files = {name: _json_of(flag, name, options[name]) for name in found.files if options.get(name)}
    _refuse_unsent(flag, path.name, values, found.used.union(*map(names, files.values())))
    api = Described(
        service=found,
        name=path.stem,
        digest=digest,
        home=check_address(home, "--base-url"),
        flag=flag,
        values={**values, **chosen, **files},
        given={k: options[k] for k in options if k not in found.files},
        files={name: _digest(held) for name, held in files.items()},
        image_hosts=tuple(filter(None, image_hosts.split(","))),
        timeout=timeout,
        patience=patience,
    )
    return Service(
        api,
        dialect=dialect or found.dialect,
        seeds=found.seeds,
        price=found.price if price is None else price,
        concurrency=concurrency,
        retries=max_retries,
        probe=probe,
    )


def _refuse_unsent(flag: str, file: str, values: Mapping[str, Json], used: Set[str]) -> None:
    """Refuse a setting that a file's request does not send, and a request without a prompt."""
    for name, value in values.items():
        if value is not None and name not in used:
            setting = "size" if name in ("width", "height") else name.replace("_", "-")
            raise InputError(f"--{setting}: {file} does not send {name}; leave it out")
    if "prompt" not in used:
        raise InputError(f"{flag}: {{{{prompt}}}} stands nowhere in what is sent")


def _options(
    flag: str, found: _service_file.ServiceFile, given: Mapping[str, Json]
) -> dict[str, Json]:
    """The file's options with what was given; raises `InputError` for others, and missing ones."""
    known = {*found.options, *found.needs, *found.files}
    for name in given:
        if name not in known:
            raise InputError(f"{flag}: takes no option {name!r}{did_you_mean(name, sorted(known))}")
    for name in found.needs:
        if given.get(name) in (None, ""):
            raise InputError(f"{flag}: needs {name}; write --model-arg {name}=...")
    chosen = {name: None for name in found.files} | dict(found.options)
    return chosen | {k: v for k, v in given.items() if k not in found.files}


def _json_of(flag: str, name: str, path: Json) -> dict[str, Any]:
    file = Path(os.fspath(str(path))).expanduser()
    if not file.is_file():
        raise InputError(f"{flag}: --model-arg {name}: there is no such file; name a JSON file")
    try:
        held = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file.name}: is not JSON: {error}; mend the file") from error
    if not isinstance(held, dict):
        raise InputError(f"{file.name}: is not a JSON object; name another file")
    return held


def _digest(held: Json) -> str:
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()
