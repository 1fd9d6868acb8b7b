"""What a run would be, told without drawing: `--dry-run`."""

from pathlib import Path

from evalsuite.files.weight_files import read_json
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.work import (
    Work,
    backend_options,
    make_work,
    refuse_undrawable,
    scorer_options,
)
from evalsuite.plugins.find import check_backend, check_scorer, is_light, load_backend
from evalsuite.plugins.naming import dialect, find_model


def look_ahead(settings: Settings, *, judged: bool) -> Work:
    """The work that settings describe, checked as far as can be without loading weights.

    A back-end that reads none is loaded, so that it has its say; of others, and of scorers if the
    images are to be `judged`, the names and options are checked. Raises `InputError` for a fault.
    """
    model = find_model(settings.model)
    options = backend_options(settings, model)
    if is_light(settings.model, model):
        backend = load_backend(settings.model, options, model)
        work = make_work(settings, model, backend.dialect, backend)
        refuse_undrawable(work, backend)
    else:
        check_backend(settings.model, options, model)
        told = settings.model_arg.get("dialect", dialect(settings.model, model))
        work = make_work(settings, model, str(told))
    if judged:
        for name, options in scorer_options(settings, work.dialect).items():
            check_scorer(name, options)
    return work


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
