"""Changes that nobody could notice: of each its file, function and words, and the reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
