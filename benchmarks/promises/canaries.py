"""Promise 17: no credential leaves by a file or a stream, whichever way it came in.

A back-end and a scorer of somebody else's (`tests/outside/leaky.py`) let their key out in every
reason, error, value and description. The key comes in by a flag, the environment, a config file,
an address, or a service's own variable. Then a run is drawn, judged, reported, compared, gated
and blessed, and every byte of what was written and printed is searched for every form of the key.
"""

import base64
import html
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pyarrow.parquet

from benchmarks.promises._forks import fork, spread
from benchmarks.promises._tiny import workplace
from benchmarks.promises.proof import Proof
from evalsuite import cli
from evalsuite.commands.exit import DONE, FAILED, INCOMPLETE, UNDECIDED, USAGE

NUMBER = 17
PROMISE = "No credential is in any byte of what a run writes or prints, in no encoding."

TESTS = Path(__file__).parents[2] / "tests"
LEAKY = "outside.leaky"
CANARIES = (
    "CANARY12345678",
    "CANARY/12345678+ab cd",
    "canary'\"\\<&>%{}$`x",
    "Kanärie-ÿþ~>>>???-9",
    "0123456789abcdef" * 4,
    "aGVsbG8td29ybGQ+Pz8/",
    "correct horse battery",
)
PROMPTS = ("plain", "header", "basic", "address", "cut", "raise", "draw", "draw and break")
POLICY = "format: evalsuite-policy-1\nmeasures:\n  - {measure: leaky.score, margin: 0.1}\n"
KNOWN = (DONE, FAILED, USAGE, UNDECIDED, INCOMPLETE)
SHORT = 8
"""A form has at least so many letters, or it would be found by chance."""

Way = Callable[[str], tuple[list[str], Mapping[str, str]]]


class Searched(NamedTuple):
    """What was searched: commands, files and bytes; and where a key was found."""

    commands: int
    files: int
    size: int
    broken: list[str]


def prove(quick: bool) -> Proof:
    """Let every canary in by every way; `quick` takes one way each of the first few."""
    tasks = [(way, canary) for way in WAYS for canary in CANARIES]
    tasks = [(way, CANARIES[n % len(CANARIES)]) for n, way in enumerate(WAYS)] if quick else tasks
    with workplace() as place:

        def work(number: int) -> Searched:
            name, canary = tasks[number]
            return searched(place / str(number), name, canary)

        found = [Searched(*each) for each in spread(range(len(tasks)), work)]
    return Proof(
        counts={
            "ways in": len({name for name, _ in tasks}),
            "canaries": len({canary for _, canary in tasks}),
            "commands": sum(each.commands for each in found),
            "files and streams": sum(each.files for each in found),
            "bytes": sum(each.size for each in found),
            "forms of a canary": max(len(list(forms(canary))) for canary in CANARIES),
        },
        broken=[line for each in found for line in each.broken],
    )


# Ways in


def _arguments(canary: str) -> dict[str, str]:
    return {"model-arg": f"api_key={canary}", "scorer-arg": f"{LEAKY}.api_key={canary}"}


def flag(canary: str) -> tuple[list[str], Mapping[str, str]]:
    """`--model-arg api_key=...`."""
    return [w for name, text in _arguments(canary).items() for w in (f"--{name}", text)], {}


def environment(canary: str) -> tuple[list[str], Mapping[str, str]]:
    """`EVALSUITE_MODEL_ARG=api_key=...`."""
    named = {name.upper().replace("-", "_"): text for name, text in _arguments(canary).items()}
    return [], {f"EVALSUITE_{name}": text for name, text in named.items()}


def config(canary: str) -> tuple[list[str], Mapping[str, str]]:
    """A config file's `model-arg`."""
    held = {"model-arg": {"api_key": canary}, "scorer-arg": {LEAKY: {"api_key": canary}}}
    Path("c.yaml").write_text(json.dumps(held))
    return ["--config", "c.yaml"], {}


def address(canary: str) -> tuple[list[str], Mapping[str, str]]:
    """The password of an address, as services take it; percent-encoded, as an address must be."""
    return ["--model-arg", f"endpoint=https://bob:{quote(canary, safe='')}@host.example/v1"], {}


def variable(name: str) -> Way:
    """A variable of a service's own, which the plug-in reads."""
    return lambda canary: ([], {name: canary, "MY_SERVICE_KEY": canary})


WAYS: Mapping[str, Way] = {
    "flag": flag,
    "environment": environment,
    "config file": config,
    "address": address,
    "a service's variable": variable("OPENAI_API_KEY"),
    "a cloud's variable": variable("AWS_SECRET_ACCESS_KEY"),
    "the hub's variable": variable("HF_TOKEN"),
}


# Runs


def searched(home: Path, name: str, canary: str) -> Searched:
    """Let a canary in by one way, run everything, and search."""
    home.mkdir()
    rows = [{"id": f"p{n}", "tag": "plain", "prompt": text} for n, text in enumerate(PROMPTS)]
    (home / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (home / "policy.yaml").write_text(POLICY)
    broken, streams, many = [], b"", 0
    for words in commands():
        code, said = command(home, name, canary, words)
        streams, many = streams + said, many + 1
        if code not in KNOWN:
            broken.append(f"{name}, {canary!a}: {words[:2]} exits with {code}: {said[-300:]!a}")
    texts = written(home) | {"streams": streams}
    broken += [
        f"{name}, {canary!a}: {file} holds {form!a}"
        for file, data in texts.items()
        for form in forms(canary)
        if form in data
    ]
    shutil.rmtree(home)
    return Searched(many, len(texts), sum(map(len, texts.values())), broken)


def commands() -> list[list[str]]:
    """Everything that reads or writes a run, and a command that fails."""
    run = ["run", "--model", LEAKY, "--scorers", LEAKY, "--prompts", "mine.jsonl", "--no-progress"]
    run += ["--num-images", "1", "--max-retries", "0"]
    return [
        [*run, "--output-dir", "r"],
        [*run, "--output-dir", "s", "--seed", "1", "--json"],
        ["judge", "r", "--retry-failed", "--no-progress"],
        ["report", "r"],
        ["compare", "r", "s", "--output-dir", "compared"],
        ["baseline", "r", "-o", "baseline.json", "--anyway"],
        ["gate", "r", "--baseline", "s", "--policy", "policy.yaml", "--junit", "junit.xml"],
        [*run, "--output-dir", "r", "--seed", "2"],
        [*run[:1], "--model", "CANARY", *run[3:], "--dry-run"],
    ]


def command(home: Path, name: str, canary: str, words: Sequence[str]) -> tuple[int, bytes]:
    """Run one command in a fork; its exit code, and the bytes of both streams."""
    with tempfile.TemporaryFile() as said:
        if (child := fork()) == 0:
            code = 70
            try:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                code = _command(home, name, canary, list(words))
            finally:
                os._exit(code)
        status = os.waitpid(child, 0)[1]
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read()


def _command(home: Path, name: str, canary: str, words: list[str]) -> int:
    os.chdir(home)
    sys.path.insert(0, str(TESTS))
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    os.environ["GITHUB_STEP_SUMMARY"] = str(home / "summary.md")
    flags, variables = WAYS[name](canary)
    os.environ |= variables
    url = f"https://bob:{quote(canary, safe='')}@host/x"
    words = [url if word == "CANARY" else word for word in words]
    try:
        cli.main([*words, *(flags if words[0] == "run" else [])])
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


# The search


def written(home: Path) -> dict[str, bytes]:
    """Every file below a folder but those that were given, and what is packed in them."""
    given = {"c.yaml", "mine.jsonl", "policy.yaml"}
    found = {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name not in given
    }
    for path in home.rglob("*.parquet"):
        rows = pyarrow.parquet.read_table(path).to_pylist()
        found[f"{path.name}, unpacked"] = json.dumps(rows, ensure_ascii=False, default=str).encode()
    return found | {"names": "\n".join(found).encode()}


def forms(canary: str) -> Iterator[bytes]:
    """A canary as it is and as texts, addresses, pages, shells and headers encode it."""
    data = canary.encode()
    texts = [canary, canary[:12], shlex.quote(canary), repr(canary)[1:-1], html.escape(canary)]
    texts += [json.dumps(canary, ensure_ascii=ascii)[1:-1] for ascii in (True, False)]
    texts += [quote(canary, safe=""), quote(canary), quote_plus(canary), data.hex()]
    texts += [quote(canary, safe="").lower(), data.hex().upper()]
    for before in (b"", b"b", b"bo", b"bob:"):
        coded = base64.b64encode(before + data).decode()
        core = coded[8:-4] if before else coded[:-4]
        texts += [core, core.replace("+", "-").replace("/", "_")]
    yield from {text.encode() for text in texts if len(text) >= SHORT}
