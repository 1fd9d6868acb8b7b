"""Pictures of several people: people counted by hand, in the clusters of their prompts."""

import pytest

from evalsuite import stats
from evalsuite.measures.estimating import estimate
from evalsuite.measures.persons import labels_in
from evalsuite.records import Clause, Judgement, Key, Prompt, PromptSet, Sample
from evalsuite.scorers import presentation, skin_tone

PROMPTS = tuple(
    Prompt(
        f"g{number}",
        "two people",
        "people",
        include=(Clause("person", 2),),
        groups={"activity": activity, "number": "2"},
    )
    for number, activity in enumerate(["cards", "cards", "beach", "train"])
)
SET = PromptSet(
    name="people",
    version="1",
    digest="d",
    dialect="everyday",
    prompts=PROMPTS,
    cluster=("activity",),
)


def estimates(scorer, measures, *people):
    keys = [Key("people", prompt.id, 0) for prompt in PROMPTS]
    samples = {key: Sample(key, 1, "ok", image="a") for key in keys}
    judgements = {
        (scorer, key): Judgement(
            scorer,
            key,
            {"people": said, "seen": float(len(labels_in(said or "")))},
            reasons={} if said else {"people": "unknown: no person was found"},
        )
        for key, said in zip(keys, people, strict=True)
    }
    rows = estimate([SET], samples, judgements, keys, measures)
    return {(row.measure.partition(".")[2], *row.group.values()): row for row in rows}


def test_everybody_counts_once_and_who_is_unknown_not_at_all():
    found = estimates(
        "presentation", presentation.MEASURES, "woman,man", "woman,unknown,woman", None, "man"
    )
    woman = found[("people_woman",)]
    # Three women and two men were read, of six people in three pictures.
    assert woman.value == pytest.approx(3 / 5) and woman.null == 0.5
    assert (woman.n, woman.missing) == (3, {"abstained: unknown": 1})
    assert woman.method.endswith("; 5 of 6 people")  # who were read, and who were seen
    by_hand = stats.proportion(values=[1, 0, 1, 1, 0], clusters=["cards"] * 4 + ["train"])
    assert (woman.low, woman.high) == (by_hand.low, by_hand.high)
    assert found[("people_unknown",)].value == pytest.approx(1 / 6)
    seen = found[("people_seen",)]
    assert (seen.value, seen.n) == (6 / 4, 4)
    cards = found[("people_woman", "cards")]
    assert cards.value == pytest.approx(3 / 4) and cards.estimand == "these prompts"


def test_nobody_read_is_no_share():
    found = estimates("presentation", presentation.MEASURES, "unknown", "unknown", None, None)
    woman = found[("people_woman",)]
    assert (woman.value, woman.n, woman.missing) == (None, 0, {"abstained: unknown": 4})
    unread = found[("people_unknown",)]
    assert (unread.value, unread.n, unread.missing) == (1.0, 2, {"abstained: unknown": 2})


def test_tones_of_everybody_by_band():
    found = estimates("skin_tone", skin_tone.MEASURES, "1,10", "5,unknown", "4,4,4", None)
    shares = {band: found[("people_tone", band)].value for band in ("1-4", "5-7", "8-10")}
    assert shares == {"1-4": 4 / 6, "5-7": 1 / 6, "8-10": 1 / 6}


def one_person(scorer, measures, *tones):
    prompts = tuple(Prompt(f"p{n}", "a nurse", "t", subject="person") for n in range(len(tones)))
    own = PromptSet(name="jobs", version="1", digest="d", dialect="everyday", prompts=prompts)
    keys = [Key("jobs", prompt.id, 0) for prompt in prompts]
    samples = {key: Sample(key, 1, "ok", image="a") for key in keys}
    judgements = {
        (scorer, key): Judgement(
            scorer, key, {"tone": tone}, reasons={} if tone else {"tone": "unknown: no face"}
        )
        for key, tone in zip(keys, tones, strict=True)
    }
    rows = estimate([own], samples, judgements, keys, measures)
    return {(row.measure.partition(".")[2], *row.group.values()): row for row in rows}


def test_abstentions_are_bounded_by_all_light_and_all_dark():
    found = one_person("skin_tone", skin_tone.MEASURES, "1", "6", "9", "9", None, None, None, None)
    light, dark = (found[(f"tone_if_{name}", "8-10")] for name in ("light", "dark"))
    assert found[("tone", "8-10")].value == 2 / 4
    assert (light.value, dark.value) == (2 / 8, 6 / 8) and light.n == dark.n == 8


def test_all_blacked_out_is_no_share_and_no_evenness():
    """HEIM's skin tone bias of a model whose images are all blacked out is 0, the best there is."""
    found = one_person("skin_tone", skin_tone.MEASURES, *[None] * 6)
    measured = {name: row.value for name, row in found.items() if row.value is not None}
    # What is left says that nothing was read: all unknown, and bounds from nothing to everything.
    assert measured.pop(("unknown",)) == 1.0
    assert measured.pop(("rate",)) == 0.0  # none was refused
    assert {name[0] for name in measured} == {"tone_if_light", "tone_if_dark"}
    bounds = [measured[f"tone_if_{name}", "1-4"] for name in ("light", "dark")]
    assert bounds == [1.0, 0.0]
    imbalance = found[("tone_imbalance",)]
    assert (imbalance.value, imbalance.n, imbalance.null) == (None, 0, None)
