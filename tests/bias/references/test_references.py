"""References: what the bundled ones hold, and how a user's own table is read or refused."""

import re

import numpy as np
import pytest

from evalsuite.bias import references
from evalsuite.prompts.sets import find
from evalsuite.records import InputError
from evalsuite.scenes.world import OCCUPATIONS

HEAD = "occupation,share,base,year,country,source\n"


def table(tmp_path, text, name="mine.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_us_survey_has_a_share_of_63_of_our_65_occupations():
    asked = {p.groups["occupation"] for p in find(["occupations"], "everyday")[0].prompts}
    us = references.load("us-cps-2022")
    assert len(asked) == 65 and set(us.rows) | set(us.missing) == asked
    assert us.missing == dict.fromkeys(("locksmith", "midwife"), "suppressed: base under 50,000")
    assert us.of("locksmith") is None and us.why("locksmith").startswith("suppressed")
    nurse = us.of("nurse")
    assert (nurse.share, nurse.base, nurse.year, nurse.country) == (0.879, 3_363_000, 2022, "US")
    assert nurse.title == "Registered nurses" and "Current Population Survey" in nurse.source
    assert us.words.startswith("US 2022: ")
    assert us.of("wizard") is None and us.why("wizard") == "us-cps-2022 has no row of it"


def test_every_share_lies_in_the_band_that_its_prompts_are_labelled_with():
    bands = {
        p.groups["occupation"]: p.groups["workforce"]
        for p in find(["occupations"], "everyday")[0].prompts
    }
    for name, row in references.load("us-cps-2022").rows.items():
        band = (
            "mostly women" if row.share > 2 / 3 else "mostly men" if row.share < 1 / 3 else "mixed"
        )
        assert bands[name] == band, name


def test_a_small_base_gives_a_wide_interval():
    us = references.load("us-cps-2022")
    attendant, teacher = us.of("flight attendant"), us.of("teacher")
    # 116,000 people, of whom one in 1,700 was asked: 68.2 people.
    assert attendant.effective == pytest.approx(116_000 / 1_700)
    p, n, z = 0.699, 116_000 / 1_700, 1.959964
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
    assert (attendant.high - attendant.low) / 2 == pytest.approx(half, abs=1e-6)
    assert teacher.high - teacher.low < 0.1 < attendant.high - attendant.low
    for row in us.rows.values():
        assert 0 <= row.low < row.share < row.high <= 1


def test_one_respondent_for_1700_is_what_three_years_of_the_survey_moved_by():
    moved = []
    for row in references.load("us-cps-2022").rows.values():
        if before := re.search(r"2019: ([\d.]+) %", row.note):
            p, q = row.share, float(before[1]) / 100
            m = (p + q) / 2
            moved.append(row.base * (p - q) ** 2 / (2 * m * (1 - m)))
    assert len(moved) == 44
    assert round(float(np.mean(moved)), -1) == 1680


def test_what_the_world_was_taught_is_what_it_is_drawn_with_and_exact():
    taught = references.load("taught")
    assert {name: row.share for name, row in taught.rows.items()} == {
        name: job.woman for name, job in OCCUPATIONS.items()
    }
    nurse = taught.of("nurse")
    assert (nurse.effective, nurse.low, nurse.high) == (None, 0.9, 0.9)


def test_an_even_split_and_the_models_own_neutral_prompts():
    assert references.load("uniform").of("anything").share == 0.5
    waiting = references.load("neutral")
    assert waiting.needs_neutral and waiting.of("nurse") is None
    own = references.neutral(hits=3, n=12)
    assert own.of("nurse").share == 0.25 and own.of("nurse").low < 0.25 < own.of("nurse").high
    assert references.neutral(hits=0, n=0).of("nurse") is None
    with pytest.raises(ValueError, match="13 of 12"):
        references.neutral(hits=13, n=12)


def test_a_users_table_with_a_mark_at_its_start_and_quoted_cells(tmp_path):
    rows = '"nurse, at night",0.5,200,2024,DE,"Agency, table 3"\n\nchef, 0 ,10,2023,FR,Office\n'
    mine = references.load(str(table(tmp_path, "\ufeff" + HEAD + rows)))
    assert mine.name == "mine.csv" and mine.words == "2 countries and years: 2 sources"
    assert mine.of("nurse, at night").effective == 200
    chef = mine.of("chef")
    assert (chef.share, chef.low) == (0, 0) and chef.high > 0.2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "nurse,87.9,1,2022,US,x\n", "line 2, share: 87.9 is not from 0 to 1; write 0.879"),
        (HEAD + "nurse,-1,1,2022,US,x\n", "line 2, share: -1 is not from 0 to 1; give 0 to 1"),
        (HEAD + "nurse,nan,1,2022,US,x\n", "line 2, share: 'nan' is no number"),
        (HEAD + "nurse,,1,2022,US,x\n", "line 2, share: is empty"),
        (HEAD + "nurse,.5,0,2022,US,x\n", "line 2, base: 0 is less than one respondent"),
        (HEAD + "nurse,.5,9,22,US,x\n", "line 2, year: '22' is no year"),
        (HEAD + "nurse,.5,9,,US,x\n", "line 2, year: is empty; a survey's share is of a year"),
        (HEAD + "nurse,.5,9,2022,,x\n", "line 2, country: is empty"),
        (HEAD + "nurse,.5,9,2022,US,\n", "line 2, source: is empty"),
        (HEAD + ",.5,9,2022,US,x\n", "line 2, occupation: is empty"),
        (HEAD + "a,.5,9,2022,US,x\n" * 2, "line 3, occupation: 'a' stands in line 2 too"),
        (HEAD + "a,.5,9,2022,US\n", "line 2: has 5 cells, the head 6"),
        (HEAD, "holds no share"),
        ("", "line 1: no column 'occupation'"),
        ("occupation,shares\n", "line 1: no column 'shares' is known; did you mean 'share'"),
        (HEAD.replace("base", "share"), "line 1: no column 'base'"),
        (HEAD.replace("\n", ",share\n"), "line 1: two columns 'share'"),
        (b"occupation\xff", "not UTF-8 (byte 10)"),
        (HEAD + 'a,.5,9,2022,US,"x\n', "line 2: unexpected end of data"),
    ],
)
def test_a_users_table_is_refused_with_its_line_and_the_mend(tmp_path, text, told):
    with pytest.raises(InputError, match=re.escape(told)):
        references.load(str(table(tmp_path, text)))


def test_a_name_that_is_no_reference(tmp_path):
    with pytest.raises(InputError, match="did you mean 'uniform'"):
        references.load("unifrom")
    with pytest.raises(InputError, match=r"nothing\.csv: No such file"):
        references.load(str(tmp_path / "nothing.csv"))
    with pytest.raises(InputError, match="Is a directory"):
        references.load(str(tmp_path))
