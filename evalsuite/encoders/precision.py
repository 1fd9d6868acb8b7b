"""The precision in which a model computes: float32 on a CPU, float16 on a GPU."""

from contextlib import AbstractContextManager, nullcontext

from evalsuite.records import InputError

PRECISIONS = ("auto", "fp32", "fp16")


def precision_of(precision: str, device: str) -> str:
    """fp32 or fp16; `auto` is fp16 on a GPU. Raises `InputError` for another word.

    Weights stay in float32 either way, so that their digest does not depend on the device; fp16
    is autocast's mixture.
    """
    if precision not in PRECISIONS:
        raise InputError(f"precision {precision!r} is unknown; choose {', '.join(PRECISIONS)}")
    if precision == "auto":
        return "fp16" if device.startswith("cuda") else "fp32"
    return precision


def computing(precision: str, device: str) -> AbstractContextManager[object]:
    """The context in which a forward pass runs."""
    if precision == "fp32":
        return nullcontext()
    import torch

    return torch.autocast(device.partition(":")[0], dtype=torch.float16)
