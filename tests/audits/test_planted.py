"""The proof that an audit sees defects, in a quick cut: the benchmark has fifty scenes a kind."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from planted import CLEAN_SCORER, PROBES, fired, table, wrong


def test_every_probe_fires_on_its_own_defect_and_none_on_the_clean():
    found = fired(images=240)

    assert wrong(found) == []
    assert len(PROBES) == 9
    assert set(found) == {*PROBES, CLEAN_SCORER}
    assert [cell.text for cell in table(found).rows[-1]] == [CLEAN_SCORER, *["-"] * 9]


def test_a_silent_probe_and_a_false_alarm_are_told():
    quiet = {name: dict.fromkeys(PROBES, False) for name in (*PROBES, CLEAN_SCORER)}

    assert len(wrong(quiet)) == 9
    quiet[CLEAN_SCORER]["mirrors its boxes"] = True
    assert wrong(quiet)[-1] == "'mirrors its boxes' fired on the clean"
