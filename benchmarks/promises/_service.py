"""What a local server of image APIs knows: how it misbehaves, and every request on record."""

import hashlib
import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from evalsuite.files.images import encode_png


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
