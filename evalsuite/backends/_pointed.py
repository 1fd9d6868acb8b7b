"""Fetch the picture that an answer points to.

It is drawn and paid for, so the fetch is tried again, and not the whole request: that would be
another picture, and another price.
"""

from collections.abc import Mapping

from evalsuite.backends._caller import LONGEST_WAIT, Again, Clock
from evalsuite.backends._fetch import Door, Forbidden, Stranger
from evalsuite.backends._replies import PASSING, picture, picture_of, retry_after, short
from evalsuite.records import InputError, NoImage, Pixels

TRIES = 4


def fetched(
    door: Door, url: str, clock: Clock, flag: str, headers: Mapping[str, str] | None = None
) -> Pixels | NoImage:
    """The picture at an address, or in it where it is a data: address.

    Raises `InputError` for a host that nobody allowed, so that no more is paid for pictures that
    cannot be had; `Again` where the picture could not be fetched in `TRIES`.
    """
    import httpx2

    if url.startswith("data:"):
        return picture(url)
    said, wait = "", 0.0
    for number in range(TRIES):
        if number:
            clock.sleep(max(wait, float(number)))
        try:
            reply = door.get(url, headers)
        except Stranger as error:
            raise InputError(
                f"{flag}: the picture is at {error}; name it with image_hosts"
            ) from error
        except Forbidden as error:
            return NoImage("failed", f"the picture's address is refused: {error}")
        except httpx2.HTTPError as error:
            said = short(error) or type(error).__name__
            continue
        if reply.status == 200:
            return picture_of(reply.body)
        said, wait = f"HTTP {reply.status}", retry_after(reply.headers) or 0.0
        if reply.status not in PASSING or wait > LONGEST_WAIT:
            return NoImage("failed", f"the picture's address answers {said}")
    raise Again(f"the picture cannot be fetched: {said}", cost=None)
