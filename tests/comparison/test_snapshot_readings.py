import pytest

from evalsuite.comparison.snapshot import ByImage
from evalsuite.measures.reading import Reading
from evalsuite.records import Key, Keys

FIRST, SECOND = Key("s", "p", 0), Key("s", "p", 1)


def test_readings_by_measure_and_image() -> None:
    readings, right = ByImage(Keys.of([FIRST, SECOND])), Reading(1.0, "", "p")
    readings.put("b", SECOND, right)
    readings.put("a", FIRST, right)
    readings.put("a", SECOND, right)
    assert list(readings) == [("b", SECOND), ("a", FIRST), ("a", SECOND)]
    assert len(readings) == 3 and readings["a", FIRST] is right
    assert readings == {("b", SECOND): right, ("a", FIRST): right, ("a", SECOND): right}
    for unknown in (("b", FIRST), ("c", FIRST), ("a", Key("s", "q", 0))):
        assert unknown not in readings and readings.get(unknown) is None
    with pytest.raises(KeyError):
        readings.put("a", Key("s", "q", 0), right)
