"""The gate's rule: a policy and two runs in, one verdict a measure out. Nothing is read or written.

Let d be candidate minus baseline, turned so that larger is better, m the smallest difference that
matters and alpha the policy's error level.

- A regression is *shown* where the test of "no worse" is rejected at alpha: whole prompts' signs
  are flipped, which is exact where nothing changed, and Holm's correction holds the chance of a
  false alarm to alpha for all blocking measures together.
- A regression of m is *excluded* where the one-sided (1 - alpha) interval of d lies above -m. No
  correction is needed here, since all blocking measures must pass (intersection-union: Berger
  1982, Technometrics 24:295-300).

Excluded passes, even if a smaller one is shown; shown and not excluded fails; neither is
undecided. What cannot be compared, or is missing in one run more than in the other, cannot pass.
Where images still come in, both questions are put to `stats.evidence`, whose answers hold whenever
one looks.
"""

from evalsuite.gating.deciding import Drawing, decide, level, overall
from evalsuite.gating.preconditions import WAITING, permutation_seed

__all__ = ["WAITING", "Drawing", "decide", "level", "overall", "permutation_seed"]
