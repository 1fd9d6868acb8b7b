"""What a report says of a service: money, requests, rewritten prompts, seeds."""

from dataclasses import replace

import pytest

from evalsuite.report.html import render as html
from evalsuite.report.markdown import render as markdown
from evalsuite.report.page import compose
from evalsuite.report.service import service_notes, service_table

FACTS = [
    {"attempts": 2, "cost_usd": 0.25, "usage": {"tokens_out": 30}, "revised_prompt": "<b>cat</b>"},
    {"attempts": 1, "cost_usd": 0.5, "usage": {"tokens_out": 10}},
    {"attempts": 1},
]


@pytest.fixture
def served(tiny):
    """The tiny run of 12 images, one of them refused, with facts in three of its rows."""
    samples = dict(tiny.samples)
    for key, facts in zip(samples, FACTS, strict=False):
        samples[key] = replace(samples[key], facts=facts)
    manifest = {**tiny.manifest, "backend": {"seeds": "ignored"}}
    return replace(tiny, samples=samples, manifest=manifest)


def test_sums_and_what_each_drawn_image_took(served, texts):
    assert texts(service_table(served)) == [
        ["of the service", "in all", "for each image drawn"],
        ["cost at most", "$0.7500", "$0.0682"],
        ["requests", "4", "0.4"],
        ["tokens_out", "40", "3.6"],
    ]


def test_a_rewritten_prompt_and_a_lost_seed_are_said_first(served):
    rewritten, seeds = service_notes(served)
    assert "rewrote the prompt of 1 of 3 images" in rewritten and "not the text asked" in rewritten
    assert "takes no seed" in seeds


def test_a_run_without_a_service_says_nothing(tiny):
    assert service_notes(tiny) == () and service_table(tiny) is None
    assert "of the service" not in markdown(compose(tiny))


def test_nothing_drawn_divides_nothing(served, texts):
    samples = {k: replace(s, status="refused", image=None) for k, s in served.samples.items()}
    table = service_table(replace(served, samples=samples))
    assert texts(table)[1] == ["cost at most", "$0.7500", "none drawn"]


def test_both_renderings_show_it_and_no_foreign_tag(served, tmp_path):
    page = compose(served)
    text, pages = markdown(page), html(page)
    for shown in (text, pages):
        assert "$0.7500" in shown and "takes no seed" in shown and "<b>cat" not in shown
