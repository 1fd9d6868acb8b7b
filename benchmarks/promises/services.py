"""Promise 10: whatever a service does, each request ends once, politely, and within the money.

Runs of the real pipeline against a local server (`_server.py`) over real HTTP, in eight APIs' own
words. Waiting is on a clock that runs faster than the world's, the same for both sides.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._server import ROUGH, Chaos, Service, serve
from benchmarks.promises._tiny import workplace
from benchmarks.promises.proof import Proof
from evalsuite.backends._caller import Clock
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.stages import begin, draw
from evalsuite.pipeline.work import begin_work
from evalsuite.runs.rows import RunRows, read_run

ROOT = Path(__file__).parents[2]

NUMBER = 10
PROMISE = (
    "Whatever a service answers, each request ends in exactly one status, Retry-After is kept, "
    "tries and money are bounded, a refusal is never tried again, and a killed run pays again for "
    "no more than was in flight."
)
REQUESTS = 1_000
SPEED = 200.0
AT_ONCE = 8
TRIES = 7
PRICE = 0.04
TIMEOUT = 0.5
"""Real seconds until the client gives a hanging request up."""

KEYS = ("OPENAI_API_KEY", "BFL_API_KEY", "FAL_KEY", "REPLICATE_API_TOKEN", "STABILITY_API_KEY")


class Api(NamedTuple):
    """One API: how it is named, and what each of its ways to say no has to become."""

    model: str
    options: Mapping[str, Any]
    endings: Mapping[str, str]


APIS: Mapping[str, Api] = {
    "openai": Api(
        "openai:m",
        {"key_from": "OPENAI_API_KEY", "server": "vllm"},
        {"input": "refused", "output": "refused", "policy": "refused", "empty": "refused"}
        | {"param": "failed", "junk": "invalid", "url": "ok", "revised": "ok"},
    ),
    "gemini": Api(
        "gemini:g",
        {"key_from": "OPENAI_API_KEY"},
        {"IMAGE_SAFETY": "refused", "PROHIBITED_CONTENT": "refused", "NO_IMAGE": "refused"}
        | {"STOP": "refused", "IMAGE_OTHER": "refused", "MAX_TOKENS": "failed"}
        | {"blocked-SAFETY": "refused", "blocked-JAILBREAK": "refused", "nothing": "failed"},
    ),
    "a1111": Api("http:a1111", {}, {}),
    "comfyui": Api("http:comfyui", {"graph": "graph.json"}, {"node": "failed", "broken": "failed"}),
    "bfl": Api("http:bfl", {}, {"request": "refused", "content": "refused", "error": "failed"}),
    "fal": Api("http:fal", {"model": "fal-ai/flux/dev"}, {"policy": "refused", "nsfw": "blocked"}),
    "replicate": Api(
        "http:replicate",
        {"version": "v"},
        {"nsfw": "refused", "oops": "failed", "lost": "failed"},
    ),
    "stability": Api("http:stability", {}, {"moderated": "refused", "filtered": "blocked"}),
}


class Ran(NamedTuple):
    """What one API's run counted."""

    requests: int
    sent: int
    mishaps: int
    waited: int
    refusals: int
    broken: list[str]


def prove(quick: bool) -> Proof:
    """Eight rough runs, one that stops at its money's end, and runs that are killed."""
    each = 12 if quick else REQUESTS // len(APIS)
    with workplace() as place, keys():
        graph = {"3": {"inputs": {"text": "{{prompt}}", "seed": "{{seed}}"}}}
        (place / "graph.json").write_text(json.dumps(graph))
        rans = [rough(place, name, each) for name in APIS]
        capped = [line for name in ("openai", "bfl") for line in stopped_in_time(place, name)]
        kills, again, killed = killed_runs(place, 1 if quick else 12)
    return Proof(
        counts={
            "images asked of 8 APIs": sum(ran.requests for ran in rans),
            "requests sent": sum(ran.sent for ran in rans),
            "mishaps among them": sum(ran.mishaps for ran in rans),
            "with Retry-After": sum(ran.waited for ran in rans),
            "refusals": sum(ran.refusals for ran in rans),
            "runs with a cap": 2,
            "kills": kills,
            f"images paid again, at most {AT_ONCE} a kill": again,
        },
        broken=[*(line for ran in rans for line in ran.broken), *capped, *killed],
    )


@contextmanager
def keys() -> Iterator[None]:
    """Keys that open nothing, for a while."""
    before = {name: os.environ.get(name) for name in KEYS}
    os.environ.update(dict.fromkeys(KEYS, "a-key-that-opens-nothing"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# A rough service


def rough(place: Path, name: str, count: int) -> Ran:
    """One API's run on a server of which half the requests go wrong."""
    api = APIS[name]
    says = list(itertools.islice(itertools.cycle(["", "", *api.endings]), count))
    with serve(Service(chaos=ROUGH, speed=SPEED)) as service:
        given = settings(place, name, service, says, place / name)
        rows = drawn(given)
        asked = [each for each in service.asked() if each.path]
        broken = list(judged(name, says, rows, service))
        broken += [f"{name}: {line}" for line in service.broken_waits]
        if service.most_at_once > AT_ONCE:
            broken.append(f"{name}: {service.most_at_once} in flight, {AT_ONCE} allowed")
        paid, said = sum(service.billed().values()) * PRICE, rows.cost or 0.0
        if paid > said + 1e-6:
            broken.append(f"{name}: cost ${paid:.2f}, and the rows say ${said:.2f} at most")
    mishaps = [each for each in asked if not each.outcome.isdecimal() or int(each.outcome) >= 429]
    return Ran(
        requests=count,
        sent=len(asked),
        mishaps=len(mishaps),
        waited=sum(each.outcome == "429" for each in asked),
        refusals=sum(api.endings.get(kind) in ("refused", "blocked") for kind in says),
        broken=broken,
    )


def judged(name: str, says: Sequence[str], rows: RunRows, service: Service) -> Iterator[str]:
    """What is wrong with how each request ended."""
    expected = {f"p{n}": APIS[name].endings.get(kind, "ok") for n, kind in enumerate(says)}
    ended = Counter(key.prompt_id for key in rows.samples)
    if ended != Counter(expected.keys()):
        yield f"{name}: {len(rows.samples)} rows of {len(expected)} requests"
    mishap = ("429", "500", "502", "503", "504", "hang", "garbage")
    by_text: dict[str, list[str]] = {}
    for seen in service.asked():
        by_text.setdefault(seen.who[0], []).append(seen.outcome)
    for key, sample in rows.samples.items():
        text = text_of(int(key.prompt_id[1:]), says[int(key.prompt_id[1:])])
        tries = by_text.get(text, [])
        gave_up = sample.status == "failed" and len(tries) == TRIES
        if sample.status != expected[key.prompt_id] and not gave_up:
            yield f"{name} {key.prompt_id}: {sample.status} ({sample.reason}), {tries}"
        if len(tries) > TRIES:
            yield f"{name} {key.prompt_id}: {len(tries)} tries"
        # A job that began may have to be begun anew where its look or its picture was lost.
        if sample.status == "refused" and sum(each not in mishap for each in tries) > 1:
            yield f"{name} {key.prompt_id}: refused, and asked again: {tries}"


def text_of(number: int, kind: str) -> str:
    """A prompt that asks the server for an ending."""
    return f"{number} red circles" + (f" say:{kind} please" if kind else "")


def settings(
    place: Path, name: str, service: Service, says: Sequence[str], folder: Path, **more: Any
) -> Settings:
    """The settings of a run over prompts that ask for these endings."""
    rows = [
        {"id": f"p{number}", "tag": "plain", "prompt": text_of(number, kind)}
        for number, kind in enumerate(says)
    ]
    path = place / f"{folder.name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    api = APIS[name]
    options = {"probe": False, "timeout": TIMEOUT, **api.options}
    options |= {"graph": str(place / "graph.json")} if "graph" in options else {}
    given: dict[str, Any] = {
        "model": api.model,
        "model_arg": options,
        "base_url": service.url + ("/v1" if name == "openai" else ""),
        "prompts": (str(path),),
        "num_images": 1,
        "concurrency": AT_ONCE,
        "max_retries": TRIES - 1,
        "price": PRICE,
        "output_dir": str(folder),
    }
    return Settings(**given | more)


def drawn(given: Settings) -> RunRows:
    """Draw as the command does, by a faster clock."""
    work, backend = begin_work(given)
    backend.use(Clock(SPEED))  # type: ignore[attr-defined]
    return draw(work, backend, begin(work, backend, [], None), None)


# Money


def stopped_in_time(place: Path, name: str) -> Iterator[str]:
    """A run that may cost less than its images do, and then the rest of it."""
    says = [""] * 20
    cap = 10 * PRICE
    folder = place / f"capped-{name}"
    with serve(Service(chaos=Chaos(hanging=0.1, garbage=0.1), speed=SPEED)) as service:
        rows = drawn(settings(place, name, service, says, folder, max_cost=cap))
        paid = sum(service.billed().values()) * PRICE
        if paid > cap + 1e-6 or (rows.cost or 0.0) > cap + 1e-6:
            yield f"{name}: ${paid:.2f} paid, ${rows.cost} on record, ${cap:.2f} allowed"
        if not 0 < len(rows.samples) < len(says):
            yield f"{name}: {len(rows.samples)} of {len(says)} images at the cap"
        rows = drawn(settings(place, name, service, says, folder, max_cost=100 * cap))
        if len(rows.samples) != len(says):
            yield f"{name}: {len(rows.samples)} of {len(says)} images with more money"


# Kills


def killed_runs(place: Path, kills: int) -> tuple[int, int, list[str]]:
    """Runs of the command that are killed while requests are in flight, and then finished."""
    broken: list[str] = []
    done = again = 0
    for number in range(kills):
        images = 40
        with serve(Service(pause=0.05)) as service:
            given = settings(place, "openai", service, [""] * images, place / f"kill-{number}")
            child = started(given)
            enough = 3 + (number * 7) % (images - 12)
            while len(service.seen) < enough and child.poll() is None:
                time.sleep(0.005)
            child.send_signal(signal.SIGKILL)
            done += child.wait() == -signal.SIGKILL
            child.stderr.close()  # type: ignore[union-attr]
            service.settle()
            billed = len(service.billed())
            known = len(read_run(Path(str(given.output_dir))).samples)
            finish = started(given)
            said = finish.communicate()[1]
            rows = read_run(Path(str(given.output_dir)))
            repeated = sum(count - 1 for count in service.billed().values())
        again += repeated
        if finish.returncode != 0 or len(rows.samples) != images:
            broken.append(f"kill {number}: {len(rows.samples)} of {images} images: {said!r}")
        if repeated > AT_ONCE or repeated != billed - known:
            broken.append(f"kill {number}: {repeated} paid again, {billed - known} were in flight")
    if done < kills:
        broken.append(f"{kills - done} runs ended before they were killed")
    return done, again, broken


def started(given: Settings) -> "subprocess.Popen[bytes]":
    """The command of these settings in a process of its own."""
    words = [
        *("generate", "--model", given.model, "--base-url", str(given.base_url)),
        *("--prompts", str((given.prompts or ("",))[0]), "--num-images", "1", "--no-progress"),
        *("--concurrency", str(given.concurrency), "--price", str(given.price)),
        *("--output-dir", str(given.output_dir)),
        *(word for k, v in given.model_arg.items() for word in ("--model-arg", f"{k}={_yaml(v)}")),
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "evalsuite.cli", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _yaml(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
