"""A local server that speaks the image APIs' published schemas, and misbehaves as told.

Real HTTP on 127.0.0.1. What a request gets depends on its prompt (which may ask for a refusal in
the API's own words), its seed, and how often it came before; every request is on record.
"""

import base64
import hashlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import numpy as np

from evalsuite.files.images import encode_png

BLACK = np.zeros((8, 8, 3), np.uint8)


@dataclass(frozen=True)
class Chaos:
    """Shares of the requests that go wrong, and how."""

    limited: float = 0.0
    broken: float = 0.0
    hanging: float = 0.0
    garbage: float = 0.0
    waits: tuple[float, ...] = (1.0, 2.0, 3.0)


ROUGH = Chaos(limited=0.30, broken=0.10, hanging=0.05, garbage=0.02)


class Seen(NamedTuple):
    """One request: when it came, who asked, what for, how it ended, and whether money was taken."""

    came: float
    who: tuple[str, int]
    path: str
    outcome: str
    billed: bool


@dataclass
class Service:
    """The server's state; `speed` is that of the client's clock."""

    chaos: Chaos = Chaos()
    speed: float = 1.0
    keeps_seeds: bool = True
    seen: list[Seen] = field(default_factory=list)
    broken_waits: list[str] = field(default_factory=list)
    authorised: set[str] = field(default_factory=set)
    hosts: list[str] = field(default_factory=list)
    pause: float = 0.0
    most_at_once: int = 0
    _url: str = ""
    _at_once: int = 0
    _tries: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    _not_before: dict[tuple[str, int], float] = field(default_factory=dict)
    _jobs: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: threading.Event = field(default_factory=threading.Event)
    _open: int = 0
    _closed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """The address; set by `serve`."""
        return self._url

    def now(self) -> float:
        """Seconds on the client's clock."""
        return time.monotonic() * self.speed

    def billed(self) -> Counter[tuple[str, int]]:
        """How often each prompt and seed was charged for."""
        return Counter(each.who for each in self.seen if each.billed)

    def asked(self) -> list[Seen]:
        """The requests for images, without looks at jobs and fetches of pictures."""
        return [each for each in self.seen if each.who[0]]

    # Its connections

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Count a connection for as long as it is open."""
        with self._closed:
            self._open += 1
        try:
            yield
        finally:
            with self._closed:
                self._open -= 1
                self._closed.notify_all()

    def settle(self) -> None:
        """Wait until all that clients sent before they ended was taken, and they have hung up."""
        address = self._url.removeprefix("http://")
        own = http.client.HTTPConnection(address, timeout=60)
        own.request("GET", "/")  # it is taken after those who came before it
        own.getresponse().read()
        own.close()
        with self._closed:
            if not self._closed.wait_for(lambda: self._open == 0, 60):
                raise RuntimeError(f"{self._open} connections stay open")

    # What a request gets

    def turn(self, who: tuple[str, int], path: str) -> str:
        """How this request goes: "ok", or one of the mishaps. Checks that it did not come early."""
        with self._lock:
            number = self._tries[(*who, path)]
            self._tries[(*who, path)] += 1
            early = self._not_before.get(who, 0.0) - self.now()
            if early > 0.0:
                self.broken_waits.append(f"{who} came {early:.2f} s early")
        dice = random.Random(f"{who} {path} {number}").random()
        for name in ("limited", "broken", "hanging", "garbage"):
            share = getattr(self.chaos, name)
            if dice < share:
                return name
            dice -= share
        return "ok"

    def ask_to_wait(self, who: tuple[str, int]) -> float:
        """Seconds for Retry-After; from now on this request may not come before they are over."""
        wait = random.Random(f"{who} {len(self.seen)}").choice(self.chaos.waits)
        with self._lock:
            self._not_before[who] = self.now() + wait
        return wait

    def note(self, who: tuple[str, int], path: str, outcome: str, billed: bool) -> None:
        """Put a request on record."""
        with self._lock:
            self.seen.append(Seen(self.now(), who, path, outcome, billed))

    def picture(self, prompt: str, seed: int) -> bytes:
        """The PNG of a prompt and a seed; with `keeps_seeds` false another one each time."""
        with self._lock:
            more = "" if self.keeps_seeds else str(len(self.seen))
        digest = hashlib.sha256(f"{prompt}\0{seed}\0{more}".encode()).digest()
        dice = np.random.default_rng(list(digest))
        return encode_png(dice.integers(0, 256, (8, 8, 3), dtype=np.uint8))

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Count how many are asked at once."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.pause:
                time.sleep(self.pause)
            yield
        finally:
            with self._lock:
                self._at_once -= 1


class Answer(NamedTuple):
    """A whole answer, and whether it is charged for."""

    status: int
    body: Any
    billed: bool = False
    headers: tuple[tuple[str, str], ...] = ()


def told(prompt: str) -> str:
    """What a prompt asks for: the word after "say:", or "" for a picture."""
    return prompt.partition("say:")[2].split(" ")[0] if "say:" in prompt else ""


# The dialects: each reads (prompt, seed) from a request and answers as its service does.


def openai(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1/images/generations."""
    kind = told(prompt)
    if kind in ("input", "output"):
        error = {
            "message": "Rejected by the safety system. safety_violations=[sexual].",
            "type": "image_generation_user_error",
            "code": "moderation_blocked",
            "moderation_details": {"moderation_stage": kind, "categories": ["sexual"]},
        }
        return Answer(400, {"error": error}, billed=kind == "output")
    if kind == "policy":
        error = {
            "message": "Your request was rejected as a result of our content policy.",
            "type": "invalid_request_error",
            "code": "content_policy_violation",
        }
        return Answer(400, {"error": error})
    if kind == "empty":
        return Answer(200, {"created": 1, "data": []}, billed=True)
    if kind == "echo":
        said = f"Incorrect API key provided: {', '.join(service.authorised)}."
        return Answer(400, {"error": {"message": said, "code": "invalid_request"}})
    if kind == "param":
        error = {"message": "Invalid value: 'size'.", "code": "invalid_value"}
        return Answer(400, {"error": error})
    data: dict[str, Any] = {}
    coded = base64.b64encode(service.picture(prompt, seed)).decode()
    if kind == "url":
        data["url"] = f"{service.url}/pictures/{_name(service, prompt, seed)}.png"
    else:
        data["b64_json"] = "bm90IGEgcGljdHVyZQ==" if kind == "junk" else coded
    if kind == "revised":
        data["revised_prompt"] = "a majestic, highly detailed painting of it"
    usage = {
        "input_tokens": 10,
        "output_tokens": 272,
        "total_tokens": 282,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 0},
    }
    return Answer(200, {"created": 1, "data": [data], "usage": usage}, billed=True)


def gemini(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1beta/models/M:generateContent."""
    kind = told(prompt)
    usage = {"promptTokenCount": 8, "candidatesTokenCount": 1290, "totalTokenCount": 1298}
    if kind.startswith("blocked-"):
        feedback = {"blockReason": kind.removeprefix("blocked-")}
        return Answer(200, {"promptFeedback": feedback, "usageMetadata": usage, "responseId": "r"})
    if kind == "nothing":
        return Answer(200, {"usageMetadata": usage}, billed=True)
    text = {"text": "Here it is." if not kind else "I cannot draw that."}
    draft = {"thought": True, "inlineData": {"mimeType": "image/png", "data": _png(BLACK)}}
    parts: list[Any] = [draft, text]
    if not kind:
        coded = base64.b64encode(service.picture(prompt, seed)).decode()
        parts.append({"inlineData": {"mimeType": "image/png", "data": coded}})
    finish = kind or "STOP"
    first = {"content": {"role": "model", "parts": parts}, "finishReason": finish, "index": 0}
    body = {"candidates": [first], "usageMetadata": usage, "responseId": "r"}
    return Answer(200, body, billed=True)


def a1111(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /sdapi/v1/txt2img."""
    coded = base64.b64encode(service.picture(prompt, seed)).decode()
    return Answer(200, {"images": [coded], "info": json.dumps({"all_seeds": [seed]})})


def stability(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v2beta/stable-image/generate/core."""
    kind = told(prompt)
    if kind == "moderated":
        body = {"id": "1", "name": "content_moderation", "errors": ["Your request was flagged."]}
        return Answer(403, body)
    picture = BLACK if kind == "filtered" else None
    coded = _png(picture) if picture is not None else _coded(service, prompt, seed)
    reason = "CONTENT_FILTERED" if kind == "filtered" else "SUCCESS"
    return Answer(200, {"image": coded, "finish_reason": reason, "seed": seed}, billed=True)


def _job(service: Service, prompt: str, seed: int) -> str:
    name = _name(service, prompt, seed)
    with service._lock:
        service._jobs[name] = (prompt, seed, 0)
    return name


def bfl(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1/flux-2-pro."""
    name = _job(service, prompt, seed)
    polling = f"{service.url}/v1/get_result?id={name}"
    billed = told(prompt) != "request"
    return Answer(200, {"id": name, "polling_url": polling, "cost": 4.0}, billed=billed)


def fal(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /fal-ai/flux/dev."""
    name = _job(service, prompt, seed)
    base = f"{service.url}/fal-ai/flux/requests/{name}"
    body = {"request_id": name, "status_url": f"{base}/status", "response_url": base}
    return Answer(200, body, billed=True)


def replicate(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1/predictions."""
    name = _job(service, prompt, seed)
    got = {"get": f"{service.url}/v1/predictions/{name}"}
    return Answer(201, {"id": name, "status": "starting", "urls": got}, billed=True)


def comfyui(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /prompt."""
    if told(prompt) == "node":
        error = {"type": "invalid_prompt", "message": "Cannot execute because node is missing"}
        return Answer(400, {"error": error, "node_errors": {"3": {}}})
    return Answer(200, {"prompt_id": _job(service, prompt, seed), "number": 1, "node_errors": {}})


def job(service: Service, path: str, query: str) -> Answer:
    """How a job stands, or the file that it made, by the address that was told."""
    pieces = [*path.strip("/").split("/"), *query.replace("=", "&").split("&")]
    name = next((piece.removesuffix(".png") for piece in pieces if piece[:2] == "j-"), "")
    with service._lock:
        found = service._jobs.get(name)
        if found is None:
            return Answer(404, {"detail": "not found", "status": "Task not found"})
        prompt, seed, looks = found
        service._jobs[name] = (prompt, seed, looks + 1)
    kind, image = told(prompt), f"{service.url}/pictures/{name}.png"
    if path.startswith("/pictures/") or path == "/view":
        return Answer(200, service.picture(prompt, seed))
    if kind == "lost":
        return Answer(404, {"detail": "not found"})
    if path == "/v1/get_result":
        words = {"request": "Request Moderated", "content": "Content Moderated", "error": "Error"}
        if looks < 1 or kind in words:
            return Answer(200, {"id": name, "status": words.get(kind, "Pending"), "result": None})
        result = {"sample": image, "prompt": prompt, "seed": seed}
        return Answer(200, {"id": name, "status": "Ready", "result": result})
    if path.endswith("/status"):
        done = {"status": "COMPLETED"} if looks else {"status": "IN_QUEUE", "queue_position": 0}
        return Answer(200 if looks else 202, done)
    if path.startswith("/fal-ai/"):
        if kind == "policy":
            one = {"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}
            return Answer(422, {"detail": [one]}, headers=(("X-Fal-Retryable", "false"),))
        flags = [kind == "nsfw"]
        body = {"images": [{"url": image}], "seed": seed, "has_nsfw_concepts": flags}
        return Answer(200, body | {"prompt": prompt})
    if path.startswith("/v1/predictions/"):
        if kind in ("nsfw", "oops"):
            said = "NSFW content detected. Try again." if kind == "nsfw" else "CUDA out of memory"
            return Answer(200, {"id": name, "status": "failed", "error": said, "output": None})
        if not looks:
            return Answer(200, {"id": name, "status": "processing", "error": None})
        body = {"id": name, "status": "succeeded", "output": [image], "error": None}
        return Answer(200, body | {"metrics": {"predict_time": 1.5}})
    if not looks:  # ComfyUI's history is empty until the job is done
        return Answer(200, {})
    saved = {"filename": f"{name}.png", "subfolder": "", "type": "output"}
    status = {"status_str": "success", "completed": True}
    if kind == "broken":
        return Answer(200, {name: {"outputs": {}, "status": {"status_str": "error"}}})
    return Answer(200, {name: {"outputs": {"9": {"images": [saved]}}, "status": status}})


DIALECTS: dict[str, Callable[[Service, str, int, str], Answer]] = {
    "/v1/images/generations": openai,
    ":generateContent": gemini,
    "/sdapi/v1/txt2img": a1111,
    "/v2beta/stable-image/generate/": stability,
    "/v1/predictions": replicate,
    "/v1/flux": bfl,
    "/fal-ai/": fal,
    "/prompt": comfyui,
}


def asked_for(path: str, body: bytes, kind: str) -> tuple[str, int]:
    """Prompt and seed of a request, wherever its API has them."""
    if kind.startswith("multipart/"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        form = {
            str(part.get_param("name", header="content-disposition")): part.get_payload()
            for part in BytesParser(policy=HTTP).parsebytes(head + body).walk()
            if not part.is_multipart()
        }
        return str(form["prompt"]), int(str(form.get("seed", 0)))
    held = json.loads(body)
    if path.endswith(":generateContent"):
        text = held["contents"][0]["parts"][0]["text"]
        return text, held.get("generationConfig", {}).get("seed", 0)
    if path == "/prompt":
        inputs = held["prompt"]["3"]["inputs"]
        return inputs["text"], inputs["seed"]
    held = held.get("input", held)
    return held["prompt"], held.get("seed", 0)


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    """The class of `http.server` that answers for a service."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            service.hosts.append(self.headers.get("Host", ""))
            self._answer(job(service, path, query), ("", 0), path)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.partition("?")[0]
            for name in ("Authorization", "x-key", "x-goog-api-key"):
                if name in self.headers:
                    service.authorised.add(self.headers[name])
            speaks = next((d for part, d in DIALECTS.items() if part in path), None)
            if speaks is None:
                return self._send(404, b"{}", ())
            who = asked_for(path, body, self.headers.get("Content-Type", ""))
            with service.inside():
                how = service.turn(who, path)
                if how == "ok":
                    return self._answer(speaks(service, *who, path), who, path)
            # After it: who hangs here was given up by the client long ago.
            getattr(self, f"_{how}")(who, path)

        def _answer(self, answer: Answer, who: tuple[str, int], path: str) -> None:
            service.note(who, path, str(answer.status), answer.billed)
            raw = isinstance(answer.body, bytes)
            data = answer.body if raw else json.dumps(answer.body).encode()
            self._send(answer.status, data, answer.headers)

        def _limited(self, who: tuple[str, int], path: str) -> None:
            wait = service.ask_to_wait(who)
            service.note(who, path, "429", False)
            in_ms = wait < 2 and path.startswith("/v1/images")
            name = "retry-after-ms" if in_ms else "Retry-After"
            header = (name, f"{wait * 1000:.0f}" if in_ms else f"{wait:.0f}")
            body = {"error": {"message": "Rate limit reached.", "code": "rate_limit_exceeded"}}
            self._send(429, json.dumps(body).encode(), (header,))

        def _broken(self, who: tuple[str, int], path: str) -> None:
            status = random.Random(str(who)).choice((500, 502, 503, 504))
            service.note(who, path, str(status), False)
            self._send(status, b'{"error": {"message": "The server had an error."}}', ())

        def _hanging(self, who: tuple[str, int], path: str) -> None:
            service.note(who, path, "hang", True)  # it drew, and nobody was there
            service._end.wait(20)
            self.close_connection = True

        def _garbage(self, who: tuple[str, int], path: str) -> None:
            service.note(who, path, "garbage", True)
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
                with service.connected():
                    super().handle()
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    return Handler


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


def _name(service: Service, prompt: str, seed: int) -> str:
    name = "j-" + hashlib.sha256(f"{prompt}\0{seed}".encode()).hexdigest()[:16]
    with service._lock:
        service._jobs.setdefault(name, (prompt, seed, 0))
    return name


def _png(pixels: Any) -> str:
    return base64.b64encode(encode_png(pixels)).decode()


def _coded(service: Service, prompt: str, seed: int) -> str:
    return base64.b64encode(service.picture(prompt, seed)).decode()
