import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.files.front_matter import dialect_of, front_matter, read_card
from evalsuite.records import InputError


def card(folder, text):
    (folder / "README.md").write_text(text, encoding="utf-8")
    return folder


def test_values_stay_the_text_that_the_card_has(tmp_path):
    text = "---\nversion: 1.10\nanswer: no\ndialect: scenes\ntags: [a, b]\nmap: {x: y}\n---\n# T\n"
    assert read_card(card(tmp_path, text)) == {
        "version": "1.10",
        "answer": "no",
        "dialect": "scenes",
        "tags": "a, b",
    }


@pytest.mark.parametrize("text", ["", "# Title\n", "text\n---\na: b\n---\n", "---\n---\n"])
def test_no_front_matter_is_an_empty_card(tmp_path, text):
    assert read_card(card(tmp_path, text)) == {}
    assert read_card(tmp_path / "nowhere") == {}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    (tmp_path / "README.md").write_bytes(b"\xef\xbb\xbf---\r\nname: x\r\n---\r\n")
    assert read_card(tmp_path) == {"name": "x"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\na: b\n", "c.md:1: opens a front matter that no second --- line closes"),
        ("---\na: b\n c: d\n---\n", "c.md:3: is not YAML: mapping values are not allowed here"),
        ("---\n- a\n---\n", "c.md:2: is not a mapping, lines `name: value`"),
        ("---\na: &x [b]\nc: *x\n---\n", "c.md:3: aliases are not read"),
        ("---\na: b\na: c\n---\n", "c.md:3: key 'a' is there twice"),
        ("---\na: " + "[" * 5000 + "\n---\n", "c.md"),
        ('---\na: "\\UFFFFFFFF"\n---\n', "c.md:2: is not YAML: an escape stands for no character"),
    ],
)
def test_bad_front_matter_is_refused_with_its_place(text, message):
    with pytest.raises(InputError) as refused:
        front_matter(text, "c.md")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_tag_makes_nothing():
    with pytest.raises(InputError, match=r"c\.md:2: tags are not read"):
        front_matter("---\na: !!python/object/apply:os.getcwd []\nb: x\n---\n", "c.md")


def test_cards_that_are_no_text_or_too_long_are_refused(tmp_path):
    (tmp_path / "README.md").write_bytes(b"---\na: \xff\n---\n")
    with pytest.raises(InputError, match=r"README.md:2: byte 0xff is not UTF-8"):
        read_card(tmp_path)
    (tmp_path / "README.md").write_bytes(b" " * (1 << 20) + b"x")
    with pytest.raises(InputError, match="longer than 1048576 bytes"):
        read_card(tmp_path)


def test_the_dialect_is_everyday_unless_the_card_says_another():
    assert dialect_of({}, "m") == "everyday"
    assert dialect_of({"dialect": "scenes"}, "m") == "scenes"
    with pytest.raises(InputError, match="m: dialect 'klingon' is unknown; it is everyday or scen"):
        dialect_of({"dialect": "klingon"}, "m")


@given(st.text(max_size=80))
def test_any_front_matter_is_read_or_refused_in_one_line(body):
    try:
        fields = front_matter(f"---\n{body}\n---\n", "c.md")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(isinstance(value, str) for value in fields.values())
