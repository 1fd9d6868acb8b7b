"""The share of one of two labels with the classifier's own audited errors taken out."""

from evalsuite import stats
from evalsuite.audits.record import Share
from evalsuite.records import Estimate, Interval, Measure
from evalsuite.report.content import Report
from evalsuite.report.format import TOO_LITTLE, interval, number

NOT_AUDITED = "not audited"
NOTE = (
    "“Corrected” takes out the errors that the scorer made in its audit (Rogan and Gladen 1978), "
    "and its interval holds the audit's own uncertainty too; it stands beside the measured share "
    "and holds only as far as the scorer errs on these pictures as it did there."
)


def corrected(report: Report, measure: Measure, estimate: Estimate | None) -> str:
    """The corrected share of the measure's label with its interval in words, or why there is none.

    The audit must have seen images of two labels, the measure's and one other.
    """
    audited = None if estimate is None else report.audited(estimate)
    if estimate is None or audited is None:
        return NOT_AUDITED
    others = [label for label in audited.recalls if label != measure.label]
    if measure.label not in audited.recalls or len(others) != 1:
        return NOT_AUDITED
    found = stats.corrected_share(
        share=estimate.interval,
        sensitivity=_interval(audited.recalls[measure.label]),
        specificity=_interval(audited.recalls[others[0]]),
    )
    if found.value is None:
        return TOO_LITTLE
    return f"{number(found.value, 'share')} ({interval(found.low, found.high, 'share')})"


def _interval(share: Share) -> Interval:
    return Interval(share.value, share.low, share.high, share.n, share.n, "audited")
