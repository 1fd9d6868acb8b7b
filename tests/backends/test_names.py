"""Folders as programs and services leave them: whose picture a file is, by its name."""

import json
import random
import uuid

import numpy as np
import pytest
from PIL import Image

from evalsuite.backends import _grids, folder
from evalsuite.backends._names import words
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

TEXTS = ["a red circle", 'a sign that says "two dogs", blue', "three cats & a dog on a mat"]


def prompts(texts=TEXTS, name="p"):
    return [Prompt(f"{name}-{n:04d}", text, "counting") for n, text in enumerate(texts)]


def color(number):
    return (10 + number, 200 - number, 30)


def picture(path, number, size=(4, 4)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color(number)).save(path, lossless=True)


def grid(path, numbers, side=6):
    """Two by two plain cells; None is black fill."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = Image.new("RGB", (2 * side, 2 * side))
    for place, number in enumerate(numbers):
        if number is not None:
            at = (place % 2 * side, place // 2 * side)
            whole.paste(Image.new("RGB", (side, side), color(number)), at)
    whole.save(path, lossless=True)


def answers(root, asked, images=1, **options):
    """What each prompt has: the number in the color of the picture, or why there is none."""
    backend = folder.load(path=str(root), **options)
    backend.problems(asked)
    requests = [Request(Key("set", p.id, k), p, 1) for p in asked for k in range(images)]
    return [
        answer.reason if isinstance(answer, NoImage) else int(answer[0, 0, 0]) - 10
        for answer in backend.render(requests)
    ]


def mark(number):
    return str(uuid.UUID(int=random.Random(number).getrandbits(128)))


def midjourney(number, text, k=""):
    return f"ann.user_{text.replace(' ', '_')}_{mark(number)}{k}.png".replace('"', "")


LAYOUTS = {
    "prompt id and number": lambda n, text, k: f"p-{n:04d}/{k}.png",
    "geneval": lambda n, text, k: f"{n:05d}/samples/{k:04d}.png",
    "compbench": lambda n, text, k: f"samples/{text}_{k:06d}.png".replace('"', ""),
    "unigenbench": lambda n, text, k: f"{n}_{k + 1}.png",
    "midjourney": lambda n, text, k: midjourney(n, text, f"_{k}"),
    "craiyon": lambda n, text, k: f"craiyon_10122{k}_{text}.webp".replace('"', ""),
    "dalle": lambda n, text, k: f"DALL·E 2024-03-01 12.30.4{k} - {text}.webp".replace('"', ""),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("listed", [False, True])
def test_a_layout_is_read_with_a_list_and_without(tmp_path, layout, listed):
    rows = []
    for n, text in enumerate(TEXTS):
        for k in range(2):
            name = LAYOUTS[layout](n, text, k)
            picture(tmp_path / name, 2 * n + k)
            rows.append(json.dumps({"file_name": name, "prompt": text, "index": k}))
            if layout == "geneval":
                of_its_own = tmp_path / f"{n:05d}" / "metadata.jsonl"
                of_its_own.write_text(json.dumps({"tag": "counting", "prompt": text}))
    if listed:
        (tmp_path / "metadata.jsonl").write_text("\n".join(rows))
    picture(tmp_path / "00000" / "grid.png", 99)
    assert answers(tmp_path, prompts(), 2) == [0, 1, 2, 3, 4, 5]


def test_wise_names_are_the_numbers_of_ids(tmp_path):
    for n in range(3):
        picture(tmp_path / f"{n}.png", n)
    assert answers(tmp_path, prompts(name="wise")) == [0, 1, 2]


def test_oneig_grids_are_split_and_black_cells_are_missing(tmp_path):
    for n in range(3):
        cells = [4 * n, 4 * n + 1, 4 * n + 2, None if n == 1 else 4 * n + 3]
        grid(tmp_path / "object" / "my-model" / f"p-{n:04d}.webp", cells)
    found = answers(tmp_path, prompts(), 4)
    assert found == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        "no image in this cell of its grid: black fill",
        8,
        9,
        10,
        11,
    ]


def test_a_grid_of_a_list_is_split_where_it_is_asked_for(tmp_path):
    grid(tmp_path / "a.png", [1, 2, 3, 4])
    (tmp_path / "metadata.jsonl").write_text(json.dumps({"image": "a.png", "prompt": TEXTS[0]}))
    asked = prompts(TEXTS[:1])
    assert answers(tmp_path, asked, 4, grid="2x2") == [1, 2, 3, 4]
    assert answers(tmp_path, asked, 4)[:2] == [1, "no image in the folder for this prompt"]
    with pytest.raises(InputError, match="write auto, or rows and columns"):
        folder.load(path=str(tmp_path), grid="four")


def test_a_midjourney_grid_is_told_from_an_upscaled_picture(tmp_path):
    """Four noisy fields of different lightness jump at their seams; one gradient does not."""
    noise = np.random.default_rng(0).integers(0, 20, (64, 64, 3))
    levels = np.kron(np.array([[0, 200], [150, 40]]), np.ones((32, 32), int))
    four = (levels[..., None] + noise).clip(0, 255).astype(np.uint8)
    slope = np.linspace(0, 200, 64).astype(int)
    one = (slope[None, :, None] + slope[:, None, None] // 2 + noise // 4).clip(0, 255)
    assert _grids.is_grid(four) and not _grids.is_grid(one.astype(np.uint8))
    assert not _grids.is_grid(np.zeros((64, 64, 3), np.uint8))
    assert not _grids.is_grid(noise.astype(np.uint8))
    Image.fromarray(four).save(tmp_path / midjourney(1, TEXTS[0]))
    Image.fromarray(one.astype(np.uint8)).save(tmp_path / midjourney(2, TEXTS[2]))
    backend = folder.load(path=str(tmp_path))
    assert backend.num_images(prompts()) == 4
    first, last = prompts()[0], prompts()[2]
    drawn = backend.render([Request(Key("s", p.id, 0), p, 1) for p in (first, last)])
    assert [picture.shape[0] for picture in drawn] == [32, 64]


def test_of_a_midjourney_folder_with_cut_prompts_every_file_is_accounted_for(tmp_path, caplog):
    """100 prompts, 10 % of their names cut: matched, ambiguous with both, or unused and said."""
    chance = random.Random(4)
    things = ["cat", "dog", "bench", "star", "vase", "kite", "boat", "lamp", "drum", "fork"]
    texts = [
        f"a very large {a} made of {b} to the left of a small {b} by the {c}"
        for a in things
        for b in things[:5]
        for c in ("sea", "lake")
    ]
    asked = prompts(texts)
    cut = set(chance.sample(range(100), 10))
    for n, text in enumerate(texts):
        written = words(text)[: -chance.choice([2, 5, 30])] if n in cut else words(text)
        picture(tmp_path / midjourney(n, written, "_0"), n)
    strange = midjourney(500, "somebody else wanted this", "_0")
    picture(tmp_path / strange, 0)
    backend = folder.load(path=str(tmp_path))
    with caplog.at_level("WARNING"):
        backend.problems(asked)
    described = backend.describe()
    matched, ambiguous = described["matched"]["Midjourney"], described["ambiguous"]
    assert matched + described["ambiguous_count"] + described["unused_count"] == 101
    assert described["unused"] == [strange] and matched >= 90
    assert 0 < len(ambiguous) <= 10 and all(len(ids) >= 2 for ids in ambiguous.values())
    drawn = backend.render([Request(Key("s", p.id, 0), p, 1) for p in asked])
    for n, answer in enumerate(drawn):
        if isinstance(answer, NoImage):
            assert n in cut and f"'{asked[n].id}'" in " ".join(map(str, ambiguous.values()))
            assert "may be of" in answer.reason or "no image" in answer.reason
        else:
            assert int(answer[0, 0, 0]) - 10 == n
    assert f"{matched} of its 101 files are of a prompt" in caplog.text
    assert "may be of several prompts and are left out" in caplog.text
    assert "1 belong to none of the prompts" in caplog.text


def test_a_name_that_fits_two_prompts_belongs_to_neither(tmp_path):
    asked = prompts(["a red circle and a blue square", "a red circle and a blue star"])
    picture(tmp_path / "craiyon_101112_a red circle and a blue s.png", 1)
    with pytest.raises(InputError, match=r"none of the 2 prompts.*may be of several prompts"):
        answers(tmp_path, asked)
    picture(tmp_path / "craiyon_101113_a dog.png", 2)
    found = answers(tmp_path, [*asked, Prompt("x", "a dog", "counting")])
    assert found.pop() == 2
    said = (
        "craiyon_101112_a red circle and a blue s.png: may be of 'p-0000' and 'p-0001'; rename it"
    )
    assert found == [said, said]


def test_a_whole_text_comes_before_the_beginning_of_another(tmp_path):
    asked = prompts(["a red circle", "a red circle and a blue star"])
    picture(tmp_path / "craiyon_101112_a_red_circle.png", 1)
    assert answers(tmp_path, asked) == [1, "no image in the folder for this prompt"]


def test_a_folder_whose_names_say_nothing_is_refused(tmp_path):
    picture(tmp_path / "IMG_2041.png", 1)
    backend = folder.load(path=str(tmp_path))
    with pytest.raises(InputError, match="lists none of the 3 prompts by its files' names"):
        backend.problems(prompts())


def test_a_list_is_a_folder_too_and_brings_its_prompts(tmp_path):
    picture(tmp_path / "a.png", 1)
    picture(tmp_path / "b.png", 2)
    rows = [{"image": "a.png", "prompt": "a  kite"}, {"image": "b.png", "prompt": "a kite"}]
    listed = tmp_path / "pictures.jsonl"
    listed.write_text("\n".join(map(json.dumps, rows)))
    backend = folder.load(path=str(listed))
    assert backend.own_prompts(prompts()) == ["a kite"]
    assert backend.own_prompts(prompts(["a kite"])) == []
    assert backend.num_images(prompts(["a kite"])) == 2
