"""The measures that a scorer's module declares as `MEASURES`, checked when the scorer is loaded."""

from collections.abc import Iterable
from functools import cache

from evalsuite.files.nearest import did_you_mean
from evalsuite.measures.declared import check
from evalsuite.measures.refusals import MEASURES as REFUSALS
from evalsuite.plugins.listing import names
from evalsuite.plugins.modules import import_module
from evalsuite.prompts.headline import headlines_of
from evalsuite.records import InputError, Measure, PromptSet, scorer_of


def measures_in(module: str, flag: str, scorer: str = "") -> tuple[Measure, ...]:
    """The measures that a scorer's module declares; none where it has no `MEASURES`.

    `flag` is the flag and value that named it, for errors; `scorer` the name that all of them
    must begin with. Raises `InputError` for what is no list of measures, for a kind or condition
    that there is not, for another scorer's measure, and for a name that comes twice.
    """
    found = getattr(import_module(module, flag), "MEASURES", ())
    if not isinstance(found, Iterable) or isinstance(found, str):
        raise InputError(f"{flag}: MEASURES of {module} is no list; write (Measure(...), ...)")
    measures = tuple(found)
    seen: set[str] = set()
    for measure in measures:
        if not isinstance(measure, Measure):
            given = type(measure).__name__
            raise InputError(
                f"{flag}: MEASURES of {module} holds a {given}; write evalsuite.records.Measure"
            )
        if wrong := _fault(measure, scorer or measure.scorer, seen):
            raise InputError(f"{flag}: measure {measure.name!r} in MEASURES of {module} {wrong}")
        seen.add(measure.name)
    return measures


def _fault(measure: Measure, scorer: str, seen: set[str]) -> str:
    """What is wrong with a measure, as the end of a sentence; "" if nothing."""
    prefix, _, rest = measure.name.partition(".")
    if prefix != scorer or not rest:
        return f"is not of the scorer {scorer!r}; name it {scorer}.{rest or prefix}"
    if measure.name in seen:
        return "comes twice; keep one"
    try:
        check(measure)
    except ValueError as error:
        return f"has {error}"
    return ""


@cache
def own_measures() -> tuple[Measure, ...]:
    """The measures of every scorer of this package, whether or not its models can be loaded.

    And those of refusals, which need none.
    """
    of_scorers = (
        measure
        for name in names("scorers")
        for measure in measures_in(f"evalsuite.scorers.{name}", f"--scorers {name}")
    )
    return (*of_scorers, *REFUSALS)


def unknown_headlines(prompt_set: PromptSet) -> list[str]:
    """What a card's headline names that our scorers do not measure, with the nearest that they do.

    Measures of scorers from elsewhere are left to those.
    """
    found = []
    for name in dict.fromkeys(each.measure for each in headlines_of(prompt_set.card)):
        known = [measure.name for measure in own_measures() if measure.scorer == scorer_of(name)]
        if known and name not in known:
            found.append(f"headline: no measure {name!a}{did_you_mean(name, sorted(known))}")
    return found
