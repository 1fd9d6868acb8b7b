"""A share of perceived women with the classifier's own audited errors taken out."""

from evalsuite import stats
from evalsuite.audits.record import Share
from evalsuite.records import Estimate, Interval
from evalsuite.report.content import Report
from evalsuite.report.format import TOO_LITTLE, interval, number

WOMAN, MAN = "woman", "man"
NOT_AUDITED = "not audited"
NOTE = (
    "“Corrected” takes out the errors that the scorer made in its audit (Rogan and Gladen 1978), "
    "and its interval holds the audit's own uncertainty too; it stands beside the measured share "
    "and holds only as far as the scorer errs on these pictures as it did there."
)


def corrected(report: Report, estimate: Estimate | None) -> str:
    """The corrected share with its interval in words, or why there is none."""
    audited = None if estimate is None else report.audited(estimate)
    if estimate is None or audited is None or set(audited.recalls) != {WOMAN, MAN}:
        return NOT_AUDITED
    found = stats.corrected_share(
        share=Interval(
            estimate.value, estimate.low, estimate.high, estimate.n, estimate.prompts, ""
        ),
        sensitivity=_interval(audited.recalls[WOMAN]),
        specificity=_interval(audited.recalls[MAN]),
    )
    if found.value is None:
        return TOO_LITTLE
    return f"{number(found.value, 'share')} ({interval(found.low, found.high, 'share')})"


def _interval(share: Share) -> Interval:
    return Interval(share.value, share.low, share.high, share.n, share.n, "audited")
