"""The groups of prompts that get audit rows of their own."""

from collections.abc import Collection, Iterable, Mapping

from evalsuite.audits.record import DIFFERS
from evalsuite.records import Prompt


def groups_of(
    prompts: Iterable[Prompt], names: Collection[str] | None = None
) -> list[dict[str, str]]:
    """One group for each label that a prompt has; of these `names` alone, if they are given."""
    labels = {item for prompt in prompts for item in prompt.groups.items()}
    return [{name: label} for name, label in sorted(labels) if names is None or name in names]


def is_in(prompt: Prompt, group: Mapping[str, str]) -> bool:
    """Whether a prompt is of a group.

    A group of `DIFFERS` holds the true prompts too, which have no such label: what is false in one
    thing is compared with all that is true.
    """
    labels = {DIFFERS: group.get(DIFFERS), **prompt.groups}
    return all(labels.get(name) == label for name, label in group.items())
