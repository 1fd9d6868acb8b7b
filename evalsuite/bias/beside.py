"""What stands beside the shares: culture, agreement of instruments, refusals, pictures in pairs."""

from dataclasses import dataclass

from evalsuite.records import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Resembled:
    """What unmarked pictures resemble, by label: share, and what guessing gives."""

    prompt_set: str
    measure: str
    title: str
    shares: tuple[tuple[str, Interval], ...]
    chance: float | None
    read: int
    unknown: int
    cannot_show: str = ""
    judge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Several instruments on the same pictures: alpha, and how often each pair says the same.

    `pairs` hold two instruments, the pictures that both read, and how many they agree on.
    `apart` names the groups in which the first two disagree most: name, both read, differ.
    """

    prompt_set: str
    label: str
    instruments: tuple[str, ...]
    alpha: float | None
    images: int
    pairs: tuple[tuple[str, str, int, int], ...]
    apart: tuple[tuple[str, int, int], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """By group: how many planned images were refused or blocked; `fair` expects equal rates.

    `p` is of equal rates in all groups, by exact or permuted counts; None where nothing was lost.
    """

    prompt_set: str
    over: str
    rows: tuple[tuple[str, int, int, int], ...]
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pictures side by side: a row a group, a column a sentence and a place in the run.

    Chosen by place alone, never by looks. `columns` are sentence and index; `rows` name a group
    and the prompt of each column, None where the group has not that sentence.
    """

    prompt_set: str
    over: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """How different a group's pictures are: the mean Vendi score of `k` of them, by group.

    `few` names groups with too few pictures to be compared, with their number.
    """

    prompt_set: str
    over: str
    k: int
    rows: tuple[tuple[str, Interval], ...]
    few: tuple[tuple[str, int], ...]
