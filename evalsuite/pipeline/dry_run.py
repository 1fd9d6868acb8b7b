"""What a run would be, told without drawing: `--dry-run`."""

from pathlib import Path
from typing import NamedTuple

from evalsuite.files.weight_files import read_json
from evalsuite.pipeline.options import backend_options, scorer_options
from evalsuite.pipeline.settings import Settings, recorded
from evalsuite.pipeline.work import Work, bound, make_work, refuse_undrawable
from evalsuite.plugins.find import check_backend, check_scorer, is_light, load_backend
from evalsuite.plugins.naming import dialect, find_model
from evalsuite.records import Backend, InputError
from evalsuite.runs.folder import MANIFEST, is_begun, read_manifest
from evalsuite.runs.rows import read_run
from evalsuite.runs.timing import seconds_per_image

PACE = ("model", "model_arg", "steps", "size", "dtype", "device", "batch_size", "compile")
"""Settings that must be the same for another run's timings to say anything of this one's."""


class Ahead(NamedTuple):
    """What is left of a run: images, hours and dollars, as far as anybody can know.

    `images` have no row yet. `hours` is None where nothing was timed; `timed_in` is the folder
    whose timings it comes from, this run's or a like one's beside it, and None where it is an
    assumption about services. `price` is the most that the images may cost; None where a service
    does not say it, 0 for a model of one's own.
    """

    work: Work
    images: int
    hours: float | None
    timed_in: Path | None
    price: float | None


def look_ahead(settings: Settings, *, judged: bool) -> Ahead:
    """The work that settings describe and what it will take, checked without loading weights.

    A back-end that reads none is loaded, so that it has its say; of others, and of scorers if the
    images are to be `judged`, the names and options are checked. Raises `InputError` for a fault.
    """
    model = find_model(settings.model)
    options = backend_options(settings, model)
    backend = None
    if is_light(settings.model, model):
        backend = load_backend(settings.model, options, model)
        work = make_work(settings, model, backend.dialect, backend)
        refuse_undrawable(work, backend)
        bound(work, backend)
    else:
        check_backend(settings.model, options, model)
        told = settings.model_arg.get("dialect", dialect(settings.model, model))
        work = make_work(settings, model, str(told))
    if judged:
        for name, options in scorer_options(settings, work.dialect).items():
            check_scorer(name, options)
    return _ahead(work, backend, len(settings.scorers) if judged else 0)


def _ahead(work: Work, backend: Backend | None, scorers: int) -> Ahead:
    goes_on = work.settings.resume and is_begun(work.folder)
    drawn = read_run(work.folder).samples if goes_on else {}
    left = sum(request.key not in drawn for request in work.requests)
    timed_in = work.folder if goes_on else None
    seconds = seconds_per_image(work.folder, scorers) if goes_on else None
    if seconds is None:
        timed_in, seconds = _beside(work, scorers)
    # A service that was never asked: what it assumes of itself, if it does.
    assumed, at_once = getattr(backend, "seconds", None), getattr(backend, "concurrency", None)
    if seconds is None and assumed is not None:
        seconds = assumed / (at_once or 1)
    price = getattr(backend, "price", None) if at_once is not None else 0.0
    return Ahead(
        work=work,
        images=left,
        hours=None if seconds is None else left * seconds / 3600,
        timed_in=timed_in,
        price=None if price is None else left * price,
    )


def _beside(work: Work, scorers: int) -> tuple[Path | None, float | None]:
    """The newest run in the same folder that drew alike and was timed, and its seconds an image."""
    wanted = recorded(work.settings)
    found = []
    for manifest in work.folder.parent.glob(f"*/{MANIFEST}"):
        try:
            said = read_manifest(manifest.parent)
            settings = said.get("configuration", {})
            seconds = seconds_per_image(manifest.parent, scorers)
        except InputError:  # what is wrong there is nothing to this run
            continue
        if seconds is not None and all(settings.get(key) == wanted[key] for key in PACE):
            found.append((str(said.get("created", "")), manifest.parent, seconds))
    newest = max(found, default=None)
    return (None, None) if newest is None else newest[1:]


def picture_size(work: Work) -> tuple[int, int] | None:
    """Width and height in pixels as far as settings or a directory's files tell them."""
    if work.settings.size is not None:
        return work.settings.size
    source = None if work.model is None else work.model.source
    for part in ("unet", "transformer"):
        path = Path(source or "") / part / "config.json"
        if source is not None and path.is_file():
            side = read_json(path, f"{part}/config.json").get("sample_size")
            # Every autoencoder of the diffusers models that we know of shrinks each side by 8.
            return (side * 8, side * 8) if isinstance(side, int) else None
    return None


def disk_bytes(images: int, size: tuple[int, int]) -> int:
    """About what a run's folder takes, assuming 1.7 bytes of PNG a pixel and 10 kB of rows.

    An assumption for pictures like photographs; flat drawings take a tenth of it.
    """
    return int(images * (size[0] * size[1] * 1.7 + 10_000))
