"""A share that others published or taught, and a table of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalsuite.stats.interval import quantile
from evalsuite.stats.means import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceShare:
    """A share from 0 to 1 and where it comes from; no share is called right.

    `base` is how many people it is of, None where it is exact (what a world was taught, an even
    split); one independent respondent of the survey stands for `stands_for` of them. `year` is 0
    where it is of none. `title` is the source's own name for the group.
    """

    share: float
    base: float | None = None
    stands_for: float = 1.0
    year: int = 0
    country: str = ""
    source: str = ""
    title: str = ""
    note: str = ""

    @property
    def effective(self) -> float | None:
        """How many independent respondents say as much; None where the share is exact."""
        return None if self.base is None else self.base / self.stands_for

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval; the share itself where it is exact."""
        return self._ends[0]

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self._ends[1]

    @property
    def _ends(self) -> tuple[float, float]:
        """Wilson's interval on the effective number of respondents."""
        if self.effective is None:
            return self.share, self.share
        return wilson(self.share, self.effective, quantile(0.95, float("inf")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Shares by group: `rows` hold one for each name, `everyone` one for whatever has no row.

    `name` is as it was asked for, `words` says where it comes from. `missing` names groups that
    the source has no share of, with the reason. `needs_neutral`: the shares are those that the
    model's own neutral prompts show, and `neutral` makes them.
    """

    name: str
    words: str
    rows: Mapping[str, ReferenceShare] = field(default_factory=dict)
    everyone: ReferenceShare | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    needs_neutral: bool = False

    def of(self, group: str) -> ReferenceShare | None:
        """The share of a group; None where there is none, for which `why` may know a reason."""
        return None if group in self.missing else self.rows.get(group, self.everyone)

    def why(self, group: str) -> str:
        """Why a group has no share; "" where it has one."""
        if self.of(group) is not None:
            return ""
        return self.missing.get(group, f"{self.name} has no row of it")
