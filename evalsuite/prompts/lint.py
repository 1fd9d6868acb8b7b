"""What is allowed in a prompt set but looks like a slip, and which scorers can judge it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from evalsuite.prompts import wording
from evalsuite.prompts.conditions import condition
from evalsuite.records import Prompt, PromptSet
from evalsuite.vocabulary import coco
from evalsuite.vocabulary.relations import NEAR, PLANE


class TextEncoder(NamedTuple):
    """A text encoder, how many tokens it reads, and which models use it.

    Only CLIP's tokens are counted; T5, Gemma and the others have vocabularies that no package
    ships, and CLIP's count stands in for theirs.
    """

    name: str
    limit: int
    models: str


TEXT_ENCODERS = (
    TextEncoder("CLIP", 77, "Stable Diffusion 1 and 2, SDXL"),
    TextEncoder("T5", 77, "DeepFloyd IF"),
    TextEncoder("T5", 120, "PixArt-alpha"),
    TextEncoder("T5", 256, "Stable Diffusion 3, FLUX.1-schnell"),
    TextEncoder("Gemma", 256, "Lumina 2"),
    TextEncoder("ChatGLM", 256, "Kolors"),
    TextEncoder("T5", 300, "PixArt-sigma"),
    TextEncoder("Gemma", 300, "Sana"),
    TextEncoder("T5", 512, "FLUX.1-dev"),
    TextEncoder("Qwen", 512, "Qwen-Image"),
)
"""The limits are CLIP's 77 positions and the defaults of `max_sequence_length` in the pipelines of
diffusers 0.42; FLUX.1-schnell's is from its model card."""

UNEVEN = 10
"""A label that is this many times as frequent as another of its group is named."""

LABELS = 40
"""Groups with more labels than this name single things, and need not be balanced."""

WORDINGS = ("template", "phrase")
"""Groups that say how a prompt is worded; some wordings fit only a few things."""

UNMARKED = "none"
"""The label of prompts that lack what the group is about: a baseline, and so rarer."""


def lint(prompt_set: PromptSet) -> list[str]:
    """What looks like a slip, one line per slip; `prompts.sets.read` refuses what is wrong."""
    found, seen = [], dict[str, str]()
    for prompt in prompt_set.prompts:
        plain = " ".join(prompt.text.split())
        other = seen.setdefault(plain.casefold(), prompt.id)
        loose = prompt.tag == "counting" and not prompt.exclude
        alone = prompt.groups.get("form") == "negated" and not prompt.twin
        asked = (prompt.include, prompt.exclude, prompt.subject, prompt.words, prompt.questions)
        unpaired = prompt.tag == "negation" and prompt.exclude and "form" not in prompt.groups
        slips = {
            f"the same text as {other}": other != prompt.id,
            "spaces at an end, or two in a row": plain != prompt.text,
            "no include, exclude or subject, so only its text can be judged": not any(asked),
            "nothing in exclude, so too many would pass": loose,
            "negated, but has no twin to be compared with": alone or (unpaired and not prompt.twin),
        }
        found += [f"{prompt.id}: {slip}" for slip, holds in slips.items() if holds]
        # The bundled world's sentences are those of its own grammar.
        if prompt_set.dialect == "everyday":
            found += [f"{prompt.id}: {slip}" for slip in wording.slips(prompt)]
    return found + wording.style_slips(prompt_set.prompts) + uneven(prompt_set)


def uneven(prompt_set: PromptSet) -> list[str]:
    """Groups whose labels are far from equally frequent."""
    labels: dict[str, Counter[str]] = {}
    for prompt in prompt_set.prompts:
        for name, label in prompt.groups.items():
            if name not in WORDINGS and label != UNMARKED:
                labels.setdefault(name, Counter())[label] += 1
    found = []
    for name, counts in labels.items():
        ordered = counts.most_common()
        (most, many), (least, few) = ordered[0], ordered[-1]
        if len(ordered) <= LABELS and many >= UNEVEN * few:
            found.append(f"group {name!r} is uneven: {many} of {most!r}, but {few} of {least!r}")
    return found


def too_long(prompt_set: PromptSet, count: Callable[[str], int]) -> list[str]:
    """Prompts that a known text encoder does not read to the end, one line per prompt.

    `count` gives CLIP's number of tokens, the two specials included.
    """
    found = []
    for prompt in prompt_set.prompts:
        tokens = count(prompt.text)
        short = [encoder for encoder in TEXT_ENCODERS if tokens > encoder.limit]
        if short:
            named = "; ".join(f"{e.name} reads {e.limit} ({e.models})" for e in short)
            about = ", by CLIP's count," if len(short) > 1 else ","
            found.append(f"{prompt.id}: {tokens} tokens{about} but {named}")
    return found


def across(prompt_sets: Sequence[PromptSet]) -> list[str]:
    """Texts that two of the sets share, one line per text."""
    found, seen = [], dict[str, tuple[str, str]]()
    for prompt_set in prompt_sets:
        for prompt in prompt_set.prompts:
            plain = " ".join(prompt.text.split()).casefold()
            name, other = seen.setdefault(plain, (prompt_set.name, prompt.id))
            if name != prompt_set.name:
                found.append(f"{prompt.id}: the same text as {other} of {name}")
    return found


def judges(prompt_set: PromptSet) -> Mapping[str, int]:
    """For how many prompts each kind of scorer has something to say beyond likeness to the text."""
    return {
        name: sum(1 for prompt in prompt_set.prompts if can(prompt)) for name, can in JUDGES.items()
    }


def unknown_classes(prompts: Iterable[Prompt]) -> list[str]:
    """The classes that a detector with COCO's fixed vocabulary cannot find, sorted."""
    clauses = (clause for prompt in prompts for clause in (*prompt.include, *prompt.exclude))
    return sorted({clause.name for clause in clauses if not coco.known(clause.name)})


_of_one, _of_several = condition(("of a person",)), condition(("of several people",))


def _listed(prompt: Prompt) -> bool:
    return bool(prompt.include or prompt.exclude)


def _fixed(prompt: Prompt) -> bool:
    flat = all(
        clause.position is None or clause.position[0] in (*PLANE, *NEAR)
        for clause in prompt.include
    )
    bare = not any(clause.material or clause.size for clause in prompt.include)
    return _listed(prompt) and flat and bare and not unknown_classes([prompt])


JUDGES: Mapping[str, Callable[[Prompt], bool]] = {
    "open-vocabulary detector": _listed,
    "COCO detector": _fixed,
    "question answering": lambda prompt: _listed(prompt) or bool(prompt.questions),
    "text reader": lambda prompt: bool(prompt.words),
    "readers of people": lambda prompt: _of_one(prompt) or _of_several(prompt),
}
"""Each kind of scorer, and whether a prompt gives it something to judge."""
