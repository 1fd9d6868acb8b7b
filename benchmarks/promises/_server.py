"""A local server that speaks the image APIs' published schemas, and misbehaves as told.

Real HTTP on 127.0.0.1. What a request gets depends on its prompt (which may ask for a refusal in
the API's own words), its seed, and how often it came before; every request is on record.
"""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.promises._dialects import DIALECTS, Answer, asked_for, job
from benchmarks.promises._service import ROUGH, Chaos, Seen, Service

__all__ = ["ROUGH", "Chaos", "Seen", "Service", "serve"]


class Handler(BaseHTTPRequestHandler):
    """Answers a request as its `service` has it; one subclass a service (`handler`)."""

    service: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.service.hosts.append(self.headers.get("Host", ""))
        self._answer(job(self.service, path, query), ("", 0), path)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        for name in ("Authorization", "x-key", "x-goog-api-key"):
            if name in self.headers:
                self.service.authorised.add(self.headers[name])
        speaks = next((d for part, d in DIALECTS.items() if part in path), None)
        if speaks is None:
            return self._send(404, b"{}", ())
        who = asked_for(path, body, self.headers.get("Content-Type", ""))
        with self.service.inside():
            how = self.service.turn(who, path)
            if how == "ok":
                return self._answer(speaks(self.service, *who, path), who, path)
        # After it: who hangs here was given up by the client long ago.
        getattr(self, f"_{how}")(who, path)

    def _answer(self, answer: Answer, who: tuple[str, int], path: str) -> None:
        self.service.note(who, path, str(answer.status), answer.billed)
        raw = isinstance(answer.body, bytes)
        data = answer.body if raw else json.dumps(answer.body).encode()
        self._send(answer.status, data, answer.headers)

    def _limited(self, who: tuple[str, int], path: str) -> None:
        wait = self.service.ask_to_wait(who)
        self.service.note(who, path, "429", False)
        in_ms = wait < 2 and path.startswith("/v1/images")
        name = "retry-after-ms" if in_ms else "Retry-After"
        header = (name, f"{wait * 1000:.0f}" if in_ms else f"{wait:.0f}")
        body = {"error": {"message": "Rate limit reached.", "code": "rate_limit_exceeded"}}
        self._send(429, json.dumps(body).encode(), (header,))

    def _broken(self, who: tuple[str, int], path: str) -> None:
        status = random.Random(str(who)).choice((500, 502, 503, 504))
        self.service.note(who, path, str(status), False)
        self._send(status, b'{"error": {"message": "The server had an error."}}', ())

    def _hanging(self, who: tuple[str, int], path: str) -> None:
        self.service.note(who, path, "hang", True)  # it drew, and nobody was there
        self.service._end.wait(20)
        self.close_connection = True

    def _garbage(self, who: tuple[str, int], path: str) -> None:
        self.service.note(who, path, "garbage", True)
        kind = random.Random(f"{who}").randrange(4)
        if kind == 0:
            self._send(200, b"<html>502 Bad Gateway</html>", (("Content-Type", "text/html"),))
        elif kind == 1:
            self._send(200, b'{"data": [{"b64_js', ())
        elif kind == 2:
            self._send(200, b"", ())
        else:  # cut off in the middle
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"data":')
            self.close_connection = True

    def _send(self, status: int, data: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        try:
            self.send_response(status)
            if "Content-Type" not in dict(headers):
                self.send_header("Content-Type", "application/json")
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # the client has gone
            self.close_connection = True

    def handle(self) -> None:
        try:
            with self.service.connected():
                super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


def handler(service: Service) -> type[Handler]:
    """The class of `http.server` that answers for a service: the library wants a class of each."""
    return type("Handler", (Handler,), {"service": service})


@contextmanager
def serve(service: Service) -> Iterator[Service]:
    """Run the server in threads of this process for a while."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128
        block_on_close = False

    server = Server(("127.0.0.1", 0), handler(service))
    service._url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service._end.set()
        server.shutdown()
        server.server_close()
        thread.join()
