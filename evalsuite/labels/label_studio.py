"""Labels as Label Studio's JSON: tasks out, with local pictures, and annotations in.

Format: https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks (a list of
tasks, each with "data" and "annotations", whose "result" items have from_name, type and value).
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evalsuite.files.jsonlines import FILE_CAP, shown
from evalsuite.labels.incoming import Incoming, told_as
from evalsuite.labels.tasks import Task
from evalsuite.labels.wording import CANNOT_TELL, context, question
from evalsuite.records import InputError, Json

FIELD = "answer"
"""The control tag's name (`from_name`): <Choices name="answer"> or <Number name="answer">."""
LOCAL = "/data/local-files/?d="
"""How Label Studio names a file below its local document root, here the run's folder."""


def to_label_studio(questions: Sequence[Task]) -> str:
    """The drawn questions as tasks to import; nothing of what the judge said is in them."""
    tasks: list[Json] = [
        {
            "data": {
                "image": f"{LOCAL}images/{task.drawn.cell.image}.png",
                "question": question(task.asked, task.drawn.cell.prompt),
                "context": "\n".join(context(task.asked, task.drawn.cell.prompt)),
                "choices": [
                    {"value": text}
                    for text in (*(option.text for option in task.options), CANNOT_TELL.lower())
                ],
                "measure": task.asked.name,
                **task.key._asdict(),
                "sha256": task.drawn.cell.image,
                "sample": task.sample,
            }
        }
        for task in questions
    ]
    return json.dumps(tasks, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def from_label_studio(path: Path, rater: str) -> Iterator[Incoming]:
    """The annotations of an export; cancelled ones and tasks without any are passed over.

    `rater` is whose they are; without it "user-<id>" of Label Studio's own users. Raises
    `InputError` with file, task and mend for what is no such export.
    """
    try:
        data = path.read_bytes()
        if len(data) > FILE_CAP:
            raise InputError(f"{shown(path)}: over {FILE_CAP} bytes; split it")
        found = json.loads(data)
    except OSError as error:
        raise InputError(f"{shown(path)}: {error.strerror}; give a readable file") from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise InputError(
            f"{shown(path)}:{line}: bad JSON ({error}); export it again as JSON"
        ) from error
    if not isinstance(found, list):
        raise InputError(f"{shown(path)}:1: is no list of tasks; export it as JSON, not JSON-MIN")
    for number, task in enumerate(found, 1):
        place = f"{shown(path)}: task {number}"
        try:
            yield from _annotations(place, task, rater)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            what = f"{type(error).__name__}: {error}"
            raise InputError(
                f"{place}: is no task of `evalsuite label --export` ({what}); export those tasks"
            ) from error


def _annotations(place: str, task: Any, rater: str) -> Iterator[Incoming]:
    data = task["data"]
    for annotation in task.get("annotations", ()):
        if annotation.get("was_cancelled"):
            continue
        who = annotation.get("completed_by", "")
        who = who.get("id", "") if isinstance(who, dict) else who
        named = rater or (f"user-{who}" if who != "" else "")
        for result in annotation["result"]:
            answer = _value(place, result)
            if answer is None:
                continue
            yield told_as(
                place=place,
                name=(str(data["prompt_set"]), str(data["prompt_id"]), int(data["index"])),
                asked=str(data["measure"]),
                rater=named,
                answer=answer,
                image=str(data.get("sha256", "")),
                sample=int(data.get("sample", 0)),
            )


def _value(place: str, result: Any) -> Json:
    """What one control says; None for controls that say something else."""
    value = result["value"]
    if "choices" in value:
        if len(value["choices"]) != 1:
            raise InputError(f"{place}: has {len(value['choices'])} choices; one is to be chosen")
        return str(value["choices"][0])
    if "number" in value:
        return float(value["number"])
    if "rating" in value:
        return 25.0 * (float(value["rating"]) - 1)
    return None
