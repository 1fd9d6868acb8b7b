import csv
import json
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from evalsuite.backends import _listing, folder
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

RED = (200, 10, 30)
NO_IMAGE = NoImage("failed", "no image in the folder for this prompt")


def picture(path, color=RED, size=(4, 3), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path, **options)


def jsonl(root, *rows):
    (root / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return root


def asked(prompt_id, text="x", index=0, prompt_set="set"):
    return Request(Key(prompt_set, prompt_id, index), Prompt(prompt_id, text, "counting"), 1)


def drawn(root, *requests, **options):
    """The upper left pixel of each answer, or the reason why there is none."""
    answers = folder.load(path=str(root), **options).render(requests)
    return [a if isinstance(a, NoImage) else tuple(int(v) for v in a[0, 0]) for a in answers]


def refused(root, **options):
    with pytest.raises(InputError) as error:
        folder.load(path=str(root), **options)
    assert "\n" not in str(error.value)
    return str(error.value)


# Which picture answers which request


def test_rows_are_found_by_id_and_by_text_and_counted_in_order(tmp_path):
    for name, color in [("a", (1, 0, 0)), ("b", (2, 0, 0)), ("c", (3, 0, 0)), ("d", (4, 0, 0))]:
        picture(tmp_path / f"{name}.png", color)
    jsonl(
        tmp_path,
        {"file_name": "a.png", "text": "  a café "},
        {"file_name": "b.png", "prompt": "a cafe\u0301", "seed": 3, "width": 4},
        {"file_name": "c.png", "prompt_id": "p1", "index": 5},
        {"file_name": "d.png", "prompt_id": "p1", "prompt_set": "other", "index": "5"},
    )
    assert drawn(
        tmp_path,
        asked("p0", "a café", 1),
        asked("p0", "a café", 0),
        asked("p1", "z", 5),
        asked("p1", "z", 5, "other"),
        asked("p0", "a café", 2),
        asked("p0", "A tea", 0),
        asked("p1", "z", 0),
    ) == [(2, 0, 0), (1, 0, 0), (3, 0, 0), (4, 0, 0), NO_IMAGE, NO_IMAGE, NO_IMAGE]


def shared_out(root, *prompts, images=1):
    """The upper left pixel of each image of each prompt, all prompts known beforehand."""
    backend = folder.load(path=str(root))
    assert backend.problems([Prompt(name, text, "t") for name, text in prompts]) == []
    requests = [asked(name, text, n) for name, text in prompts for n in range(images)]
    answers = backend.render(requests)
    return [None if isinstance(a, NoImage) else int(a[0, 0, 0]) for a in answers]


def listed(root, *rows):
    """A folder with the picture 1.png, 2.png, ... for each row; its number is its red."""
    for number, _ in enumerate(rows, 1):
        picture(root / f"{number}.png", (number, 0, 0))
    return jsonl(root, *({"file_name": f"{n}.png", **row} for n, row in enumerate(rows, 1)))


TWO = (("p1", "a dog"), ("p2", "a dog"))


@pytest.mark.parametrize(
    ("rows", "images", "drawn"),
    [
        ([{}, {}], 1, [1, 2]),
        ([{}, {}, {}, {}], 2, [1, 2, 3, 4]),
        ([{}, {}, {}], 2, [1, 2, 3, None]),
        ([{"index": 0}, {"index": 0}], 1, [1, 2]),
        ([{"index": 0}, {"index": 1}, {"index": 0}, {"index": 1}], 2, [1, 2, 3, 4]),
        # What the list has once is a picture of this text, whichever prompt has it.
        ([{}], 1, [1, 1]),
        ([{"prompt_id": "p2"}, {"prompt_id": "p1"}], 1, [2, 1]),
        # Ids of somebody else's numbering say nothing, and the text does.
        ([{"prompt_id": "17"}, {"prompt_id": "18"}], 1, [1, 2]),
        ([{"prompt_set": "set"}, {"prompt_set": "set"}], 1, [1, 2]),
    ],
)
def test_rows_of_one_text_are_shared_out_in_order(tmp_path, rows, images, drawn):
    root = listed(tmp_path, *({"prompt": "a dog", **row} for row in rows))
    assert shared_out(root, *TWO, images=images) == drawn


def test_one_picture_is_not_two_images_of_a_text(tmp_path):
    rows = [{"prompt": "a dog", "index": 0}] * 3
    with pytest.raises(InputError, match=r"metadata\.jsonl:3: image 0 of 'a dog' is in .*:1 too"):
        shared_out(listed(tmp_path, *rows), *TWO)


def test_rows_that_belong_to_nothing_are_said(tmp_path, caplog):
    rows = [{"prompt": text} for text in ("a dog", "a cat", "a cow", "a dog")]
    assert shared_out(listed(tmp_path, *rows), ("p1", "a dog"), ("p2", "a hen")) == [1, None]
    said = "2 of its 4 rows belong to none of the prompts, the first is metadata.jsonl:2"
    assert [said in record.getMessage() for record in caplog.records] == [True]
    caplog.clear()
    assert shared_out(listed(tmp_path, {"prompt": "a dog"}), ("p1", "a dog")) == [1]
    assert not caplog.records


@pytest.mark.parametrize(
    "text", ["a  red circle", " a red\tcircle ", "A red circle", "a red CIRCLE"]
)
def test_white_space_and_case_do_not_tell_texts_apart(tmp_path, text):
    root = listed(tmp_path, {"prompt": text})
    assert shared_out(root, ("p1", "a red circle")) == [1]
    assert shared_out(root, ("p1", "a   red Circle")) == [1]


@pytest.mark.parametrize("index", [{}, {"index": 0}])
def test_texts_of_any_case_are_shared_out_too(tmp_path, index):
    root = listed(tmp_path, *({"prompt": text, **index} for text in ("A  dog", "a dog")))
    assert shared_out(root, *TWO) == [1, 2]


def test_a_text_in_its_own_case_comes_before_others(tmp_path):
    root = listed(tmp_path, {"prompt": "a sign OPEN"}, {"prompt": "a sign open"})
    prompts = (("p1", "a sign open"), ("p2", "a sign OPEN"))
    assert shared_out(root, *prompts) == [2, 1]
    assert shared_out(root, *prompts[:1]) == [2]


@pytest.mark.parametrize(
    ("index", "image"), [(0.0, 0), ("0.0", 0), (3.0, 3), ("3.", 3), (float("nan"), 0)]
)
def test_a_whole_number_may_be_written_with_its_point(tmp_path, index, image):
    root = listed(tmp_path, {"prompt_id": "p0", "index": index})
    assert drawn(root, asked("p0", index=image)) == [(1, 0, 0)]


@pytest.mark.parametrize("index", [0.5, "0.5", "-1.0", 1e9, float("inf")])
def test_an_index_that_is_no_whole_number_is_refused(tmp_path, index):
    assert "is no whole number" in refused(listed(tmp_path, {"prompt_id": "p0", "index": index}))


def test_a_csv_is_read_as_spreadsheets_write_it(tmp_path):
    picture(tmp_path / "in" / "a.jpg", quality=95)
    with (tmp_path / "metadata.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file_name", "prompt", "status", "reason"])
        writer.writerow(["in/a.jpg", 'ten zebras, "running"\non a field', "", ""])
        writer.writerow(["", "a nurse", "Refused", "against the\nterms"])
        writer.writerow(["", "a dog", "blocked", ""])
    near, refusal, block = drawn(
        tmp_path,
        asked("p0", 'ten zebras, "running"\non a field'),
        asked("p1", "a nurse"),
        asked("p2", "a dog"),
    )
    assert np.abs(np.array(near) - RED).max() < 8
    assert refusal == NoImage("refused", "against the terms")
    assert block == NoImage("blocked", "metadata.csv:6 says blocked")


def test_without_a_list_the_files_names_are_the_list(tmp_path):
    picture(tmp_path / "p0" / "0.png", (1, 0, 0))
    picture(tmp_path / "p0" / "00001.webp", (2, 0, 0), lossless=True)
    picture(tmp_path / "p0" / "cover.png")
    (tmp_path / "p0" / "3.txt").write_text("not a picture")
    assert drawn(tmp_path, *[asked("p0", index=index) for index in range(4)]) == [
        (1, 0, 0),
        (2, 0, 0),
        NO_IMAGE,
        NO_IMAGE,
    ]
    picture(tmp_path / "p0" / "1.png")
    assert "p0/1.png: image 1 of 'p0' is in p0/00001.webp too" in refused(tmp_path)


def test_a_list_of_another_name_and_place_is_read(tmp_path):
    root = tmp_path / "pictures"
    picture(root / "a.png")
    listing = tmp_path / "list.jsonl"
    listing.write_text('{"file_name": "a.png", "prompt_id": "p0"}\n')
    assert drawn(root, asked("p0"), metadata=str(listing)) == [RED]
    assert "there is no such file" in refused(root, metadata="none.jsonl")
    assert "is no list" in refused(root, metadata="a.png")


# What the pictures are


def test_transparency_is_laid_on_white_and_exif_turns(tmp_path):
    Image.new("RGBA", (4, 3), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("LA", (4, 3), (0, 128)).save(tmp_path / "half.png")
    palette = Image.new("P", (4, 3), 1)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    palette.save(tmp_path / "palette.png", transparency=1)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    Image.new("RGB", (4, 3), RED).save(tmp_path / "turned.png", exif=exif)
    Image.new("CMYK", (4, 3), (0, 0, 0, 0)).save(tmp_path / "print.jpg", quality=100)
    Image.fromarray(np.full((3, 4), 257 * 100, np.uint16)).save(tmp_path / "deep.png")
    names = ["clear.png", "half.png", "palette.png", "turned.png", "print.jpg", "deep.png"]
    jsonl(tmp_path, *[{"file_name": name, "prompt_id": name} for name in names])
    answers = folder.load(path=str(tmp_path)).render([asked(name) for name in names])
    assert [tuple(answer[0, 0].tolist()) for answer in answers] == [
        (255, 255, 255),
        (127, 127, 127),
        (255, 255, 255),
        RED,
        (255, 255, 255),
        (100, 100, 100),
    ]
    assert [answer.shape for answer in answers] == [(3, 4, 3)] * 3 + [(4, 3, 3)] + [(3, 4, 3)] * 2


def test_files_that_are_no_pictures_are_invalid_and_the_rest_is_read(tmp_path):
    picture(tmp_path / "good.png")
    whole = (tmp_path / "good.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) - 20])
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    Image.new("RGB", (4, 3)).save(tmp_path / "other.png", format="GIF")
    frames = [Image.new("RGB", (4, 3), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:])
    names = ["good.png", "cut.png", "text.png", "empty.png", "other.png", "moving.webp", "no.png"]
    jsonl(tmp_path, *[{"file_name": name, "prompt_id": name} for name in names])
    good, *bad, missing = drawn(tmp_path, *[asked(name) for name in names])
    assert good == RED
    assert [answer.status for answer in bad] == ["invalid"] * 5
    for name, answer in zip(names[1:-1], bad, strict=True):
        assert answer.reason.startswith(f"{name}: ")
        assert str(tmp_path) not in answer.reason
        assert "\n" not in answer.reason
    reason = "no.png: not in the folder, though metadata.jsonl:7 names it"
    assert missing == NoImage("failed", reason)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path):
    def chunk(kind, data):
        crc = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + crc

    for name, side in [("bomb.png", 8193), ("huge.png", 60_000)]:
        head = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
        body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    jsonl(tmp_path, *[{"file_name": f"{n}.png", "prompt_id": n} for n in ("bomb", "huge")])
    for answer in drawn(tmp_path, asked("bomb"), asked("huge")):
        assert answer.status == "invalid"
        assert "more than 67108864" in answer.reason


# What is refused


@pytest.mark.parametrize(
    "name",
    [
        "../a.png",
        "/etc/passwd",
        "in/../../a.png",
        "C:\\a.png",
        "in\\a.png",
        "a\0.png",
        "\ud800.png",
    ],
)
def test_file_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    picture(tmp_path / "a.png")
    root = tmp_path / "in"
    root.mkdir()
    said = refused(jsonl(root, {"file_name": name, "prompt": "x"}))
    assert said.startswith("metadata.jsonl:1: file_name ")
    assert "is no path inside the folder" in said


def test_links_that_lead_out_of_the_folder_are_refused(tmp_path):
    picture(tmp_path / "a.png")
    root = tmp_path / "in"
    root.mkdir()
    (root / "link.png").symlink_to(tmp_path / "a.png")
    said = refused(jsonl(root, {}, {}) and jsonl(root, {"file_name": "link.png", "prompt": "x"}))
    assert "metadata.jsonl:1: file_name 'link.png' is a link that leads out of the folder" in said
    picture(root / "b.png")
    (root / "ok.png").symlink_to(root / "b.png")
    assert drawn(jsonl(root, {"file_name": "ok.png", "prompt": "x"}), asked("p", "x")) == [RED]
    other = tmp_path / "names"
    other.mkdir()
    picture(tmp_path / "outside" / "0.png")
    (other / "p0").symlink_to(tmp_path / "outside")
    assert "leads out of the folder" in refused(other)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"file_name": "a.png"', "metadata.jsonl:2:22: Expecting ',' delimiter; mend the JSON"),
        ("[1]", "metadata.jsonl:2: is not a JSON object"),
        ('{"file_name": "a.png"}', "metadata.jsonl:2: says neither prompt nor prompt_id"),
        ('{"prompt": "x"}', "metadata.jsonl:2: has no file_name"),
        ('{"file_name": ["a"], "prompt": "x"}', "metadata.jsonl:2: file_name is no text"),
        (
            '{"prompt": "x", "status": "refusd"}',
            "metadata.jsonl:2: status 'refusd' is unknown; did",
        ),
        ('{"file_name": "a", "prompt": "x", "index": "-1"}', "metadata.jsonl:2: index '-1' is no"),
        ('{"file_name": "a", "prompt_id": "p0", "index": 0}', "metadata.jsonl:2: image 0 of 'p0'"),
        ("[" * 100_000, "metadata.jsonl:2: cannot be read as JSON"),
        ('"' + "x" * (1 << 20), "metadata.jsonl:2: longer than 1048576 characters"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(tmp_path, line, said):
    first = '{"file_name": "a.png", "prompt_id": "p0"}\n'
    (tmp_path / "metadata.jsonl").write_text(first + line + "\n")
    assert said in refused(tmp_path)


def test_bad_lists_and_folders_are_refused(tmp_path):
    assert "has no metadata.jsonl or metadata.csv and no images named" in refused(tmp_path)
    assert "there is no such folder" in refused(tmp_path / "none")
    (tmp_path / "metadata.csv").write_text("file_name,prompt\na.png,one,two\n")
    assert "metadata.csv:2: has more cells than the first line names" in refused(tmp_path)
    (tmp_path / "metadata.csv").write_text('file_name,prompt\na.png,"open\n')
    assert "metadata.csv:" in refused(tmp_path)
    (tmp_path / "metadata.csv").write_text("file_name,prompt\n")
    assert "metadata.csv: lists no image" in refused(tmp_path)
    (tmp_path / "metadata.jsonl").write_bytes(b'{"prompt": "\xff"}\n')
    assert "say which with metadata=" in refused(tmp_path)
    assert "not UTF-8" in refused(tmp_path, metadata="metadata.jsonl")


def test_a_list_that_has_none_of_the_prompts_is_the_wrong_list(tmp_path):
    picture(tmp_path / "p0" / "0.png")
    backend = folder.load(path=str(tmp_path))
    assert backend.problems([asked("p0").prompt, asked("p1").prompt]) == []
    with pytest.raises(InputError, match="lists none of the 1 prompts"):
        backend.problems([asked("p1").prompt])


# What is recorded


def test_the_description_changes_with_every_byte_and_not_with_the_place(tmp_path):
    for number in range(2):
        root = tmp_path / str(number) / "pictures"
        picture(root / "a.png")
        jsonl(root, {"file_name": "a.png", "prompt": "x"}, {"file_name": "b.png", "prompt": "y"})
    first, second = (tmp_path / str(number) / "pictures" for number in range(2))
    described = folder.load(path=str(first)).describe()
    assert described == folder.load(path=str(second)).describe()
    assert (described["model"], described["images"], described["images_missing"]) == (
        "pictures",
        1,
        1,
    )
    picture(second / "a.png", (0, 0, 0))
    assert folder.load(path=str(second)).describe() != described


def test_the_dialect_is_the_options_or_the_cards_or_everyday(tmp_path):
    picture(tmp_path / "p0" / "0.png")
    assert folder.load(path=str(tmp_path)).dialect == "everyday"
    (tmp_path / "README.md").write_text("---\ndialect: scenes\n---\n")
    assert folder.load(path=str(tmp_path)).dialect == "scenes"
    assert folder.load(path=str(tmp_path), dialect="everyday").dialect == "everyday"
    assert "dialect 'x' is unknown" in refused(tmp_path, dialect="x")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.dictionaries(st.sampled_from(_listing.LISTS), st.binary(max_size=60), min_size=1))
def test_any_list_is_read_or_refused_in_one_line(tmp_path, lists):
    for name in _listing.LISTS:
        (tmp_path / name).unlink(missing_ok=True)
    for name, data in lists.items():
        (tmp_path / name).write_bytes(data)
    try:
        folder.load(path=str(tmp_path))
    except InputError as error:
        assert "\n" not in str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=20))
def test_any_file_name_stays_inside_or_is_refused(tmp_path, name):
    try:
        row = _listing._row(tmp_path, "list:1", {"file_name": name, "prompt": "x"})
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert Path(tmp_path / row.file).resolve().is_relative_to(tmp_path.resolve())


def test_it_says_how_many_images_it_has_of_a_prompt(tmp_path):
    for file in ("p1/0.png", "p1/1.png", "p2/0.png", "p2/4.png", "p3/8.png"):
        picture(tmp_path / file)
    prompts = [Prompt(f"p{n}", "x", "counting") for n in (1, 2, 9)]

    counts = [folder.load(path=str(tmp_path)).num_images(some) for some in (prompts[:1], prompts)]

    assert counts == [2, 5]


def test_a_name_that_is_too_long_for_a_file_is_missing_and_said(tmp_path):
    row = {"file_name": "a" * 300, "prompt": "two cats"}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(row) + "\n")
    images = folder.load(path=str(tmp_path))
    assert images.describe()["images_missing"] == 1
    prompt = Prompt("p", "two cats", "counting")
    (answer,) = images.render([Request(Key("s", "p", 0), prompt, 1)])
    assert answer.status == "failed" and answer.reason.startswith("aaa")


def test_a_folder_with_a_line_break_in_its_name_is_refused_in_one_line(tmp_path):
    (tmp_path / "a\nb").mkdir()
    (tmp_path / "a\nb" / "0.png").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        folder.load(path=str(tmp_path))
    assert str(caught.value).startswith("a\\nb/0.png: file_name 'a\\nb/0.png' is no path")


def test_a_list_of_blank_lines_without_end_is_refused(tmp_path):
    (tmp_path / "metadata.jsonl").write_bytes(b"\n" * 4_000_001)
    with pytest.raises(InputError, match=r"metadata.jsonl: more than 4000000 lines"):
        folder.load(path=str(tmp_path))


def test_a_folder_whose_name_is_no_text_is_refused_with_its_place(tmp_path):
    """Named by bytes that are not UTF-8, as old file systems have them: a prompt's id is a text."""
    picture(tmp_path / os.fsdecode(b"a\xe9") / "0.png")
    picture(tmp_path / "b" / "0.png")
    said = refused(tmp_path)
    assert r"a\udce9/0.png" in said and said.isprintable()
