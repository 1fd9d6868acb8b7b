from dataclasses import replace
from typing import Any

import pytest
import yaml
from huggingface_hub import parse_eval_result_entries
from pydantic import BaseModel, ConfigDict, RootModel

from evalsuite.plugins.citing import cited
from evalsuite.plugins.listing import names
from evalsuite.prompts import sets
from evalsuite.records import InputError
from evalsuite.report.exports import bibtex, hub, junit
from evalsuite.report.exports.contents import spoken


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Dataset(Strict):
    id: str
    task_id: str
    revision: str | None = None


class Source(Strict):
    url: str
    name: str | None = None
    user: str | None = None
    org: str | None = None


class Entry(Strict):
    """An entry as huggingface.co/docs/hub/eval-results has it."""

    dataset: Dataset
    value: Any
    verifyToken: str | None = None
    date: str | None = None
    source: Source | None = None
    evaluation_framework: str | None = None
    notes: str | None = None


def test_hub_entries_are_as_published_and_none_is_of_what_was_not_measured(tiny):
    tiny = replace(tiny, manifest={"created": "2026-01-02T03:04:05+01:00", "seed": 7})
    text = hub.render(tiny, "acme/bench", "https://example.org/report")
    entries = RootModel[list[Entry]].model_validate(yaml.safe_load(text)).root
    assert [entry.task_id for entry in parse_eval_result_entries(yaml.safe_load(text))] == [
        entry.dataset.task_id for entry in entries
    ]
    assert len(entries) == len([each for each in spoken(tiny) if each.value is not None])
    first = entries[0]
    assert (first.dataset.id, first.dataset.task_id, first.value) == ("acme/bench", "counts", 0.75)
    assert first.date == "2026-01-02T02:04:05Z"
    assert "95% interval 0.625 to 0.875; 3 images of 2 families, 2 missing" in first.notes
    assert "seed 7" in first.notes


def test_hub_refuses_what_is_no_id_and_an_empty_report(tiny, empty):
    with pytest.raises(InputError, match="--dataset 'a b'"):
        hub.render(tiny, "a b")
    with pytest.raises(InputError, match="no headline has a value"):
        hub.render(empty, "acme/bench")


def test_bibtex_has_each_entry_once_and_those_of_the_card():
    counts = sets.find(["counts"], "everyday")[0]
    card = {**counts.card, "cite": "@misc{mine2020,\n  title = {Mine},\n}"}
    text = bibtex.render("1.0", [counts, replace(counts, card=card)], cited(["clip", "probe"]))
    found = [bibtex.key(entry) for entry in bibtex.entries(text)]
    own = ["evalsuite", "evalsuite-counts", "mine2020"]
    assert found == [*own, "radford2021clip", "hessel2021clipscore"]


@pytest.mark.parametrize("name", names("scorers"))
def test_every_scorer_says_what_to_cite(name):
    (text,) = cited([name])
    for entry in bibtex.entries(text):
        assert bibtex.key(entry) and entry.count("{") == entry.count("}") and "title = {" in entry


def test_a_scorer_that_is_gone_is_left_out():
    assert cited(["no.such.module"]) == []


def test_junit_is_of_the_schema_and_skips_what_has_no_value(tiny, tmp_path):
    from pathlib import Path

    import xmlschema

    tiny = replace(tiny, manifest={"created": "2026-01-02T03:04:05+00:00"})
    gone = [replace(e, interval=replace(e.interval, value=None, n=0)) for e in tiny.estimates[:1]]
    text = junit.render(replace(tiny, estimates=[*gone, *tiny.estimates[3:5]]))
    xmlschema.validate(text, Path(__file__).parents[1] / "junit.xsd")
    assert 'tests="3" failures="0" errors="0" skipped="1"' in text
    assert "counts: objects.drawn: 2.00 (95% interval 1.88 to 2.12; " in text
