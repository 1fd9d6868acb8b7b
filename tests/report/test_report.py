"""The two files: whole, repeatable, and honest where nothing is known."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Box, Clause, InputError, Judgement, Key, Measure, Prompt, Sample
from evalsuite.report import write


def both(tmp_path, data) -> tuple[str, str]:
    page = write(tmp_path, data)
    return page.read_text("utf-8"), (tmp_path / "report" / "report.md").read_text("utf-8")


def test_writes_its_files_and_nothing_else(tmp_path, tiny):
    assert write(tmp_path, tiny) == tmp_path / "report" / "index.html"
    names = sorted(p.name for p in (tmp_path / "report").iterdir())
    assert names == ["images.html", "index.html", "pictures", "report.md"]


def test_same_data_gives_the_same_bytes(tmp_path, tiny):
    assert both(tmp_path / "a", tiny) == both(tmp_path / "b", tiny)


def test_says_every_number_in_both(tmp_path, tiny):
    for text in both(tmp_path, tiny):
        assert "75.0%" in text  # the exact count, overall
        assert "62.5 to 87.5%" in text  # and its interval
        assert "3 of 5 (60%)" in text  # its coverage: 3 measured, 2 missing
        assert "+25.0 points" in text  # the effect of "no"
        assert "12 images of 6 prompts in 4 prompt sets were planned; 11 were drawn" in text
        assert "not evidence" in text  # its audit: 37.5 to 62.5%, chance 50%
        assert "evalsuite run" in text
        assert "not measured" in text  # three cats
        assert "0.50" in text  # a measure of no known kind


def test_a_run_without_judgements_has_no_zero_score(tmp_path, empty):
    for text in both(tmp_path, empty):
        assert "not measured" in text
        assert "0.0%" not in text
        assert "12 not drawn" in text


def test_all_refused(tmp_path, empty):
    refused = {key: Sample(key, 1, "refused", reason="policy") for key in empty.planned}
    for text in both(tmp_path, replace(empty, samples=refused)):
        assert "12 refused" in text
        assert "No image of this set was drawn." in text
        assert "0.0%" not in text


@pytest.mark.parametrize("kept", [0, 1])
def test_fewer_sets_than_four(tmp_path, tiny, kept):
    sets = tiny.prompt_sets[:kept]
    names = {one.name for one in sets}
    less = replace(
        tiny,
        prompt_sets=sets,
        planned=[key for key in tiny.planned if key.prompt_set in names],
        samples={k: s for k, s in tiny.samples.items() if k.prompt_set in names},
        judgements={n: j for n, j in tiny.judgements.items() if n[1].prompt_set in names},
        estimates=[e for e in tiny.estimates if e.prompt_set in names],
    )
    page, text = both(tmp_path, less)
    assert "spatial" not in page.split("<body>")[1]
    assert ("Nothing: the run has no prompt set." in text) == (kept == 0)


def test_an_image_that_cannot_be_read_is_said_to_be_so(tmp_path, tiny):
    def broken(sha256: str) -> np.ndarray:
        raise InputError(f"{sha256}.png: truncated; draw it again")

    for text in both(tmp_path, replace(tiny, load_image=broken)):
        assert "abc.png: truncated; draw it again" in text


def test_stays_small_with_large_images(tmp_path, tiny):
    noise = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), dtype=np.uint8)
    page = write(tmp_path, replace(tiny, load_image=lambda sha256: noise))
    assert page.stat().st_size < 3_000_000


def test_without_planned_keys_the_samples_count(tmp_path, tiny):
    page, _ = both(tmp_path, replace(tiny, planned=()))
    assert "12 images of 6 prompts" in page


def test_an_outside_scorers_run_has_its_headline_figure_gallery_and_boxes(tmp_path, run):
    """One share measure with a plot, and boxes: nothing of ours knows the scorer."""
    right = Measure(name="mine.right", title="Right in my eyes", plot=("sort",))
    prompts = [
        Prompt(f"p{n}", f"text {n}", "t", include=(Clause("cat"),), groups={"sort": sort})
        for n, sort in enumerate(("big", "small"))
    ]
    judged = [
        Judgement(
            "mine",
            Key("s", f"p{n}", 0),
            {"right": float(n)},
            boxes=(Box("cat", (1, 2, 4, 7), 0.5),),
        )
        for n in range(2)
    ]
    page, text = both(tmp_path, run(prompts, judged, [right]))
    assert "<bdi>Right in my eyes:</bdi> in about half of the pictures" in page
    assert "- **`Right in my eyes:` in about half of the pictures** (50.0%, 95% interval " in text
    assert "`s`, `mine.right`: 2 prompts, 2 of 2 images drawn\n" in text
    assert "<h3><bdi>Right in my eyes, by sort</bdi></h3>" in page
    assert "### Right in my eyes, by sort" in text
    assert "Ordered by <bdi>Right in my eyes</bdi> (<code>mine.right</code>); at most" in page
    assert "Ordered by Right in my eyes (`mine.right`); at most one image per prompt." in text
    assert page.count('<rect class="box" x="1.0" y="2.0" width="3.0" height="5.0">') == 2
    assert "<li><bdi>cat, 50.0% sure</bdi></li>" in page
    assert page.index("text 1") < page.index("<h4>Worst</h4>") < page.index("text 0")


def test_a_field_that_a_prompt_does_not_raise_is_nowhere(tmp_path, run):
    right = Measure(name="mine.right", title="Right")
    judged = [
        Judgement("mine", Key("s", "p0", 0), {"right": 1.0}, not_applicable=("unraised",)),
        Judgement("theirs", Key("s", "p0", 0), not_applicable=("unheard",)),
    ]
    for text in both(tmp_path, run([Prompt("p0", "text", "t")], judged, [right])):
        assert "unraised" not in text and "unheard" not in text
        assert (
            "0 abstained" not in text and "Every image gave a value: none refused, blocked" in text
        )
