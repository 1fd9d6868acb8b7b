"""Differences of estimates alone, for measures of whole prompts that no image has a reading of."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from evalsuite import stats
from evalsuite.files.values import Group, as_key
from evalsuite.records import Difference, Estimate


def differences_of_estimates(
    baseline: Sequence[Estimate], candidate: Sequence[Estimate], known: Collection[str]
) -> list[Difference]:
    """Every row of a measure that is not `known` and that both runs have, candidate minus baseline.

    The two intervals are subtracted as if independent, which is too wide where the runs resemble
    each other; there is no p-value, for one level's interval does not tell it.
    """
    after = {_name(entry): entry for entry in candidate if entry.measure not in known}
    found = []
    for before in baseline:
        if (now := after.get(_name(before))) is None:
            continue
        interval = stats.difference(a=now.interval, b=before.interval)
        missing = {
            reason: (before.missing.get(reason, 0), now.missing.get(reason, 0))
            for reason in sorted({*before.missing, *now.missing})
        }
        found.append(
            Difference(
                prompt_set=before.prompt_set,
                measure=before.measure,
                group=before.group,
                baseline=before,
                candidate=now,
                interval=replace(
                    interval, method=f"not paired, from the runs' estimates; {interval.method}"
                ),
                p=None,
                pairing="none",
                missing=missing,
            )
        )
    return found


def _name(estimate: Estimate) -> tuple[str, str, Group]:
    return estimate.prompt_set, estimate.measure, as_key(estimate.group)
