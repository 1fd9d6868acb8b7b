"""Any labels that you taught it: a head on CLIP's vectors, trained from your own pictures.

What it sees: the picture's CLIP vector alone, never the prompt.
Why: zero-shot words are CLIP's; a few hundred pictures that you labelled yourself are usually
better, and come with an audit (`evalsuite probe train`).
How it errs: as its training pictures are. On pictures of another kind (drawings, where it learnt
from photographs) its audit says nothing, and it may be sure of nonsense. It abstains where the
likeliest label is not ahead of the next by the margin that was chosen on held-out pictures.
What it cannot show: anything that its labels do not name.
Source: linear probes as in arXiv 2103.00020, sec. 3.2, here with temperature (arXiv 1706.04599).
"""

from evalsuite.files.hub import Repository
from evalsuite.prompts.conditions import BY_WHOM
from evalsuite.prompts.references import CLIP
from evalsuite.records import Measure
from evalsuite.scorers._probing import ProbeScorer, open_probe, probe_needed

CITE = CLIP

_TAUGHT = "Anything but what its training pictures taught it; hold it against the probe's own card."

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="probe.label",
        title="What the probe sees",
        kind="labels",
        by=BY_WHOM,
        higher_is_better=None,
        cannot_show=_TAUGHT + " Its errors and abstentions are not in the interval.",
        needs_audit=True,
    ),
    Measure(
        name="probe.unknown",
        title="The probe cannot tell",
        kind="unknown",
        field="label",
        by=BY_WHOM,
        higher_is_better=None,
        cannot_show="Whether the picture is ambiguous or unlike all that the probe was taught.",
    ),
)


def load(
    *, head: str, model: str | None = None, pretrained: str | None = None, device: str = "auto"
) -> ProbeScorer:
    """Load the scorer; `head` is a probe's folder, `model` its CLIP where the card's is elsewhere.

    Raises `InputError` for what is no probe, and for another CLIP than the one it was fitted on.
    """
    return ProbeScorer(*open_probe(head, model, pretrained, device))


def needs(
    *, head: str, model: str | None = None, pretrained: str | None = None
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    return probe_needed(head, model, pretrained)
