"""`python -m evalsuite.scenes.train <part>`: train one of the bundled models.

The order is vae, ldm, clip, owl, install. `golden` alone rewrites the golden values of the
installed models, which `install` does too.
"""

import argparse
import importlib
from pathlib import Path

import torch

STEPS = {"vae": 3200, "ldm": 7500, "clip": 2500, "owl": 2500, "install": 0, "golden": 0}


def main() -> None:
    """Parse the command line and train the part it names."""
    parser = argparse.ArgumentParser(prog="python -m evalsuite.scenes.train", description=__doc__)
    parser.add_argument("part", choices=sorted(STEPS))
    parser.add_argument(
        "--work", type=Path, default=Path("build/train"), help="checkpoints go here"
    )
    parser.add_argument("--steps", type=int, help="default: " + str(STEPS))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, help="CPU threads")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    part = importlib.import_module(f"evalsuite.scenes.train.{options.part}")
    saved = part.run(
        options.work, options.steps or STEPS[options.part], torch.device(options.device)
    )
    print(saved)


if __name__ == "__main__":
    main()
