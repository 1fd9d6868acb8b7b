import tracemalloc

import pytest

from evalsuite.comparison.snapshot import ByImage, side
from evalsuite.measures.reading import Reading
from evalsuite.records import Judgement, Key, Keys, Prompt, PromptSet, Sample
from evalsuite.runs.seeds import plan

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


def test_a_side_takes_few_bytes_an_image() -> None:
    prompts = tuple(Prompt(f"p{n}", "one star", "counting") for n in range(100))
    whole = PromptSet(name="s", version="1", digest="d", dialect="scenes", prompts=prompts)
    requests = plan([whole], 20, 0)
    samples = {r.key: Sample(r.key, r.seed, "ok", image="a" * 64) for r in requests}
    answers = {("o", key): Judgement("o", key, {"right": float(key.index % 2)}) for key in samples}
    tracemalloc.start()
    held = side(
        name="run",
        dialect="scenes",
        seed=0,
        prompt_sets=[whole],
        requests=requests,
        samples=samples,
        judgements=answers,
        scorers={},
        known=(),
        complete=True,
    )
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    key = requests[21].key
    assert held.readings["o.right", key].value == 1.0 and held.seeds[key] == requests[21].seed
    assert held.images[key] == "a" * 64 and len(held.images) == len(held.planned) == 2_000
    assert taken < 100 * len(requests)  # with maps of keys for readings, seeds and images 500
