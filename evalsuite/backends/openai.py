"""OpenAI's Images API, and servers that speak it: vLLM-Omni, SGLang, LocalAI.

One request an image, through the official SDK with its own retries turned off. The key is taken
from OPENAI_API_KEY, and for another `--base-url` from the variable that `key_from` names: a key
goes nowhere but where it belongs.
"""

import re
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from evalsuite.backends._caller import Again, Clock
from evalsuite.backends._fetch import Door
from evalsuite.backends._keys import check_address, check_package, key_in
from evalsuite.backends._openai_servers import HOME, SERVERS, cost_of, price_of
from evalsuite.backends._pointed import fetched
from evalsuite.backends._replies import fault, picture, short, within
from evalsuite.backends._service import Service
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import Drawn, InputError, Json, NoImage, Prompt

LIGHT = True
"""`load` reads no weights and asks nobody, so that a dry run may call it."""

EXAMPLE = "openai:gpt-image-2 --model-arg quality=low"
FLAG = "--model openai"

REFUSED_CODES = frozenset(
    {"moderation_blocked", "content_policy_violation", "content_filter"}
    | {"image_content_policy_violation", "ResponsibleAIPolicyViolation"}
)
_REFUSED = re.compile(r"safety system|content policy|safety_violations|content management policy")
_ACCOUNT = re.compile(r"resource has been temporarily blocked")
"""Azure's 403: it is the account that is blocked, not the prompt."""


def load(
    *,
    model: str,
    base_url: str | None = None,
    server: str | None = None,
    size: tuple[int, int] | None = None,
    steps: int | None = None,
    guidance_scale: float | None = None,
    negative_prompt: str | None = None,
    true_cfg_scale: float | None = None,
    quality: str | None = None,
    moderation: str | None = None,
    background: str | None = None,
    output_format: str | None = None,
    key_from: str | None = None,
    image_hosts: str = "",
    timeout: float = 300.0,
    concurrency: int | None = None,
    max_retries: int | None = None,
    price: float | None = None,
    probe: bool | None = None,
    dialect: str = "everyday",
) -> Service:
    """`model` at OpenAI, or at `base_url`, where `server` says who answers (`SERVERS`).

    `image_hosts` are hosts, with commas, from which pictures are fetched that come as addresses;
    `probe` says whether three pictures are drawn to find out what a seed does (by default where an
    image costs nothing). Raises `InputError` for settings that the server would pass over.
    """
    home = check_address(base_url, "--base-url") if base_url else HOME
    known = server or ("openai" if home == HOME else "unknown")
    if known not in SERVERS:
        raise InputError(f"--model-arg server={known}: {did_you_mean(known, SERVERS)[2:]}")
    given: dict[str, Json] = {"steps": steps, "guidance_scale": guidance_scale}
    given |= {"negative_prompt": negative_prompt, "true_cfg_scale": true_cfg_scale}
    given |= {"quality": quality, "moderation": moderation}
    given |= {"background": background, "output_format": output_format}
    is_home = home == HOME
    images = Images(
        model=model,
        home=home,
        server=known,
        size=size,
        extra=_taken(known, given),
        keys=(key_from or "OPENAI_API_KEY",) if is_home or key_from else (),
        hosts=tuple(filter(None, image_hosts.split(","))),
        timeout=timeout,
    )
    # One's own server takes no money; what OpenAI takes is known of some models.
    usual = price_of(model, quality, size) if is_home else 0.0
    return Service(
        images,
        dialect=dialect,
        seeds="ignored" if SERVERS[known].highest_seed is None else "unknown",
        price=usual if price is None else price,
        concurrency=concurrency,
        retries=max_retries,
        probe=probe,
    )


def _taken(server: str, given: Mapping[str, Json]) -> dict[str, Json]:
    """The settings that were given; raises `InputError` for one that the server passes over."""
    taken = {name: value for name, value in given.items() if value is not None}
    for name in taken:
        if name not in SERVERS[server].takes:
            ways = [who for who, each in SERVERS.items() if name in each.takes]
            raise InputError(
                f"--{name.replace('_', '-')}: {server} servers pass over it without a word; "
                f"leave it out, or name the server with --model-arg server={'|'.join(ways)}"
            )
    return taken


class Images:
    """One model behind the Images API; keeps to `_service.Api`."""

    def __init__(
        self,
        *,
        model: str,
        home: str,
        server: str,
        size: tuple[int, int] | None,
        extra: Mapping[str, Json],
        keys: Sequence[str],
        hosts: tuple[str, ...],
        timeout: float,
    ) -> None:
        self.model, self.home, self.name, self.extra = model, home, server, dict(extra)
        self.server, self.size, self.keys, self.timeout = SERVERS[server], size, keys, timeout
        self.door = Door(home, hosts, timeout)
        self.clock = Clock()
        self._client: Any = None

    def describe(self) -> Mapping[str, Json]:
        """Model, server and all that is sent besides a prompt and its seed."""
        return {
            "backend": "openai",
            "model": self.model,
            "server": self.name,
            "base_url": self.home,
            "size": None if self.size is None else "{}x{}".format(*self.size),
            "options": self.extra,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that LocalAI would split, and that OpenAI would not take whole."""
        sign = self.server.splits
        or_say = ", or say --model-arg server=vllm|sglang" if self.name == "unknown" else ""
        found = [
            f"prompt {p.id}: LocalAI draws what stands before {sign!r} and avoids the rest; take "
            f"it out{or_say}"
            for p in prompts
            if sign and sign in p.text
        ]
        longest = 32_000 if self.name == "openai" else None
        return found + [
            f"prompt {p.id}: longer than {longest} characters"
            for p in prompts
            if longest is not None and len(p.text) > longest
        ]

    def check(self) -> None:
        """Make the client; raises `InputError` without the package or the key."""
        check_package("openai", "openai", FLAG)
        if self._client is not None:
            return
        import openai

        # A server without a key wants none; the SDK wants a text.
        key = key_in(*self.keys, flag=FLAG) if self.keys else "none"
        self._client = openai.OpenAI(
            api_key=key,
            base_url=self.home,
            max_retries=0,
            timeout=self.timeout,
            http_client=openai.DefaultHttpxClient(follow_redirects=False),
        )
        weakref.finalize(self, self._client.close)
        if self.home != HOME:  # whose the account is, is nobody else's business
            self._client.organization = self._client.project = None

    def ask(self, text: str, seed: int) -> Drawn:
        """One request for one image."""
        import openai

        self.check()
        try:
            raw = self._client.images.with_raw_response.generate(**self._request(text, seed))
        except openai.APIStatusError as error:
            return self._refusal(error)
        except openai.APITimeoutError as error:
            # It may have drawn all the same, and taken the money.
            raise Again(f"no answer within {self.timeout:g} s", cost=None) from error
        except (openai.APIConnectionError, openai.APIError) as error:
            raise Again(f"no connection: {short(error.__cause__ or error)}", cost=None) from error
        try:
            answer = raw.http_response.json()
        except ValueError as error:
            raise Again("the answer is no JSON", cost=None) from error
        return self._read(answer, raw.headers.get("x-request-id"))

    def _request(self, text: str, seed: int) -> dict[str, Any]:
        size = {} if self.size is None else {"size": "{}x{}".format(*self.size)}
        more: dict[str, Json] = {self.server.takes[k]: value for k, value in self.extra.items()}
        if self.server.highest_seed is not None:
            more["seed"] = within(seed, 0, self.server.highest_seed)
        if self.server.asks_for_b64:
            more["response_format"] = "b64_json"
        return {"model": self.model, "prompt": text, "n": 1, **size, "extra_body": more}

    def _refusal(self, error: Any) -> Drawn:
        """A refusal of this prompt, or a fault that is raised."""
        body = error.body if isinstance(error.body, Mapping) else {}
        code, said = str(body.get("code") or ""), str(body.get("message") or error.message)
        status = int(error.status_code)
        details = body.get("moderation_details")
        details = details if isinstance(details, Mapping) else {}
        is_refusal = (
            code in REFUSED_CODES
            or body.get("type") == "image_generation_user_error"
            or (status in (400, 403, 422) and bool(_REFUSED.search(said)))
        )
        if status < 500 and status != 429 and is_refusal and not _ACCOUNT.search(said):
            stage = str(details.get("moderation_stage") or "")
            kinds = details.get("categories")
            words = [code or "refused", stage and f"at the {stage}"]
            words += [", ".join(map(str, kinds))] if isinstance(kinds, list) and kinds else []
            reason = ": ".join(filter(None, [" ".join(filter(None, words[:2])), *words[2:]]))
            # What was drawn before it was refused may have cost as much as a picture.
            free = {} if stage == "output" else {"cost_usd": 0.0}
            return Drawn(NoImage("refused", f"{reason}: {short(said)}"), free)
        key = self.keys[0] if self.keys else None
        return Drawn(fault(status, error.response.headers, said, code, key), {"cost_usd": 0.0})

    def _read(self, answer: Json, request_id: str | None) -> Drawn:
        body = answer if isinstance(answer, Mapping) else {}
        data = body.get("data")
        first = data[0] if isinstance(data, list) and data else None
        facts = _facts(body, first, self.model)
        facts |= {"request_id": request_id} if request_id else {}
        if data is not None and not isinstance(data, list):
            raise Again("the answer has no list of images", cost=None)
        if not isinstance(first, Mapping) or not (first.get("b64_json") or first.get("url")):
            # Some say no this way, with status 200.
            return Drawn(NoImage("refused", "an answer without an image"), facts)
        if first.get("b64_json"):
            return Drawn(picture(first["b64_json"]), facts)
        return Drawn(fetched(self.door, str(first["url"]), self.clock, FLAG), facts)


def _facts(body: Mapping[str, Any], first: Json, model: str) -> dict[str, Json]:
    facts: dict[str, Json] = {}
    usage = body.get("usage")
    counted = {
        name: count
        for name, count in (usage.items() if isinstance(usage, Mapping) else ())
        if isinstance(count, int) and not isinstance(count, bool) and count > 0
    }
    if counted:
        facts["usage"] = counted
    if (cost := cost_of(model, counted)) is not None:
        facts["cost_usd"] = cost
    revised = first.get("revised_prompt") if isinstance(first, Mapping) else None
    return facts | ({"revised_prompt": str(revised)} if revised else {})
