"""A back-end and a scorer of somebody else's that let their key out wherever they can.

The key is what `api_key` says, or the environment variable MY_SERVICE_KEY.
"""

import base64
import os
from urllib.parse import quote

import numpy as np

from evalsuite.records import Judgement, NoImage


def load(*, api_key=None, endpoint="", url=""):
    return Leaky(api_key or os.environ.get("MY_SERVICE_KEY", "") or (endpoint + url))


def ways_of(key):
    """A key as services and libraries write it into what they say."""
    pair = base64.b64encode(f"bob:{key}".encode()).decode()
    return {
        "plain": f"401: {key} is not known",
        "header": f"{{'Authorization': 'Bearer {key}', 'Ocp-Apim-Subscription-Key': '{key}'}}",
        "basic": f"X-Auth: {key}; Authorization: Basic {pair}",
        "address": f"GET https://bob:{key}@host.example/v1?k={quote(key, safe='')}",
        "cut": "x" * 290 + key,
    }


class Leaky:
    dialect = "scenes"
    name = "leaky"
    batch_size = 1

    def __init__(self, key):
        self.key = key

    def describe(self):
        return {"model": "leaky", "headers": {"X-Auth": self.key, "Cookie": self.key}}

    def problems(self, prompts):
        return []

    def render(self, requests):
        return [self._render(request) for request in requests]

    def _render(self, request):
        way = request.prompt.text
        if way == "raise":
            raise RuntimeError(f"cannot reach the service with {self.key!r}")
        if way in ways_of(self.key):
            return NoImage("failed", ways_of(self.key)[way])
        return np.full((8, 8, 3), 200, dtype=np.uint8)

    def judge(self, cases):
        return [self._judge(case) for case in cases]

    def _judge(self, case):
        if case.prompt.text == "draw and break":
            raise RuntimeError(ways_of(self.key)["cut"])
        said = ways_of(self.key)["basic"]
        return Judgement(
            "leaky",
            case.key,
            {"score": 1.0, "word": self.key, "other": None},
            reasons={"other": said},
            evidence={"request": said, "api_key": self.key},
            summary=said,
        )
