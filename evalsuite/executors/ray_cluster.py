"""Connect to a Ray cluster, or start one on this machine that ends with the command."""

import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from evalsuite.executors.processes import cores
from evalsuite.records import InputError

REACH = 5.0
"""Seconds in which a cluster's address has to answer; Ray itself waits for minutes."""
STORE = 100_000_000
"""Bytes of shared memory for Ray's objects: ours are files, and calls of a few hundred bytes."""


class Room(NamedTuple):
    """The GPUs and cores of a cluster, and the cores of its largest node."""

    gpus: float
    cores: float
    most_cores: float


@contextmanager
def connected(address: str | None, least_cores: int) -> Iterator[Any]:
    """The module `ray`, connected; `address` is HOST:PORT, "auto", or None for RAY_ADDRESS or none.

    Without an address Ray runs on this machine until the body ends, and counts its cores as at
    least so many. A program that called us may be connected already, and is asked for no other
    cluster. Raises `InputError` where Ray is missing or the address does not answer.
    """
    ray = _imported()
    if ray.is_initialized():
        if address is not None:
            raise InputError(
                f"--ray-address {address}: this program is connected to Ray already, and works "
                "there; leave the address out, or call ray.shutdown() before"
            )
        yield ray
        return
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    _refuse_unreachable(where)
    own = {"num_cpus": max(least_cores, cores()), "object_store_memory": STORE}
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            where,
            include_dashboard=False if where == "local" else None,
            log_to_driver=False,
            logging_level="ERROR",
            **(own if where == "local" else {}),
        )
    except (OSError, RuntimeError, ValueError, SystemExit) as error:
        first = " ".join(str(error).split("\n")[0].split())
        raise InputError(f"--ray-address {where}: {first}") from None
    try:
        yield ray
    finally:
        ray.shutdown()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def room(ray: Any) -> Room:
    """What the cluster has now; one that grows by itself may have nothing yet."""
    nodes: list[Mapping[str, float]] = [
        node["Resources"] for node in ray.nodes() if node.get("Alive")
    ]
    return Room(
        gpus=sum(node.get("GPU", 0) for node in nodes),
        cores=sum(node.get("CPU", 0) for node in nodes),
        most_cores=max((node.get("CPU", 0) for node in nodes), default=0),
    )


def _imported() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # the nodes that we start tell nobody of it
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")  # raylets would print a death at length
    try:
        import ray
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise InputError(
            "--executor ray: needs ray, which is not installed: pip install 'evalsuite[ray]'"
        ) from None
    return ray


def _refuse_unreachable(where: str) -> None:
    if where in ("local", "auto"):
        return
    host, colon, port = where.rpartition(":")
    if "://" in where or not colon or not port.isdigit():
        raise InputError(
            f"--ray-address {where}: write HOST:PORT of the cluster's head or auto, and start the "
            "command on a node of the cluster (ray job submit does)"
        )
    try:
        socket.create_connection((host, int(port)), REACH).close()
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"--ray-address {where}: no Ray cluster answers there ({why}); start one with "
            "ray start --head, or leave the address out"
        ) from None
