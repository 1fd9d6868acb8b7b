import numpy as np
import pytest
from PIL import Image

from evalsuite.probes.labelled import digest, read
from evalsuite.records import InputError


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(("a", "b", "c")):
        Image.fromarray(np.full((4, 4, 3), number, np.uint8)).save(tmp_path / f"{name}.png")
    return tmp_path


def labels(folder, *lines, name="labels.csv"):
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")


def test_a_table_gives_labels_groups_and_what_the_audit_is_broken_down_by(folder):
    labels(folder, "file,label,group,age", "a.png,x,g1,old", "b.png,y,,", "c.png,x,g1,young")
    found = {int(each.picture.pixels[0, 0, 0]): each for each in read(folder)}
    assert [found[n].label for n in range(3)] == ["x", "y", "x"]
    assert found[0].group == found[2].group == "g1"
    assert found[1].group == found[1].picture.sha256
    assert (found[0].groups, found[1].groups) == ({"age": "old"}, {})


def test_json_lines_say_the_same(folder):
    labels(folder, "file,label,age", "a.png,x,old", "b.png,y,old")
    of_csv = digest(read(folder))
    (folder / "labels.csv").unlink()
    rows = [f'{{"file": "{a}.png", "label": "{b}", "age": "old"}}' for a, b in ("ax", "by")]
    labels(folder, *rows, name="labels.jsonl")
    assert digest(read(folder)) == of_csv


def test_sub_folders_are_labels_and_a_picture_that_is_there_twice_counts_once(folder):
    for label in ("x", "y"):
        (folder / label).mkdir()
    (folder / "a.png").rename(folder / "x" / "a.png")
    (folder / "x" / "again.png").write_bytes((folder / "x" / "a.png").read_bytes())
    (folder / "b.png").rename(folder / "y" / "b.JPG")
    assert sorted(each.label for each in read(folder)) == ["x", "y"]
    (folder / "y" / "a.png").write_bytes((folder / "x" / "a.png").read_bytes())
    with pytest.raises(InputError, match=r"has the label 'y', and as x/a\.png it has 'x'"):
        read(folder)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["file,label", "../a.png,x"], r"labels\.csv:2:1: file must be a path within"),
        (["file,label", "/etc/passwd,x"], "file must be a path within"),
        (["file,label", "d.png,x"], r"labels\.csv:2: No such file"),
        (["file,label", "a.png,<b>"], "label '<b>': use letters"),
        (["file,label", "a.png,"], "has no label"),
        (["file,label", "a.png"], "has 1 cells under 2 columns"),
        (["file,what", "a.png,x"], "needs the columns file and label"),
        (["file,label", "a.png,x", "a.png,y"], "keep one"),
        (["file,label"], "has no labelled picture"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(folder, lines, said):
    labels(folder, *lines)
    with pytest.raises(InputError, match=said):
        read(folder)


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.png"
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(outside)
    (folder / "link.png").symlink_to(outside)
    labels(folder, "file,label", "link.png,x")
    with pytest.raises(InputError, match="file must be a path within"):
        read(folder)


def test_a_folder_without_labels_says_how_to_give_them(tmp_path):
    with pytest.raises(InputError, match=r"sub-folders by label, or write labels\.csv"):
        read(tmp_path)
