import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.files import strict_yaml
from evalsuite.files.strict_yaml import MAX_BYTES, parse, read, scalar
from evalsuite.records import InputError

SIGNS = (("", math.inf), ("+", math.inf), ("-", -math.inf))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # The examples of YAML 1.2.2, 10.3.2, but for 0o7 and 0x3A, which stay texts here.
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-19", -19),
        ("0.", 0.0),
        ("-0.0", 0.0),
        (".5", 0.5),
        ("+12e03", 12000.0),
        ("-2E+05", -200000.0),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        *((f"{sign}{word}", number) for sign, number in SIGNS for word in (".inf", ".Inf", ".INF")),
        *((word, None) for word in ("Null", "NULL")),
        *((word, True) for word in ("True", "TRUE")),
        *((word, False) for word in ("false", "FALSE")),
        ("+.INF", math.inf),
        # What YAML 1.1 takes for something else.
        ("1e-2", 0.01),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2026-11-26", "2026-11-26"),
        # A needless zero, or more digits than a float can tell apart, is no number's.
        ("010", "010"),
        ("0123456", "0123456"),
        ("00.5", "00.5"),
        ("99999999999999999999", "99999999999999999999"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("0x1F", "0x1F"),
        ("\u0663", "\u0663"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_not_a_number_is_one():
    assert all(math.isnan(scalar(word)) for word in (".nan", ".NaN", ".NAN"))


def test_a_mapping_by_value_and_as_written():
    found = parse('a: 1.10\nb: [1, no, "2"]\nc: {on: ~}\nd: |\n  x\n  y\n', "f.yaml")

    assert found.values == {"a": 1.1, "b": [1, "no", "2"], "c": {"on": None}, "d": "x\ny\n"}
    assert found.texts == {"a": "1.10", "b": ["1", "no", "2"], "c": {"on": "~"}, "d": "x\ny\n"}
    assert parse("", "f.yaml").values == parse("# no more\n", "f.yaml").texts == {}


def test_lines_of_what_is_there_and_of_what_is_not():
    found = parse("a: 1\nb:\n  - x\n  - k: 2\n    l: 3\n", "f.yaml", above=10)

    assert found.line(("b", 1, "l")) == 15
    assert found.line(("b", 1, "missing")) == 14
    assert found.line(("nothing",)) == 11
    assert found.line(("b", 2)) == found.line(("b", 9)) == 12
    with pytest.raises(InputError, match=r"^f\.yaml:15: too large$"):
        found.refuse(("b", 1, "l"), "too large")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1\n", ":2: is not YAML: expected ',' or ']'"),
        ("a: 1\n b: 2\n", ":2: is not YAML: mapping values are not allowed here"),
        ("a: 1\n---\na: 2\n", ":2: is not YAML: but found another document"),
        ("- a\n", ":1: is not a mapping"),
        ("a\n", ":1: is not a mapping"),
        ("a: 1\nb: {c: 1, d: 2, c: 3}\n", ":2: key 'c' is there twice; keep one"),
        ("a:\n- x: 1\n- y: 1\n  y: 2\n", ":4: key 'y' is there twice; keep one"),
        ('a: 1\n"a": 2\n', ":2: key 'a' is there twice; keep one"),
        # Of a long key the first sixty letters tell which one it is.
        (f"{'k' * 61}: 1\n" * 2, f":2: key '{'k' * 60}' is there twice; keep one"),
        ("a: 1\n? [b]\n: 2\n", ":2: a key is no text"),
        ("a: &x 1\nb: *x\n", ":2: aliases are not read"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", ":3: aliases are not read"),
        ("a: 1\nb: !!python/object/apply:os.getcwd []\n", ":2: tags are not read"),
        ("a: !!str 1\n", ":1: tags are not read"),
        ("a: 1\nb: x\x1b[2Jy\n", ":2: control, bidi or broken character U+001B"),
        ('a: 1\nb: "x\\e[2Jy"\n', ":2: control, bidi or broken character U+001B"),
        ("a: x\u202ey\n", ":1: control, bidi or broken character U+202E"),
        ('a: "\\ud83d"\n', ":1: control, bidi or broken character U+D83D"),
        ("a: 1\nb: \uffff\n", ":2: control, bidi or broken character U+FFFF"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', ":2: is not YAML: an escape stands for no character"),
        ('a: 1\nb: "\\U00110000"\n', ":2: is not YAML: an escape stands for no character"),
        ("a: " + "[" * 5000, ":1: nested deeper than 20 levels"),
        ("a:\n " + "{b: " * 5000, ":2: nested deeper than 20 levels"),
    ],
)
def test_every_refusal_names_file_and_line(text, says):
    with pytest.raises(InputError) as refused:
        parse(text, "f.yaml")

    assert str(refused.value).startswith("f.yaml" + says)
    assert "\n" not in str(refused.value)


def test_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "f.yaml"
    with pytest.raises(InputError, match=r"^--config f: No such file or directory; name a readab"):
        read(path, "--config f")
    with pytest.raises(InputError, match="Is a directory"):
        read(tmp_path)
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError, match=r"f\.yaml:2: byte 0xff is not UTF-8; save the file as UT"):
        read(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match=r"f\.yaml: longer than 1048576 bytes"):
        read(path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\nb: 3\r\n")
    with pytest.raises(InputError, match=r"f\.yaml:3: key 'b' is there twice"):
        read(path)
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read(path).values == {"a": 1, "b": 2}


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        found = parse(text, "f.yaml")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert list(found.values) == list(found.texts)


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1),
        st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text("abc 1.e-:#'\"[]"),
    )
)
def test_what_pyyaml_writes_is_read_back(value):
    """But for texts that only YAML 1.2 takes for a number: PyYAML does not quote `1e5`."""
    written = yaml.safe_dump(value)
    read_back = parse(written, "f.yaml").values

    assert read_back.keys() == value.keys()
    for name, inner in value.items():
        is_unquoted = isinstance(inner, str) and strict_yaml.scalar(inner) != inner
        if not (is_unquoted and f"{name}: {inner}\n" in written):
            assert read_back[name] == inner


def test_the_line_of_a_sign_that_is_no_text_counts_from_the_first():
    with pytest.raises(InputError, match=r"^card:2: "):
        parse("\na: \x07", "card")
    with pytest.raises(InputError, match=r"^card:1: "):
        parse("a: \x07\n", "card")


def test_twenty_levels_are_read_and_no_more():
    nested = parse(f"a: {'[' * 19}{']' * 19}", "f").values["a"]
    assert str(nested) == "[" * 19 + "]" * 19
    with pytest.raises(InputError, match="f:1: nested deeper than 20 levels; flatten it"):
        parse(f"a: {'[' * 20}{']' * 20}", "f")


def test_a_byte_that_is_no_text_is_named_with_its_line_after_empty_ones(tmp_path):
    (tmp_path / "f.yaml").write_bytes(b"\n\na: \xff\n")
    with pytest.raises(InputError, match=r"f\.yaml:3: byte 0xff is not UTF-8"):
        strict_yaml.read(tmp_path / "f.yaml")
