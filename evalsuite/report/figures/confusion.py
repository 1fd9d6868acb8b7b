"""Numbers drawn against the numbers that the prompts ask for."""

from evalsuite.report.counts import drawn_by_asked
from evalsuite.report.figures.record import Figure, Subject


def confusion(subject: Subject) -> list[Figure]:
    """One shaded table of images; none where no prompt asks for a number."""
    title = f"{subject.measure.title}, against the number asked for"
    table = drawn_by_asked(subject.report, subject.prompt_set, subject.measure, title)
    if table is None:
        return []
    note = "Images by number asked for (rows) and number found (columns); a right answer is in []."
    return [Figure(title=title, note=note, prefix=subject.prefix, table=table)]
