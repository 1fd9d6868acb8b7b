"""What a shell offers on Tab for a flag's value; `evalsuite --install-completion` sets it up."""

from collections.abc import Callable, Iterable


def _models() -> list[str]:
    from evalsuite.backends import _service_file
    from evalsuite.plugins import listing

    services = [f"http:{name}" for name in _service_file.ready_names()]
    return [*listing.bundled(), *listing.names("backends"), *services]


def _prompts() -> list[str]:
    from evalsuite.prompts import sets

    return sets.bundled()


def _scorers() -> list[str]:
    from evalsuite.plugins import listing

    return list(listing.names("scorers"))


def _trackers() -> list[str]:
    from evalsuite import trackers

    return trackers.names()


VALUES: dict[str, Callable[[], Iterable[str]]] = {
    "model": _models,
    "prompts": _prompts,
    "scorers": _scorers,
    "log_to": _trackers,
    "dtype": lambda: ("float32", "float16", "bfloat16"),
}
"""By setting: the names that it takes. Files, hub ids and dotted paths are taken too."""
LISTED = ("prompts", "scorers", "log_to")
"""Settings of names between commas: what was typed before the last comma stays."""


def values_of(setting: str) -> Callable[[str], list[str]] | None:
    """A function from what was typed of a setting's value to what it may become; None: no names."""
    if setting not in VALUES:
        return None

    def offered(incomplete: str) -> list[str]:
        before, comma, last = (
            incomplete.rpartition(",") if setting in LISTED else ("", "", incomplete)
        )
        given = before.split(",")
        names = sorted(name for name in VALUES[setting]() if name.startswith(last))
        return [f"{before}{comma}{name}" for name in names if name not in given]

    return offered
