"""From GANs to diffusion: the bundled models on the same prompts and seeds, side by side.

Draws and judges `scenes-gan`, `scenes-ldm-early` and `scenes-ldm`, then what they are held against:
`vae:scenes-ldm`, true pictures through the autoencoder that all three share (a ceiling), and
`scenes`, the true pictures themselves. Every figure is the runs' own: `estimates.json`,
`bias.json`, `best-of.json` and what `compare` says.

python benchmarks/three_models.py                 prints the page: some 4,500 images
python benchmarks/three_models.py --runs FOLDER   keeps the runs there, and finishes those begun
python benchmarks/three_models.py --write         also writes the page and its figure
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import three_models_figure
import three_models_page
import three_models_read as reading
import three_models_speed as speed

import evalsuite
from evalsuite.audits.record import Audited, Place
from evalsuite.pipeline.stages import Outcome

REPOSITORY = Path(__file__).parent.parent
REPORT = REPOSITORY / "reports" / "benchmarks" / "models.md"
FIGURE = REPOSITORY / "docs" / "three-models.png"

MODELS = ("scenes-gan", "scenes-ldm-early", "scenes-ldm")
CEILING, TRUTH = "vae:scenes-ldm", "scenes"
RERANKED = ("scenes-gan", "scenes-ldm")
CANDIDATES = (2, 4)
"""Images per pick. The runs' four images give the effect on a prompt; two picks of four, whose
likeness says what picking does to diversity, take eight images: runs of `SAMPLE` prompts a set."""
SAMPLE = 16


def drawn(folder: Path, model: str, **settings: object) -> Outcome:
    """The run of a model in its own folder: drawn, judged and reported, as far as it is not yet."""
    name = model.replace(":", "-") + ("-8" if settings else "")
    return evalsuite.evaluate(
        model=model, output_dir=str(folder / name), progress=False, **settings
    )


def picked(run: Path, candidates: Sequence[int] = CANDIDATES) -> dict[int, reading.Effects]:
    """`best-of.json` of a run for each number of candidates; its report tells of the last."""
    found = {}
    for k in candidates:
        evalsuite.write_report(run, best_of=k)
        found[k] = reading.read(run / "best-of.json")["effects"]
    return found


def measure(folder: Path, rounds: int) -> reading.Measured:
    """All runs, their comparison and the speeds, as the page and the figure take them."""
    audit: dict[Place, Audited] = {}
    runs: dict[str, reading.Run] = {}
    for model in (*MODELS, CEILING, TRUTH):
        outcome = drawn(folder, model)
        audit = dict(outcome.audit) if model == MODELS[-1] else audit
        runs[model] = reading.Run.of(outcome.folder)
    paths = [folder / model.replace(":", "-") for model in (*MODELS, CEILING)]
    evalsuite.compare(*reversed(paths[:-1]), paths[-1], output_dir=folder / "compare")
    deep = {m: drawn(folder, m, num_images=8, sample=SAMPLE).folder for m in RERANKED}
    return reading.Measured(
        models=MODELS,
        ceiling=CEILING,
        truth=TRUTH,
        runs=runs,
        audit=audit,
        compared=reading.read(folder / "compare" / "differences.json"),
        picked={model: picked(folder / model) for model in RERANKED},
        picked_deep={model: picked(run, CANDIDATES[-1:]) for model, run in deep.items()},
        speeds=speed.interleaved((*MODELS, CEILING), rounds),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, help="keep the runs here; default: nowhere")
    parser.add_argument("--rounds", type=int, default=8, help="of drawing by turns, for speed")
    parser.add_argument("--write", action="store_true", help="write the page and the figure")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as empty:
        found = measure(options.runs or Path(empty), options.rounds)
    text = three_models_page.text(found)
    print(text)
    if options.write:
        REPORT.write_text(text, encoding="utf-8", newline="\n")
        three_models_figure.draw(found, FIGURE)


if __name__ == "__main__":
    main()
