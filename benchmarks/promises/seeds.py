"""Promise 12: no two images of a run have the same seed, and no two prompts share a noise."""

from benchmarks.promises.proof import Proof
from evalsuite.records import Prompt, PromptSet
from evalsuite.runs.seeds import plan

NUMBER = 12
PROMISE = "No two images of a run have the same 32-bit seed, and the plan is the same every time."


def prove(quick: bool) -> Proof:
    """Plan many images under several run seeds; compare all their seeds."""
    prompts, images, runs = (2_000, 10, 2) if quick else (50_000, 20, 3)
    world = PromptSet(
        name="world",
        version="1",
        digest="0" * 64,
        dialect="everyday",
        prompts=tuple(Prompt(f"p{n:05}", "a cat", "any") for n in range(prompts)),
    )
    broken = []
    for seed in range(runs):
        seeds = [request.seed for request in plan([world], images, seed)]
        if len(set(seeds)) < len(seeds):
            broken.append(f"run seed {seed}: {len(seeds) - len(set(seeds))} seeds come twice")
        if not all(0 <= value < 2**32 for value in seeds):
            broken.append(f"run seed {seed}: a seed is no 32-bit number")
    first, again = ([r.seed for r in plan([world], 2, 0)] for _ in range(2))
    if first != again:
        broken.append("the same plan has other seeds the second time")
    return Proof(counts={"planned images": prompts * images * runs}, broken=broken)
