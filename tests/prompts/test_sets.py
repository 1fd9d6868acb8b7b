"""What a prompt set and its card say, and the digest of the set."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.files.jsonlines import LINE_CAP
from evalsuite.prompts import sets as prompts
from evalsuite.records import Clause, InputError, Prompt, Question

ROW = {"tag": "t", "prompt": "x"}
QUICK = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(folder: Path, *rows: object, name: str = "mine") -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def card(folder: Path, **changes: str) -> None:
    fields = dict(name="mine", version="1.10", dialect="scenes", topic="counts", licence="CC0-1.0")
    fields |= {"source": "hand", "not_measured": "much", **changes}
    front = "".join(f"{key}: {value}\n" for key, value in fields.items())
    (folder / "mine.md").write_text(f"---\n{front}---\nBody.\n", encoding="utf-8")


def test_reads_genevals_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "evaluation_metadata.jsonl"
    path.write_text(
        '{"tag": "counting", "include": [{"class": "clock", "count": 2}], '
        '"exclude": [{"class": "clock", "count": 3}], "prompt": "a photo of two clocks"}\n'
        '{"tag": "position", "include": [{"class": "bench", "count": 1}, {"class": "dog", '
        '"count": 1, "position": ["right of", 0]}], "prompt": "a dog right of a bench"}\n'
        '{"tag": "colors", "include": [{"class": "bus", "count": 1, "color": "red"}], '
        '"prompt": "a photo of a red bus"}\n'
    )
    read = prompts.read(path)
    assert (read.name, read.version, read.dialect) == ("evaluation_metadata", "0", "everyday")
    assert read.card == {}
    assert read.prompts == (
        Prompt(
            "evaluation_metadata-0000",
            "a photo of two clocks",
            "counting",
            include=(Clause("clock", 2),),
            exclude=(Clause("clock", 3),),
        ),
        Prompt(
            "evaluation_metadata-0001",
            "a dog right of a bench",
            "position",
            include=(Clause("bench"), Clause("dog", position=("right of", 0))),
        ),
        Prompt(
            "evaluation_metadata-0002",
            "a photo of a red bus",
            "colors",
            include=(Clause("bus", color="red"),),
        ),
    )


def test_a_byte_order_mark_at_the_start_says_nothing(tmp_path: Path) -> None:
    card(tmp_path)
    plain = prompts.read(write(tmp_path, ROW))
    for name in ("mine.jsonl", "mine.md"):
        path = tmp_path / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert prompts.read(tmp_path / "mine.jsonl") == plain


def test_the_card_names_version_and_dialect(tmp_path: Path) -> None:
    card(tmp_path)
    read = prompts.read(write(tmp_path, ROW))
    assert (read.version, read.dialect, read.card["not_measured"]) == ("1.10", "scenes", "much")


def test_a_card_may_name_the_measure_that_speaks_for_the_set(tmp_path: Path) -> None:
    path = write(tmp_path, ROW)
    card(tmp_path)
    plain = prompts.read(path)
    assert "headline" not in plain.card
    card(tmp_path, headline="objects.count")
    read = prompts.read(path)
    assert read.card["headline"] == "objects.count"
    assert read.digest == plain.digest


def test_the_card_names_what_families_and_strata_are(tmp_path: Path) -> None:
    job, site = {"job": "nurse", "band": "mixed"}, {"job": "nurse", "place": "ward"}
    rows = [
        {**ROW, "id": "a", "groups": job},
        {**ROW, "id": "b", "groups": site},
        {**ROW, "id": "c", "groups": {"band": "low"}},
        {**ROW, "id": "d", "twin": "c"},
    ]
    path = write(tmp_path, *rows)
    card(tmp_path)
    plain = prompts.read(path)
    assert [plain.family(prompt) for prompt in plain.prompts] == ["a", "b", "c", "c"]
    assert [plain.stratum(prompt) for prompt in plain.prompts] == ["", "", "", ""]

    card(tmp_path, cluster="[job, place]", strata="[band]")
    read = prompts.read(path)
    assert (read.cluster, read.strata) == (("job", "place"), ("band",))
    assert [read.family(prompt) for prompt in read.prompts] == ["nurse", "nurse | ward", "c", "c"]
    assert [read.stratum(prompt) for prompt in read.prompts] == ["mixed", "", "low", ""]
    # The images and what is said of them are the same.
    assert read.digest == plain.digest


@pytest.mark.parametrize("key", ["cluster", "strata"])
def test_a_card_must_name_labels_that_there_are(tmp_path: Path, key: str) -> None:
    card(tmp_path, **{key: "[ocupation]"})
    path = write(tmp_path, {**ROW, "groups": {"occupation": "nurse"}})
    says = f"mine.md:1:1: {key} names 'ocupation', .*; did you mean 'occupation'?"
    with pytest.raises(InputError, match=says):
        prompts.read(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "other"}, "mine.md:1:1: name 'other' is not the file's, 'mine'"),
        ({"dialect": "poetry"}, "mine.md:1:1: dialect: input should be 'everyday' or 'scenes'"),
        ({"license": "MIT"}, "mine.md:1:1: unknown key 'license'; did you mean 'licence'?"),
        ({"topic": '"\\UFFFFFFFF"'}, "mine.md:5: is not YAML: an escape stands for no character"),
        ({"source": '"a\\u202eb"'}, "mine.md:7: control, bidi or broken"),
        ({"version": '"1\\t2"'}, "mine.md:1:1: version: control, bidi or broken"),
        ({"source": "x" * LINE_CAP}, "mine.md:1:1: card over"),
    ],
)
def test_bad_cards_are_refused(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    card(tmp_path, **changes)
    with pytest.raises(InputError) as caught:
        prompts.read(write(tmp_path, ROW))
    assert message in str(caught.value)


TEXTS = st.from_regex(r"\A[a-zé ]{0,8}[a-z]\Z")
LOOKS = st.none() | TEXTS
CLAUSES = st.builds(Clause, TEXTS, st.integers(1, 9), color=LOOKS, material=LOOKS, size=LOOKS)


@QUICK
@given(
    st.lists(
        st.builds(Prompt, st.just(""), TEXTS, TEXTS, include=st.tuples(CLAUSES, CLAUSES)),
        min_size=1,
    )
)
def test_rows_round_trip(tmp_path: Path, made: list[Prompt]) -> None:
    rows = [{**prompts.row(prompt), "id": f"p{i}"} for i, prompt in enumerate(made)]
    first = prompts.read(write(tmp_path, *rows))
    second = prompts.read(write(tmp_path, *map(prompts.row, first.prompts)))
    assert first == second
    assert [prompts.row(prompt) for prompt in first.prompts] == rows


def digest(folder: Path, *rows: object) -> str:
    return prompts.read(write(folder, *rows)).digest


def test_the_digest_covers_rows_and_version_and_nothing_else(tmp_path: Path) -> None:
    other = {"tag": "t", "prompt": "y"}
    plain = digest(tmp_path, ROW, other)
    spelt = {"prompt": "x", "tag": "t", "include": [], "twin": None, "id": "mine-0000"}
    assert digest(tmp_path, spelt, other) == plain
    assert digest(tmp_path, {**ROW, "id": "b"}, other) != plain
    assert digest(tmp_path, {**ROW, "groups": {"a": "b"}}, other) != plain
    assert digest(tmp_path, {**ROW, "include": [{"class": "dog"}]}, other) != plain
    card(tmp_path)
    carded = digest(tmp_path, ROW, other)
    assert carded != plain
    card(tmp_path, not_measured="something else")
    assert digest(tmp_path, ROW, other) == carded


def test_the_digest_is_fixed_for_ever(tmp_path: Path) -> None:
    """Seeds come from it: a change of the canonical form would change every image."""
    canonical = (
        b'["evalsuite-prompts-1","mine","0"]\n'
        b'{"exclude":[],"groups":{},"id":"mine-0000","include":[],"prompt":"x","subject":null,'
        b'"tag":"t","twin":null}\n'
    )
    assert digest(tmp_path, ROW) == hashlib.sha256(canonical).hexdigest()


def test_a_row_says_how_things_look_what_is_written_and_what_to_ask(tmp_path: Path) -> None:
    row = {
        **ROW,
        "include": [{"class": "cup", "material": "metal", "size": "small"}],
        "exclude": [{"class": "cup", "material": "wooden"}],
        "words": "OPEN",
        "questions": [
            {"question": "Is there a cup?"},
            {
                "question": "Of what?",
                "answer": "metal",
                "choices": ["metal", "clay"],
                "depends": [0],
                "kind": "material",
            },
        ],
    }

    (prompt,) = prompts.read(write(tmp_path, row)).prompts

    assert prompt.include == (Clause("cup", material="metal", size="small"),)
    assert prompt.exclude == (Clause("cup", material="wooden"),)
    assert prompt.words == "OPEN"
    assert prompt.questions == (
        Question("Is there a cup?"),
        Question("Of what?", "metal", ("metal", "clay"), (0,), "material"),
    )
    again = write(tmp_path, prompts.row(prompt))
    assert prompts.read(again).prompts == (prompt,)


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ({"question": "Which?", "answer": "red", "choices": ["blue"]}, "not among choices"),
        ({"question": "Which?", "depends": [0]}, "other questions"),
        ({"question": "Which?", "depends": [1]}, "other questions"),
        ({"question": "Which?", "anser": "red"}, "did you mean 'answer'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    tmp_path: Path, question: dict[str, object], fault: str
) -> None:
    with pytest.raises(InputError, match=fault):
        prompts.read(write(tmp_path, {**ROW, "questions": [question]}))


def test_importing_prompts_loads_no_model_library() -> None:
    code = "import sys, evalsuite.prompts; print({'torch', 'pandas', 'yaml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_questions_may_depend_on_later_ones_and_on_one_another(tmp_path: Path) -> None:
    asked = [{"question": "Is it day?", "depends": [1]}, {"question": "Light?", "depends": [0]}]
    (prompt,) = prompts.read(write(tmp_path, {**ROW, "questions": asked})).prompts
    assert [question.depends for question in prompt.questions] == [(1,), (0,)]


def test_long_prompts_and_long_words_are_read(tmp_path: Path) -> None:
    long = {**ROW, "prompt": "word " * 6000, "words": "letters " * 500}
    (prompt,) = prompts.read(write(tmp_path, long)).prompts
    assert (len(prompt.text), len(prompt.words or "")) == (30_000, 4_000)
    with pytest.raises(InputError, match="40000"):
        prompts.read(write(tmp_path, {**ROW, "prompt": "x" * 40_001}))


@pytest.mark.parametrize("relation", ["near", "next to", "on the side of"])
def test_relations_without_a_direction_are_read(tmp_path: Path, relation: str) -> None:
    include = [{"class": "dog"}, {"class": "cat", "position": [relation, 0]}]
    (prompt,) = prompts.read(write(tmp_path, {**ROW, "include": include})).prompts
    assert prompt.include[1].position == (relation, 0)
    with pytest.raises(InputError, match="or 'on the side of'"):
        prompts.read(
            write(
                tmp_path,
                {**ROW, "include": [include[0], {**include[1], "position": ["nearby", 0]}]},
            )
        )


def test_a_byte_order_mark_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, ROW)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(prompts.read(path).prompts) == 1
