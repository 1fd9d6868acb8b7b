"""Why two runs should not be compared: what they were asked, and who judged it, must be alike."""

from evalsuite.comparison.snapshot import Side
from evalsuite.report.comparison import Unlike


def unlike(baseline: Side, candidate: Side) -> list[Unlike]:
    """Every reason, one line each; none where the runs differ in their model and settings alone.

    Another run seed or number of images is no reason: what can be paired is paired.
    """
    found: list[Unlike] = []
    if baseline.dialect != candidate.dialect:
        found.append(
            Unlike(
                f"the runs speak different dialects: {baseline.dialect} in {baseline.name}, "
                f"{candidate.dialect} in {candidate.name}"
            )
        )
    for name in dict.fromkeys([*baseline.prompt_sets, *candidate.prompt_sets]):
        if reason := _other_prompts(baseline, candidate, name):
            found.append(Unlike(f"prompt set {name}: {reason}", prompt_set=name))
    for name in dict.fromkeys([*baseline.scorers, *candidate.scorers]):
        if reason := _other_scorer(baseline, candidate, name):
            found.append(Unlike(f"scorer {name}: {reason}", scorer=name))
    return found


def _other_prompts(baseline: Side, candidate: Side, name: str) -> str:
    digests = baseline.prompt_sets.get(name), candidate.prompt_sets.get(name)
    if digests[0] is None or digests[1] is None:
        return f"only {(candidate if digests[0] is None else baseline).name} was asked for it"
    if digests[0] != digests[1]:
        return (
            f"its prompts are not the same: digest {digests[0][:12]} in {baseline.name}, "
            f"{digests[1][:12]} in {candidate.name}"
        )
    asked = [
        {key.prompt_id for key in side.planned if key.prompt_set == name}
        for side in (baseline, candidate)
    ]
    if asked[0] == asked[1]:
        return ""
    return (
        f"not the same of its prompts were asked: {len(asked[0] - asked[1])} in "
        f"{baseline.name} alone, {len(asked[1] - asked[0])} in {candidate.name} alone"
    )


def _other_scorer(baseline: Side, candidate: Side, name: str) -> str:
    digests = baseline.scorers.get(name), candidate.scorers.get(name)
    if digests[0] is None or digests[1] is None:
        return f"judged only {(candidate if digests[0] is None else baseline).name}"
    if digests[0] != digests[1]:
        return f"not the same judged {baseline.name} and {candidate.name}"
    return ""
