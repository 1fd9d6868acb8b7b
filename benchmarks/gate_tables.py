"""The figures of `gates.py` as Markdown."""

from collections.abc import Sequence

from gates import ALPHA, CLUSTERS, MEASURES, POWER, Boundary, Planned, Unchanged, upper


def text(
    same: Sequence[Unchanged],
    boundary: Sequence[Boundary],
    planned: Sequence[Planned],
    answers: int,
    options: str,
) -> str:
    """The report."""
    return "\n".join(
        [
            "# The gate without a change, at its boundary, and as planned",
            "",
            f"Written by `benchmarks/gates.py {options} --write`. A gate is a family of {MEASURES} "
            f"blocking measures at alpha {100 * ALPHA:g} %. In brackets: the upper end of the "
            "exact 95 % interval.",
            "",
            *_same(same),
            *_boundary(boundary),
            *_planned(planned),
            f"- 100 reruns of one gate gave {answers} different answer(s).",
            "",
        ]
    )


def _share(count: int, n: int) -> str:
    return f"{100 * count / n:.2f} % ({100 * upper(count, n):.2f})"


def _same(rows: Sequence[Unchanged]) -> list[str]:
    lines = [
        "## Two runs of one model",
        "",
        "Designs are drawn at random: 8 to 120 prompts, half of them in families, 1 to 6 images, "
        "correlation within prompts 0 to 0.8, refusals 0 to 30 %, ties. A false alarm is a gate "
        "that fails.",
        "",
        "| scores | A/A gates | false alarms | passed | single p up to 0.05 | as `gating.decide` |",
        "|---" * 6 + "|",
    ]
    for r in rows:
        lines.append(
            f"| {r.kind} | {r.gates} | {_share(r.alarms, r.gates)} "
            f"| {100 * r.passes / r.gates:.0f} % | {100 * r.below:.2f} % "
            f"| {r.agreed} of {r.checked} |"
        )
    return [*lines, ""]


def _boundary(rows: Sequence[Boundary]) -> list[str]:
    lines = [
        "## A regression of just the margin",
        "",
        f"Of {', '.join(map(str, CLUSTERS))} prompts or families, each with 1, 2 or 4 images per "
        "prompt; in half of the gates nothing else differs between the runs. Passed is an error. "
        "The interval alone is how the gate decided before the lowest of three ends. For unbounded "
        "scores no rule knows what a cluster that was not drawn may lose.",
        "",
        "| scores | regression on | gates | passed | at the worst design | by the interval alone |",
        "|---" * 6 + "|",
    ]
    for r in rows:
        count, share = r.worst
        lines.append(
            f"| {r.kind} | {r.where} | {r.gates} | {_share(r.passed, r.gates)} "
            f"| {100 * share:.2f} % of {count} | {_share(r.by_interval, r.gates)} |"
        )
    return [*lines, ""]


def _planned(rows: Sequence[Planned]) -> list[str]:
    lines = [
        f"## At the n planned for a power of {POWER:g}",
        "",
        "Two images per prompt. The plan takes a regression to be spread as right verdicts are; "
        "one that strikes whole clusters needs more. The last columns are what the interval alone "
        "would have decided.",
        "",
        "| scores | regression on | clusters | gates | caught | passed | no change: passed "
        "| caught so | passed so | no change: passed so |",
        "|---" * 10 + "|",
    ]
    for r in rows:
        counts = (r.caught, r.missed, r.passed, *r.others)
        shares = " | ".join(f"{100 * count / r.gates:.1f} %" for count in counts)
        lines.append(f"| {r.kind} | {r.where} | {r.clusters} | {r.gates} | {shares} |")
    return [*lines, ""]
