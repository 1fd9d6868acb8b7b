"""Ask a service as its file describes it: send, wait, and find the image or the reason for none."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urljoin

from evalsuite.backends._caller import LONGEST_WAIT, Again, Clock
from evalsuite.backends._fetch import Door, Forbidden, Reply, Stranger
from evalsuite.backends._keys import key_in
from evalsuite.backends._pointed import fetched
from evalsuite.backends._replies import (
    PASSING,
    fault,
    picture,
    picture_of,
    retry_after,
    short,
    within,
)
from evalsuite.backends._service_file import Rule, ServiceFile
from evalsuite.backends._templates import Unset, at, filled, first_at
from evalsuite.records import Drawn, InputError, Json, NoImage, Pixels, Prompt


class Heard(NamedTuple):
    """A reply and the JSON in it, None where it holds none."""

    reply: Reply
    body: Json


class Ended(Exception):
    """An answer that a rule of the file has given its meaning."""

    def __init__(self, drawn: Drawn) -> None:
        super().__init__("ended")
        self.drawn = drawn


class Described:
    """One service by its file; keeps to `_service.Api`."""

    def __init__(
        self,
        *,
        service: ServiceFile,
        name: str,
        digest: str,
        home: str,
        flag: str,
        values: Mapping[str, Json],
        given: Mapping[str, Json],
        files: Mapping[str, str],
        image_hosts: tuple[str, ...],
        timeout: float,
        patience: float,
    ) -> None:
        self.service, self.name, self.digest, self.home = service, name, digest, home
        self.flag, self.values, self.given, self.files = flag, dict(values), given, files
        self.timeout, self.patience, self.clock = timeout, patience, Clock()
        # Requests with the key go to the service alone; pictures lie elsewhere, and are got bare.
        self.door = Door(home, tuple(service.hosts), timeout)
        self.pictures = Door(home, (*service.hosts, *service.image_hosts, *image_hosts), timeout)
        self._headers: dict[str, str] | None = None

    def describe(self) -> Mapping[str, Json]:
        """The file by its digest, and all that it is filled with besides a prompt and its seed."""
        set_ = {k: v for k, v in self.values.items() if v is not None and k not in self.files}
        return {
            "backend": "http",
            "model": str(self.values.get("model") or self.values.get("endpoint") or self.name),
            "service": self.name,
            "service_sha256": self.digest,
            "base_url": self.home,
            "options": set_,
            "files_sha256": dict(self.files),
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: whatever it cannot read it says when asked."""
        return []

    def check(self) -> None:
        """Fill the headers; raises `InputError` without the key."""
        if self._headers is None:
            named = self.service.key
            key = key_in(named, flag=self.flag) if named else None
            self._headers = dict(filled(self.service.headers, {**self.values, "key": key}))

    def ask(self, text: str, seed: int) -> Drawn:
        """One request for one image, and the waiting for it."""
        self.check()
        values = {**self.values, "prompt": text, "seed": within(seed, *self.service.seed)}
        # A file's own holes first: then it stands in the request as any value does.
        values |= {name: filled(self.values[name], values) for name in self.files}
        first = None
        try:
            first = self._sent(values)
            last = self._waited(first, values)
            return self._drawn(first, last, {**values, "first": first.body, "last": last.body})
        except Ended as ended:
            told = self._cost(first) if first else {}
            return Drawn(ended.drawn.image, {**told, **ended.drawn.facts})
        except Unset as error:
            raise InputError(f"{self.flag}: {{{{{error}}}}} has no value; set it") from error

    def _sent(self, values: Mapping[str, Json]) -> Heard:
        asked = self.service.request
        url = self._address(asked.path, asked.query, values)
        body: dict[str, Any] = {}
        if asked.json_ is not None:
            body = {"json": filled(asked.json_, values)}
        elif asked.form is not None:
            fields = filled(asked.form, values)
            body = {"files": {name: (None, str(value)) for name, value in fields.items()}}
        return self._checked(self._send(asked.method, url, **body))

    def _waited(self, first: Heard, values: Mapping[str, Json]) -> Heard:
        """The answer that says it is done; a job that was taken is not handed in anew meanwhile."""
        poll = self.service.poll
        if poll is None:
            return first
        filling = {**values, "first": first.body}
        url = first_at(first.body, poll.url) if poll.url else None
        url = self._address(poll.path, {}, filling) if poll.path else url
        if not isinstance(url, str):
            raise Again("the answer does not say where to wait", cost=None)
        until = self.clock.now() + self.patience
        while (heard := self._looked(url, poll.every)) is None or not _fits(poll.done, heard):
            if self.clock.now() > until:
                raise Again(f"not done within {self.patience:g} s", cost=None)
            self.clock.sleep(poll.every)
        if poll.result is None:
            return heard
        at_last = first_at(heard.body, poll.result) or first_at(first.body, poll.result)
        while (result := self._looked(str(at_last), poll.every)) is None:
            if self.clock.now() > until:
                raise Again(f"no result within {self.patience:g} s", cost=None)
            self.clock.sleep(poll.every)
        return result

    def _looked(self, url: str, every: float) -> Heard | None:
        """How a job stands; None where this look gave nothing, and the next one may."""
        try:
            heard = self._send("GET", url)
        except Again:
            return None
        wait = retry_after(heard.reply.headers) or 0.0
        if heard.reply.status in PASSING and wait <= LONGEST_WAIT:
            self.clock.sleep(max(0.0, wait - every))
            return None
        if heard.reply.status == 200 and heard.body is None and not self.service.image.whole:
            return None
        try:
            return self._checked(heard)
        except InputError as error:
            if heard.reply.status != 404:
                raise
            raise Ended(Drawn(NoImage("failed", "the service has lost the job"), {})) from error

    def _drawn(self, first: Heard, last: Heard, values: Mapping[str, Json]) -> Drawn:
        facts = self._facts(first, last)
        place = self.service.image
        if place.whole:
            return Drawn(picture_of(last.reply.body), facts)
        if place.path:
            try:
                url = self._address(place.path, place.query, values)
            except Unset:
                return Drawn(NoImage("failed", "the answer names no image"), facts)
            return Drawn(self._fetched(url, with_key=True), facts)
        found = first_at(last.body, place.base64 or place.url or "")
        if found in (None, ""):
            return Drawn(NoImage("failed", "the answer has no image where the file says"), facts)
        if place.base64:
            return Drawn(picture(found), facts)
        return Drawn(self._fetched(str(found), with_key=False), facts)

    def _fetched(self, url: str, *, with_key: bool) -> Pixels | NoImage:
        headers = self._headers if with_key else None
        return fetched(self.pictures, url, self.clock, self.flag, headers)

    def _facts(self, first: Heard, last: Heard) -> dict[str, Json]:
        facts = self._cost(first) | self._cost(last)
        if (paths := self.service.revised_prompt) is not None:
            revised = first_at(last.body, paths)
            facts |= {"revised_prompt": revised} if isinstance(revised, str) else {}
        return facts

    def _cost(self, heard: Heard) -> dict[str, Json]:
        """What an answer says that it cost."""
        if (cost := self.service.cost) is None:
            return {}
        said = first_at(heard.body, cost.at)
        is_sum = isinstance(said, int | float) and not isinstance(said, bool) and said >= 0
        return {"cost_usd": said * cost.times} if is_sum else {}

    def _address(self, path: str, query: Mapping[str, Json], values: Mapping[str, Json]) -> str:
        asked = filled(dict(query), values)
        if len(asked) < len(query):
            raise Unset(next(iter(set(query) - set(asked))))
        # A prompt is one piece of a path, whatever stands in it; a model's name may be several.
        plain = {k: quote(v, safe="/:@") if isinstance(v, str) else v for k, v in values.items()}
        plain |= {"prompt": quote(str(values.get("prompt", "")), safe="")}
        text = str(filled(path, plain))
        return f"{self.home}{text}" + (f"?{urlencode(asked)}" if asked else "")

    def _send(self, method: str, url: str, **body: Any) -> Heard:
        """One request; raises `Again` where the connection broke."""
        import httpx2

        try:
            reply = self.door.send(method, urljoin(f"{self.home}/", url), self._headers, **body)
        except Stranger as error:
            raise InputError(
                f"{self.flag}: the answer leads to {error}; add it to hosts"
            ) from error
        except Forbidden as error:
            said = NoImage("failed", f"the answer's address is refused: {error}")
            raise Ended(Drawn(said, {})) from error
        except httpx2.TimeoutException as error:
            raise Again(f"no answer within {self.timeout:g} s", cost=None) from error
        except httpx2.HTTPError as error:
            raise Again(f"no connection: {short(error)}", cost=None) from error
        try:
            held = json.loads(reply.body) if reply.body else None
        except (ValueError, RecursionError):
            held = None
        return Heard(reply, held)

    def _checked(self, heard: Heard) -> Heard:
        """The reply where it is no rule's and no error; raises `Ended`, or what a fault is."""
        for rule in self.service.answers:
            if _fits(rule, heard):
                said = first_at(heard.body, rule.reason or rule.at or "")
                words = (
                    short(said) if isinstance(said, str) else f"{rule.at or 'the answer'}: {said}"
                )
                free = {"cost_usd": 0.0} if rule.free else {}
                if rule.status == "again":
                    raise Again(words, cost=0.0 if rule.free else None)
                raise Ended(Drawn(NoImage(rule.status, words or rule.status), free))
        status = heard.reply.status
        if status not in (200, 201, 202):
            said = heard.reply.body[:400].decode("utf-8", "replace")
            key = self.service.key
            raise Ended(Drawn(fault(status, heard.reply.headers, said, "", key), {"cost_usd": 0.0}))
        if heard.body is None and not self.service.image.whole:
            raise Again("the answer is no JSON", cost=None)
        return heard


def _fits(rule: Rule, heard: Heard) -> bool:
    if rule.http is not None and rule.http != heard.reply.status:
        return False
    if rule.at is None:
        return True
    paths = [rule.at] if isinstance(rule.at, str) else rule.at
    found = [value for path in paths for value in at(heard.body, path) if value is not None]
    if rule.is_ is not None:
        return any(value == wanted for value in found for wanted in rule.is_)
    if rule.has is not None:
        texts = [str(value).lower() for value in found]
        return any(word.lower() in text for word in rule.has for text in texts)
    return bool(found)
