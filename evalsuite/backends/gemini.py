"""Google's Gemini models that draw, through google-genai.

One request an image. Text is asked for besides, or a refusal would come without a reason; what the
model thinks is no picture of it. The key is taken from GEMINI_API_KEY or GOOGLE_API_KEY.
"""

import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from evalsuite.backends._caller import Again, Clock
from evalsuite.backends._gemini_reasons import blocked, finished
from evalsuite.backends._keys import check_address, check_package, key_in
from evalsuite.backends._replies import fault, picture_of, short, within
from evalsuite.backends._service import Service
from evalsuite.records import Drawn, InputError, Json, Prompt

LIGHT = True
"""`load` reads no weights and asks nobody, so that a dry run may call it."""

EXAMPLE = "gemini:gemini-3-pro-image --dry-run"
FLAG = "--model gemini"
HOME = "https://generativelanguage.googleapis.com"
HIGHEST_SEED = 2**31 - 1
"""The API's seed is a signed number of 32 bits."""


def load(
    *,
    model: str,
    base_url: str | None = None,
    aspect_ratio: str | None = None,
    image_size: str | None = None,
    person_generation: str | None = None,
    key_from: str | None = None,
    timeout: float = 300.0,
    concurrency: int | None = None,
    max_retries: int | None = None,
    price: float | None = None,
    probe: bool | None = None,
    dialect: str = "everyday",
) -> Service:
    """`model` at Google, or at `base_url`, whose key is in the variable `key_from`.

    `aspect_ratio` as 16:9, `image_size` as 1K, 2K or 4K: Gemini takes no size in pixels. The price
    of an image is known to nobody but Google's list of prices: say it with `--price`.
    """
    home = check_address(base_url, "--base-url") if base_url else HOME
    if home != HOME and key_from is None:
        raise InputError(f"{FLAG}: another address needs --model-arg key_from=VARIABLE of its key")
    image = {
        "aspect_ratio": aspect_ratio,
        "image_size": image_size,
        "person_generation": person_generation,
    }
    api = Gemini(
        model=model,
        home=home,
        image={name: value for name, value in image.items() if value is not None},
        keys=(key_from,) if key_from else ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        timeout=timeout,
    )
    return Service(
        api,
        dialect=dialect,
        price=price,
        concurrency=concurrency,
        retries=max_retries,
        probe=probe,
    )


class Gemini:
    """One model behind generateContent; keeps to `_service.Api`."""

    def __init__(
        self,
        *,
        model: str,
        home: str,
        image: Mapping[str, str],
        keys: Sequence[str],
        timeout: float,
    ) -> None:
        self.model, self.home, self.image = model, home, dict(image)
        self.keys, self.timeout, self.clock = keys, timeout, Clock()
        self._client: Any = None

    def describe(self) -> Mapping[str, Json]:
        """Model, address and the options of the image."""
        return {
            "backend": "gemini",
            "model": self.model,
            "base_url": self.home,
            "options": self.image,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: whatever it cannot read it says when asked."""
        return []

    def check(self) -> None:
        """Make the client; raises `InputError` without the package or the key."""
        check_package("google.genai", "gemini", FLAG)
        if self._client is not None:
            return
        from google import genai
        from google.genai import types

        self._client = genai.Client(
            api_key=key_in(*self.keys, flag=FLAG),
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=self.home,
                timeout=round(self.timeout * 1000),
                client_args={"follow_redirects": False},
            ),
        )
        weakref.finalize(self, self._client.close)

    def ask(self, text: str, seed: int) -> Drawn:
        """One request for one image."""
        import httpx2
        from google.genai import errors, types

        self.check()
        config = types.GenerateContentConfig(
            response_modalities=["TEXT", "IMAGE"],
            seed=within(seed, 0, HIGHEST_SEED),
            candidate_count=1,
            image_config=types.ImageConfig.model_validate(self.image) if self.image else None,
        )
        try:
            answer = self._client.models.generate_content(
                model=self.model, contents=text, config=config
            )
        except errors.APIError as error:
            return self._fault(error)
        except httpx2.TimeoutException as error:
            # It may have drawn all the same, and taken the money.
            raise Again(f"no answer within {self.timeout:g} s", cost=None) from error
        except httpx2.HTTPError as error:
            raise Again(f"no connection: {short(error)}", cost=None) from error
        except ValueError as error:  # no JSON, or not of this shape
            raise Again(f"the answer cannot be read: {short(error)}", cost=None) from error
        return self._read(answer)

    def _fault(self, error: Any) -> Drawn:
        body = error.details if isinstance(error.details, Mapping) else {}
        inner = body.get("error", body)
        details = inner.get("details") if isinstance(inner, Mapping) else None
        details = [each for each in details or [] if isinstance(each, Mapping)]
        if any(each.get("reason") == "API_KEY_INVALID" for each in details):
            raise InputError(f"{FLAG}: the key in {' or '.join(self.keys)} is not valid; check it")
        headers = dict(getattr(error.response, "headers", None) or {})
        for each in details:  # Google's own way to say Retry-After
            delay = str(each.get("retryDelay", ""))
            if delay.endswith("s") and "retry-after" not in {name.lower() for name in headers}:
                headers["retry-after"] = delay[:-1]
        lower = {name.lower(): value for name, value in headers.items()}
        said = error.message or error.status or ""
        found = fault(int(error.code or 500), lower, said, str(error.status or ""), self.keys[0])
        return Drawn(found, {"cost_usd": 0.0})

    def _read(self, answer: Any) -> Drawn:
        facts: dict[str, Json] = {}
        if (usage := answer.usage_metadata) is not None:
            counted = usage.model_dump(exclude_none=True)
            whole = {k: v for k, v in counted.items() if isinstance(v, int) and v > 0}
            facts |= {"usage": whole} if whole else {}
        if answer.response_id:
            facts["request_id"] = answer.response_id
        if not answer.candidates:
            feedback = answer.prompt_feedback
            if feedback is None and usage is None:  # not even a count: it broke on its way
                raise Again("an empty answer", cost=None)
            reason = getattr(getattr(feedback, "block_reason", None), "value", "")
            said = getattr(feedback, "block_reason_message", None)
            found = blocked(reason, short(said or ""))
            return Drawn(found, {**facts, "cost_usd": 0.0} if found.status == "refused" else facts)
        first = answer.candidates[0]
        parts = (first.content.parts if first.content else None) or []
        words = []
        for part in parts:
            if part.thought:  # a draft, not the answer
                continue
            if part.inline_data is not None and part.inline_data.data:
                return Drawn(picture_of(part.inline_data.data), facts)
            words += [part.text] if part.text else []
        reason = getattr(first.finish_reason, "value", first.finish_reason) or ""
        said = " ".join([*words, first.finish_message or ""]).strip()
        found = finished(str(reason), short(said))
        # Its tokens may have been charged for; a filter's word before that is free.
        if found.status == "failed" and reason in ("", "MALFORMED_RESPONSE"):
            raise Again(found.reason, cost=None)
        return Drawn(found, facts)
