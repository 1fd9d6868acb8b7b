"""References: the card's own, the flag's, the model's neutral prompts, and what has no row."""

from dataclasses import replace

import pytest

from evalsuite.bias import references
from evalsuite.bias.referring import held_against, short
from evalsuite.pipeline.command_line import command
from evalsuite.pipeline.referring import reference_of
from evalsuite.pipeline.settings import recorded, resolve
from evalsuite.prompts import sets
from evalsuite.records import InputError

LETTERS = {"nurse": ["wwwm"], "none": ["wmmm"], "juggler": ["mmmm"]}


def known(found, measure="presentation.woman"):
    return {name: round(of.share, 3) for name, of in found.get(measure, {}).items()}


def test_published_shares_come_with_their_base_and_others_with_none(given):
    run = given(LETTERS)
    found, source = held_against(run, run.prompt_sets[0], references.load("us-cps-2022"))
    assert known(found) == {"nurse": 0.879}
    nurse = found["presentation.woman"]["nurse"]
    assert nurse.low < 0.879 < nurse.high and nurse.base > 100
    assert (source.short, source.facts["country"], source.facts["year"]) == (
        "US 2022",
        "US",
        "2022",
    )


def test_an_even_split_holds_for_every_group_and_the_neutral_prompt_for_all_but_itself(given):
    run = given(LETTERS)
    even, _ = held_against(run, run.prompt_sets[0], references.load("uniform"))
    assert known(even) == {"nurse": 0.5, "none": 0.5, "juggler": 0.5}
    own, source = held_against(run, run.prompt_sets[0], references.load("neutral"))
    assert known(own) == {"nurse": 0.25, "juggler": 0.25} and source.short == "neutral"
    marked = given({"nurse": ["wwwm"]})
    nothing, source = held_against(marked, marked.prompt_sets[0], references.load("neutral"))
    assert not known(nothing) and "no picture of a neutral prompt" in source.reason


def test_what_the_world_taught_holds_for_tones_too(given):
    run = given({"nurse": ["wwww"]}, tones={"nurse": ["1111"]})
    found, source = held_against(run, run.prompt_sets[0], references.load("taught"))
    assert known(found) == {"nurse": 0.9}
    assert known(found, "skin_tone.tone")["nurse/1-4"] == 0.4 and short(references.load("taught"))
    assert source.name == "taught"


def test_without_any_there_is_a_reason(given):
    run = given(LETTERS)
    found, source = held_against(run, run.prompt_sets[0], None)
    assert not found and source.reason == "its card names no reference"


def test_the_card_names_one_and_the_flag_goes_before_it(tmp_path):
    (everyday,) = sets.find(["occupations"], "everyday")
    (scenes,) = sets.find(["occupations"], "scenes")
    assert reference_of(everyday, None).name == "us-cps-2022"
    assert reference_of(scenes, None).name == "taught"
    assert reference_of(scenes, "uniform").name == "uniform"
    assert reference_of(replace(scenes, card={}), None) is None
    with pytest.raises(InputError, match=r"^--reference us-cps: .*us-cps-2022"):
        reference_of(scenes, "us-cps")
    own = tmp_path / "own.csv"
    own.write_text("occupation,share,base,year,country,source\nnurse,0.5,400,2024,FR,a survey\n")
    assert short(reference_of(scenes, str(own))) == "FR 2024"


def test_the_setting_has_its_variable_and_changes_no_run(tmp_path):
    config = tmp_path / "run.yaml"
    config.write_text("reference: uniform\n")
    assert resolve({}, {}, config).reference == "uniform"
    assert resolve({}, {"EVALSUITE_REFERENCE": "neutral"}, config).reference == "neutral"
    settings = resolve({"reference": "taught"})
    assert "reference" not in recorded(settings)
    assert command(settings) == "evalsuite run --reference taught"
