"""The share of one of two labels with the classifier's own audited errors taken out."""

from evalsuite import stats
from evalsuite.audits.record import Share
from evalsuite.records import Estimate, Interval, Measure
from evalsuite.report.content import Report
from evalsuite.report.format import TOO_LITTLE, interval, number

NOT_AUDITED = "not audited"
RIGHT = "1"
"""What an audit calls the verdicts that are right."""
NOTE = (
    "“Corrected” takes out the errors that the scorer made in its audit (Rogan and Gladen 1978), "
    "and its interval holds the audit's own uncertainty too; it stands beside the measured share "
    "and holds only as far as the scorer errs on these pictures as it did there."
)


def corrected(report: Report, measure: Measure, estimate: Estimate | None) -> str:
    """The corrected share of the measure's label with its interval in words, or why there is none.

    The audit must have seen images of two labels, the measure's and one other.
    """
    found = _corrected(report, measure, estimate)
    if found is None:
        return NOT_AUDITED
    if found.value is None:
        return TOO_LITTLE
    return f"{number(found.value, 'share')} ({interval(found.low, found.high, 'share')})"


def band(report: Report, measure: Measure, estimate: Estimate) -> Interval | None:
    """The interval of a verdict's or a label's corrected share; None where there is none."""
    if measure.kind not in ("share", "label"):
        return None
    found = _corrected(report, measure, estimate)
    return None if found is None or found.low is None or found.high is None else found


def _corrected(report: Report, measure: Measure, estimate: Estimate | None) -> Interval | None:
    audited = None if estimate is None else report.audited(estimate)
    if estimate is None or audited is None:
        return None
    label = measure.label or RIGHT
    others = [other for other in audited.recalls if other != label]
    if label not in audited.recalls or len(others) != 1:
        return None
    return stats.corrected_share(
        share=estimate.interval,
        sensitivity=_interval(audited.recalls[label]),
        specificity=_interval(audited.recalls[others[0]]),
    )


def _interval(share: Share) -> Interval:
    return Interval(share.value, share.low, share.high, share.n, share.n, "audited")
