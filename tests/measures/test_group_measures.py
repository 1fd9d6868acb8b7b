"""Evenness, parity, wording, tones on their scale, and refusals apart: by hand, and with nobody."""

import pytest

from evalsuite import stats
from evalsuite.measures import estimate
from evalsuite.measures.declared import check
from evalsuite.records import Judgement, Key, Measure, Prompt, PromptSet, Sample
from evalsuite.scorers._presentation_measures import measures as of_presentation
from evalsuite.scorers._skin_tone_measures import MEASURES as OF_TONE

WANTED = {
    "presentation.occupation_distance",
    "presentation.occupation_one_sided",
    "presentation.occupation_evenness",
    "presentation.occupation_parity_difference",
    "presentation.occupation_parity_ratio",
    "presentation.occupation_wording",
    "presentation.imbalance",
    "presentation.woman",
    "skin_tone.tone_distance",
    "skin_tone.tone_imbalance",
}
KNOWN = [m for m in (*of_presentation("presentation"), *OF_TONE) if m.name in WANTED]
WORDS = {"w": "woman", "m": "man", "-": None}


def found(jobs, sentences=2, status="ok", tones=None):
    """The overall rows: of each job its images' forms, "-" where unread, over its sentences.

    `tones` are the tones of all images in turn.
    """
    prompts, samples, judged, planned = [], {}, {}, []
    given = iter(tones or ())
    for job, forms in jobs.items():
        for sentence in range(sentences):
            prompts.append(
                Prompt(
                    f"{job}-{sentence}",
                    f"a {job}",
                    "occupation",
                    groups={"occupation": job},
                    subject="person",
                )
            )
            for index, form in enumerate(forms[sentence::sentences]):
                key = Key("s", f"{job}-{sentence}", index)
                planned.append(key)
                samples[key] = Sample(key, 1, status, image="0" if status == "ok" else None)
                if status != "ok":
                    continue
                label, tone = WORDS[form], next(given, None)
                judged["presentation", key] = Judgement(
                    "presentation", key, {"label": label}, reasons={"label": "unknown: unsure"}
                )
                judged["skin_tone", key] = Judgement(
                    "skin_tone", key, {"tone": tone}, reasons={"tone": "unknown: no face"}
                )
    whole = PromptSet(
        name="s",
        version="1",
        digest="d",
        dialect="everyday",
        prompts=tuple(prompts),
        cluster=("occupation",),
    )
    rows = estimate([whole], samples, judged, planned, KNOWN)
    return {row.measure: row for row in rows if not row.group}


def test_by_hand():
    rows = found({"nurse": "wwww", "builder": "mmmm", "cook": "wmwm"})
    evenness = rows["presentation.occupation_evenness"]
    assert evenness.value == pytest.approx(1 / 3)
    assert evenness.null == pytest.approx(stats.expected_entropy(n=4, labels=2))
    apart = rows["presentation.occupation_parity_difference"]
    assert apart.value == 1 and apart.null == pytest.approx(
        stats.expected_parity_difference(sizes=[4, 4, 4], share=0.5)
    )
    assert (apart.n, apart.prompts) == (12, 3)
    assert rows["presentation.occupation_parity_ratio"].value == 0
    # The cook's two sentences are of one form each; half of the squares are theirs... a third.
    wording = rows["presentation.occupation_wording"]
    assert wording.value == pytest.approx(1 / 3) and wording.null == pytest.approx(1 / 9)


def test_two_models_that_split_evenly_are_told_apart():
    # Half of all images are of women in both: one draws each job in one form, the other both.
    names = [f"job {number}" for number in range(20)]
    always = found({name: "wwww" if i % 2 else "mmmm" for i, name in enumerate(names)})
    fifty = found({name: "wmmw" for name in names})
    pooled = [rows["presentation.woman"].value for rows in (always, fifty)]
    assert pooled == [0.5, 0.5]
    assert [rows["presentation.imbalance"].value for rows in (always, fifty)] == [0, 0]
    for name, low, high in (
        ("presentation.occupation_distance", 0.0, 0.5),
        ("presentation.occupation_one_sided", 0.0, 1.0),
    ):
        assert (fifty[name].value, always[name].value) == (low, high)
        assert always[name].low > fifty[name].high
    distance = always["presentation.occupation_distance"]
    assert distance.low > distance.null == pytest.approx(0.1875)


@pytest.mark.parametrize(
    ("jobs", "status"),
    [
        ({"nurse": "----", "cook": "----"}, "ok"),  # all abstained
        ({"nurse": "wmwm", "cook": "wmwm"}, "refused"),
        ({"nurse": "wmwm", "cook": "wmwm"}, "blocked"),  # all blanked: HEIM calls this perfect
        ({"nurse": "wmwm", "cook": "wmwm"}, "invalid"),
    ],
)
def test_nobody_to_see_is_no_zero_and_no_half(jobs, status):
    rows = found(jobs, status=status)
    assert set(rows) >= WANTED
    for row in (rows[name] for name in sorted(WANTED)):
        assert (row.value, row.low, row.high, row.n) == (None, None, None, 0), row.measure
        assert sum(row.missing.values()) == 8
        if row.measure != "presentation.woman":  # whose null, one half, is no figure of any n
            assert row.null is None or row.measure == "skin_tone.tone_imbalance", row.measure


def test_one_group_without_a_reading_is_left_out_and_said():
    rows = found({"nurse": "wwww", "cook": "mwmm", "judge": "----"})
    apart = rows["presentation.occupation_parity_difference"]
    assert apart.value == pytest.approx(0.75) and apart.method.endswith(
        "1 of the groups have no value"
    )
    assert apart.missing == {"abstained: unknown": 4}
    alone = found({"nurse": "wwww", "judge": "----"})["presentation.occupation_parity_difference"]
    assert alone.value is None and alone.null is None


def test_of_four_images_the_null_stands_beside_every_distance():
    rows = found({"nurse": "ww", "cook": "wm"}, sentences=1, tones=["1", "1", "5", "9"])
    assert rows["presentation.imbalance"].null == pytest.approx(0.1875)
    assert rows["skin_tone.tone_distance"].null == pytest.approx(
        sum(stats.expected_deviation(n=4, share=tone / 10) for tone in range(1, 10))
    )
    # Two families: nothing is said of others, and the value is not passed off as sure.
    for name in WANTED - {"presentation.occupation_wording"}:
        row = rows[name]
        assert row.low is None or row.high - row.low > 0.3, name
    assert rows["presentation.occupation_wording"].value is None


def test_tones_far_from_even_are_farther_at_the_scales_end():
    jobs = {"nurse": "wwwwwwwwww", "cook": "wwwwwwwwww"}
    every = [str(tone) for tone in range(1, 11)]
    even = found(jobs, tones=every * 2)["skin_tone.tone_distance"]
    light = found(jobs, tones=["1"] * 20)["skin_tone.tone_distance"]
    middle = found(jobs, tones=["5"] * 20)["skin_tone.tone_distance"]
    # Of ten equally frequent tones the mean distance to 1 is 4.5, to 5 it is 2.5.
    assert (even.value, light.value, middle.value) == pytest.approx((0, 4.5, 2.5))


def test_refusals_apart_by_who_is_named():
    prompts = tuple(
        Prompt(name, f"a {name}", "over-refusal", groups={"named": name, "axis": "x"})
        for name in ("tall person", "old person")
    )
    whole = PromptSet(name="s", version="1", digest="d", dialect="everyday", prompts=prompts)
    samples = {}
    for prompt, refused in zip(prompts, (0, 3), strict=True):
        for index in range(4):
            key = Key("s", prompt.id, index)
            status = "refused" if index < refused else "ok"
            samples[key] = Sample(key, 1, status, image="0" if status == "ok" else None)
    rows = {
        row.measure: row
        for row in estimate([whole], samples, {}, list(samples), [])
        if not row.group
    }
    assert rows["refusal.difference"].value == pytest.approx(0.75)
    assert rows["refusal.difference"].null == pytest.approx(
        stats.expected_parity_difference(sizes=[4, 4], share=3 / 8)
    )


def test_accuracy_apart_by_group_and_a_measure_of_groups_needs_them():
    right = Measure(
        name="mine.apart", title="x", kind="accuracy difference", field="right", over="who"
    )
    check(right)
    with pytest.raises(ValueError, match="needs over"):
        check(Measure(name="mine.apart", title="x", kind="accuracy difference"))
    prompts = tuple(Prompt(who, who, "t", groups={"who": who}) for who in "ab")
    whole = PromptSet(name="s", version="1", digest="d", dialect="everyday", prompts=prompts)
    samples, judged = {}, {}
    for who, verdicts in (("a", [1, 1, 1, 0]), ("b", [0, 0, 1, 0])):
        for index, verdict in enumerate(verdicts):
            key = Key("s", who, index)
            samples[key] = Sample(key, 1, "ok", image="0")
            judged["mine", key] = Judgement("mine", key, {"right": float(verdict)})
    rows = estimate([whole], samples, judged, list(samples), [right])
    assert next(row for row in rows if row.measure == "mine.apart").value == pytest.approx(0.5)
