import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.files.jsonlines import FILE_CAP, LINE_CAP
from evalsuite.prompts import sets as prompts
from evalsuite.records import Clause, InputError, Prompt, PromptSet, Question

HEAD = '{"tag": "t", "prompt": "x"'
DOG = '{"class": "dog"}'
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
            (Clause("clock", 2),),
            (Clause("clock", 3),),
        ),
        Prompt(
            "evaluation_metadata-0001",
            "a dog right of a bench",
            "position",
            (Clause("bench"), Clause("dog", position=("right of", 0))),
        ),
        Prompt(
            "evaluation_metadata-0002",
            "a photo of a red bus",
            "colors",
            (Clause("bus", color="red"),),
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


# The mark § stands where the refusal must point, and is taken out before the file is written.
REFUSED = {
    "§": "the file holds no prompts",
    "§\n \n": "the file holds no prompts",
    "§[]": "not a JSON object",
    '{"tag" §"t"}': "bad JSON: Expecting ':' delimiter",
    f"{HEAD}}} §x": "bad JSON: Extra data",
    f'\n{HEAD}, §"incldue": []}}': "unknown key 'incldue'; did you mean 'include'?",
    f'{HEAD}, "include": [{DOG}, {{§"clas": "cat"}}]}}': "unknown key 'clas'; did you mean",
    '§{"tag": "t"}': "'prompt' is missing",
    f'{HEAD}, "include": [{DOG}, §{{"count": 2}}]}}': "'class' is missing",
    f'{HEAD}, §"tag": "u"}}': "key 'tag' is there twice",
    f'{HEAD}, "include": [{{"class": "dog", §"count": "3"}}]}}': "include.0.count: input should be",
    f'{HEAD}, "include": [{{"class": "dog", §"count": {"9" * 5000}}}]}}': "include.0.count:",
    f'{HEAD}, "include": [{{"class": "dog", §"count": NaN}}]}}': "include.0.count:",
    f'{HEAD}, "include": [{{"class": "dog", §"count": 0}}]}}': "include.0.count:",
    f'{HEAD}, "include": [{{"class": "a", "position": ["above", §0]}}]}}': "position must point",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": ["above", §1]}}]}}': "position must",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": ["above", §-1]}}]}}': "position must",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": ["above", §true]}}]}}': "include.1.p",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": [§"atop", 0]}}]}}': "include.1.p",
    f'{HEAD}, "exclude": [{{"class": "a", §"position": ["above", 0]}}]}}': "position belongs in",
    f'{HEAD}, "include": [{DOG}], "exclude": [§{DOG}]}}': "no picture has 1 'dog' and fewer than 1",
    f'{HEAD}, §"subject": "dog"}}': "subject: input should be 'person'",
    f'{HEAD}, §"id": "a b"}}': "id: string should match",
    f'{HEAD}, §"twin": "a"}}': "twin 'a' is not in this set",
    f'{HEAD}, "id": "a", §"twin": "a"}}': "twin 'a' is not another",
    f'{HEAD}, "id": "a"}}\n{HEAD}, §"id": "a"}}': "id 'a' is taken by line 1",
    '{"tag": "t", "prompt": "a§\u202eb"}': "control, bidi or broken character U+202E",
    '{"tag": "t", §"prompt": "a\\u202eb"}': "control, bidi or broken character U+202E",
    '{"tag": "t", §"prompt": "a\\ud800b"}': "control, bidi or broken character U+D800",
    '{"tag": "t", §"prompt": "a\\u0007b"}': "control, bidi or broken character U+0007",
    '{"tag": "t", "prompt": "a§\x00b"}': "control, bidi or broken character U+0000",
    '{"tag": "t", §"\\udfff": "b"}': "control, bidi or broken character U+DFFF",
    f"{HEAD}}}\n§\ufeff{HEAD}}}": "control, bidi or broken character U+FEFF",
    '{"tag": "t", §"prompt": "cafe\u0301"}': "text is not in Unicode normal form C",
    "§" + "[" * 60_000: "brackets nested too deeply",
    "§" + '{"a":' * 9_000: "brackets nested too deeply",
    " " * LINE_CAP + "§ ": f"line over {LINE_CAP} bytes",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=range(len(REFUSED)))
def test_refusals_name_file_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.jsonl"
    before, after = text.split("§")
    path.write_bytes((before + after).encode())
    with pytest.raises(InputError) as caught:
        prompts.read(path)
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert f"mine.jsonl:{line}:{column}: {message}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_utf8_are_refused_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes('{"tag": "t", "prompt": "ä'.encode() + b'\xe9"}')
    with pytest.raises(InputError, match=r"mine.jsonl:1:26: byte 0xe9 is not UTF-8"):
        prompts.read(path)


def test_files_over_the_cap_are_refused_before_they_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    line = b" " * (LINE_CAP - 1) + b"\n"
    path.write_bytes(line * (FILE_CAP // LINE_CAP) + b"\n")
    with pytest.raises(InputError, match=rf":{FILE_CAP // LINE_CAP + 1}:1: file over"):
        prompts.read(path)


def test_a_line_of_a_gigabyte_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)  # a hole: no disk is used
    with pytest.raises(InputError, match="line over"):
        prompts.read(path)


@pytest.mark.parametrize("name", ["none.jsonl", "folder.jsonl", "set.txt", "my set.jsonl", "a\nb"])
def test_what_is_no_prompt_file_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(InputError) as caught:
        prompts.read(tmp_path / name)
    assert "\n" not in str(caught.value)


@QUICK
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(data)
    with pytest.raises(InputError):
        prompts.read(path)


@QUICK
@given(st.binary(max_size=300))
def test_no_card_raises_anything_else(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path, ROW)
    path.with_suffix(".md").write_bytes(b"---\n" + data + b"\n---\n")
    with pytest.raises(InputError):
        prompts.read(path)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["id", "tag", "prompt", "include", "exclude", "groups", "twin", "class", "x"]
)


@QUICK
@given(st.dictionaries(KEYS, TREES | st.lists(st.dictionaries(KEYS, TREES)), min_size=1))
def test_no_json_raises_anything_else(tmp_path: Path, row: dict[str, object]) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(row))
    try:
        assert len(prompts.read(path).prompts) == 1
    except InputError as error:
        assert "mine.jsonl:1:" in str(error)
        assert "\n" not in str(error)


TEXTS = st.from_regex(r"\A[a-zé ]{0,8}[a-z]\Z")
LOOKS = st.none() | TEXTS
CLAUSES = st.builds(Clause, TEXTS, st.integers(1, 9), LOOKS, material=LOOKS, size=LOOKS)


@QUICK
@given(
    st.lists(st.builds(Prompt, st.just(""), TEXTS, TEXTS, st.tuples(CLAUSES, CLAUSES)), min_size=1)
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
            {"question": "Of what?", "answer": "metal", "choices": ["metal", "clay"],
             "depends": [0], "kind": "material"},
        ],
    }  # fmt: skip

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


@pytest.fixture
def pairs(tmp_path: Path) -> PromptSet:
    rows = []
    for i in range(6):
        rows += [{**ROW, "id": f"a{i}"}, {**ROW, "id": f"n{i}", "twin": f"a{i}"}]
    return prompts.read(write(tmp_path, *rows))


def ids(chosen: PromptSet) -> list[str]:
    return [prompt.id for prompt in chosen.prompts]


def test_limit_slices_and_keeps_twins(pairs: PromptSet) -> None:
    assert ids(prompts.select(pairs, limit="3")) == ["a0", "n0", "a1"]
    assert ids(prompts.select(pairs, limit="3-4")) == ["a1", "n1"]
    assert ids(prompts.select(pairs, limit="4-5")) == ["a1", "n1", "a2"]
    assert prompts.select(pairs, limit="999") == pairs
    assert prompts.select(pairs, limit="2").digest == pairs.digest


@pytest.mark.parametrize("limit", ["0", "-1", "a", "", "4-3", "0-2", "13-14", "1-", "1.5", "٣"])
def test_limits_that_select_nothing_are_refused(pairs: PromptSet, limit: str) -> None:
    with pytest.raises(InputError, match="is not N or a-b within the 12 of mine"):
        prompts.select(pairs, limit=limit)


@given(st.integers(1, 14), st.integers(0, 99))
def test_samples_are_repeatable_exact_and_leave_no_twin_dangling(size: int, seed: int) -> None:
    rows = [Prompt(f"{kind}{i}", "x", "t", twin=f"a{i}" if kind == "n" else None)
            for i in range(6) for kind in "an"]  # fmt: skip
    whole = PromptSet("mine", "1", "0" * 64, "everyday", tuple(rows))
    chosen = prompts.select(whole, sample=size, seed=seed)
    assert chosen == prompts.select(whole, sample=size, seed=seed)
    kept = ids(chosen)
    assert len(kept) == min(size, 12)
    assert kept == [prompt.id for prompt in rows if prompt.id in kept]
    assert all(f"a{name[1:]}" in kept for name in kept)
    whole_pairs = sum(name[0] == "n" for name in kept)
    assert whole_pairs == len(kept) // 2


def test_samples_differ_by_seed(pairs: PromptSet) -> None:
    drawn = {tuple(ids(prompts.select(pairs, sample=4, seed=seed))) for seed in range(20)}
    assert len(drawn) > 5
    with pytest.raises(InputError, match="give a number from 1"):
        prompts.select(pairs, sample=0)


def test_find_takes_paths_and_names_in_the_dialect(tmp_path: Path) -> None:
    path = write(tmp_path, ROW)
    found = prompts.find([str(path), "spatial", "scenes-counts"], "scenes")
    assert [one.name for one in found] == ["mine", "scenes-spatial", "scenes-counts"]
    assert [one.name for one in prompts.find(["spatial"], "everyday")] == ["spatial"]


def test_find_refuses_misspelt_and_repeated_names() -> None:
    with pytest.raises(InputError, match=r"no prompt set 'cuonts'; did you mean 'counts'"):
        prompts.find(["cuonts"], "everyday")
    with pytest.raises(InputError, match="two prompt sets are named 'counts'"):
        prompts.find(["counts", "counts"], "everyday")


def test_bundled_sets_come_in_report_order() -> None:
    scenes = ["counts", "negation", "spatial", "occupations"]
    assert prompts.default("everyday") == list(prompts.TOPICS)
    assert prompts.default("scenes") == [f"scenes-{name}" for name in scenes]
    assert prompts.bundled() == prompts.default("everyday") + prompts.default("scenes")


@pytest.mark.parametrize("name", prompts.bundled())
def test_bundled_sets_are_sound(name: str) -> None:
    (read,) = prompts.find([name], "everyday")
    assert read.version != "0"
    assert (read.dialect == "scenes") == name.startswith("scenes-")
    assert read.card["topic"] == name.removeprefix("scenes-")
    assert prompts.lint(read) == []
    assert len(read.prompts) >= (40 if read.dialect == "scenes" else 80)
    assert [prompt.id for prompt in read.prompts] == [
        f"{name}-{index:04d}" for index in range(len(read.prompts))
    ]


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
