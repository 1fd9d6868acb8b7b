import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from evalsuite.encoders import clip, probe
from evalsuite.records import InputError

ENCODER = {"model": "scenes-clip", "pretrained": None, "weights_sha256": "a" * 64, "width": 3}
CARD = {
    "name": "forms",
    "labels": ["man", "woman"],
    "subject": "person",
    "dialect": "scenes",
    "encoder": ENCODER,
    "margin": 0.2,
    "data": {
        "folder": "people",
        "digest": "b" * 64,
        "licence": "CC0",
        "n": {"man": 1, "woman": 2},
        "groups": 3,
    },
    "fit": {},
    "cross_validated": {},
}
WEIGHT = np.array([[1.0, 0, 0], [0, 1, 0]])
BIAS = np.array([0.0, 0.0])


@pytest.fixture
def home(tmp_path):
    probe.write(tmp_path, WEIGHT, BIAS, CARD)
    return tmp_path


def edit(home, change):
    card = json.loads((home / probe.CARD).read_text("utf-8"))
    change(card)
    (home / probe.CARD).write_text(json.dumps(card), "utf-8")


def head(home, **tensors):
    """Another head, which the card says is its own."""
    import hashlib

    save_file(tensors, home / probe.WEIGHTS)
    digest = hashlib.sha256((home / probe.WEIGHTS).read_bytes()).hexdigest()
    edit(home, lambda card: card.update(head_sha256=digest))


def test_what_is_written_is_read_and_adds_up_by_hand(home):
    found = probe.read(home)
    assert found.labels == ("man", "woman") and found.margin == 0.2
    # softmax of (1, 0): e / (e + 1) = 0.731.
    assert found.probabilities(np.array([[1.0, 0, 0]])) == pytest.approx(
        np.array([[0.7311, 0.2689]]), abs=1e-4
    )
    assert sorted(path.name for path in home.iterdir()) == [probe.CARD, probe.WEIGHTS]


@pytest.mark.parametrize(
    ("shares", "margin", "place"),
    [
        ((0.6, 0.4), 0.2, 0),
        ((0.59, 0.41), 0.2, None),
        ((0.1, 0.45, 0.45), 0.0, None),  # a tie is no answer, whatever the margin
        ((0.1, 0.3, 0.6), 0.25, 2),
    ],
)
def test_the_likeliest_label_must_be_ahead_of_the_next(shares, margin, place):
    assert probe.chosen(np.array(shares), margin) == place


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda card: card.update(format="pickle"), "format"),
        (lambda card: card.update(labels=["man"]), "at least 2"),
        (lambda card: card.update(labels=["man", "man"]), "names a label twice"),
        (lambda card: card.update(labels=["man", "<script>"]), "should match pattern"),
        (lambda card: card.update(labels=["man", "wo\u202eman"]), "U\\+202E"),
        (lambda card: card.update(labels=["man", "woman", "child"]), "makes it float32 of"),
        (lambda card: card.update(margin=float("nan")), "margin"),
        (lambda card: card.update(name="../x"), "name"),
        (lambda card: card.update(extra=1), "unknown key 'extra'"),
        (lambda card: card["encoder"].update(width=10**9), "width"),
        (lambda card: card["encoder"].update(width=4), "makes it float32 of"),
        (lambda card: card["data"].update(licence=""), "licence"),
        (lambda card: card.pop("head_sha256"), "'head_sha256' is missing"),
        (lambda card: card.update(head_sha256="c" * 64), "is not the head"),
    ],
)
def test_a_strange_card_is_one_line(home, change, said):
    edit(home, change)
    with pytest.raises(InputError, match=said) as error:
        probe.read(home)
    assert "\n" not in str(error.value) and "\u202e" not in str(error.value)


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"weight": WEIGHT.astype("f4")}, "holds 'weight', not a weight and a bias"),
        ({"weight": WEIGHT.astype("f4"), "bias": BIAS.astype("f4"), "x": BIAS}, "'x'"),
        ({"weight": WEIGHT, "bias": BIAS}, "float64"),
        ({"weight": WEIGHT[:, :2].astype("f4"), "bias": BIAS.astype("f4")}, r"shape \(2, 2\)"),
        ({"weight": WEIGHT.astype("f4"), "bias": np.zeros(3, "f4")}, r"bias .* shape \(3,\)"),
        ({"weight": (WEIGHT * np.nan).astype("f4"), "bias": BIAS.astype("f4")}, "not finite"),
        ({"weight": WEIGHT.astype("f4"), "bias": (BIAS + np.inf).astype("f4")}, "not finite"),
    ],
)
def test_a_strange_head_is_one_line(home, tensors, said):
    head(home, **tensors)
    with pytest.raises(InputError, match=said):
        probe.read(home)


def test_what_is_no_probe_is_one_line(home, tmp_path):
    (home / probe.WEIGHTS).write_bytes(b"\x80\x04pickle")
    with pytest.raises(InputError, match="is not the head"):
        probe.read(home)
    import hashlib

    digest = hashlib.sha256(b"\x80\x04pickle").hexdigest()
    edit(home, lambda card: card.update(head_sha256=digest))
    with pytest.raises(InputError, match="cannot be read"):
        probe.read(home)
    (home / probe.CARD).write_text("[" * 100_000)
    with pytest.raises(InputError, match=r"bad JSON|nested too deeply"):
        probe.read(home)
    (home / probe.CARD).write_text(" " * (probe.MOST_CARD + 1))
    with pytest.raises(InputError, match="is over"):
        probe.read(home)
    with pytest.raises(InputError, match="is not there; name the folder"):
        probe.read(tmp_path / "nowhere")


def test_another_encoder_is_refused_in_one_line(home):
    with pytest.raises(InputError, match=r"probe forms: was fitted on .*\(weights aaaaaaaaaaaa\)"):
        probe.read(home).refuse_other(clip.load("scenes-clip"))
