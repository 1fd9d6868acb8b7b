"""What services answer, read with care: waiting times, pictures in base64, errors by status."""

import base64
import binascii
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from evalsuite.backends._caller import Again
from evalsuite.records import InputError, Json, NoImage, Pixels, Stopped

SAID = 200
"""Letters of a service's own words that a reason holds."""

_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""HTTP statuses that may be gone the next time; other ones above 500 are taken so too."""

EXHAUSTED = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
"""Codes with which services say 429 or 400, and that no waiting mends."""


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds that a reply asks to wait (RFC 9110, 10.2.3: seconds or a date); None if none.

    `retry-after-ms`, in milliseconds, goes first. `now` is seconds since 1970, for a date.
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        said = headers.get(name)
        if said is None:
            continue
        try:
            seconds = float(said) / unit
        except ValueError:
            try:
                moment = parsedate_to_datetime(said).timestamp()
            except ValueError:
                continue
            seconds = moment - (time.time() if now is None else now)
        if seconds == seconds:  # not NaN
            return max(0.0, seconds)
    return None


def fault(
    status: int, headers: Mapping[str, str], said: str, code: str = "", key: str | None = None
) -> NoImage:
    """An error that is no refusal: raised where it can be tried again, or nobody can go on.

    What is left is about this request alone, and failed. `key` names the key's variable.
    """
    reason = f"HTTP {status}{f' {code}' if code else ''}: {short(said)}"
    if code in EXHAUSTED or status == 402:
        raise Stopped(f"the service asks for money: {reason}")
    if status == 401 or (status == 403 and key is not None):
        mend = f"check {key}" if key else "the server wants a key: name its variable with key_from"
        raise InputError(f"--model: the service lets nobody in, {reason}; {mend}")
    if status in (403, 404, 405):
        raise InputError(
            f"--model: the service has no such thing, {reason}; check name and address"
        )
    if status in PASSING or status > 500:
        raise Again(reason, wait=retry_after(headers))
    return NoImage("failed", reason)


def short(said: Json) -> str:
    """A service's own words on one line, not too many of them."""
    line = " ".join(str(said).split())
    return line if len(line) <= SAID else f"{line[: SAID - 3]}..."


def picture(coded: Json) -> Pixels | NoImage:
    """The picture in a base64 text (or a data: address), or that it is none."""
    if not isinstance(coded, str):
        return NoImage("invalid", f"not base64 but {type(coded).__name__}")
    try:
        data = base64.b64decode(_DATA_URL.sub("", coded, count=1), validate=True)
    except (binascii.Error, ValueError):
        return NoImage("invalid", "not base64")
    return picture_of(data)


def picture_of(data: bytes) -> Pixels | NoImage:
    """The picture in the bytes of a PNG, JPEG or WebP file, or that it is none."""
    from evalsuite.backends._pictures import Unreadable, picture_in

    try:
        return picture_in(data)
    except Unreadable as error:
        return NoImage("invalid", f"the picture {error}")


def within(seed: int, low: int, high: int) -> int:
    """The seed folded into the numbers from `low` to `high` that a service takes."""
    return low + seed % (high - low + 1)
