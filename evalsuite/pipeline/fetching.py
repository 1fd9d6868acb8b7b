"""What a model and its judges read from the hub, and getting it before a run without network."""

from collections.abc import Sequence
from typing import NamedTuple

from evalsuite.files import hub
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.pipeline.options import backend_options, scorer_options
from evalsuite.pipeline.settings import Settings
from evalsuite.plugins.find import find_model, model_needs, needs_of, scorer_module
from evalsuite.plugins.naming import dialect


class Need(NamedTuple):
    """What one model or scorer reads from the hub; None where it does not say."""

    reader: str
    listings: Sequence[hub.Listing] | None


class Needed(NamedTuple):
    """Everything that a run with these settings reads from the hub.

    `revision` is the commit of the model's first repository; None for what is no hub id.
    """

    needs: Sequence[Need]
    revision: str | None

    @property
    def listings(self) -> list[hub.Listing]:
        """Each repository once, though several scorers read it."""
        every = (each for need in self.needs for each in need.listings or ())
        return list(dict.fromkeys(every))

    @property
    def bytes(self) -> int:
        """What it all weighs."""
        return sum(each.bytes for each in self.listings)

    @property
    def missing(self) -> int:
        """What is still to be fetched, in bytes."""
        return sum(each.missing for each in self.listings)


def look(settings: Settings) -> Needed:
    """What a run with these settings reads from the hub, with sizes; fetches indexes and cards.

    Raises `InputError` for a name or an option that is none, and for what the hub has not.
    """
    found = find_model(settings.model)
    repositories = model_needs(settings.model, found, backend_options(settings, found))
    listed = None if repositories is None else tuple(map(hub.look, repositories))
    needs = [Need(f"--model {settings.model}", listed)]
    spoken = settings.model_arg.get("dialect") or dialect(settings.model, found)
    if listed:  # the card of a hub id is known by now, as a run will know it
        card = read_card(listed[0].folder)
        spoken = settings.model_arg.get("dialect") or dialect_of(card, settings.model)
    for name, options in scorer_options(settings, str(spoken)).items():
        flag = f"--scorers {name}"
        wanted = needs_of(scorer_module(name), flag, options)
        needs.append(Need(flag, None if wanted is None else tuple(map(hub.look, wanted))))
    return Needed(needs, listed[0].commit if listed else None)


def fetch(needed: Needed) -> None:
    """Fetch what the cache has not.

    Files that are there stay, whatever ended the download that fetched them. Raises `InputError`
    where the disk has no room for the rest, before any of it is fetched.
    """
    if needed.missing:
        hub.room(hub.cache(), needed.missing)
    for each in needed.listings:
        hub.fetch(each.repository)
