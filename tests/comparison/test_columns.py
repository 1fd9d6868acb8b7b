from evalsuite.comparison.columns import Column
from evalsuite.measures.reading import Reading
from evalsuite.records import Key, Keys, Places

A, B, C = Key("s", "b", 0), Key("s", "b", 1), Key("t", "a", 0)
ONE, NONE = Reading(1.0, "", "b"), Reading(None, "blocked", "a")


def column(*readings):
    keys = Keys.of([A, B, C])
    return Column(keys, Places.among(keys), readings)


def test_readings_by_image_in_planning_order():
    found = column(ONE, None, NONE)
    assert {**found} == {A: ONE, C: NONE} and [*found.items()] == [(A, ONE), (C, NONE)]
    assert [*found.values()] == [ONE, NONE] and len(found) == 2
    assert B not in found and found.get(Key("s", "c", 0)) is None
    assert found.prompts() == [("s", "b"), ("t", "a")]
    assert not column(None, None, None)


def test_some_of_them_by_their_prompts():
    found = column(ONE, ONE, NONE)
    assert {**found.where(lambda name: name[0] == "t")} == {C: NONE}
    assert found.where(lambda name: True) is found
    groups = found.by(lambda name: "x" if name == ("s", "b") else None)
    assert groups.keys() == {"x"} and {**groups["x"]} == {A: ONE, B: ONE} and C not in groups["x"]


def test_equal_readings_are_changed_once():
    calls = []

    def change(reading):
        calls.append(reading)
        return reading._replace(value=0.0)

    found = column(ONE, ONE, None).changed(change)
    assert [*found.values()] == [ONE._replace(value=0.0)] * 2 and calls == [ONE]
