"""Loading has a bound on time and on memory, which is lifted afterwards."""

import resource
import signal
import threading
from contextlib import nullcontext

import numpy as np
import pytest

from evalsuite.files import bounds
from evalsuite.files.bounds import bounded
from evalsuite.records import InputError


@pytest.fixture
def weights(tmp_path):
    """A file of a megabyte."""
    file = tmp_path / "w.safetensors"
    file.write_bytes(bytes(10**6))
    return [file]


@pytest.fixture(autouse=True)
def unlimited():
    """Whatever tests before have left: no limit but the one that nobody can raise."""
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def state():
    return (
        resource.getrlimit(resource.RLIMIT_DATA),
        signal.getsignal(signal.SIGVTALRM),
        signal.getitimer(signal.ITIMER_VIRTUAL),
    )


def test_more_memory_than_weights_of_that_size_need_is_refused(weights):
    before = state()
    said = r"^model x: takes more than 1,\d{3} MB to build, which weights of 1 MB do not need"
    with pytest.raises(InputError, match=said), bounded("model x", weights):
        np.zeros(2 << 30, np.uint8)
    assert state() == before


def test_the_memory_of_a_megabyte_of_weights_by_hand(weights, monkeypatch):
    given = []
    monkeypatch.setattr(bounds, "cpu_count", lambda: 4)
    monkeypatch.setattr(bounds, "_memory", lambda most: given.append(most) or nullcontext())
    with bounded("model x", weights):
        pass
    # 1 GiB, five times the weights, and 16 MiB for each of four processors.
    assert given == [1_073_741_824 + 5_000_000 + 67_108_864]


def test_windows_has_no_such_timer_and_none_is_asked_for(weights, monkeypatch):
    monkeypatch.setattr(bounds.sys, "platform", "win32")
    monkeypatch.setattr(bounds, "_memory", lambda most: nullcontext())
    with bounded("model x", weights):
        assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_an_error_that_a_library_made_of_it_is_known_again(weights):
    with pytest.raises(InputError, match="to build"), bounded("model x", weights):
        try:
            np.zeros(2 << 30, np.uint8)
        except MemoryError as error:
            raise OSError("cannot load the weights") from error
    with pytest.raises(InputError, match="to build"), bounded("model x", weights):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8")


def test_more_time_than_weights_of_that_size_need_is_refused(weights, monkeypatch):
    monkeypatch.setattr(bounds, "SECONDS", 0.1)
    before = state()
    said = r"^model x: takes more than 0 s to build, which weights"
    with pytest.raises(InputError, match=said), bounded("model x", weights):
        while True:
            try:
                sum(range(1000))
            except Exception:  # a library that goes on whatever happens
                continue
    assert state() == before


def test_what_stays_within_the_bounds_is_left_alone(weights):
    with bounded("model x", weights):
        assert np.ones(1 << 28, np.uint8).all()
    with pytest.raises(KeyError), bounded("model x", weights):
        raise KeyError("x")


def test_a_thread_has_the_bound_on_memory_alone(weights):
    ended = []

    def work():
        try:
            with bounded("model x", weights):
                np.zeros(2 << 30, np.uint8)
        except InputError as error:
            ended.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(ended) == 1 and "MB to build" in ended[0]


def test_a_stricter_limit_of_the_users_own_stays(weights):
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    own = bounds._data() + (300 << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (own, most))
    try:
        said = "or more than the machine has"
        with pytest.raises(InputError, match=said), bounded("model x", weights):
            np.zeros(400 << 20, np.uint8)
        assert resource.getrlimit(resource.RLIMIT_DATA) == (own, most)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def test_weights_of_a_gigabyte_have_a_minute_more(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.truncate(10**9)  # sparse: it takes no room
    times = []
    monkeypatch.setattr(bounds, "_time", lambda seconds: nullcontext(times.append(seconds)))
    for files in ([], [path]):
        with bounds.bounded("model", files):
            pass
    assert times == [30, 90]
