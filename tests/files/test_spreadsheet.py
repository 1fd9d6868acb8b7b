"""Cells that a spreadsheet would take for a formula are marked, and read back without the mark."""

import pytest

from evalsuite.files.spreadsheet import harmless, plain


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_formulas_are_marked_and_come_back(sign):
    assert harmless(f"{sign}1") == f"'{sign}1"
    assert plain(f"'{sign}1") == f"{sign}1"


@pytest.mark.parametrize("blank", ["\t", "\r"])
def test_blanks_that_hide_a_formula_are_marked(blank):
    assert harmless(f"{blank}=1") == f"'{blank}=1"


@pytest.mark.parametrize("text", ["", "a", "1-2", "'a", "'", "a'=", "=1"])
def test_other_cells_stay(text):
    assert plain(text) == text
    assert text[:1] == "=" or harmless(text) == text
