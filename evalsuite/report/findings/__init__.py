"""What a hurried reader is to take away: a sentence per headline, the judges, and what changed."""

from evalsuite.report.findings.figure import headline_figure
from evalsuite.report.findings.judges import judges
from evalsuite.report.findings.sentences import Finding, finding
from evalsuite.report.findings.strip import Strip, strip

__all__ = ["Finding", "Strip", "finding", "headline_figure", "judges", "strip"]
