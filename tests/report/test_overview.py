"""The first screen: which measure stands for a set."""

from dataclasses import replace

import pytest

from evalsuite.records import Estimate, Prompt
from evalsuite.report.overview import overview


@pytest.mark.parametrize(
    ("subject", "headline"), [("person", "presentation.imbalance"), (None, "objects.correct")]
)
def test_a_set_of_people_is_headlined_by_what_it_is_there_to_show(tiny, subject, headline):
    prompt = Prompt("p", "a nurse", "occupation", subject=subject)
    people = replace(tiny.prompt_sets[0], prompts=(prompt,))
    estimates = [
        Estimate(people.name, measure, {}, 0.5, 0.4, 0.6, 10, 5)
        for measure in ("objects.correct", "presentation.imbalance")
    ]

    (measured,) = overview(replace(tiny, prompt_sets=(people,), estimates=estimates)).measured

    assert measured.headline is not None
    assert measured.headline.name == headline
