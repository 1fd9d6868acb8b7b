"""Read YAML written by strangers: bounded, strict, and every refusal with its file and line.

A scalar without quotes is what the core schema of YAML 1.2 says (yaml.org/spec/1.2.2, 10.3): `no`,
`on` and `1:30` are texts, `1e-2` is a number. One rule is stricter: a number with needless zeros
before it stays a text, for `0123456` may be a commit, and readers differ over what `010` is.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from evalsuite.files.atomic import naming
from evalsuite.files.jsonlines import UNSAFE, Place, shown, unsafe
from evalsuite.records import InputError, Json

MAX_BYTES = 1 << 20
"""Largest file, in bytes: some ten thousand measures of a policy."""

MAX_DEPTH = 20
"""Deepest nesting: PyYAML takes seconds over some thousand open brackets."""

_WORDS: Mapping[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
# Python reads no integer of thousands of digits; one of twenty means nothing to any setting.
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(
    r"(?=.*[.eE])[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
)


def scalar(text: str) -> Json:
    """What a scalar without quotes stands for: None, a truth value, a number or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


@dataclass(frozen=True)
class Document:
    """A mapping in a YAML file, with the lines that its parts stand in.

    `where` names the file in errors; `above` counts the file's lines before the mapping.
    """

    where: str
    root: Any
    above: int

    @cached_property
    def values(self) -> dict[str, Json]:
        """The mapping, its scalars as the core schema reads them."""
        return dict(_built(self.root, is_text=False)) if self.root is not None else {}

    @cached_property
    def texts(self) -> dict[str, Json]:
        """The mapping, every scalar as it is written: `1.10` is "1.10" and `null` is "null"."""
        return dict(_built(self.root, is_text=True)) if self.root is not None else {}

    def refuse(self, place: Place, what: str) -> NoReturn:
        """Raise the one-line `InputError` about what is at `place`, or the nearest above it."""
        _refuse(self.where, self.line(place), what)

    def line(self, place: Place) -> int:
        """The line of what is at `place`, from 1, or of the nearest above it."""
        node, line = self.root, 1
        for step in () if node is None else place:
            if node.id == "sequence" and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
                continue
            pairs = node.value if node.id == "mapping" else []
            found = [pair for pair in pairs if pair[0].value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        return self.above + int(line)


def read(path: Path, where: str = "") -> Document:
    """The mapping in the file at `path`; `where` names it in errors, else its path does.

    Raises `InputError` for a file that cannot be read, is over `MAX_BYTES` or not UTF-8, and for
    what `parse` refuses.
    """
    where = where or shown(path)
    return parse(read_text(path, where), where)


def read_text(path: Path, where: str) -> str:
    """The text in the file at `path`, without a byte order mark; refusals are those of `read`."""
    with naming(where, "name a readable file"), path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"{where}: longer than {MAX_BYTES} bytes; shorten it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise InputError(
            f"{where}:{line}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
        ) from error


def parse(text: str, where: str, above: int = 0) -> Document:
    """The mapping in `text`, which begins after `above` lines of the file `where`.

    Raises `InputError` for what is no YAML or no mapping, for keys that come twice or are no
    text, for aliases (a small file with them can unfold to gigabytes), tags, control and bidi
    characters, and for nesting deeper than `MAX_DEPTH`.
    """
    import yaml

    blank = text.translate({ord(sign): " " for sign in "\t\n\r"})
    if bad := UNSAFE.search(blank):
        _refuse(where, above + text.count("\n", 0, bad.start()) + 1, unsafe(bad[0]))
    try:
        root = _compose(text, where, above)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = " ".join(str(error.problem or error.context).split())
        _refuse(where, above + (mark.line if mark else 0) + 1, f"is not YAML: {why}; mend the line")
    found = Document(where, root, above)
    if root is not None and root.id != "mapping":
        _refuse(where, above + root.start_mark.line + 1, "is not a mapping, lines `name: value`")
    for line, what in () if root is None else _flaws(root):
        _refuse(where, above + line, what)
    return found


def _compose(text: str, where: str, above: int) -> Any:
    """The tree of the only document in `text`; None where it is empty."""
    import yaml

    class Loader(yaml.BaseLoader):
        """Looks at each part before it is taken in, so that nothing is unfolded."""

        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.AliasEvent):
                self._stop(event, "aliases are not read; write the value out")
            if event.tag is not None:
                self._stop(event, "tags are not read; write the value alone")
            self.depth += 1
            if self.depth > MAX_DEPTH:
                self._stop(event, f"nested deeper than {MAX_DEPTH} levels; flatten it")
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

        def _stop(self, event: Any, what: str) -> NoReturn:
            _refuse(where, above + event.start_mark.line + 1, what)

    loader = Loader(text)
    try:
        return loader.get_single_node()
    except (ValueError, OverflowError) as error:
        # PyYAML hands any \\U escape to chr(), whatever its number.
        what = "is not YAML: an escape stands for no character; mend the line"
        raise InputError(f"{where}:{above + loader.get_mark().line + 1}: {what}") from error


def _flaws(node: Any) -> Iterator[tuple[int, str]]:
    """Line and words of what is wrong below a node; YAML readers take the last of two keys."""
    if node.id == "scalar":
        if bad := UNSAFE.search(node.value.replace("\n", " ").replace("\t", " ")):
            yield node.start_mark.line + 1, unsafe(bad[0])
    elif node.id == "sequence":
        for inner in node.value:
            yield from _flaws(inner)
    else:
        seen: set[str] = set()
        for key, inner in node.value:
            line = key.start_mark.line + 1
            if key.id != "scalar":
                yield line, "a key is no text; write `name: value`"
            elif key.value in seen:
                yield line, f"key {key.value[:60]!a} is there twice; keep one"
            yield from _flaws(key)
            yield from _flaws(inner)
            seen.add(str(key.value))


def _built(node: Any, *, is_text: bool) -> Json:
    if node.id == "mapping":
        return {key.value: _built(inner, is_text=is_text) for key, inner in node.value}
    if node.id == "sequence":
        return [_built(inner, is_text=is_text) for inner in node.value]
    is_plain = node.style is None
    return scalar(node.value) if is_plain and not is_text else node.value


def _refuse(where: str, line: int, what: str) -> NoReturn:
    raise InputError(f"{where}:{line}: {what}")
