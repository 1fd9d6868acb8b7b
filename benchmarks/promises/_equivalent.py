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
    (
        "evalsuite/files/values.py",
        "natural",
        "0 -> 1",
    ): "the number beside a word is the same for every word",
    (
        "evalsuite/files/values.py",
        "natural",
        "1 -> 2",
    ): "any number above that of digits puts words behind them",
    (
        "evalsuite/runs/claims.py",
        "_began",
        "'ZX' -> 'XXZX'",
    ): "asked whether it has a letter; both have the same letters",
    (
        "evalsuite/runs/packed.py",
        "DigestSet.__contains__",
        "at > 0 -> at >= 0",
    ): "0 is a multiple of 32, so the loop ends there all the same",
    (
        "evalsuite/runs/claims.py",
        "Claims.take",
        "'claims' -> 'XXclaims'",
    ): "the name of a thread, which nothing reads",
    (
        "evalsuite/files/strict.py",
        "checked",
        "False -> True",
    ): "what pydantic adds to a flaw is not looked at",
    (
        "evalsuite/gating/judges.py",
        "_asked",
        "0 -> 1",
    ): "audits are quoted for a place; how many images an interval is of is not looked at",
    (
        "evalsuite/gating/evidence.py",
        "at_once",
        "turned < 0 -> turned <= 0",
    ): "where nothing was gained or lost the two-sided p is 1, and half of it is one minus half",
    (
        "evalsuite/gating/judges.py",
        "_answered",
        "0 -> 1",
    ): "who quotes an audit looks at the map's keys, and at no scorer within",
    (
        "evalsuite/gating/baseline.py",
        "_no_number",
        "raise ValueError(f'{name} is no number') -> removed",
    ): "NaN read as nothing fails the checksum, or is refused as no number",
}
