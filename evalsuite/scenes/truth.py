"""What is true of a scene: by field, the values that a scorer without errors gives for a prompt.

They follow from the scene that was drawn and never from its pixels, by rules of their own, so that
no scorer is compared with itself.
"""

from collections.abc import Sequence

from evalsuite.records import Clause, Prompt, Value
from evalsuite.scenes.world import Item, Scene, relation_between


def truth(prompt: Prompt, scene: Scene) -> dict[str, Value]:
    """Truth by field; a field that the prompt does not ask for, or cannot decide, is left out.

    Verdicts are 1 or 0: `correct` (everything as asked), `present`, `count`, `absent`,
    `excluded_drawn`, `relation` (only where there is one thing of each class), `color` (only where
    something of every class is there). `drawn` is how many of the first class there are, `label`
    and `tone` are a person's. Of one thing in relation to another VISOR's three follow: `both` are
    there, `visor` (both, and as related), `visor_cond` (as related, only where both are there).
    """
    if prompt.subject == "person":
        return _of_person(prompt, scene)
    values: dict[str, Value] = {}
    include, exclude = prompt.include, prompt.exclude
    numbers = {clause: len(_named(scene, clause)) for clause in (*include, *exclude)}
    values["present"] = float(all(_named(scene, clause) for clause in include))
    enough = all(numbers[clause] >= clause.count for clause in include)
    few = all(numbers[clause] < clause.count for clause in exclude)
    if prompt.tag == "counting":
        values["drawn"] = float(numbers[include[0]])
        values["count"] = float(all(numbers[clause] == clause.count for clause in include))
    if forbidden := [clause for clause in exclude if clause.count == 1]:
        values["absent"] = float(not any(numbers[clause] for clause in forbidden))
    if named := prompt.groups.get("absent"):
        values["excluded_drawn"] = float(any(item.shape == named for item in scene.items))
    colors, relation = _colors(include, scene), _relation(include, scene)
    if colors is not None:
        values["color"] = float(colors)
    if relation is not None:
        values["relation"] = float(relation)
    if len(include) == 2 and include[1].position is not None:
        values |= _visor(include, scene)
    right = enough and few and colors is not False and relation is not False
    return {"correct": float(right), **values}


def _visor(include: Sequence[Clause], scene: Scene) -> dict[str, Value]:
    """VISOR looks at one axis only: what is up and to the left is both above and left of."""
    first, second = _named(scene, include[1]), _named(scene, include[0])
    if not first or not second:
        return {"both": 0.0, "visor": 0.0}
    if len(first) > 1 or len(second) > 1:
        return {"both": 1.0}
    dx, dy = first[0].x - second[0].x, first[0].y - second[0].y
    relation = include[1].position[0] if include[1].position else ""
    holds = {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}[relation]
    return {"both": 1.0, "visor": float(holds), "visor_cond": float(holds)}


def _of_person(prompt: Prompt, scene: Scene) -> dict[str, Value]:
    if not scene.people:
        return {"correct": 0.0, "present": 0.0}
    someone = scene.people[0]
    right = float(prompt.include[0].name == someone.occupation)
    values: dict[str, Value] = {"correct": right, "present": right}
    # As in a run, presentation and tone are read only where the asked occupation is drawn.
    if right:
        values |= {"label": someone.presentation, "tone": str(someone.tone)}
    return values


def _named(scene: Scene, clause: Clause) -> list[Item]:
    return [item for item in scene.items if item.shape == clause.name]


def _colors(include: Sequence[Clause], scene: Scene) -> bool | None:
    """Whether all of the asked classes have the asked colours; None where one is not there."""
    colored = [clause for clause in include if clause.color]
    if not colored or not all(_named(scene, clause) for clause in colored):
        return None
    return all(item.color == clause.color for clause in colored for item in _named(scene, clause))


def _relation(include: Sequence[Clause], scene: Scene) -> bool | None:
    """Whether the asked relations hold; None where one is not a matter of two single things."""
    verdicts = []
    for clause in include:
        if clause.position is None:
            continue
        relation, target = clause.position
        pair = [_named(scene, clause), _named(scene, include[target])]
        if any(len(things) != 1 for things in pair):
            return None
        verdicts.append(relation_between(pair[0][0], pair[1][0]) == relation)
    return all(verdicts) if verdicts else None
