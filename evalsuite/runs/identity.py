"""What identifies a run, so that two different runs never share a folder.

Every key of the manifest identifies the run, save the few listed here: a new setting that nobody
thought of refuses a resume rather than mixing two runs. Of the package versions, those count that
draw or judge; a run resumed under another torch would be half one model's and half another's.
"""

import hashlib
from collections.abc import Mapping

from evalsuite.files.segments import canonical
from evalsuite.files.values import differing
from evalsuite.records import Json

INFORMATIVE = frozenset(
    {"asked", "configuration", "created", "git", "installed", "platform", "python", "threads"}
)
"""Top-level keys that may differ when a run is resumed.

`threads` is what a run began with and keeps; `asked` is which scorers were last asked for.
`configuration` is the settings as the user gave them; what they do to a result must stand under a
key of its own (`backend`, `scorers`, `prompts`, `seed`, `num_images`, ...).
"""

SELECTED = ".selected"
"""The key of the hash of a set's chosen prompts, beside `.prompts`, their number."""

BINDING_PACKAGES = frozenset(
    {"evalsuite", "torch", "diffusers", "transformers", "open_clip", "open_clip_torch"}
)
"""Entries of `packages` that must not change within a run; the others may."""


def differences(old: Mapping[str, Json], new: Mapping[str, Json]) -> str:
    """What two runs differ in, in one line: each key, dotted, with both values; else ""."""
    there, here = _identity(old), _identity(new)
    keys = differing(there, here)
    return ", ".join(
        f"{key} ({_shown(there, key)} there, {_shown(here, key)} here)"
        for key in keys
        # The hash of the chosen prompts tells nobody more than that their number differs.
        if not (key.endswith(SELECTED) and f"{key.removesuffix(SELECTED)}.prompts" in keys)
    )


def digest(manifest: Mapping[str, Json]) -> str:
    """SHA-256 of all that identifies a run."""
    return hashlib.sha256(canonical(_identity(manifest)).encode("ascii")).hexdigest()


def scorer_identity(entry: Mapping[str, Json]) -> dict[str, Json]:
    """What an entry says of who judges, without how its answers are measured and named."""
    return {key: value for key, value in entry.items() if key != "measures"}


def fingerprint(entry: Mapping[str, Json]) -> str:
    """A scorer's entry in 16 hex digits, by which a row says who judged."""
    return hashlib.sha256(canonical(scorer_identity(entry)).encode("ascii")).hexdigest()[:16]


def _identity(manifest: Mapping[str, Json]) -> dict[str, str]:
    kept = {key: value for key, value in manifest.items() if key not in INFORMATIVE}
    if isinstance(scorers := kept.get("scorers"), Mapping):
        kept["scorers"] = {name: scorer_identity(entry) for name, entry in scorers.items()}
    packages = kept.get("packages")
    if isinstance(packages, Mapping):
        kept["packages"] = {k: v for k, v in packages.items() if k in BINDING_PACKAGES}
    return _flat(kept, "")


def _flat(value: Json, name: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not value:
        return {name: canonical(value)}
    parts = [_flat(inner, f"{name}.{key}" if name else key) for key, inner in value.items()]
    return {key: text for part in parts for key, text in part.items()}


def _shown(identity: Mapping[str, str], key: str) -> str:
    value = identity.get(key, "nothing")
    return value if len(value) <= 60 else f"{value[:57]}..."
