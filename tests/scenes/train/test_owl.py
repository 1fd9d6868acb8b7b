"""What the detector's patches are taught, on scenes whose answers are computed by hand."""

import pytest
import torch

from evalsuite.scenes.train import drawing, owl
from evalsuite.scenes.world import Item, Person, Scene


def _taught(scene: Scene) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    found = drawing.things(scene)
    boxes = torch.zeros(1, drawing.THINGS, 4)
    kinds = torch.full((1, drawing.THINGS), -1)
    for number, (box, kind) in enumerate(found):
        boxes[0, number], kinds[0, number] = torch.tensor(box), kind
    classes, wanted, learns = owl.targets(boxes, kinds, owl.answers())
    return classes[0], wanted[0], learns[0]


def test_the_patch_under_a_centre_answers_and_its_neighbours_learn_the_box():
    classes, wanted, learns = _taught(
        Scene(0, (Item(shape="star", color="red", x=22, y=9, size=12),))
    )
    # The centre (22, 9) lies in column 5 and row 2 of 16 patches of 4 pixels.
    answering = classes.any(1).nonzero().flatten().tolist()
    assert answering == [2 * 16 + 5]
    said = [owl.QUERIES[number] for number in classes[2 * 16 + 5].nonzero().flatten()]
    assert sorted(said) == ["red star", "star"]
    assert wanted[2 * 16 + 5].tolist() == pytest.approx([22 / 64, 9 / 64, 12 / 64, 12 / 64])
    # Middles of patches at 18, 22, 26 and 6, 10, 14: less than 4 pixels away are 22 and 6, 10.
    assert learns.nonzero().flatten().tolist() == [1 * 16 + 5, 2 * 16 + 5]


def test_a_person_and_the_face_are_answered_apart():
    person = Person(occupation="chef", presentation="woman", tone=3, x=30, y=8, height=50)
    classes, _, _ = _taught(Scene(0, people=(person,)))
    # The person's box spans 15 to 49 and 8 to 58, so that its centre is (32, 33); the face's is
    # (30, 21.5).
    assert classes.any(1).nonzero().flatten().tolist() == [5 * 16 + 7, 8 * 16 + 8]
    assert [owl.QUERIES[n] for n in classes[5 * 16 + 7].nonzero().flatten()] == ["face"]
    said = {owl.QUERIES[n] for n in classes[8 * 16 + 8].nonzero().flatten()}
    assert said == {"chef", "woman", "person"}


def test_the_overlap_loss_of_boxes_apart_and_alike():
    one = torch.tensor([0.25, 0.25, 0.5, 0.5])
    far = torch.tensor([0.75, 0.75, 0.5, 0.5])
    assert float(owl.overlap_loss(one, one)) == pytest.approx(0)
    # Disjoint quarters of a unit square: IoU 0, and half of the square is neither's.
    assert float(owl.overlap_loss(one, far)) == pytest.approx(1.5)
    half = torch.tensor([0.25, 0.5, 0.5, 1.0])
    # One lies in the other and is half of it: IoU a half, and nothing is around both.
    assert float(owl.overlap_loss(one, half)) == pytest.approx(0.5)
