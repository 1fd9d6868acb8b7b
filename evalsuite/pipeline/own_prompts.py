"""Prompts that a folder of pictures brings along: rows of `{prompt, image}` are a run."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from evalsuite.files.atomic import write_text
from evalsuite.prompts import sets
from evalsuite.records import Backend

FOLDER = Path("runs") / "prompts"
"""Where such a set is written, so that a later `judge` or `report` finds it."""


def own_prompts(backend: Backend | None, dialect: str) -> Sequence[str]:
    """The path of a prompt set made of the back-end's own list, written anew where it is missing.

    None where the back-end has no `own_prompts(prompts)`, or where that finds some of the usual
    prompts in its list and so gives no texts. The set's name has a digest of the texts in it.
    """
    ask = getattr(backend, "own_prompts", None)
    if ask is None:
        return ()
    usual = [p for each in sets.find(sets.default(dialect), dialect) for p in each.prompts]
    texts: list[str] = list(ask(usual))
    if not texts:
        return ()
    rows = [
        json.dumps({"id": f"own-{n:05d}", "tag": "own", "prompt": text}, ensure_ascii=False)
        for n, text in enumerate(texts)
    ]
    content = "".join(f"{row}\n" for row in rows)
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    stem = re.sub(r"[^A-Za-z0-9]+", "-", str(getattr(backend, "name", ""))).strip("-") or "own"
    path = FOLDER / f"{stem[:60]}-{digest}.jsonl"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, content)
    return (path.as_posix(),)
