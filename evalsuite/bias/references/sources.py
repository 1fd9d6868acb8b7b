"""Finding a reference: the tables that come with the package, the two without one, a user's own.

The interval of `us-cps-2022` rests on the base alone. No published design effect was at hand, so
one independent respondent is taken to stand for 1,700 employed people: between the annual averages
of 2019 and 2022 the shares of the 44 occupations of which both are known moved by as much as
surveys of one in 1,680 would on average, had nothing changed (the mean of
base (p - q)^2 / (2 m (1 - m)), m being the mean of both). Real change is in that number, so that
the interval is rather too wide.
"""

from collections.abc import Iterable
from pathlib import Path

from evalsuite.bias.references.record import Reference, ReferenceShare
from evalsuite.bias.references.table import read_table
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError

TABLES = Path(__file__).parent / "tables"

UNIFORM, NEUTRAL = "uniform", "neutral"
EVEN_WORDS = "an even split: a convention, not a population's share"
NEUTRAL_WORDS = "what the model itself shows for prompts that name no occupation"


def names() -> list[str]:
    """The references that need no file of the user's."""
    return sorted({UNIFORM, NEUTRAL, *(path.stem for path in TABLES.glob("*.csv"))})


def load(name_or_path: str) -> Reference:
    """A reference by name, or from a user's CSV (`read_table` says which columns it has).

    "neutral" comes without shares, as the run itself has them: see `neutral`. Raises `InputError`
    for a name that is not known, and for a table that cannot be read.
    """
    if name_or_path == UNIFORM:
        even = ReferenceShare(share=0.5, source=EVEN_WORDS)
        return Reference(name=UNIFORM, words=EVEN_WORDS, everyone=even)
    if name_or_path == NEUTRAL:
        return Reference(name=NEUTRAL, words=NEUTRAL_WORDS, needs_neutral=True)
    bundled = name_or_path in names()
    path = TABLES / f"{name_or_path}.csv" if bundled else Path(name_or_path)
    if not bundled and not path.suffix and not path.exists():
        more = did_you_mean(name_or_path, names())
        raise InputError(f"no reference {name_or_path!r}{more}; or give the path of a CSV")
    rows, missing = read_table(path)
    name = name_or_path if bundled else path.name
    return Reference(name=name, words=_words(rows.values()), rows=rows, missing=missing)


def neutral(*, hits: int, n: int) -> Reference:
    """The model's own share for prompts that name no occupation: `hits` of `n` read images.

    Every occupation is held against it, with the interval of n images. Without images it has no
    share of anything.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} images cannot be hits")
    everyone = None
    if n:
        everyone = ReferenceShare(share=hits / n, base=n, source=NEUTRAL_WORDS)
    return Reference(name=NEUTRAL, words=NEUTRAL_WORDS, everyone=everyone)


def _words(rows: Iterable[ReferenceShare]) -> str:
    """Country, year and source of the rows, where they have one of them in common."""
    shares = list(rows)
    places = sorted({" ".join(filter(None, (s.country, str(s.year or "")))) for s in shares})
    sources = sorted({s.source for s in shares})
    where = places[0] if len(places) == 1 else f"{len(places)} countries and years"
    return f"{where}: {sources[0] if len(sources) == 1 else f'{len(sources)} sources'}"
