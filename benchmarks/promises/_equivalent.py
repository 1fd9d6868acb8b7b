"""Changes that nobody could notice: of each its file, function and words, and the reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "evalsuite/files/jsonlines.py",
        "_members",
        "']}' -> 'XX]}'",
    ): "asked whether it has one character of valid JSON, where no key, value or end is an X",
    (
        "evalsuite/files/jsonlines.py",
        "_members",
        "'[{' -> 'XX[{'",
    ): "asked whether it has the first character of a JSON value, which is never an X",
}
