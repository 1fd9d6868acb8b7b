"""What a report says of its scorers' audits, and of shares with their errors taken out."""

from dataclasses import replace

from evalsuite.audits.boxes import AuditedBoxes, BoxErrors
from evalsuite.audits.record import Audited, Share, place
from evalsuite.records import Estimate, Interval, Measure
from evalsuite.report import write
from evalsuite.report.corrected import corrected
from evalsuite.report.reliability import box_table, confusions, reliability_table
from evalsuite.report.tables import audited_words

VET = {"occupation": "vet"}
WOMAN = Estimate(
    prompt_set="work",
    measure="presentation.woman",
    group=VET,
    interval=Interval(0.5, 0.4, 0.6, 40, 10),
)


def label(**recalls):
    return Audited(
        interval=Interval(0.9, 0.85, 0.95, 80, 80),
        chance=0.5,
        scorer="presentation",
        field="label",
        form="label",
        tag="occupation",
        recalls={name: Share(*ends, 40) for name, ends in recalls.items()},
    )


ERRS = label(woman=(0.8, 0.7, 0.9), man=(0.9, 0.8, 1.0))


def both(tmp_path, data):
    page = write(tmp_path, data)
    return page.read_text("utf-8"), (tmp_path / "report" / "report.md").read_text("utf-8")


def test_words_say_how_an_answer_was_right():
    verdict = Audited(interval=Interval(0.9, 0.85, 0.95, 1200, 600), chance=0.5)
    assert audited_words(verdict) == "right on 90.0% (85.0 to 95.0%) of 1,200; chance 50.0%"
    choice = replace(verdict, form="choice", chance=0.25)
    assert audited_words(choice).startswith("chose rightly in 90.0%")
    pairs = replace(verdict, form="pairs")
    assert audited_words(pairs).startswith("put the true prompt first in 90.0%")
    assert "of 1,200 pairs" in audited_words(pairs)
    few = Audited(interval=Interval(1.0, 0.4, 1.0, 8, 4), chance=0.5)
    assert audited_words(few) == "right on 100.0% (40.0 to 100.0%) of 8, too few to tell; " + (
        "chance 50.0%"
    )
    assert audited_words(replace(verdict, kind="clean renders")) == (
        "right on 90.0% (85.0 to 95.0%) of 1,200, on clean renders; chance 50.0%"
    )
    assert audited_words(None) == "not audited"


def test_every_row_has_its_scorers_audit_and_a_guesser_is_no_evidence(tmp_path, tiny):
    page, text = both(tmp_path, tiny)

    assert "| `objects.count` **not evidence** | 75.0%" in text
    assert "- **not evidence**: the scorer of `objects.count` in `counts`" in text
    assert "right on 50.0% (37.5 to 62.5%) of 64; chance 50.0%" in text
    assert "| `objects.relation` | 50.0% |" in text  # a good scorer: no mark
    assert "right on 75.0%" in text
    assert "not audited" in text  # every other row
    assert page.count('<strong class="badge">not evidence</strong>') == 3  # lists, set and row
    assert "How far the scorers may be believed" in page


def test_what_lacks_the_audit_that_it_needs_is_no_evidence(tmp_path, tiny):
    place = ("counts", "objects.count", ())
    lacking = Audited(interval=Interval(None, None, None, 0, 0), chance=None, is_lacking=True)
    page, text = both(tmp_path, replace(tiny, audit={place: lacking}))

    assert "| `objects.count` **not evidence** | 75.0%" in text
    assert "scorer of `objects.count` in `counts` lacks the audit that it needs." in text
    assert page.count('<strong class="badge">not evidence</strong>') == 3
    assert "How far the scorers may be believed" not in page + text
    assert "No scorer was audited" in page and "No scorer was audited" in text


def test_without_audits_there_is_no_such_section(tmp_path, tiny):
    for text in both(tmp_path, replace(tiny, audit={})):
        assert "How far the scorers may be believed" not in text
        assert "not evidence" not in text
        assert "No scorer was audited" in text


def test_corrected_share_in_words(tiny):
    # (0.5 + 0.9 - 1) / (0.8 + 0.9 - 1) = 57.1%; the interval as in the statistics' own test.
    report = replace(tiny, audit={place(WOMAN): ERRS})

    measure = tiny.measures["presentation.woman"]
    assert corrected(report, measure, WOMAN).startswith("57.1% (")
    assert corrected(tiny, measure, WOMAN) == corrected(report, measure, None) == "not audited"
    guess = label(woman=(0.6, 0.4, 0.8), man=(0.6, 0.4, 0.8))
    guessed = replace(tiny, audit={place(WOMAN): guess})
    assert corrected(guessed, measure, WOMAN) == "too little data"
    # Of the label's own recall and one other's: neither more nor less can be taken out.
    for recalls in ({"woman": (0.9, 0.8, 1.0)}, {"a": (0.8, 0.7, 0.9), "b": (0.9, 0.8, 1.0)}):
        partial = replace(tiny, audit={place(WOMAN): label(**recalls)})
        assert corrected(partial, measure, WOMAN) == "not audited"


def test_the_labels_of_a_corrected_share_are_the_measures_and_the_audits(tiny):
    # The same numbers under other names: the first is the measure's own label.
    report = replace(tiny, audit={place(WOMAN): label(b=(0.9, 0.8, 1.0), a=(0.8, 0.7, 0.9))})
    measure = Measure(name="presentation.woman", title="A", kind="label", label="a")

    assert corrected(report, measure, WOMAN).startswith("57.1% (")


def test_the_corrected_share_stands_beside_the_measured_one(tmp_path, tiny):
    for text in both(tmp_path, replace(tiny, audit={place(WOMAN): ERRS})):
        assert "corrected, 95% interval" in text
        assert "Rogan and Gladen" in text
        assert "50.0%" in text
    for text in both(tmp_path, tiny):
        assert "Rogan and Gladen" not in text


def test_tables_of_audits():
    row = Audited(
        interval=Interval(0.75, 0.6, 0.85, 80, 40),
        chance=0.25,
        scorer="clip",
        field="choice",
        form="choice",
        tag="position",
        group={},
        abstained=3,
        recalls={"1": Share(0.7, 0.5, 0.8, 40), "0": Share(0.9, 0.8, 1.0, 40)},
    )
    counts = Audited(
        interval=Interval(0.5, 0.4, 0.6, 40, 40),
        chance=0.5,
        scorer="objects",
        field="drawn",
        form="label",
        tag="counting",
        confusion={"10": {"2": 1, "10": 4}, "2": {"2": 5, "no answer": 1}},
    )

    table = reliability_table([row])
    assert [cell.text for cell in table.rows[0]] == [
        "clip.choice",
        "given",
        "position",
        "undecided",
        "75.0%",
        "60.0 to 85.0%",
        "25.0%",
        "70.0%",
        "90.0%",
        "3",
        "80",
        "40",
    ]
    (numbers,) = confusions([row, counts])
    assert [[cell.text for cell in line] for line in [numbers.head, *numbers.rows]] == [
        ["true", "2", "10", "no answer"],
        ["2", "5", "0", "1"],
        ["10", "1", "4", "0"],
    ]


def test_a_table_of_boxes():
    errors = BoxErrors(Interval(0.875, 0.75, 1.0, 1200, 400), 0.5, 1.25, missed=2, surplus=3)
    row = AuditedBoxes(scorer="objects", kind="blurred renders", weights="", errors=errors)

    assert [cell.text for cell in box_table([row]).rows[0]] == [
        *("objects", "blurred renders", "0.88", "0.75 to 1.00", "0.50", "1.25"),
        *("1,200", "2", "3", "400"),
    ]


def test_the_boxes_of_a_run_are_audited_in_its_report(tmp_path, tiny):
    errors = BoxErrors(Interval(0.875, 0.75, 1.0, 1200, 400), 0.5, 1.25, missed=2, surplus=3)
    row = AuditedBoxes(scorer="objects", kind="blurred renders", weights="", errors=errors)

    for text in both(tmp_path, replace(tiny, boxes=[row])):
        assert "blurred renders" in text
        assert "0.75 to 1.00" in text
