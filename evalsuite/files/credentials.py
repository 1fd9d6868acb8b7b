"""Credentials, and how they are taken out of whatever leaves the program.

A credential is known by its value or by its form. By value: environment variables and settings
whose names say that they hold one, as they are and in the encodings that requests and errors put
them in. By form: the issuers' own prefixes, headers, assignments, and addresses with a password.
"""

import base64
import binascii
import html
import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeVar
from urllib.parse import quote, quote_plus, unquote

from evalsuite.records import Json

MARK = "<secret>"
MIN_LENGTH = 8
"""Values of variables are at least this long; shorter ones would spoil ordinary words."""
MIN_TOLD = 6
"""The same for settings, of which we know better what they are for."""

_KEYS = (
    "(?:api|access|private|secret|subscription|account|client|auth|signing|shared|storage|"
    "session|service|encryption)"
)
_STRONG = re.compile(
    r"(?:.*_)?(?:token|secrets?|password|passwd|passphrase|pwd|authorization|credentials?|cookie|"
    rf"{_KEYS}_?keys?)(?:_\d+)?"
)
_WEAK = re.compile(r".+_key(?:_\d+)?|(?:.*_)?(?:auth|signature)")
"""Names that tell a credential where a text stands under them: `sort_key: [1, 2]` is none."""
_VARIABLE = re.compile(
    r".*(?:password|passwd|passphrase|secret).*|"
    r"(?:.*_)?(?:key|keys|token|tokens|pass|pwd|pat|auth|authorization|credentials?|creds|cookie|"
    r"signature|apikey)(?:_(?:id|\d+|prod|dev|test|live|value|string|base64|b64))*"
)

# The issuers' own prefixes; plain hexadecimal is left alone, for revisions and hashes must stay.
_ISSUED = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\w+/=\s\\-]*|"
    r"\b(?:(?:hf|api_org|r8|npm)_[A-Za-z0-9]{16,}|sk-[\w-]{16,}|gh[oprsu]_[A-Za-z0-9]{16,}|"
    r"github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|"
    r"AIza[\w-]{30,}|pypi-[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"
)
_IN_ADDRESS = re.compile(r"://(?!<secret>@)([^/\s<>\"'`?#]+)@")
_BEARER = re.compile(r"(?<=[Bb]earer )(?!<)[^\s\"'<>&,;\\]+")
_BASIC = re.compile(r"(?<=[Bb]asic )[A-Za-z0-9+/_-]{4,}={0,2}")
_PICTURE = re.compile(r"(;base64,[A-Za-z0-9+/=]{64,})")
_NO_SECRET = "set|unset|none|null|true|false"
_QUOTES = r"(?:[\"'\\]|&\#3[49];|&quot;)*"
_ASSIGNED = re.compile(
    rf"""(?=[tspacxe_-])  # every name begins so, and most of a page is passed by at once
        (?P<name>(?:token|secret|password|passwd|passphrase|authorization|signature|cookie
          |x-auth(?:-\w+)?|{_KEYS}[_-]?key|(?<=[a-z0-9])[_-]key
          |(?<=[?&;])sig)  # of Azure, in a query
        {_QUOTES}\s*[=:]\s*{_QUOTES}(?:(?:bearer|basic|token|digest|apikey)\s+)?+)
        (?!<|(?:{_NO_SECRET})\b)[^\s&"',;<>\\]+""",
    re.IGNORECASE | re.VERBOSE,
)

T = TypeVar("T", bound=Json)
_told: set[str] = set()


def tells_secret(name: str, held: Json) -> bool:
    """Whether a map's key says that what it holds is a credential: `api_key`, `X-Auth`, ..."""
    plain = _plain_name(name)
    if held in (None, "", True, False) or re.fullmatch(_NO_SECRET, str(held), re.IGNORECASE):
        return False
    is_weak = isinstance(held, str) and _WEAK.fullmatch(plain)
    return bool(is_weak or _STRONG.fullmatch(plain))


def remember(settings: Json) -> None:
    """Have the credentials among these settings taken out by their values from now on.

    They are what stands under a telling name, and the password of an address.
    """
    if isinstance(settings, Mapping):
        for name, held in settings.items():
            is_key = _plain_name(str(name)) in ("key", "pass") or tells_secret(str(name), held)
            if is_key and isinstance(held, str):
                _tell(held)
            remember(held)
    elif isinstance(settings, list | tuple):
        for held in settings:
            remember(held)
    elif isinstance(settings, str):
        for found in _IN_ADDRESS.finditer(settings):
            password = found[1].partition(":")[2]
            _tell(password)
            _tell(unquote(password))  # as a library says it that has read the address


def _tell(value: str) -> None:
    if len(value) >= MIN_TOLD and MARK not in value:
        _told.add(value)


def conceal(value: T) -> T:
    """A copy of a JSON value, or a text, with `<secret>` in place of every credential.

    Text that is concealed already comes back unchanged.
    """
    return concealed(value, literals())


def concealed(value: T, known: tuple[str, ...]) -> T:
    """As `conceal`, with `literals()` at hand."""
    found: Json = value
    if isinstance(value, str):
        found = conceal_text(value, known)
    elif isinstance(value, Mapping):
        found = {
            conceal_text(str(name), known): MARK
            if tells_secret(str(name), held)
            else concealed(held, known)
            for name, held in value.items()
        }
    elif isinstance(value, list | tuple):
        found = [concealed(held, known) for held in value]
    return found  # type: ignore[no-any-return]


def conceal_text(text: str, known: tuple[str, ...]) -> str:
    """A text without the `known` values and without anything of a credential's form."""
    text = _IN_ADDRESS.sub(f"://{MARK}@", text)
    for literal in known:
        if literal in text:
            text = text.replace(literal, MARK)
    # A page's pictures are most of it, and have no other form than their own.
    parts = _PICTURE.split(text) if ";base64," in text else [text]
    return "".join(part if number % 2 else _formless(part) for number, part in enumerate(parts))


def _formless(text: str) -> str:
    text = _ISSUED.sub(MARK, text)
    text = _BASIC.sub(lambda found: MARK if _is_pair(found[0]) else found[0], text)
    text = _BEARER.sub(MARK, text)
    return _ASSIGNED.sub(rf"\g<name>{MARK}", text)


def literals() -> tuple[str, ...]:
    """The known credentials in all their encodings, the longest first."""
    return _literals(tuple(os.environ.items()), frozenset(_told))


@lru_cache(maxsize=4)
def _literals(environ: tuple[tuple[str, str], ...], told: frozenset[str]) -> tuple[str, ...]:
    values = {
        held.strip()
        for name, held in environ
        if _VARIABLE.fullmatch(_plain_name(name)) and len(held.strip()) >= MIN_LENGTH
    }
    # Where a variable names a key's file, what is secret is the file.
    secret = told | {held for held in values if not _is_path(held)}
    forms = {form for held in secret for form in _encodings(held)}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _is_path(held: str) -> bool:
    return os.path.isabs(held) and os.path.exists(held)


def _encodings(held: str) -> Iterator[str]:
    """A value as it is, quoted for a shell, escaped, percent-encoded, in hex and in base64."""
    data = held.encode("utf-8", "surrogateescape")
    yield held
    yield shlex.quote(held).strip("'")
    yield repr(held)[1:-1]
    yield html.escape(held)
    yield str(html.escape(held)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    for ascii in (True, False):
        yield json.dumps(held, ensure_ascii=ascii)[1:-1]
    for percent in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield percent
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), percent)
    yield data.hex()
    yield data.hex().upper()
    yield from _base64(data)


def _base64(data: bytes) -> Iterator[str]:
    """What of its base64 depends on a value alone, wherever it stands in what was encoded."""
    for before, foreign in ((0, 0), (1, 2), (2, 3)):
        coded = base64.b64encode(b"\0" * before + data).rstrip(b"=")
        end = len(coded) if (before + len(data)) % 3 == 0 else -1
        core = coded[foreign:end].decode("ascii")
        if len(core) >= MIN_LENGTH:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _is_pair(coded: str) -> bool:
    """Whether base64 holds `user:password`, as Basic authentication has it; "training" does not."""
    try:
        return b":" in base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_")
    except (binascii.Error, ValueError):
        return False


def _plain_name(name: str) -> str:
    """A name in lower case with "_" between its words: `X-Auth` and `xAuth` are `x_auth`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\s.:-]+", "_", words).lower()
