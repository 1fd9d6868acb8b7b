from evalsuite.vocabulary.relations import AXES, OPPOSITE, PLANE, RELATIONS


def test_the_relations_of_the_plane_come_in_opposite_pairs():
    assert PLANE == ("left of", "right of", "above", "below")
    assert RELATIONS[:4] == PLANE and RELATIONS[-3:] == ("near", "next to", "on the side of")
    for relation in PLANE:
        x, y = AXES[relation]
        assert AXES[OPPOSITE[relation]] == (-x, -y)
        assert OPPOSITE[OPPOSITE[relation]] == relation
