"""The page of proofs: rows are written anew one by one, and the others stay."""

from benchmarks.promises.__main__ import Proved, merged, report, row, whole
from benchmarks.promises.proof import Proof


def line(name, number, when, seconds=60.0):
    proof = Proof(counts={"things": 1_000, "of kinds": 3}, broken=["this one"])
    return row(Proved(name, number, "It holds.", proof, seconds), when)


def test_a_row_says_what_was_tried_when():
    assert line("kill", 1, "abc1234, 2026-11-26") == (
        "| 1 | kill | It holds. | 1,000 things, 3 of kinds | 1 | 60 s | abc1234, 2026-11-26 |"
    )


def test_only_the_rows_that_were_run_change_and_those_of_no_proof_go():
    old = [line("kill", 1, "then"), line("gone", 2, "then"), line("scale", 7, "then")]
    page = report(old, ["bit_flips"])
    assert "Not on this page yet: bit_flips." in page and "3 minutes of processor" in page

    found = merged(page, {"scale": line("scale", 7, "now")}, ["scale", "kill", "pictures"])

    assert found == [line("kill", 1, "then"), line("scale", 7, "now")]
    assert merged("", {"b": line("b", 15, "now"), "a": line("a", 15, "now")}, ["b", "a"]) == [
        line("a", 15, "now"),
        line("b", 15, "now"),
    ]


def test_the_page_keeps_how_long_all_took_at_once():
    together = "All 24 together took 28.5 minutes at abc1234+, 2026-11-26."
    page = report([line("kill", 1, "then")], [], together)
    assert f"in all. {together} With `--only`" in page and whole(page) == together
    assert whole(report([line("kill", 1, "then")], [])) == ""
