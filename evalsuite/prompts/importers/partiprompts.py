"""PartiPrompts' table: tab-separated Prompt, Category, Challenge and Note.

Source: github.com/google-research/parti, PartiPrompts.tsv (1,632 prompts). The notes, which say why
a prompt is there, are not kept.
"""

from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._reading import (
    NO,
    OWN,
    Note,
    header_of,
    made,
    table,
    telling_unread,
)
from evalsuite.records import Prompt

CITE = r"""
@article{yu2022parti,
  author = {Yu, Jiahui and Xu, Yuanzhong and Koh, Jing Yu and others},
  title = {Scaling Autoregressive Models for Content-Rich Text-to-Image Generation},
  journal = {Transactions on Machine Learning Research},
  year = {2022},
  eprint = {2206.10789},
  archiveprefix = {arXiv},
}
"""

TAG = "partiprompts"


def fits(path: Path) -> int:
    """A tab-separated file with its columns."""
    columns = {"prompt", "category", "challenge"}
    return OWN if path.suffix == ".tsv" and columns <= header_of(path, "\t") else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a row, with the groups `category` and `challenge`."""
    read = ("prompt", "category", "challenge")
    found = telling_unread(table(path, read, "\t"), read, note)
    for number, (line, cells) in enumerate(found):
        groups = {name: cells[name] for name in ("category", "challenge")}
        row = {"id": f"{TAG}-{number:04d}", "tag": TAG, "prompt": cells["prompt"]}
        yield made(path, line, {**row, "groups": groups})
