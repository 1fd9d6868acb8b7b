"""The chapter on people in words and drawings, ready for both templates."""

from dataclasses import dataclass

from evalsuite.bias.beside import Refusals
from evalsuite.bias.findings import primary
from evalsuite.bias.record import Chapter
from evalsuite.report.bias import words
from evalsuite.report.bias.culture import culture
from evalsuite.report.bias.first import FirstScreen, first_screen
from evalsuite.report.bias.gallery import SideBySide, side_by_side
from evalsuite.report.bias.instruments import agreement, cards
from evalsuite.report.bias.lighting import lighting
from evalsuite.report.bias.others import other
from evalsuite.report.bias.ranked import ranked
from evalsuite.report.bias.scatter import scatter
from evalsuite.report.bias.strips import strips
from evalsuite.report.bias.tables import diversity_table, overall_table, refusal_table
from evalsuite.report.content import Report
from evalsuite.report.figures import Figure
from evalsuite.report.format import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the chapter: sentences of our own, figures, or only why there is nothing."""

    title: str
    said: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    galleries: tuple[SideBySide, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasPage:
    """The chapter: its first screen and its parts; `leads` where every set is of people."""

    first: FirstScreen
    parts: tuple[Part, ...]
    leads: bool


def compose(report: Report, chapter: Chapter) -> BiasPage:
    """Put the chapter into words and drawings."""
    with_people = {people.prompt_set for people in chapter.people}
    return BiasPage(
        first=first_screen(report, chapter),
        parts=(
            _shares(report, chapter),
            _amplification(chapter),
            _tones(report, chapter),
            _culture(chapter),
            *_diversity(chapter),
            _pairs(report, chapter),
            _instruments(report, chapter),
            _wording(chapter),
            _refusals(chapter),
            *_others(report, chapter),
        ),
        leads=all(prompt_set.name in with_people for prompt_set in report.prompt_sets),
    )


def _not_measured(reason: str) -> tuple[str, ...]:
    return (f"Not measured: {reason}.",)


def _shares(report: Report, chapter: Chapter) -> Part:
    found: list[Figure] = []
    for place, shares in enumerate(chapter.shares, 1):
        if any(group.n for group in shares.groups):
            found.append(ranked(report, shares, f"bias-share-{place}"))
            title = f"Over all groups: {shares.measure}, by {shares.over}"
            found.append(overall_table(title, shares.spread, f"bias-spread-{place}"))
    said: list[str] = []
    groups = [group for shares in chapter.shares for group in shares.groups]
    if found and not any(group.corrected.interval for group in groups):
        said.append(
            "Not corrected: no audit of the scorer on this kind of pictures takes its errors out "
            "of these shares, which may be off by as much as it errs."
        )
    if found and not any(group.labelled.interval for group in groups):
        said.append("No person has labelled pictures of this run (evalsuite label).")
    if not found:
        said += _not_measured("no group has a picture with a reading")
    return Part(title="Shares, ranked", said=tuple(said), figures=tuple(found))


def _amplification(chapter: Chapter) -> Part:
    main = primary(chapter.shares)
    drawn = [scatter(shares, f"bias-slope-{number}") for number, shares in enumerate(main, 1)]
    found = tuple(figure for figure in drawn if figure is not None)
    reasons = list(dict.fromkeys(shares.slope.reason for shares in main if shares.slope.reason))
    if found:
        return Part(title="Amplification", figures=found)
    return Part(
        title="Amplification",
        said=_not_measured("; ".join(reasons) or "no group has a reading and a reference"),
    )


def _tones(report: Report, chapter: Chapter) -> Part:
    found: list[Figure] = []
    for place, tones in enumerate(chapter.tones, 1):
        found += strips(report, tones, f"bias-tone-{place}")
        if tones.spread:
            title = f"Over all groups: {tones.measure}, by {tones.over}"
            found.append(overall_table(title, tones.spread, f"bias-tone-spread-{place}"))
    said = () if found else _not_measured("no scorer of this run read a skin tone in a group")
    found += lighting("bias-light") if found else []
    return Part(title="Skin tones", said=said, figures=tuple(found))


def _culture(chapter: Chapter) -> Part:
    found = [
        culture(each, f"bias-region-{number}") for number, each in enumerate(chapter.regions, 1)
    ]
    said = () if found else _not_measured("the run has no unmarked prompts beside marked ones")
    return Part(title="Culture", said=said, figures=tuple(found))


def _diversity(chapter: Chapter) -> list[Part]:
    """Nothing without features that a CLIP left of the pictures."""
    drawn = [
        diversity_table(found, f"bias-varied-{place}")
        for place, found in enumerate(chapter.diversity, 1)
    ]
    return [Part(title="Diversity within groups", figures=tuple(drawn))] if drawn else []


def _pairs(report: Report, chapter: Chapter) -> Part:
    names = [*(s.measure for s in chapter.shares), *(t.measure for t in chapter.tones)]
    measures = [report.measure(name) for name in names]
    fields = tuple(dict.fromkeys((measure.scorer, measure.field) for measure in measures))
    found = tuple(side_by_side(report, pairs, fields) for pairs in chapter.pairs)
    said: tuple[str, ...] = (
        "Pictures from the same sentence and place in the run, chosen by place alone and never by "
        "looks. Seeds follow from the prompt, so they differ between rows.",
    )
    if not found:
        said = _not_measured("fewer than two groups have a picture with a reading")
    return Part(title="Side by side", said=said, galleries=found)


def _instruments(report: Report, chapter: Chapter) -> Part:
    found = cards(report, chapter, "bias-card")
    said = [] if found else list(_not_measured("no scorer of people was audited on such pictures"))
    if chapter.agreement:
        for number, each in enumerate(chapter.agreement, 1):
            found += agreement(each, f"bias-agree-{number}")
    else:
        said.append(
            "One instrument alone reads each label here: how far another would agree is not known."
        )
    return Part(title="The instruments", said=tuple(said), figures=tuple(found))


def _wording(chapter: Chapter) -> Part:
    said: list[str] = []
    for shares in chapter.shares:
        measure, over = words.plainly(shares.measure), words.plainly(shares.over)
        if shares.wording is None:
            said += _not_measured(f"{shares.wording_reason} ({measure}, {over})")
        else:
            found, fair = shares.wording, shares.wording.null
            beside = (
                "" if fair is None else f"; where wording does nothing, {number(fair, 'share')}"
            )
            said.append(
                f"Of all that differs between images {words.estimate(found.interval)} lies between "
                f"sentences of the same {over}{beside} ({measure})."
            )
    return Part(title="Wording", said=tuple(said) or _not_measured("no group has a reading"))


def _refusals(chapter: Chapter) -> Part:
    figures: list[Figure] = []
    said: list[str] = []
    for place, found in enumerate(chapter.refusals, 1):
        if any(kept for _, kept, _, _ in found.rows):
            figures.append(refusal_table(found, f"bias-refused-{place}"))
        else:
            said.append(_none_kept(found))
    if not figures and not said:
        said += _not_measured("no image of a person was drawn, refused or blocked")
    return Part(title="Refusals by group", said=tuple(said), figures=tuple(figures))


def _others(report: Report, chapter: Chapter) -> list[Part]:
    """Nothing where no other scorer of people judged a picture."""
    drawn = [
        other(report, found, f"bias-other-{place}") for place, found in enumerate(chapter.others, 1)
    ]
    return [Part(title="Other instruments of people", figures=tuple(drawn))] if drawn else []


def _none_kept(found: Refusals) -> str:
    planned = sum(n for _, _, n, _ in found.rows)
    over = words.plainly(found.over)
    return (
        f"None of {planned:,} images was refused or blocked, in any group of {over}; nothing is "
        "said of what this model or service would refuse elsewhere."
    )
