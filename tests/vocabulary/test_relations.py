from typing import get_args

from evalsuite.vocabulary.relations import AXES, OPPOSITE, PLANE, Relation


def test_the_relations_of_the_plane_come_in_opposite_pairs():
    assert PLANE == ("left of", "right of", "above", "below")
    assert get_args(Relation)[:4] == PLANE
    for relation in PLANE:
        x, y = AXES[relation]
        assert AXES[OPPOSITE[relation]] == (-x, -y)
        assert OPPOSITE[OPPOSITE[relation]] == relation
