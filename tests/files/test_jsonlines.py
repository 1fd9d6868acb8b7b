"""Lines from strangers: where each bound lies, and the column of each flaw."""

import pytest

from evalsuite.files import jsonlines
from evalsuite.files.jsonlines import LINE_CAP, parse, part, read_lines
from evalsuite.records import InputError


def lines(tmp_path, data, **options):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    return [*read_lines(path, **options)]


def refused(tmp_path, data):
    with pytest.raises(InputError) as caught:
        for line in lines(tmp_path, data):
            parse(line)
    return str(caught.value).removeprefix(f"{tmp_path}/rows.jsonl:")


def test_lines_are_numbered_and_blank_ones_left_out(tmp_path):
    data = b"\xef\xbb\xbf{}\r\n \t\n[1]"
    assert [(line.number, line.text) for line in lines(tmp_path, data)] == [(1, "{}"), (3, "[1]")]
    assert [line.text for line in lines(tmp_path, data, blank=True)] == ["{}", " \t", "[1]"]


def test_a_line_has_at_most_64_kibibytes_with_its_end(tmp_path):
    assert LINE_CAP == 65_536
    whole = b'"' + b"x" * (LINE_CAP - 3) + b'"\n'
    assert len(lines(tmp_path, whole + whole)) == 2
    assert refused(tmp_path, b"{}\n " + whole).startswith("2:65537: line over 65536 bytes")


def test_a_file_has_at_most_so_many_bytes_and_lines(tmp_path, monkeypatch):
    assert (jsonlines.FILE_CAP, jsonlines.LINES_CAP) == (16 * 2**20, 500_000)
    monkeypatch.setattr(jsonlines, "FILE_CAP", 6)
    assert len(lines(tmp_path, b"{}\n{}\n")) == 2
    assert refused(tmp_path, b"{}\n{}\n{}") == "3:1: file over 6 bytes; split it"
    monkeypatch.setattr(jsonlines, "FILE_CAP", 100)
    monkeypatch.setattr(jsonlines, "LINES_CAP", 2)
    assert refused(tmp_path, b"{}\n{}\n\n") == "3:1: file over 2 lines; split it"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{}\n \xc3\xa9\xff", "2:3: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"{}\x1b", "1:3: control, bidi or broken character U+001B; take it out"),
        (b"{]", "1:2: bad JSON: "),
        (b"  [1]", "1:3: not a JSON object"),
        (b'{"a": 1, "b": [0, {"a": "\\u202e"}]}', "1:20: control, bidi or broken character U+202E"),
        (b'{ "a" : 1 , "a" : 2}', "1:13: key 'a' is there twice; keep one"),
        ('{"a": ["x", "e\u0301"]}'.encode(), "1:13: text is not in Unicode normal form C"),
        (b"[" * 60_000, "1:1: brackets nested too deeply"),
        # Without a blank, and in the second and third of a list.
        (b'{"a":{"b":"\\u202e"}}', "1:7: control, bidi or broken character U+202E"),
        (b'{"a":["x","\\u202e"]}', "1:11: control, bidi or broken character U+202E"),
        (b'{"a":["x","y",["\\u202e"]]}', "1:16: control, bidi or broken character U+202E"),
    ],
)
def test_a_flaw_is_said_with_its_line_and_column(tmp_path, data, said):
    assert refused(tmp_path, data).startswith(said)


def test_a_row_within_a_row_keeps_its_columns(tmp_path):
    (line,) = lines(tmp_path, b' { "a": [1, {}], "row": {"b": 2} , "c": 3}')
    inner = part(line, "row")
    assert parse(inner) == {"b": 2}
    assert inner.text == " " * 24 + '{"b": 2}'
    assert inner.number == 1
    # Of whatever kind the value is, and where the line begins with its object.
    (line,) = lines(tmp_path, b'{"row":"x","n":[1]}')
    assert part(line, "row").text == '       "x"'
    assert part(line, "n").text == " " * 15 + "[1]"


def test_numbers_too_long_for_python_are_floats(tmp_path):
    (line,) = lines(tmp_path, b'{"n": ' + b"9" * 19 + b', "m": 1' + b"0" * 19 + b"}")
    row = parse(line)
    assert (row["n"], type(row["n"])) == (10**19 - 1, int)
    assert (row["m"], type(row["m"])) == (1e19, float)


def test_a_folder_is_no_list_of_rows(tmp_path):
    with pytest.raises(InputError, match=r"not a plain file; give the path of a \.jsonl file"):
        [*jsonlines.read_lines(tmp_path)]
