"""How this evalsuite came onto the machine, so that a report can say how to have the same again."""

import json
from importlib import metadata
from urllib.parse import urlsplit

from evalsuite.files.addresses import REPOSITORY


def installed(*, is_checkout: bool) -> dict[str, str]:
    """`{"from": ...}`: "checkout", "git" (with address and commit), "archive" (its file), "folder".

    Or "index", as a package index gives it; empty where it is not installed at all. By PEP 610's
    `direct_url.json`, of which no path is kept.
    """
    if is_checkout:
        return {"from": "checkout"}
    try:
        text = metadata.distribution("evalsuite").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return {}
    return {"from": "index"} if text is None else _direct(text)


def _direct(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
        address = str(found["url"])
        if "vcs_info" in found:
            commit = str(found["vcs_info"]["commit_id"])
            shown = {"address": address} if REPOSITORY.fullmatch(address) else {}
            return {"from": "git", **shown, "commit": commit}
        file = urlsplit(address).path.rpartition("/")[2]  # a query may sign the address
    except (ValueError, KeyError, TypeError):
        return {}
    if "archive_info" in found:
        return {"from": "archive", "file": file}
    return {"from": "folder"}
