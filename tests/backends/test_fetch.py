"""A reply's end: by its own parts, and by the clock only where there are more of them."""

import time
from types import SimpleNamespace

import pytest

from evalsuite.backends._fetch import Forbidden, _read


def reply(*parts):
    return SimpleNamespace(headers={}, iter_raw=lambda: iter(parts))


def test_a_reply_that_came_late_and_whole_is_taken():
    assert _read(reply(b"whole"), time.monotonic() - 1) == b"whole"
    assert _read(reply(), time.monotonic() - 1) == b""
    assert _read(reply(b"wh", b"ole"), time.monotonic() + 60) == b"whole"


def test_one_that_goes_on_after_its_time_is_not():
    with pytest.raises(Forbidden, match="does not come to an end"):
        _read(reply(b"wh", b"ole"), time.monotonic() - 1)
