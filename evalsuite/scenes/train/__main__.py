"""`python -m evalsuite.scenes.train <part>`: train one of the bundled models, or all of them.

The order is vae, ldm, clip, owl, install; `all` does the first four. `golden` alone rewrites the
golden values of the installed models, which `install` does too.
"""

import argparse
import importlib
import time
from pathlib import Path

STEPS = {
    "vae": 1522,
    "ldm": 3531,
    "clip": 1187,
    "owl": 2009,
    "gan": 3135,
    "all": 0,
    "install": 0,
    "golden": 0,
}
"""As many as the shipped weights took."""
MODULES = {"all": "together"}


def main() -> None:
    """Parse the command line and train the part it names."""
    start = time.monotonic()
    parser = argparse.ArgumentParser(prog="python -m evalsuite.scenes.train", description=__doc__)
    parser.add_argument("part", choices=sorted(STEPS))
    parser.add_argument(
        "--work", type=Path, default=Path("build/train"), help="checkpoints go here"
    )
    parser.add_argument("--steps", type=int, help="default: " + str(STEPS))
    parser.add_argument(
        "--seconds", type=float, help="stop after so long, instead of after so many steps"
    )
    parser.add_argument("--device", help="default: cuda where there is one")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument(
        "--eager", action="store_true", help="on CUDA: do not record steps as graphs"
    )
    options = parser.parse_args()
    # Here, so that the processes which draw the pool start without torch.
    import torch

    from evalsuite.scenes.train.loop import Machine

    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    part = importlib.import_module(
        f"evalsuite.scenes.train.{MODULES.get(options.part, options.part)}"
    )
    machine = Machine(
        work=options.work,
        device=torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu")),
        until=None if options.seconds is None else start + options.seconds,
        eager=options.eager,
    )
    print(part.run(machine, options.steps or STEPS[options.part]))


if __name__ == "__main__":
    main()
