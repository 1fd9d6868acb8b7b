"""The nouns that every stage speaks: small frozen records, and the two protocols of plug-ins.

Files carry these records from stage to stage; `runs/rows.py` reads and writes them.
"""

from evalsuite.records.errors import InputError, Json, Stopped
from evalsuite.records.estimates import (
    LIKE_THESE,
    THESE,
    Difference,
    Estimand,
    Estimate,
    Flip,
    Interval,
    Pairing,
    Tier,
    Verdict,
    WithInterval,
    Word,
    flat,
)
from evalsuite.records.judgements import Box, Case, Choice, Judgement, Picture, Value
from evalsuite.records.keys import Keys, Names, Places
from evalsuite.records.measures import Measure, default_field, scorer_of
from evalsuite.records.progress import Progress
from evalsuite.records.prompts import Clause, Prompt, PromptSet, Question
from evalsuite.records.protocols import Backend, Scorer
from evalsuite.records.samples import Drawn, Key, NoImage, Pixels, Request, Sample, Status

__all__ = [
    "LIKE_THESE",
    "THESE",
    "Backend",
    "Box",
    "Case",
    "Choice",
    "Clause",
    "Difference",
    "Drawn",
    "Estimand",
    "Estimate",
    "Flip",
    "InputError",
    "Interval",
    "Json",
    "Judgement",
    "Key",
    "Keys",
    "Measure",
    "Names",
    "NoImage",
    "Pairing",
    "Picture",
    "Pixels",
    "Places",
    "Progress",
    "Prompt",
    "PromptSet",
    "Question",
    "Request",
    "Sample",
    "Scorer",
    "Status",
    "Stopped",
    "Tier",
    "Value",
    "Verdict",
    "WithInterval",
    "Word",
    "default_field",
    "flat",
    "scorer_of",
]
