"""A service described in a small YAML: what is sent, where the image is, which answers say no."""

import hashlib
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evalsuite.backends._templates import MERGED, names
from evalsuite.files import strict_yaml
from evalsuite.files.credentials import tells_secret
from evalsuite.files.jsonlines import shown
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError, Json

READY = Path(__file__).parent / "services"

ASKED = frozenset(
    {"prompt", "seed", "negative_prompt", "width", "height", "steps", "guidance_scale"}
)
"""Variables that evalsuite fills; `key`, options, and answers as `first` and `last` are more."""

Paths = str | list[str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Part):
    """An answer that means something: of this HTTP status, with such a value at such a place.

    `is` lists values, `has` texts of which one stands in the value, whatever the case; without
    either the value has to be there. `status` is how the image ends; "again" is a try that failed.
    `free` says that nothing is taken for it. `reason` is the path of the service's own words.
    """

    http: int | None = None
    at: Paths | None = None
    is_: list[Json] | None = Field(None, alias="is")
    has: list[str] | None = None
    status: Literal["refused", "blocked", "failed", "again"] = "refused"
    free: bool = False
    reason: Paths | None = None


class Ask(_Part):
    """The request for an image: its body as JSON, or as fields of a form (multipart)."""

    method: Literal["GET", "POST"] = "POST"
    path: str
    json_: dict[str, Json] | None = Field(None, alias="json")
    form: dict[str, Json] | None = None
    query: dict[str, Json] = {}


class Poll(_Part):
    """How to wait: the address in the first answer, or a path; what says that it is done.

    `result` is the path to the address that then holds the result, where it is another one.
    """

    url: Paths | None = None
    path: str | None = None
    every: Annotated[float, Field(gt=0, le=60)] = 1.0
    done: Rule
    result: Paths | None = None


class Picture(_Part):
    """Where the image is: base64 or an address in the last answer, or a path of the server.

    With `whole` the body of the last answer is the picture itself.
    """

    whole: bool = False

    base64: Paths | None = None
    url: Paths | None = None
    path: str | None = None
    query: dict[str, Json] = {}


class Cost(_Part):
    """The path of what an answer says it cost, and the dollars that one of it is."""

    at: Paths
    times: float = 1.0


class ServiceFile(_Part):
    """The whole description; docs/services.md says each key."""

    service: str
    base_url: str | None = None
    key: str | None = None
    headers: dict[str, str] = {}
    hosts: list[str] = []
    image_hosts: list[str] = []
    options: dict[str, Json] = {}
    needs: list[str] = []
    files: list[str] = []
    seed: tuple[int, int] = (0, 2**32 - 1)
    seeds: Literal["honoured", "ignored", "unknown"] = "unknown"
    price: Annotated[float, Field(ge=0)] | None = None
    dialect: Literal["everyday", "scenes"] = "everyday"
    request: Ask
    poll: Poll | None = None
    image: Picture
    answers: list[Rule] = []
    revised_prompt: Paths | None = None
    cost: Cost | None = None

    @property
    def used(self) -> set[str]:
        """The variables that the request asks for."""
        parts = (self.request.path, self.request.json_, self.request.form, self.request.query)
        return {name for part in parts for name in names(part)}


def find(name: str, flag: str) -> Path:
    """The file of a ready service, or the one at a path; raises `InputError` if there is none."""
    ready = READY / f"{name}.yaml"
    if name.isidentifier() and ready.is_file():
        return ready
    path = Path(name).expanduser()
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    if name.startswith("//"):
        raise InputError(
            f"{flag}: an address alone does not say how to ask; write --model openai:NAME "
            "--base-url URL for a server that speaks OpenAI's API, or http:FILE.yaml"
        )
    raise InputError(f"{flag}: no such service file{did_you_mean(name, ready_names())}")


def ready_names() -> list[str]:
    """The services that have a ready file."""
    return sorted(path.stem for path in READY.glob("*.yaml"))


def read(path: Path) -> tuple[ServiceFile, str]:
    """The description and its SHA-256; raises `InputError` with file and line."""
    where = path.name if path.parent == READY else shown(path)
    found = strict_yaml.read(path, where)
    try:
        service = ServiceFile.model_validate(found.values)
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(step for step in first["loc"] if step not in ("float", "str"))
        what = f"{'.'.join(map(str, place))}: {first['msg'].lower()}"
        found.refuse(tuple(_written(step) for step in place), what)
    _check(service, found)
    return service, hashlib.sha256(path.read_bytes()).hexdigest()


def _written(step: Any) -> Any:
    return {"is_": "is", "json_": "json"}.get(step, step)


def _check(service: ServiceFile, found: strict_yaml.Document) -> None:
    """What pydantic cannot see: unknown variables, keys in clear, two places for one thing."""
    for name, value in service.headers.items():
        if tells_secret(name, value) and "{{key}}" not in value.replace(" ", ""):
            found.refuse(
                ("headers", name),
                f"{name}: a key stands in the file; write {{{{key}}}}, and key: VARIABLE",
            )
    known = ASKED | {"key", *service.options, *service.needs, *service.files}
    later = known | {"first", "last"}
    parts: Mapping[tuple[str, ...], tuple[Json, Set[str]]] = {
        ("headers",): (service.headers, known),
        ("request", "path"): (service.request.path, known - {"key"}),
        ("request", "json"): (service.request.json_, known - {"key"}),
        ("request", "form"): (service.request.form, known - {"key"}),
        ("request", "query"): (service.request.query, known - {"key"}),
        ("poll", "path"): (service.poll.path if service.poll else None, later - {"key"}),
        ("image", "path"): (service.image.path, later - {"key"}),
        ("image", "query"): (service.image.query, later - {"key"}),
    }
    for place, (template, allowed) in parts.items():
        for name in sorted(set(names(template)) - allowed):
            found.refuse(place, f"{{{{{name}}}}}{did_you_mean(name, sorted(allowed))}")
    if "prompt" not in service.used and not service.files:
        found.refuse(("request",), "{{prompt}} stands nowhere in it")
    if "key" in set(names(service.headers)) and service.key is None:
        found.refuse(("headers",), "{{key}} needs key: VARIABLE, the environment variable of it")
    both = service.request.json_ is not None and service.request.form is not None
    if both:
        found.refuse(("request",), "has both json and form; keep one")
    image = service.image
    if sum(map(bool, (image.base64, image.url, image.path, image.whole))) != 1:
        found.refuse(("image",), "say one of base64, url, path and whole")
    if service.poll and bool(service.poll.url) == bool(service.poll.path):
        found.refuse(("poll",), "say one of url and path")
    clash = (ASKED | {"key", "first", "last", MERGED}) & {*service.options, *service.needs}
    if clash:
        found.refuse(("options",), f"{', '.join(sorted(clash))}: is evalsuite's own; rename it")
