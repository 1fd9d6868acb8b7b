"""Rows that would be judged otherwise than their sentence reads: one rule for each kind of slip.

A rule gives the slip in words, or "" where there is none. The lists hold what the bundled sets and
common imports use; a rule that knows nothing of a word says nothing.
"""

import re
from collections.abc import Callable, Sequence

from evalsuite.records import Clause, Prompt
from evalsuite.vocabulary import people
from evalsuite.vocabulary.english import plural
from evalsuite.vocabulary.looks import LIKE, PALETTES

BUNCHED = ("banana", "grape", "cherry", "berry", "broccoli", "asparagus")
"""What comes in bunches, which a detector boxes as one thing and as many."""

HOLDS_ANYTHING = (
    *("bowl", "shelf", "paddock", "baking sheet", "refrigerator", "fridge", "box", "basket"),
    *("crate", "drawer", "cupboard", "table", "plate", "tray", "desk"),
)
"""What is empty only where none of many kinds of things is in it."""
PART = (
    *("bench", "parking space", "dog bed", "bed", "bus", "mooring", "swimming pool", "seat"),
    *("chair", "sofa", "couch", "car", "boat"),
)
"""What fills a part of a picture only, so that the thing may well be somewhere else."""
ACTS = (
    *("carrying", "holding", "selling", "sitting", "standing", "lying", "riding", "playing"),
    *("eating", "reading", "using", "driving", "flying", "pushing", "pulling", "chasing"),
)

MIXED = ("potted plant", "tree", "person", "zebra", "traffic light")
"""Things of several colours, so that one colour may be that of either part."""
FACING = (
    *("car", "bus", "truck", "van", "motorcycle", "bicycle", "scooter", "train", "tractor"),
    *("airplane", "boat", "person", "horse", "laptop", "tv"),
)
"""Things from whose own front people speak: vehicles, riders and their mounts, screens."""
DEPTH = ("in front of", "behind")

NOUNS = ("criminal", "delinquent", "professional", "native", "expert", "patient")
"""Adjectives that are also nouns for somebody."""

IMPLIED = {
    "person": ("wedding", "festival", "hand", "fist", "face"),
    "bicycle": ("cyclist",),
    "cup": ("mug",),
    "hand": ("fist", "thumb"),
    "food": ("breakfast", "lunch", "dinner", "meal"),
    "tv": ("television",),
    "couch": ("sofa",),
    "bird": ("pigeon", "seagull"),
    "road": ("street", "motorway"),
    "plate": ("place setting",),
    "tie": ("necktie",),
    "mouse": ("computer mouse",),
    "sports ball": ("football", "ball"),
    "hair drier": ("hair dryer",),
    "market stall": ("market",),
}
"""Other words of a sentence that stand for a class of `include`."""

OVERLAP = (frozenset({"cartoon", "anime"}), frozenset({"cartoon", "comic"}))
GENRES = ("fantasy", "science fiction", "horror", "western", "romance")
"""What a picture is about, and not how it is made."""


def slips(prompt: Prompt) -> list[str]:
    """Every slip of a prompt's wording, in words."""
    return [slip for rule in RULES if (slip := rule(prompt))]


def style_slips(prompts: Sequence[Prompt]) -> list[str]:
    """Styles of a set that are no alternatives to each other, one line per pair or genre."""
    styles = sorted(
        {p.groups["style"] for p in prompts if p.tag == "style" and "style" in p.groups}
    )
    found = [
        f"group 'style': {first!r} is also {second!r}, so that both are right"
        for first in styles
        for second in styles
        if first.endswith(f" {second}") or (first < second and {first, second} in OVERLAP)
    ]
    return found + [
        f"group 'style': {style!r} says what is drawn, not how"
        for style in styles
        if style in GENRES
    ]


def _picture(prompt: Prompt) -> str:
    found = re.search(r"\ban? (picture|image) of\b", prompt.text, re.IGNORECASE)
    return (
        f"{found[0]!r} may be drawn as a picture in the picture; say what is seen" if found else ""
    )


def _bunched(prompt: Prompt) -> str:
    capped = {(clause.name, clause.count - 1) for clause in prompt.exclude}
    names = [c.name for c in prompt.include if (c.name, c.count) in capped]
    bunch = next((name for name in names if name.split()[-1] in BUNCHED), None)
    return f"counts {plural(bunch)}, of which a bunch is boxed as one" if bunch else ""


def _narrow(prompt: Prompt) -> str:
    gone = _forbidden(prompt)
    found = re.search(rf"\bempty (?:\w+ )*?({'|'.join(HOLDS_ANYTHING)})\b", prompt.text)
    if len(gone) != 1 or found is None:
        return ""
    return f"excludes only {gone[0].name} of all that an {found[0]} must not hold"


def _wide(prompt: Prompt) -> str:
    where = r"(?:above|below|beside|behind|under|inside|around|near|next to|in|on) (?:it|them)"
    patterns = (
        rf"\b(?:no|not|without|neither)\b.*?\b({where}|on top)\b",
        rf"\bnot (?:a single \w+ is )?({'|'.join(ACTS)})\b",
        rf"\b(empty (?:\w+ )*?(?:{'|'.join(PART)}))(?=$|[,.]| (?:in|on|at|by|near|beside|under)\b)",
    )
    found = next(filter(None, (re.search(p, prompt.text) for p in patterns)), None)
    gone = _forbidden(prompt)
    if not gone or found is None or prompt.tag != "negation":
        return ""
    return f"negates {found[1]!r} only, but excludes {gone[0].name} anywhere in the picture"


def _half(prompt: Prompt) -> str:
    named = prompt.groups.get("absent", "")
    missing = [c.name for c in _forbidden(prompt) if c.name not in (named, *named.split(", "))]
    return (
        f"excludes {missing[0]}, which its group absent does not name" if named and missing else ""
    )


def _person(prompt: Prompt) -> str:
    """A sentence that names somebody whom nothing looks for."""
    plain = re.sub(r'"[^"]*"', "", prompt.text.lower())
    named = [word for word in re.findall(r"[a-z']+", plain) if word in people.NAMES]
    classes = {c.name for c in (*prompt.include, *prompt.exclude)}
    is_known = "hand" in classes or any(name.split()[-1] in people.NAMES for name in classes)
    if not named or not prompt.include or is_known or prompt.subject == "person":
        return ""
    return f"names a {named[0]}, but include has no person"


def _several(prompt: Prompt) -> str:
    number = sum(clause.count for clause in prompt.include if clause.name == "person")
    several = prompt.subject == "person" and number > 1
    return f"subject is one person, and {number} are asked for" if several else ""


def _synonym(prompt: Prompt) -> str:
    for clause in prompt.include:
        for kind, palette in PALETTES.items():
            look = getattr(clause, kind)
            like = next((w for w in palette if look in LIKE.get(w, ()) and look != w), None)
            if like:
                return (
                    f"{look!r} is hardly other than {like!r}, among which judges choose; say that"
                )
    return ""


def _mixed(prompt: Prompt) -> str:
    name = next((c.name for c in prompt.include if c.color and c.name in MIXED), None)
    return f"a colour of a {name}, which has several" if name else ""


def _frame(prompt: Prompt) -> str:
    for clause in prompt.include:
        if clause.position is not None and clause.position[0] in DEPTH:
            pair = (prompt.include[clause.position[1]].name, clause.name)
            if facing := next((name for name in pair if name in FACING), None):
                return f"a {facing} has a front of its own, and {clause.position[0]!r} two readings"
    return ""


def _noun(prompt: Prompt) -> str:
    found = re.search(rf"\b({'|'.join(NOUNS)}) (person|people)\b", prompt.text)
    return f"{found[1]!r} is also a noun for somebody; use a plain adjective" if found else ""


def _unnamed(prompt: Prompt) -> str:
    """A class to be found that the sentence neither names nor implies."""
    text = prompt.text.lower()
    for clause in prompt.include:
        nouns = [clause.name, *IMPLIED.get(clause.name, ())]
        if clause.name == "person":
            nouns += people.NAMES if prompt.subject is None else [""]
        # "a child" is named by "children", "a hot-air balloon" by its last word.
        if not any(_is_named(noun, text) for noun in nouns):
            return f"include asks for a {clause.name}, which the sentence does not name"
    return ""


def _is_named(noun: str, text: str) -> bool:
    last = noun.rpartition(" ")[2]
    return any(re.search(rf"\b{re.escape(form)}", text) for form in (last, plural(last)))


def _forbidden(prompt: Prompt) -> list[Clause]:
    return [clause for clause in prompt.exclude if clause.count == 1]


RULES: tuple[Callable[[Prompt], str], ...] = (
    *(_picture, _bunched, _narrow, _wide, _half, _person, _several, _synonym, _mixed, _frame),
    *(_noun, _unnamed),
)
