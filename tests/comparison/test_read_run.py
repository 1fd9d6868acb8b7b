import numpy as np
import pytest

from evalsuite.comparison.read_run import identity, read_side, side_of
from evalsuite.files.segments import Segment
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.work import Work
from evalsuite.records import Clause, InputError, Judgement, Prompt, PromptSet, Sample
from evalsuite.runs.folder import create
from evalsuite.runs.images import save_image
from evalsuite.runs.rows import JudgementRow, read_run, write_judgement, write_sample
from evalsuite.runs.seeds import plan

SETS = [
    PromptSet(
        name="counts",
        version="1",
        digest="d1",
        dialect="scenes",
        prompts=tuple(
            Prompt(
                f"c{n}",
                f"{n} cats",
                "counting",
                include=(Clause("cat", n),),
                groups={"count": str(n)},
            )
            for n in (1, 2)
        ),
    )
]
COUNT = {"name": "objects.count", "title": "Exact number", "applies": ["tag:counting"]}
SCORER = {
    "model": "m",
    "weights_sha256": "ab",
    "packages": {"torch": "2"},
    "measures": [COUNT],
}


@pytest.fixture
def drawn(tmp_path):
    """A folder with two images of four drawn and judged, one refused and one without a row."""
    folder = tmp_path / "a run"
    requests = plan(SETS, 2, 5)
    create(
        folder,
        {"dialect": "scenes", "seed": 5, "scorers": {"objects": SCORER}, "prompt_sets": {}},
    )
    with Segment(folder, "samples-w0") as rows:
        for shade, request in enumerate(requests[:2]):
            image = save_image(folder, np.full((4, 4, 3), shade, dtype=np.uint8))
            write_sample(rows, Sample(request.key, request.seed, "ok", image=image))
        refused = requests[2]
        write_sample(rows, Sample(refused.key, refused.seed, "refused", reason="no"))
    with Segment(folder, "judgements-objects-w0") as rows:
        samples = read_run(folder).samples
        for request, value in zip(requests[:2], (1.0, None), strict=True):
            judgement = Judgement(
                "objects", request.key, {"count": value}, reasons={"count": "dark"}
            )
            write_judgement(rows, JudgementRow(judgement, samples[request.key].image))
    return folder, requests


def read(folder, requests, name=""):
    work = Work(
        settings=Settings(),
        model=None,
        dialect="scenes",
        prompt_sets=SETS,
        requests=requests,
        folder=folder,
    )
    return side_of(work, read_run(folder), name)


def test_a_folder_as_a_side(drawn):
    folder, requests = drawn
    side = read(folder, requests)
    assert (side.name, side.dialect, side.seed) == ("a run", "scenes", 5)
    assert side.prompt_sets == {"counts": "d1"}
    assert side.seeds == {request.key: request.seed for request in requests}
    said = [side.readings["objects.count", request.key] for request in requests]
    assert [(one.value, one.reason) for one in said] == [
        (1.0, ""),
        (None, "abstained: dark"),
        (None, "refused"),
        (None, "not generated"),
    ]
    assert read(folder, requests, "other").name == "other"


def test_complete_only_with_every_row_image_and_judgement(drawn):
    folder, requests = drawn
    assert not read(folder, requests).complete
    assert read(folder, requests[:3]).complete
    image = read_run(folder).samples[requests[0].key].image
    (folder / "images" / f"{image}.png").unlink()
    assert not read(folder, requests[:3]).complete


def test_a_lost_judgement_is_incomplete(drawn):
    folder, requests = drawn
    (folder / "judgements-objects-w0.jsonl").unlink()
    side = read(folder, requests[:3])
    assert not side.complete
    assert side.readings["objects.count", requests[0].key].reason == "not judged"


def test_identity_is_what_judges_not_what_it_runs_on():
    assert identity(SCORER) == identity({**SCORER, "packages": {"torch": "3"}})
    assert identity(SCORER) == identity({**SCORER, "measures": []})
    assert identity(SCORER) != identity({**SCORER, "weights_sha256": "ac"})


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a run folder"):
        read_side(tmp_path)
