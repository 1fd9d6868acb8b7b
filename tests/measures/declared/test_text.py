from evalsuite.measures.declared.text import MEASURES
from evalsuite.records import Prompt


def test_they_apply_where_words_are_to_be_written() -> None:
    sign = Prompt("a", 'a sign that says "OPEN"', "text", words="OPEN")
    assert all(measure.applies(sign) for measure in MEASURES)
    assert not any(measure.applies(Prompt("b", "a sign", "text")) for measure in MEASURES)
