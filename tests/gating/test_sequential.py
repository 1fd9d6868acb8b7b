"""Drawing until the gate is decided, on the renderer and its error knobs."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.audits.record import Audited
from evalsuite.audits.stored import to_json
from evalsuite.gating import run as gating
from evalsuite.gating import sequential
from evalsuite.gating.policy import Policy, Rule
from evalsuite.gating.run import read_baseline
from evalsuite.gating.sequential import _next, _rounds, defaults, first_maximum, images_a_round
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.plugins.find import names
from evalsuite.records import InputError, Interval, Key, Prompt, PromptSet, Request
from evalsuite.runs.seeds import plan

TESTS = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("sides", Path(__file__).parent / "sides.py")
sides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sides)

POLICY = """format: evalsuite-policy-1
measures:
  - {measure: objects.count, margin: 0.3}
  - {measure: objects.relation, margin: 0.3}
"""
DRAWN = ("--scorers", "outside.pixels", "--no-progress", "--json", "--model", "scenes")


def test_prompts_come_whole_twins_together_in_an_order_of_their_own():
    prompts = [Prompt(f"p{n}", "a", "b", twin=f"p{n - 10}" if n >= 10 else None) for n in range(20)]
    one = PromptSet(name="s", version="1", digest="d", dialect="scenes", prompts=tuple(prompts))
    requests = plan([one], 2, 0)

    units = sequential.in_random_order(requests, [one], 0)
    assert sorted(r.key for _, unit in units for r in unit) == sorted(r.key for r in requests)
    for _, unit in units:
        (first, *_, last) = (r.key.prompt_id for r in unit)
        assert len(unit) == 4 and last == f"p{int(first[1:]) + 10}"
    assert units == sequential.in_random_order(requests, [one], 0)
    orders = [[unit[0].key for _, unit in sequential.in_random_order(requests, [one], seed)]
              for seed in range(3)]  # fmt: skip
    assert orders[0] != orders[1] != orders[2]
    assert orders[0] != sorted(orders[0])
    # By SHA-256 of '["sequential",0,"d","p0"]' and so on: another version draws the same first.
    assert " ".join(key.prompt_id for key in orders[0]) == "p9 p0 p2 p4 p8 p7 p1 p5 p3 p6"
    assert sequential.in_random_order(requests, [one], 0, 11) == units[:2]
    with pytest.raises(InputError, match="--max-images 3: is less than one family's images"):
        sequential.in_random_order(requests, [one], 0, 3)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A blessed run of the renderer with a few errors."""
    place = tmp_path_factory.mktemp("sequential")
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(TESTS))
    settings = Settings(
        model="scenes",
        model_arg={"miscount": 0.1, "swap": 0.1},
        prompts=("scenes-counts", "scenes-spatial"),
        scorers=("outside.pixels",),
        num_images=2,
        seed=3,
        output_dir=str(place / "base"),
    )
    stages.generate(settings)
    stages.judge(place / "base", settings)
    gating.bless(place / "base", place / "base.json", {})
    (place / "policy.yaml").write_text(POLICY)
    yield place
    patch.undo()


@pytest.fixture
def gate(place, monkeypatch, capsys):
    """Draw and gate into a folder of that name: exit code, what was said, errors."""
    monkeypatch.chdir(place)

    def command(name, *words, policy="policy.yaml"):
        against = ("--baseline", "base.json", "--policy", policy, "--output-dir", name)
        with pytest.raises(SystemExit) as ended:
            cli.main(["gate", "--sequential", *DRAWN, *against, *words])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if out else {}, err

    return command


SAME = ("--model-arg", "miscount=0.1", "--model-arg", "swap=0.1")
BROKEN = ("--model-arg", "miscount=0.9", "--model-arg", "swap=0.9")


def counts(said):
    drawn, _, planned, *_ = said["note"].split()
    return int(drawn), int(planned)


def test_a_gross_regression_is_shown_before_all_is_drawn_and_a_rerun_says_the_same(gate, place):
    code, said, _ = gate("broken", *BROKEN)

    assert code == 1
    drawn, planned = counts(said)
    assert planned == 192 and drawn < 150
    assert {v["measure"]: v["word"] for v in said["verdicts"]}["objects.count"] == "fail"
    assert said["note"] == f"{drawn} of 192 images drawn, {192 - drawn} not needed"
    rows = (place / "broken" / "samples-w0.jsonl").read_text()
    assert len(rows.splitlines()) == drawn
    report = (place / "broken" / "report" / "report.md").read_text()
    assert f"{drawn} of 192 images drawn" in report
    assert (place / "broken" / "report" / "junit.xml").is_file()
    # Nothing is drawn again, and what was decided stays decided.
    assert gate("broken", *BROKEN)[1] == said
    assert (place / "broken" / "samples-w0.jsonl").read_text() == rows


def test_the_same_model_passes_before_all_is_drawn_and_the_run_can_be_finished(gate, place):
    code, said, _ = gate("same", *SAME)

    assert code == 0
    drawn, planned = counts(said)
    assert drawn < planned
    assert all(v["difference"]["low"] is None for v in said["verdicts"])
    # The folder is that of the whole run: it goes on where the gate stopped.
    settings = Settings(
        model="scenes",
        model_arg={"miscount": 0.1, "swap": 0.1},
        prompts=("scenes-counts", "scenes-spatial"),
        scorers=("outside.pixels",),
        num_images=2,
        seed=3,
        output_dir="same",
    )
    stages.generate(settings)
    assert stages.judge(Path("same"), settings).complete
    assert gating.gate_run(Path("same"), Path("base"), "policy.yaml", {}).word == "pass"


def test_too_few_images_are_undecided_and_say_how_many_there_were(gate, place):
    code, said, _ = gate("few", *SAME, "--max-images", "21")

    assert code == 3
    assert counts(said) == (20, 20)
    assert said["verdicts"][0]["word"] == "undecided"
    # From Python it is the same gate, which tells how far it is; the folder is the run's.
    settings = Settings(
        model="scenes",
        model_arg={"miscount": 0.1, "swap": 0.1},
        prompts=("scenes-counts", "scenes-spatial"),
        **{"scorers": ("outside.pixels",), "num_images": 2, "seed": 3, "output_dir": "few"},
    )
    told = []
    ended = sequential.draw_until_decided(
        settings,
        read_baseline(place / "base.json", {}),
        str(place / "policy.yaml"),
        max_images=21,
        progress=lambda *of: told.append(of),
    )
    assert (ended.folder.resolve(), ended.drawn, ended.planned) == (place / "few", 20, 20)
    assert ended.gated.note == said["note"] and ended.gated.word == "undecided"
    assert told == [("gate", 8, 20), ("gate", 16, 20), ("gate", 20, 20)]


def test_a_raised_maximum_spends_nothing_again(gate, place):
    """Tests of a fixed number stay those of the first maximum; a lower one is no maximum at all."""
    code, said, _ = gate("raised", *SAME, "--max-images", "41")
    assert (code, counts(said)) == (3, (40, 40))
    first = json.loads((place / "raised" / "sequential.json").read_text())
    assert first["first_maximum"] == 40

    for maximum, drawn in (("61", 60), ("21", 20)):
        said = gate("raised", *SAME, "--max-images", maximum)[1]
        assert counts(said) == (drawn, drawn)
        assert said["note"].endswith(
            "what is tested at a maximum was tested at the first one, 40 images"
        )
    assert json.loads((place / "raised" / "sequential.json").read_text()) == first
    # Starting over is a new gate.
    gate("raised", *SAME, "--max-images", "21", "--no-resume")
    assert json.loads((place / "raised" / "sequential.json").read_text())["first_maximum"] == 20


def test_a_damaged_or_foreign_first_maximum_is_refused(gate, place):
    gate("odd", *SAME, "--max-images", "21")
    path = place / "odd" / "sequential.json"
    state = json.loads(path.read_text())

    path.write_text(json.dumps({**state, "images": "0" * 64}))
    code, _, err = gate("odd", *SAME)
    assert code == 2
    last = err.splitlines()[-1]
    assert "sequential.json: this gate was begun on other images than the baseline's now" in last
    path.write_text("{}")
    assert "is damaged; start over with --no-resume" in gate("odd", *SAME)[2]


def test_a_judge_that_its_audit_calls_no_evidence_draws_nothing(gate, place, tmp_path):
    manifest = json.loads((place / "base" / "manifest.json").read_text())
    at_chance = Audited(
        interval=Interval(0.5, 0.4, 0.6, 80, 40),
        **{"chance": 0.5, "scorer": "objects", "field": "count", "tag": "counting"},
    )
    path = tmp_path / "audit.json"
    path.write_text(to_json([at_chance], manifest["scorers"], {}, dialect=manifest["dialect"]))

    code, _, err = gate("guessed", *SAME, "--audit", str(path))
    assert code == 2 and "the rule on objects.count blocks, and its judge is no evidence" in err
    assert not list((place / "guessed").glob("samples-*"))


def test_what_no_image_could_decide_draws_none(gate, place):
    words = ("--scorer-arg", "outside.pixels.strict=false")
    code, said, _ = gate("other", *SAME, *words)

    assert code == 3
    assert counts(said) == (0, 192)
    assert "another objects" in said["verdicts"][0]["reason"]
    assert not list((place / "other").glob("samples-*"))


def test_images_that_the_baseline_has_not_are_refused(gate):
    code, _, err = gate("elsewhere", *SAME, "--seed", "4")

    assert code == 2
    assert "none of the planned images is among the baseline's 192" in err
    assert "from seed 3; leave --seed" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["base", "--sequential"], "give either the folder of a RUN, or --sequential"),
        ([], "give either the folder of a RUN, or --sequential"),
        (["base", "--steps", "2"], "--steps: draws images, so it goes with --sequential only"),
    ],
)
def test_a_folder_or_drawing_but_not_both(place, monkeypatch, capsys, words, says):
    monkeypatch.chdir(place)
    with pytest.raises(SystemExit) as ended:
        cli.main(["gate", *words, "--baseline", "base.json", "--policy", "policy.yaml"])

    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_the_first_maximum_is_of_its_images_alone(tmp_path):
    keys = [Key("s", f"p{n}", 0) for n in range(4)]
    assert first_maximum(tmp_path, 2, keys) == frozenset(keys[:2])
    assert first_maximum(tmp_path, 4, keys) == frozenset(keys[:2])
    with pytest.raises(InputError, match="this gate was begun on other images"):
        first_maximum(tmp_path, 2, keys[::-1])


def test_the_first_maximum_is_a_file_that_anybody_can_recompute(tmp_path):
    first_maximum(tmp_path, 1, [Key("s", "p0", 0), Key("s", "p1", 0)])
    # printf '[["s","p0",0]]' | sha256sum
    assert (tmp_path / "sequential.json").read_text() == (
        '{\n  "first_maximum": 1,\n  "images": '
        '"c17cd2cc9a297ea4ca71dbbdfcd46c941085cdad094bd5a74ca1003dc410a1b9"\n}\n'
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"first_maximum": 1}', '{"first_maximum": "x"}'])
def test_a_damaged_first_maximum_is_refused_with_the_mend(tmp_path, text):
    (tmp_path / "sequential.json").write_text(text)
    with pytest.raises(InputError, match=r"sequential\.json: is damaged; start over with --no-res"):
        first_maximum(tmp_path, 1, [Key("s", "p0", 0)])


def test_nobody_has_to_say_again_what_the_baseline_was_drawn_with():
    base = sides.side({"objects.count": ["111", "111"]}, seed=7)
    assert defaults(base) == {
        **{"seed": 7, "prompts": ["counts"]},
        **{"num_images": 3, "scorers": ["objects"]},
    }
    # A scorer from outside is not known by its name alone, and without images there is no number.
    outside = replace(base, scorers={"objects": "s", "mine": "s"}, planned=())
    assert defaults(outside) == {"seed": 7, "prompts": ["counts"]}
    assert "scorers" not in defaults(replace(base, scorers={}))
    every = dict.fromkeys(names("scorers"), "s")
    assert defaults(replace(base, scorers=every))["scorers"] == [*every]


def test_there_are_about_twenty_looks_and_no_batch_is_cut():
    assert images_a_round(1000, 8) == 50 and images_a_round(1001, 8) == 51
    assert images_a_round(100, 8) == 8


@pytest.mark.parametrize(
    "more", [{"workers": 2}, {"judge_workers": 1}, {"executor": "processes"}, {"executor": "ray"}]
)
def test_looks_are_taken_in_one_process(more):
    with pytest.raises(InputError, match="--sequential: looks after every few images"):
        sequential.draw_until_decided(Settings(**more), sides.side({}), "scenes")


def test_one_process_may_be_asked_for():
    settings = Settings(model="no/where/at/all", executor="inline")
    with pytest.raises(InputError, match="no/where/at/all"):
        sequential.draw_until_decided(settings, sides.side({}), "scenes")


def units(*of):
    """Families of a prompt set, each with so many images: ("a", 2) is two images of set a."""
    return [
        (
            name,
            [Request(Key(name, f"p{n}", i), Prompt(f"p{n}", "x", "t"), i) for i in range(images)],
        )
        for n, (name, images) in enumerate(of)
    ]


def test_the_next_families_are_those_of_open_sets_until_there_are_enough():
    a, b, c, d = waiting = units(("a", 2), ("b", 2), ("a", 1), ("a", 2))
    assert _next(waiting, {"a"}, 3) == ([a, c], [b, d])
    assert _next(waiting, {"a"}, 2) == ([a], [b, c, d])
    assert _next(waiting, {"a"}, 4) == ([a, c, d], [b])
    assert _next(waiting, {"b"}, 9) == ([b], [a, c, d])
    assert _next(waiting, {"a", "b"}, 1) == ([a], [b, c, d])
    assert _next(waiting, set(), 9) == ([], waiting)


def looks(before, after, *rules, first=()):
    """What is drawn in each round until all is decided, and the words at the end."""
    order = [(k.prompt_set, [Request(k, Prompt(k.prompt_id, "x", "t"), 0)]) for k in after.planned]
    rounds = []

    def look(new, drawn):
        if new:
            rounds.append([request.key.prompt_id for request in new])
        keys = [request.key for request in drawn]
        known = {at: held for at, held in after.readings.items() if at[1] in keys}
        return replace(after, planned=tuple(keys), readings=known)

    policy = Policy(rules or (Rule("objects.count", 0.4, True),), 0.1)
    drawn, verdicts, side = _rounds(before, policy, order, 4, first, look)
    assert [request.key for request in drawn] == [*side.planned]
    return rounds, [verdict.word for verdict in verdicts]


def test_rounds_end_when_what_blocks_is_decided_or_nothing_waits():
    good, bad = (sides.side({"objects.count": [letter] * 40}) for letter in "10")
    rounds, words = looks(good, bad)
    # Each round draws four, from where the last one ended.
    assert words == ["fail"] and 1 <= len(rounds) < 10
    assert [name for names in rounds for name in names] == [f"p{n}" for n in range(4 * len(rounds))]
    few = sides.side({"objects.count": ["1"] * 6})
    assert looks(few, few) == ([["p0", "p1", "p2", "p3"], ["p4", "p5"]], ["undecided"])
    # What only watches, and what no image could decide, draws none.
    assert looks(good, bad, Rule("objects.count", 0.4, True, "watch"))[0] == []
    assert looks(good, replace(bad, scorers={"objects": "another"})) == ([], ["undecided"])


def test_at_the_first_maximum_a_set_has_ended_and_its_images_are_tested_as_of_a_fixed_number():
    # Six of six prompts lost: one sign pattern of 2**6, below the half of alpha that is kept for
    # it, where bets alone have not won yet.
    good, bad = (sides.side({"objects.count": [letter] * 6}) for letter in "10")
    rule = Rule("objects.count", 0.01, True)
    assert looks(good, bad, rule)[1] == ["undecided"]
    assert looks(good, bad, rule, first=good.planned)[1] == ["fail"]
