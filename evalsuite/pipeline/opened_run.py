"""A run opened for reading: its rows as pandas tables, its images as pictures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evalsuite.files.nearest import did_you_mean, nearest
from evalsuite.measures import declared_measures
from evalsuite.pipeline.draw_boxes import with_boxes
from evalsuite.pipeline.summarise import audit_of, estimate_run
from evalsuite.pipeline.tables import estimate_table, judgement_table, prompt_table, sample_table
from evalsuite.pipeline.work import Work
from evalsuite.records import Estimate, InputError, Json, Key, Measure
from evalsuite.report.notebook import Result, headline_table
from evalsuite.report.tables import Table
from evalsuite.runs.rows import RunRows

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

Named = Key | tuple[str, str, int] | str | Mapping[str, Any]
"""An image: a `Key`, its three parts, "set/prompt-id/index", or a row of a table with the three."""


@dataclass(frozen=True, repr=False)
class Run(Result):
    """A run's folder, read once; `rows` are those of its planned images.

    The tables are made when they are first asked for, and kept.
    """

    work: Work
    rows: RunRows

    @property
    def folder(self) -> Path:
        """Where the run lies."""
        return self.work.folder

    @property
    def manifest(self) -> Mapping[str, Json]:
        """What the run was made with and from."""
        return self.rows.manifest

    @cached_property
    def prompts(self) -> "pd.DataFrame":
        """One row per prompt (`tables.prompt_table`)."""
        return cast("pd.DataFrame", prompt_table(self.work.prompt_sets).to_pandas())

    @cached_property
    def samples(self) -> "pd.DataFrame":
        """One row per planned image (`tables.sample_table`)."""
        table = sample_table(self.work.prompt_sets, self.work.requests, self.rows.samples)
        return cast("pd.DataFrame", table.to_pandas())

    @cached_property
    def judgements(self) -> "pd.DataFrame":
        """One row per scorer, image and field (`tables.judgement_table`)."""
        rows = self.rows
        table = judgement_table(self.work.prompt_sets, rows.samples, rows.answers)
        return cast("pd.DataFrame", table.to_pandas())

    @cached_property
    def estimates(self) -> "pd.DataFrame":
        """One row per measure and group, made from the rows as they are (`estimate_table`)."""
        return cast("pd.DataFrame", estimate_table(*self._estimated).to_pandas())

    @cached_property
    def _estimated(self) -> tuple[list[Estimate], dict[str, Measure]]:
        return estimate_run(self.work, self.rows)

    def images(
        self,
        measure: str | None = None,
        value: float | str | None = None,
        *,
        prompt_set: str | None = None,
        prompt_id: str | None = None,
        tag: str | None = None,
    ) -> list[Key]:
        """The drawn images that all of this holds for, in planning order.

        With `measure`, a name such as "objects.count", those that have a value of it, or this
        `value`. Raises `InputError` for a name that the run does not have.
        """
        scorer, field = self._field(measure) if measure is not None else ("", "")
        _check("prompt_set", prompt_set, {each.name for each in self.work.prompt_sets})
        _check("prompt_id", prompt_id, {each.id for each in self.work.prompts()})
        _check("tag", tag, {each.tag for each in self.work.prompts()})
        found = []
        for request in self.work.requests:
            key, prompt, sample = request.key, request.prompt, self.rows.samples.get(request.key)
            wanted = (prompt_set, key.prompt_set), (prompt_id, prompt.id), (tag, prompt.tag)
            if sample is None or any(asked not in (None, has) for asked, has in wanted):
                continue
            if measure is not None:
                judgement = self.rows.answers.get((scorer, key))
                answer = None if judgement is None else judgement.values.get(field)
                if answer is None or value not in (None, answer):
                    continue
            if sample.status == "ok":
                found.append(key)
        return found

    def show(self, image: Named, *, boxes: bool | str = False) -> "Image":
        """One image as a PIL picture, with what scorers found in it framed where `boxes` says so.

        `boxes` is True for every scorer's, or one scorer's name. Raises `InputError` for what is no
        image of this run, for one that was not drawn, and for a missing or damaged file.
        """
        from PIL import Image

        key = self._key(image)
        sample = self.rows.samples.get(key)
        if sample is None or sample.image is None:
            why = "not drawn yet" if sample is None else f"{sample.status}: {sample.reason}"
            raise InputError(f"{'/'.join(map(str, key))}: there is no image ({why})")
        picture = Image.fromarray(self.rows.images.load(sample.image))
        if boxes is False:
            return picture
        scorers = sorted({scorer for scorer, _ in self.rows.judgements})
        if boxes is not True:
            _check("boxes", boxes, scorers)
            scorers = [boxes]
        found = [self.rows.judgements.get((scorer, key)) for scorer in scorers]
        return with_boxes(picture, [judgement for judgement in found if judgement is not None])

    def line(self) -> str:
        """The folder, the model, how many images there are, and who judged them."""
        drawn = sum(sample.status == "ok" for sample in self.rows.samples.values())
        scorers = sorted({scorer for scorer, _ in self.rows.judgements})
        return (
            f"Run {self.folder}: {self.work.settings.model}, {drawn} of {len(self.work.requests)} "
            f"images, {'judged by ' + ', '.join(scorers) if scorers else 'not judged'}"
        )

    def tables(self) -> Sequence[Table]:
        """The headlines of each prompt set."""
        estimates, measures = self._estimated
        audit = audit_of(self.work, self.rows, estimates, measures)
        return [headline_table(self.work.prompt_sets, estimates, measures, audit)]

    def _field(self, measure: str) -> tuple[str, str]:
        """The scorer and the field that a measure reads; a field's own name is taken too."""
        known = self._fields
        _check("measure", measure, known)
        return known[measure]

    @cached_property
    def _fields(self) -> dict[str, tuple[str, str]]:
        fields = {
            f"{scorer}.{field}": (scorer, field)
            for (scorer, _), judgement in self.rows.answers.items()
            for field in judgement.values
        }
        known = declared_measures(self.manifest["scorers"])
        read = {measure.name: (measure.scorer, measure.field) for measure in known}
        answered = set(fields.values())
        return fields | {name: at for name, at in read.items() if at in answered}

    def _key(self, image: Named) -> Key:
        names = {"/".join(map(str, request.key)): request.key for request in self.work.requests}
        if isinstance(image, str):
            name = image
        else:
            parts = image if isinstance(image, tuple) else [image.get(p) for p in Key._fields]
            name = "/".join(map(str, parts))
        if name not in names:
            near = nearest(name, names)
            meant = f"; did you mean {near!r}?" if near is not None else ""
            raise InputError(
                f"{name!r}: is no image of this run; write prompt-set/prompt-id/index{meant}"
            )
        return names[name]


def _check(name: str, value: str | None, known: Collection[str]) -> None:
    if value is not None and value not in known:
        raise InputError(f"{name} {value!r}: this run has none{did_you_mean(value, sorted(known))}")
