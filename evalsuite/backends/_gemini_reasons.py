"""What Gemini's finish and block reasons mean for an image.

All of google-genai 3.6's `FinishReason` and `BlockedReason`; one that came later is failed.
"""

from evalsuite.records import NoImage

SAID_NO = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "ESCALATION"}
    | {"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "PUP_LIMITED_DISABLED"}
)
"""The service will not: a filter named its reason."""

NO_IMAGE = frozenset({"NO_IMAGE", "IMAGE_OTHER", "STOP", "OTHER", "LANGUAGE"})
"""An answer without an image and without a filter's word: kept apart by its reason."""

BROKE = frozenset(
    {"MAX_TOKENS", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"}
    | {"MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE", "CONTINUATION"}
    | {"FINISH_REASON_UNSPECIFIED", ""}
)
"""Nobody refused anything: it went wrong."""


def finished(reason: str, said: str) -> NoImage:
    """A candidate without an image, by its finish reason; `said` is its text, cut short."""
    words = f": {said}" if said else ""
    if reason in SAID_NO:
        return NoImage("refused", f"{reason}{words}")
    if reason in NO_IMAGE:
        return NoImage("refused", f"no image ({reason}){words}")
    return NoImage("failed", f"{reason or 'no finish reason'}{words}")


def blocked(reason: str, said: str) -> NoImage:
    """A prompt without a candidate, by its block reason: "" where there is none."""
    if not reason or reason == "BLOCKED_REASON_UNSPECIFIED":
        return NoImage("failed", "an answer without a candidate and without a block reason")
    return NoImage("refused", f"prompt blocked: {reason}{f': {said}' if said else ''}")
