"""What services answer: waiting times, errors, pictures, reasons."""

import base64

import numpy as np
import pytest

from evalsuite.backends import _gemini_reasons as gemini
from evalsuite.backends._caller import Again
from evalsuite.backends._replies import fault, picture, retry_after, within
from evalsuite.files.images import encode_png
from evalsuite.records import InputError, NoImage, Stopped


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 60.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:01 GMT"}, 0.0),
    ],
)
def test_how_long_a_reply_asks_to_wait(headers, seconds):
    assert retry_after(headers, now=40.0) == seconds


def test_errors_are_told_apart():
    for status in (408, 429, 500, 503, 529):
        with pytest.raises(Again) as error:
            fault(status, {"retry-after": "2"}, "busy")
        assert error.value.wait == 2.0 and error.value.cost == 0.0
    for status in (401, 403, 404):
        with pytest.raises(InputError, match=f"HTTP {status}"):
            fault(status, {}, "who are you", key="MY_KEY")
    for status, code in ((429, "insufficient_quota"), (402, "")):
        with pytest.raises(Stopped, match="asks for money"):
            fault(status, {}, "pay", code)
    said = fault(400, {}, "size\n must be " + "x" * 500)
    assert said.status == "failed" and said.reason.startswith("HTTP 400: size must be x")
    assert len(said.reason) < 230


def test_a_picture_in_base64_and_what_is_none():
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    coded = base64.b64encode(encode_png(pixels)).decode()
    assert np.array_equal(picture(coded), pixels)
    assert np.array_equal(picture(f"data:image/png;base64,{coded}"), pixels)
    for wrong in (None, 3, "%%%", "bm90IGEgcGljdHVyZQ==", coded[:40]):
        found = picture(wrong)
        assert isinstance(found, NoImage) and found.status == "invalid"
        assert "0x" not in found.reason


def test_a_seed_is_folded_into_what_a_service_takes():
    assert within(5, 0, 2**31 - 1) == 5
    assert within(2**31 + 5, 0, 2**31 - 1) == 5
    assert {within(seed, 1, 3) for seed in range(9)} == {1, 2, 3}


def test_every_reason_of_the_installed_sdk_is_known():
    types = pytest.importorskip("google.genai.types")
    known = gemini.SAID_NO | gemini.NO_IMAGE | gemini.BROKE
    assert {reason.value for reason in types.FinishReason} <= known
    for reason in types.FinishReason:
        found = gemini.finished(reason.value, "")
        assert found.status == ("failed" if reason.value in gemini.BROKE else "refused")
    assert not gemini.SAID_NO & gemini.NO_IMAGE and not known & set() and gemini.BROKE
    assert gemini.finished("NO_IMAGE", "x").reason != gemini.finished("STOP", "x").reason
    for reason in types.BlockedReason:
        unspecified = reason.value == "BLOCKED_REASON_UNSPECIFIED"
        assert gemini.blocked(reason.value, "").status == ("failed" if unspecified else "refused")
