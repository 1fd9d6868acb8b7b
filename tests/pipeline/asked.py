"""A set of dots, what draws and judges it, and a wrapper that notes what each is asked."""

from collections import Counter

from evalsuite.records import Key, Prompt, PromptSet
from evalsuite.runs.rows import read_run
from evalsuite.runs.seeds import plan


def prompt_set(*tags, name="dots"):
    prompts = (Prompt(f"p{n}", f"dots {n}", tag) for n, tag in enumerate(tags))
    return PromptSet(
        name=name, version="1", digest="digest", dialect="scenes", prompts=tuple(prompts)
    )


class Asked:
    """Wraps a backend or scorer, notes the keys of each call, and breaks down as told to."""

    def __init__(self, inner, trouble=None):
        self.inner = inner
        self.trouble = trouble or (lambda keys, call: None)
        self.calls = []

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def noted(self, answer, things):
        self.calls.append([thing.key for thing in things])
        changed = self.trouble(self.calls[-1], len(self.calls))
        return answer(things) if changed is None else changed

    def render(self, requests):
        return self.noted(self.inner.render, requests)

    def judge(self, cases):
        return self.noted(self.inner.judge, cases)


def breaking(error, when):
    def trouble(keys, call):
        if when(keys, call):
            raise error

    return trouble


DOTS = prompt_set("plain", "abstain", "plain", "refuse", "plain")
REQUESTS = plan([DOTS], 2, 0)
P2 = Key("dots", "p2", 0)


def rows(folder):
    """What a folder without a manifest says; one that is not there yet is made."""
    folder.mkdir(exist_ok=True)
    return read_run(folder, {})


def statuses(folder):
    return Counter(sample.status for sample in rows(folder).samples.values())
