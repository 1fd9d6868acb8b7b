"""No progress bars of the libraries while a model loads: the command line has its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def quiet(*libraries: str) -> Iterator[None]:
    """The bars of diffusers or transformers off, and afterwards as they were."""
    modules = [import_module(f"{library}.utils.logging") for library in libraries]
    were_on = [module for module in modules if module.is_progress_bar_enabled()]
    for module in were_on:
        module.disable_progress_bar()
    try:
        yield
    finally:
        for module in were_on:
            module.enable_progress_bar()
