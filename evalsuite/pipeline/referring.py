"""Which reference a prompt set's shares are held against."""

from evalsuite.bias import references
from evalsuite.bias.references import Reference
from evalsuite.records import InputError, PromptSet


def reference_of(prompt_set: PromptSet, asked: str | None) -> Reference | None:
    """What `--reference` names, or else the set's card; None where neither names any.

    Raises `InputError` that says who named a reference that is not there, or cannot be read.
    """
    name = asked or prompt_set.card.get("reference")
    if name is None:
        return None
    where = f"--reference {name}" if asked else f"{prompt_set.name}.md, reference {name}"
    try:
        return references.load(name)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
