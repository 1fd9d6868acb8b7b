"""Fetch what a service's answer points to, from the hosts that are allowed and from no other.

An answer is not trusted: its address may lead into the machine's own network (SSRF), by a redirect
or by a name that resolves differently the second time. So a host has to be on the list, its name is
resolved once, every address of it has to be a public one, and the connection goes to just those
addresses. Each redirect is looked at anew. Bodies end at `MAX_BYTES`.
"""

import ipaddress
import socket
import ssl
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_BYTES = 64 << 20
"""Longest body that is read, in bytes; a PNG of 4096x4096 pixels has up to 48 MiB."""

MAX_REDIRECTS = 3

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host's name, as numbers."""


class Forbidden(Exception):
    """Why an address is not asked, in a few words."""


class Stranger(Forbidden):
    """A host that nobody put on the list; perhaps somebody should."""


class Reply(NamedTuple):
    """A whole reply: status, headers with names in small letters, and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True)
class Door:
    """The hosts that may be asked: `home` as the user typed it, and `hosts` by name.

    `home` is a scheme, host and port that are allowed as they are, on whatever network: the user
    chose them. Of other hosts (`images.example.com`, or `*.example.com` for all below it) only
    public addresses are asked, by https and on its own port.
    """

    home: str
    hosts: tuple[str, ...] = ()
    timeout: float = 300.0
    resolve: Resolve = resolve
    verify: ssl.SSLContext | bool = True
    _client: list[Any] = field(default_factory=list, repr=False)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET; raises `Forbidden`, or what httpx2 raises for a broken connection.

        Headers go to the first host alone, never along a redirect.
        """
        for _ in range(1 + MAX_REDIRECTS):
            reply = self.send("GET", url, headers=headers)
            target = reply.headers.get("location")
            if reply.status not in (301, 302, 303, 307, 308) or target is None:
                return reply
            try:
                url, headers = urljoin(url, target), None
            except ValueError as error:
                raise Forbidden("a redirect to no address") from error
        raise Forbidden(f"more than {MAX_REDIRECTS} redirects")

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **body: Any
    ) -> Reply:
        """The reply to one request, without following it anywhere; raises as `get` does."""
        import httpx2

        parts, addresses = self.allowed(url)
        host, port = str(parts.hostname), _port(parts)
        usual = port == {"http": 80, "https": 443}[parts.scheme]
        named = f"[{host}]" if ":" in host else host
        sent = {**(headers or {}), "Host": named if usual else f"{named}:{port}"}
        sent |= {"Accept-Encoding": "identity"}
        tls = {"sni_hostname": host} if parts.scheme == "https" else {}
        until = time.monotonic() + 2 * self.timeout  # the client's own counts from byte to byte
        for left, address in zip(reversed(range(len(addresses))), addresses, strict=True):
            at = f"[{address}]" if ":" in address else address
            pinned = parts._replace(netloc=f"{at}:{port}", fragment="").geturl()
            asked = self._http().stream(method, pinned, headers=sent, extensions=tls, **body)
            try:
                with asked as reply:
                    return Reply(reply.status_code, dict(reply.headers), _read(reply, until))
            except httpx2.ConnectError:  # `localhost` is two addresses, and a server has one
                if not left:
                    raise
        raise Forbidden(f"{host}: has no address")

    def allowed(self, url: str) -> tuple[SplitResult, list[str]]:
        """The parts of an address that may be asked, and the IP addresses to ask, each in turn.

        Raises `Forbidden`.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, _port(parts)
        except ValueError as error:
            raise Forbidden("not an address") from error
        if parts.scheme not in ("http", "https") or not host or any(map(str.isspace, url)):
            raise Forbidden(f"no http address: {parts.scheme or 'nothing'}:")
        if parts.username is not None or parts.password is not None or "\\" in url:
            raise Forbidden("an address with a user's name in it")
        at_home = _origin(parts) == _origin(urlsplit(self.home))
        if not at_home:
            if parts.scheme != "https" or port != 443:
                raise Forbidden(f"{host}: not by https")
            if not _is_among(host, self.hosts):
                raise Stranger(f"{host}, which is not among the allowed hosts")
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Forbidden(f"{host}: has no address") from error
        if not found or not (at_home or all(map(is_public, found))):
            raise Forbidden(f"{host}: is not on the public network")
        return parts, list(dict.fromkeys(found))

    def _http(self) -> Any:
        if not self._client:
            import httpx2

            # No proxy of the environment's: it would resolve the name anew.
            client = httpx2.Client(
                timeout=self.timeout, follow_redirects=False, trust_env=False, verify=self.verify
            )
            weakref.finalize(self, client.close)
            self._client.append(client)
        return self._client[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole Internet, also behind IPv6's ways to write IPv4."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        number = int(found)
        inner = found.ipv4_mapped or found.sixtofour
        if found in ipaddress.ip_network("64:ff9b::/96") or number >> 32 == 0:  # NAT64, compatible
            inner = ipaddress.IPv4Address(number & 0xFFFFFFFF)
        if found.teredo or found.is_site_local:
            return False
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _read(reply: Any, until: float) -> bytes:
    data = bytearray()
    if reply.headers.get("content-encoding", "identity").lower() != "identity":
        raise Forbidden("the reply is packed, though nobody asked for it")
    is_late = False
    for part in reply.iter_raw():
        if is_late:  # and there was more: one that is whole by then is taken, however late it came
            raise Forbidden("the reply does not come to an end")
        data += part
        if len(data) > MAX_BYTES:
            raise Forbidden(f"the reply is longer than {MAX_BYTES >> 20} MiB")
        is_late = time.monotonic() > until
    return bytes(data)


def _port(parts: SplitResult) -> int:
    return parts.port or (80 if parts.scheme == "http" else 443)


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, _port(parts)


def _is_among(host: str, hosts: Iterable[str]) -> bool:
    name = host.rstrip(".").lower()
    return any(
        name.endswith(known[1:]) if known.startswith("*.") else name == known for known in hosts
    )
