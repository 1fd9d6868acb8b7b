"""The labelling page's server: on the loopback interface alone, behind a random token.

Whoever does not know the token gets 404, and whoever comes under another host's name 403: a page
that rebinds its own name to 127.0.0.1 sends that name (DNS rebinding). Answers are taken from the
page's own origin alone. The page's policy lets nothing be loaded from anywhere else.
"""

import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, get_args

from evalsuite.labels.desk import Desk
from evalsuite.labels.rows import State
from evalsuite.records import InputError, Json

LOOPBACK = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
}
LARGEST = 10_000
"""Bytes of a request's body: an answer has some hundred."""
PATIENCE = 60.0
"""Seconds after which a silent connection is closed."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Serves one desk until somebody ends it; `url` is its address with the token."""

    daemon_threads = True
    # Elsewhere it means a port that was just left; on Windows one that another program still has.
    allow_reuse_address = os.name != "nt"

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk = desk
        self.token = secrets.token_urlsafe(24)
        try:
            super().__init__((LOOPBACK, port), Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise InputError(f"--port {port}: {why}; write another, or 0 for a free one") from error
        own = self.server_address[1]
        self.hosts = {f"{LOOPBACK}:{own}", f"localhost:{own}"}
        self.url = f"http://{LOOPBACK}:{own}/{self.token}/"

    def end(self) -> None:
        """Stop serving, from any thread; answers that were taken are on disk."""
        threading.Thread(target=self.shutdown, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away mid-answer is nothing to tell of."""


@contextmanager
def serving(desk: Desk, port: int = 0) -> Iterator[Server]:
    """A server in a thread of its own, for as long as the block lasts."""
    with Server(desk, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self) -> None:
        """The page, its two files, a picture, or who may sit down."""
        name = self._name()
        if name is None:
            return
        if name in FILES:
            file, kind = FILES[name]
            self._send(200, (PAGE / file).read_bytes(), kind)
        elif name == "welcome":
            self._json(200, self.server.desk.welcome())
        elif name.startswith("picture/"):
            try:
                data = self.server.desk.picture(name.removeprefix("picture/"))
            except InputError as error:
                self._json(404, {"error": str(error)})
            else:
                self._send(200, data, "image/png")
        else:
            self._json(404, {"error": "nothing is here"})

    def do_POST(self) -> None:
        """A rater sits down, answers, or ends the session."""
        self.close_connection = True  # unless all of the body is read
        name = self._name()
        if name is None:
            return
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.server.hosts}:
            self._json(403, {"error": "asked from another page"})
            return
        try:
            asked = self._body()
            found = self._answered(name, asked)
        except InputError as error:
            self._json(400, {"error": str(error)})
            return
        self.close_connection = False
        self._json(200, found)
        if name == "end":
            self.server.end()

    def _answered(self, name: str, asked: dict[str, Any]) -> Json:
        desk = self.server.desk
        if name == "begin":
            return desk.begin(str(asked.get("rater", "")))
        if name == "answer":
            state: State = asked.get("state", "told")
            if state not in get_args(State):
                raise InputError("no such state of an answer")
            desk.answer(
                str(asked.get("rater", "")), str(asked.get("task", "")), state, asked.get("answer")
            )
            return {"kept": True}
        if name == "end":
            return {"ended": True}
        raise InputError("nothing can be sent here")

    def _body(self) -> dict[str, Any]:
        if self.headers.get_content_type() != "application/json":
            raise InputError("send JSON")
        try:
            length = int(self.headers.get("Content-Length", ""))
            if not 0 <= length <= LARGEST:
                raise ValueError("too long")
            found = json.loads(self.rfile.read(length))
            if not isinstance(found, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError) as error:
            raise InputError("send one small JSON object") from error
        return found

    def _name(self) -> str | None:
        """What is asked for, below the token; None where an error has been sent."""
        if self.headers.get("Host") not in self.server.hosts:
            self._json(403, {"error": "another host's name"})
            return None
        token, slash, name = self.path.removeprefix("/").partition("/")
        known = hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())
        if not known or not slash:
            self._json(404, {"error": "nothing is here; use the whole address that was printed"})
            return None
        return name

    def _json(self, status: int, value: Json) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        for header, value in HEADERS.items():
            self.send_header(header, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def version_string(self) -> str:
        """The Server header: no version."""
        return "evalsuite"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the token is in every address."""
