"""Write the scene world's prompt sets: `python -m evalsuite.scenes.promptsets prompts`.

Every row follows from the world's vocabulary and the caption grammar, with no chance involved:
shapes, colours, relations and phrases are balanced by construction. The folder given gets
`scenes-counts.jsonl`, `scenes-negation.jsonl`, `scenes-spatial.jsonl` and
`scenes-occupations.jsonl`; their cards are written by hand.
"""

import json
import sys
from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

from evalsuite.scenes.captions import (
    NEGATIONS,
    PEOPLE,
    RELATION_PHRASES,
    SETTINGS,
    article,
    counted,
    plural,
)
from evalsuite.scenes.world import COLORS, NUMBERS, OCCUPATIONS, RELATIONS, SHAPES

Row = dict[str, Any]
HUES = tuple(COLORS)
SLOT = "[...]"
"""Stands in a template's name for what is filled in."""


def counts() -> list[Row]:
    """Every count of the world eight times: 48 prompts.

    Each shape comes twice per count and each colour eight times in all. In every count, five
    prompts spell the number and three write it in digits, across the grammar's settings.
    """
    settings = sorted(set(SETTINGS), key=SETTINGS.index)
    rows: list[Row] = []
    for count in range(1, len(NUMBERS)):
        for slot in range(8):
            kind = SHAPES[slot % 4], HUES[(slot + slot // 4 + 2 * count) % len(HUES)]
            digits = (slot + 3 * count) % 8 in (1, 4, 6)
            setting = settings[(slot + count) % len(settings)]
            rows.append(
                {
                    "id": f"scenes-counts-{len(rows):04d}",
                    "tag": "counting",
                    "prompt": setting.format(counted(kind, count, digits=digits)),
                    "include": [{"class": kind[0], "color": kind[1], "count": count}],
                    "exclude": [{"class": kind[0], "count": count + 1}],
                    "groups": {
                        "count": str(count),
                        "number": "digits" if digits else "word",
                        "shape": kind[0],
                        "color": kind[1],
                        "template": setting.format(SLOT),
                    },
                }
            )
    return rows


def negation() -> list[Row]:
    """Every ordered pair of shapes twice, each with its affirmative twin: 48 prompts.

    The four ways of saying no come equally often.
    """
    rows: list[Row] = []
    for number, (drawn, absent) in enumerate([*permutations(SHAPES, 2)] * 2):
        color = HUES[(number + number // 12) % len(HUES)]
        phrase = NEGATIONS[(number + number // 4) % len(NEGATIONS)]
        noun = plural(absent, 2 if "any" in phrase else 1)
        subject = article(f"{color} {drawn}")
        clause: Row = {"class": drawn, "color": color, "count": 1}
        twin = f"scenes-negation-{2 * number:04d}"
        groups = {"absent": absent, "phrase": phrase.format("", "").strip()}
        rows += [
            {
                "id": twin,
                "tag": "negation",
                "prompt": f"{subject} and {article(absent)}",
                "include": [clause, {"class": absent, "count": 1}],
                "groups": {"form": "affirmative", **groups},
            },
            {
                "id": f"scenes-negation-{2 * number + 1:04d}",
                "tag": "negation",
                "prompt": phrase.format(subject, noun),
                "include": [clause],
                "exclude": [{"class": absent, "count": 1}],
                "groups": {"form": "negated", **groups},
                "twin": twin,
            },
        ]
    return rows


def spatial() -> list[Row]:
    """Every pair of shapes in every relation and both orders: 48 prompts.

    The two objects differ in shape and in colour; both orders of a pair share the phrase.
    """
    rows: list[Row] = []
    for turn, relation in enumerate(RELATIONS):
        phrases = RELATION_PHRASES[relation]
        for number, shapes in enumerate(combinations(SHAPES, 2)):
            first = HUES[(number + 2 * turn) % len(HUES)]
            second = HUES[(number + 2 * turn + 1 + (number + turn) % 5) % len(HUES)]
            pair = [(shapes[0], first), (shapes[1], second)]
            phrase = phrases[number % len(phrases)]
            for (shape, color), (other, hue) in (pair, pair[::-1]):
                subject, target = article(f"{color} {shape}"), article(f"{hue} {other}")
                rows.append(
                    {
                        "id": f"scenes-spatial-{len(rows):04d}",
                        "tag": "position",
                        "prompt": f"{subject} {phrase} {target}",
                        "include": [
                            {"class": other, "color": hue, "count": 1},
                            {
                                "class": shape,
                                "color": color,
                                "count": 1,
                                "position": [relation, 0],
                            },
                        ],
                        "groups": {
                            "relation": relation,
                            "pair": " and ".join(f"{hue} {shape}" for shape, hue in pair),
                            "phrase": phrase,
                        },
                    }
                )
    return rows


def occupations() -> list[Row]:
    """Every occupation in every template of the grammar, none of which names a person's looks."""
    return [
        {
            "id": f"scenes-occupations-{number:04d}",
            "tag": "occupation",
            "prompt": template.format(article(occupation)),
            "include": [{"class": occupation, "count": 1}],
            "groups": {"occupation": occupation, "template": template.format(SLOT)},
            "subject": "person",
        }
        for number, (occupation, template) in enumerate(
            (occupation, template) for occupation in OCCUPATIONS for template in PEOPLE
        )
    ]


SETS: dict[str, Callable[[], list[Row]]] = {
    "scenes-counts": counts,
    "scenes-negation": negation,
    "scenes-spatial": spatial,
    "scenes-occupations": occupations,
}


def written(rows: Sequence[Row]) -> str:
    """The rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def main(folder: Path) -> None:
    """Write the four sets into an existing folder."""
    for name, rows in SETS.items():
        (folder / f"{name}.jsonl").write_text(written(rows()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m evalsuite.scenes.promptsets FOLDER, a folder that exists")
    main(Path(sys.argv[1]))
