"""A headline in a sentence, by its measure's kind, and what groups of prompts add."""

from dataclasses import replace

import pytest

from evalsuite.records import Interval, Judgement, Key, Measure, Prompt
from evalsuite.report.content import Report
from evalsuite.report.findings import finding, judges
from evalsuite.report.overview import overview
from evalsuite.report.tables import estimates_of

COUNT = Measure(
    name="mine.n", title="Exact number", says="draws the number asked for", plot=("count",)
)


def words(sentence) -> str:
    return "".join(part.text for part in sentence)


def first(report: Report, at: int = 0):
    found = report.estimates[at]
    return finding(report, report.prompt_sets[0], estimates_of(report.estimates, "s"), found)


def counted(run, row, *shares: float, spread: float = 0.05) -> Report:
    prompts = [
        Prompt(f"p{n}", "x", "t", groups={"count": f"{n}"}) for n in range(1, len(shares) + 1)
    ]
    groups = [
        row("mine.n", share, {"count": f"{n}"}, spread=spread) for n, share in enumerate(shares, 1)
    ]
    return run(prompts, (), [COUNT], [row("mine.n", 0.7, spread=spread), *groups])


def test_a_share_is_told_with_its_ends(run, row):
    found = first(counted(run, row, 0.91, 0.9, 0.6, 0.33))
    assert words(found.claim) == "Draws the number asked for in about 7 of 10 pictures"
    assert words(found.figures) == "70.0%, 95% interval 65.0 to 75.0%; on 4 of 4 (100%) images"
    assert words(found.groups) == (
        "Number asked for 1 or 2: about 9 of 10 (90.0 to 91.0%); 4: about 1 of 3 (33.0%)"
    )


def test_a_claim_that_two_sets_have_says_of_what_it_is(run, row):
    report = counted(run, row, 0.91, 0.9)
    [own] = report.prompt_sets
    sets = [replace(own, card={"topic": "spatial"})]
    report = replace(report, prompt_sets=sets)
    assert words(first(report).claim).endswith("in about 7 of 10 pictures")
    other = row("mine.n", 0.5, prompt_set="other")
    report = replace(report, estimates=[*report.estimates, other])
    assert words(first(report).claim).endswith("in about 7 of 10 pictures (spatial)")


def test_ends_that_may_be_the_same_are_said_to_overlap(run, row):
    found = first(counted(run, row, 0.91, 0.6, spread=0.3))
    assert words(found.groups).endswith("2: about 6 of 10 (60.0%); the ends' intervals overlap")
    same = first(counted(run, row, 0.7, 0.69))
    assert words(same.groups) == "Number asked for 1 to 2: about 7 of 10 throughout"


@pytest.mark.parametrize(
    ("low", "said"),
    [
        (0.2, "Most for relation left (80.0%), least for above (20.0%)"),
        (0.78, "No relation surely differs from another (78.0 to 80.0%)"),
    ],
)
def test_of_what_has_no_order_the_extremes_are_named_where_they_differ(run, row, low, said):
    side = Measure(name="mine.side", title="Side", plot=("relation",))
    rows = [row("mine.side", 0.5)]
    rows += [
        row("mine.side", v, {"relation": r}, spread=0.1) for r, v in (("left", 0.8), ("above", low))
    ]
    found = first(run([Prompt("p", "x", "t")], (), [side], rows))
    assert words(found.claim) == "Side: in about half of the pictures"
    assert words(found.groups) == said


def test_what_the_card_fixes_by_design_comes_first(run, row):
    right = Measure(name="mine.right", title="Right", plot=("color",))
    rows = [row("mine.right", 0.5)]
    for label, values in (("color", ("red", "blue")), ("kinds", ("2", "3"))):
        rows += [row("mine.right", 0.5, {label: value}) for value in values]
    report = run([Prompt("p", "x", "t")], (), [right], rows, {"strata": "[kinds]"})
    assert words(first(report).groups).startswith("Kinds 2 to 3")


def test_negation_is_told_by_both_forms(run, row):
    drawn = Measure(name="mine.drawn", title="Drawn", field="drawn", plot=("form",))
    effect = Measure(
        name="mine.effect", title="Effect", kind="twins", field="drawn", unit="difference"
    )
    rows = [
        row("mine.effect", 0.85),
        row("mine.drawn", 0.02, {"form": "negated"}),
        row("mine.drawn", 0.87, {"form": "affirmative"}),
    ]
    found = first(run([Prompt("p", "x", "t")], (), [drawn, effect], rows))
    assert words(found.claim) == (
        "Told “no”, it draws the thing in hardly any picture (2.0%); "
        "asked for it, in about 9 of 10 pictures (87.0%)"
    )
    alone = first(run([Prompt("p", "x", "t")], (), [drawn, effect], rows[:1]))
    assert words(alone.claim) == "Effect: +85.0 points"


def test_people_are_told_by_groups_and_by_splits(run, row):
    one = Measure(
        name="mine.one",
        title="Jobs drawn in one form",
        kind="one-sided",
        field="form",
        over="job",
        label="w",
    )
    far = Measure(
        name="mine.far",
        title="Distance",
        kind="mean imbalance",
        over="job",
        label="w",
        unit="distance",
    )
    rows = [row("mine.one", 0.5), replace(row("mine.far", 0.33), null=0.09)]
    report = run([Prompt("p", "x", "t")], (), [one, far], rows)
    assert words(first(report).claim) == "1 of 2 jobs drawn in one form"
    assert first(report).groups == ()  # nothing says which
    share = Measure(name="mine.w", title="w", kind="label", field="form", label="w")
    of = [row("mine.w", value, {"job": job}) for job, value in {"a": 1, "b": 0.5, "c": 0}.items()]
    named = run([Prompt("p", "x", "t")], (), [one, share], [*rows[:1], *of])
    assert words(first(named).groups) == "a and c"
    assert words(first(report, 1).claim) == (
        "On average the pictures of one job split 83 to 17 between two forms, whichever way; "
        "a fair model's 59 to 41"
    )


def test_what_was_not_measured_is_no_share(run, row):
    found = first(run([Prompt("p", "x", "t")], (), [COUNT], [row("mine.n", None)]))
    assert words(found.claim) == "Exact number: not measured"
    assert found.figures == () and found.groups == ()
    unsure = replace(row("mine.n", 0.5), interval=Interval(None, None, None, 3, 2, ""))
    few = first(run([Prompt("p", "x", "t")], (), [COUNT], [unsure]))
    assert words(few.claim) == "Exact number: too little data"


def test_judges_are_told_by_their_audits(tiny):
    said = {name: words(sentence) for name, sentence in judges(tiny)}
    assert said["objects"] == (
        "not evidence in counts (Exact number); undecided in spatial; "
        "not audited in counts (Number drawn); not audited in negation"
    )


def test_the_strip_shows_three_of_a_set_and_nobody(run):
    prompts = [Prompt(f"p{n}", f"text {n}", "t") for n in range(5)]
    right = Measure(name="mine.right", title="Right", kind="mean", unit="number")
    judged = [Judgement("mine", Key("s", f"p{n}", 0), {"right": float(n)}) for n in range(5)]
    report = run(prompts, judged, [right])
    (triple,) = overview(report).strip.triples
    assert [card.heading for card in triple.cards] == ["text 4", "text 2", "text 0"]
    assert triple.order == ("Right",)
    people = [replace(prompt, subject="person") for prompt in prompts]
    strip = overview(run(people, judged, [right])).strip
    assert strip.triples == () and strip.of_people == ("s",)
