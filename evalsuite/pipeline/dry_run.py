"""What a run would be, told without drawing: `--dry-run`."""

from pathlib import Path
from typing import NamedTuple

from evalsuite.files.weight_files import read_json
from evalsuite.pipeline.options import backend_options, scorer_options
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.work import Work, bound, make_work, refuse_undrawable
from evalsuite.plugins.find import check_backend, check_scorer, is_light, load_backend
from evalsuite.plugins.naming import dialect, find_model
from evalsuite.records import Backend
from evalsuite.runs.folder import is_begun
from evalsuite.runs.rows import read_run
from evalsuite.runs.timing import seconds_per_image


class Ahead(NamedTuple):
    """What is left of a run: images, hours and dollars, as far as anybody can know.

    `images` have no row yet. `hours` is None where nothing was timed; `is_timed` says whether it
    comes from the folder's own timings, or is an assumption about services. `price` is the most
    that the images may cost; None where a service does not say it, 0 for a model of one's own.
    """

    work: Work
    images: int
    hours: float | None
    is_timed: bool
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
    seconds = seconds_per_image(work.folder, scorers) if goes_on else None
    is_timed = seconds is not None
    # A service that was never asked: what it assumes of itself, if it does.
    assumed, at_once = getattr(backend, "seconds", None), getattr(backend, "concurrency", None)
    if seconds is None and assumed is not None:
        seconds = assumed / (at_once or 1)
    price = getattr(backend, "price", None) if at_once is not None else 0.0
    return Ahead(
        work=work,
        images=left,
        hours=None if seconds is None else left * seconds / 3600,
        is_timed=is_timed,
        price=None if price is None else left * price,
    )


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
