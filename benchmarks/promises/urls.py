"""Promise 15, addresses: no answer of a service leads a request off the list of allowed hosts.

Every connection of this process is recorded where Python makes it, and stopped unless it goes to
the service's own port on this machine. Names are resolved by a function of the proof's.
"""

import gzip
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from benchmarks.promises.proof import Proof
from evalsuite.backends._caller import Again, Clock
from evalsuite.backends._fetch import MAX_BYTES, Door
from evalsuite.backends._pointed import fetched
from evalsuite.records import InputError, NoImage

NUMBER = 15
PROMISE = (
    "No address in a service's answer, and no redirect, leads a request off the allowed hosts."
)

ALLOWED = "images.example.com"
PUBLIC = "93.184.215.14"
SECRET = "a-key-that-opens-nothing"

INSIDE = (
    *("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *(
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
    ),
    *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1"),
    *("2002:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::127.0.0.1", "fec0::1"),
)
"""Addresses that no name on the list may stand for."""

STRANGE = (
    "http://{host}/a.png",  # not by https
    "https://{host}:8443/a.png",
    "https://{host}:22/a.png",
    "ftp://{host}/a.png",
    "file:///etc/passwd",
    "file://{host}/etc/passwd",
    "gopher://{host}/1",
    "jar:https://{host}!/a.png",
    "//{host}/a.png",
    "/etc/passwd",
    "https://user:word@{host}/a.png",
    "https://{host}@127.0.0.1/a.png",
    "https://{host}\\@127.0.0.1/a.png",
    "https://{host}%00.evil.example/a.png",
    "https://{host}.evil.example/a.png",
    "https://evil{host}/a.png",
    "https://evil.example/?{host}",
    "https://evil.example#{host}",
    "https://127.0.0.1/a.png",
    "https://2130706433/a.png",
    "https://0x7f000001/a.png",
    "https://0177.0.0.1/a.png",
    "https://127.1/a.png",
    "https://[::1]/a.png",
    "https://[::ffff:7f00:1]/a.png",
    "https://[fe80::1%25eth0]/a.png",
    "https://localhost/a.png",
    "https://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/",
    "https://example.com/a.png",
    "https://images.example.com\t.evil.example/a.png",
    "https://\uff49mages.example.com.evil.example/a.png",
    "https://images\u3002example\u3002com/a.png",
    "https://[::1",
    "https://{host}:99999/a.png",
)

Resolve = Callable[[str, int], list[str]]


def prove(quick: bool) -> Proof:
    """Every hostile address, straight and as a redirect, and names that lead inside."""
    broken: list[str] = []
    hostile = [url.format(host=ALLOWED) for url in STRANGE]
    straight = redirects = names = 0
    with watched() as connected, hostile_server() as home:
        port = int(home.rpartition(":")[2])
        for url in hostile:
            straight += 1
            broken += escaped(url, ask(door(home, public), url), connected, port)
            redirects += 1
            way = f"{home}/to/{quote(url, safe='')}"
            broken += escaped(f"redirect to {url}", ask(door(home, public), way), connected, port)
        for address in INSIDE:
            for found in ([address], [PUBLIC, address], [address, PUBLIC]):
                names += 1
                where = f"{ALLOWED} is {found}"
                held = ask(door(home, lambda *_, f=found: f), f"https://{ALLOWED}/a.png")
                broken += escaped(where, held, connected, port)
        broken += rebound(home, connected, port)
        broken += bounded(home)
        broken += bare(home, connected)
    return Proof(
        counts={
            "hostile addresses": straight,
            "the same as redirects": redirects,
            "names that lead inside": names,
            "connections that were watched": len(WATCHED),
        },
        broken=broken,
    )


def public(host: str, port: int) -> list[str]:
    """Every name is somewhere outside; this machine's own is itself."""
    return [host] if host == "127.0.0.1" else [PUBLIC]


def door(home: str, resolve: Resolve) -> Door:
    """A service at `home` whose pictures lie on the allowed host and below it."""

    def known(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else resolve(host, port)

    return Door(home, (ALLOWED, "*.images.example.com"), 2.0, known)


def ask(place: Door, url: str) -> Any:
    """What becomes of a picture at this address."""
    try:
        return fetched(place, url, Clock(1e6), "--model test", {"Authorization": SECRET})
    except (InputError, Again) as error:
        return error


def escaped(what: str, held: Any, connected: list[tuple[str, int]], port: int) -> Iterator[str]:
    """What is wrong where an address was hostile: a connection elsewhere, or a picture."""
    elsewhere = [each for each in connected if each != ("127.0.0.1", port)]
    connected.clear()
    if elsewhere:
        yield f"{what}: connected to {elsewhere}"
    if not isinstance(held, InputError | NoImage | Again):
        yield f"{what}: gave {type(held).__name__}"


def rebound(home: str, connected: list[tuple[str, int]], port: int) -> Iterator[str]:
    """A name that is public when asked first, and inside when asked again."""
    answers = iter([[PUBLIC], *[["127.0.0.1"]] * 99])
    ask(door(home, lambda *_: next(answers)), f"https://{ALLOWED}/a.png")
    first = connected[:1]
    if first != [(PUBLIC, 443)]:
        yield f"rebinding: connected to {first}, not to the address that was checked"
    if any(each not in ((PUBLIC, 443), ("127.0.0.1", port)) for each in connected):
        yield f"rebinding: connected to {connected}"
    connected.clear()


def bounded(home: str) -> Iterator[str]:
    """Bodies without an end, packed ones, and redirects in a circle."""
    for path in ("endless", "packed", "circle", "page"):
        held = ask(door(home, public), f"{home}/{path}")
        if not isinstance(held, NoImage | Again):
            yield f"{path}: gave {type(held).__name__}"


def bare(home: str, connected: list[tuple[str, int]]) -> Iterator[str]:
    """Headers of the service do not go along a redirect."""
    KEYS_SEEN.clear()
    ask(door(home, public), f"{home}/to/{quote(f'{home}/page', safe='')}")
    connected.clear()
    if KEYS_SEEN != [SECRET, None]:
        yield f"a redirect was sent {KEYS_SEEN}"


# Watching

WATCHED: list[tuple[str, int]] = []
KEYS_SEEN: list[str | None] = []
_watching: list[list[tuple[str, int]]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not _watching or not isinstance(arguments[1], tuple):
        return
    place = (str(arguments[1][0]), int(arguments[1][1]))
    WATCHED.append(place)
    _watching[-1].append(place)
    if place[0] != "127.0.0.1":
        raise ConnectionRefusedError("the proof lets nothing out")


@contextmanager
def watched() -> Iterator[list[tuple[str, int]]]:
    """The connections that this process makes meanwhile; those to elsewhere come to nothing."""
    if not any(getattr(each, "__name__", "") == "_hook" for each in _HOOKS):
        sys.addaudithook(_hook)  # for the rest of the process, and only while somebody watches
        _HOOKS.append(_hook)
    WATCHED.clear()
    _watching.append([])
    try:
        yield _watching[-1]
    finally:
        _watching.pop()


_HOOKS: list[Callable[..., None]] = []


class _Hostile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        KEYS_SEEN.append(self.headers.get("Authorization"))
        name, _, rest = self.path.lstrip("/").partition("/")
        if name in ("to", "circle"):
            target = unquote(rest) if name == "to" else "/circle"
            # As bytes: a header that a library would refuse to write.
            self.wfile.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ")
            self.wfile.write(target.encode("utf-8") + b"\r\nConnection: close\r\n\r\n")
        elif name == "endless":
            self._head({"Content-Type": "image/png"})
            try:
                for _ in range((MAX_BYTES >> 20) + 2):
                    self.wfile.write(bytes(1 << 20))
            except OSError:
                pass
        elif name == "packed":
            data = gzip.compress(bytes(1 << 24))
            self._head({"Content-Encoding": "gzip", "Content-Length": str(len(data))})
            self.wfile.write(data)
        else:
            self._head({"Content-Length": "5"})
            self.wfile.write(b"<svg>")

    def _head(self, headers: Mapping[str, str]) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def hostile_server() -> Iterator[str]:
    """A service on this machine that redirects wherever its path says."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that has gone is no error."""

    server = Server(("127.0.0.1", 0), _Hostile)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
