"""Servers that speak OpenAI's Images API, and how each differs from what it is taken for.

Read in the servers' sources in 2026: vLLM-Omni (docs at be81443), SGLang
(multimodal_gen/runtime/entrypoints/openai/protocol.py), LocalAI 82c191a (image.go).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOME = "https://api.openai.com/v1"


@dataclass(frozen=True, kw_only=True)
class Server:
    """What a server takes besides model, prompt, n and size.

    `takes` is by our setting's name, with the field of the request; what is not there is refused,
    for such servers pass over what they do not know without a word. `splits` is a sign at which a
    prompt would be cut. Seeds are folded into 0 to `highest_seed`; None where there is no seed.
    """

    takes: Mapping[str, str] = field(default_factory=dict)
    splits: str = ""
    highest_seed: int | None = 2**32 - 1
    asks_for_b64: bool = True


_STEPS = {
    "steps": "num_inference_steps",
    "guidance_scale": "guidance_scale",
    "negative_prompt": "negative_prompt",
    "true_cfg_scale": "true_cfg_scale",
}

SERVERS: Mapping[str, Server] = {
    # GPT Image models always answer in base64, and take a response_format for an error.
    "openai": Server(
        takes={
            "quality": "quality",
            "moderation": "moderation",
            "background": "background",
            "output_format": "output_format",
        },
        highest_seed=None,
        asks_for_b64=False,
    ),
    "vllm": Server(takes=_STEPS),
    # Without a seed in the request every image of a prompt would be that of seed 1024.
    "sglang": Server(takes=_STEPS),
    # What follows a "|" becomes the negative prompt; n > 1 repeats one seed. Seeds are 32-bit
    # signed there.
    "localai": Server(takes={"steps": "step"}, splits="|", highest_seed=2**31 - 1),
    # Any other: what is true of all of them.
    "unknown": Server(splits="|", highest_seed=2**31 - 1),
}

PRICES: Mapping[str, tuple[float, float]] = {"gpt-image-2": (5.0, 30.0), "gpt-image-1": (5.0, 40.0)}
"""Dollars a million tokens of text in and of image out, as published in May 2026."""

TOP: Mapping[str, float] = {"low": 0.006, "medium": 0.053, "high": 0.211}
"""Dollars of an image of gpt-image-2 with 1024x1024 pixels, by quality, published in May 2026."""


def price_of(model: str, quality: str | None, size: tuple[int, int] | None) -> float | None:
    """What an image costs at most, in dollars; None where no price is known."""
    if model != "gpt-image-2":
        return None
    # Nobody knows what "auto" will choose: the dearest.
    each = TOP.get(quality or "auto", TOP["high"])
    pixels = 1536 * 1024 if size is None else size[0] * size[1]
    return round(each * max(1.0, pixels / 1024**2), 4)


def cost_of(model: str, usage: Mapping[str, int]) -> float | None:
    """What the tokens of an answer cost, in dollars; None where no price is known."""
    known, out = PRICES.get(model), usage.get("output_tokens")
    if known is None or not out:
        return None
    return (usage.get("input_tokens", 0) * known[0] + out * known[1]) / 1e6
