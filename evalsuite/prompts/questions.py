"""The questions that a prompt's clauses stand for, and what the answers to them add up to.

Pure functions. Questions follow the Davidsonian Scene Graph (DSG, Cho et al. 2023, arXiv
2310.18235): each asks one thing, and one about an attribute or a relation depends on those that
ask whether its objects are there at all.
"""

import json
from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

from evalsuite.records import Clause, Prompt, Question
from evalsuite.vocabulary.english import NUMBERS, article, is_plural, plural

RULES = 2
"""Raised when the same prompt gives other questions, or the same reply another answer."""

YES, NO = "yes", "no"

PLACES = {
    "left of": "to the left of",
    "right of": "to the right of",
    "above": "above",
    "below": "below",
    "in front of": "in front of",
    "behind": "behind",
    "inside": "inside",
    "on": "on",
}

STUFF = ("bread", "broccoli", "food", "lettuce")
"""Nouns of the prompt sets that take no article."""


class Answered(NamedTuple):
    """A question as a model answered it; `right` and `probability` are None where it did not.

    `probability` is that of the asked-for answer, as it stands (not divided by that of the choices
    together). `given` is the answer; `reason` says why there is none.
    """

    question: Question
    right: bool | None
    probability: float | None
    given: str | None = None
    reason: str = ""


class Sum(NamedTuple):
    """What a prompt's answers add up to: the share right, whether all are, and the soft score."""

    share: float | None
    all_right: float | None
    soft: float | None
    reason: str = ""


def of(prompt: Prompt) -> tuple[Question, ...]:
    """The prompt's own questions, or else those that its clauses and words stand for."""
    return prompt.questions or derived(prompt)


def derived(prompt: Prompt) -> tuple[Question, ...]:
    """Questions from `include`, `exclude` and `words`; none where the prompt has none of these.

    First whether each thing is there, then how many there are, how it looks and where it is, then
    whether what is excluded is absent, then the words. A number is asked for where it is above one
    or bounded by `exclude`, among one to six (to ten, and beyond by the number itself). Things of
    one name are distinguished by how they should look, which is then part of every question.
    """
    names = [clause.name for clause in prompt.include]
    # "red circle" only where another circle is asked for.
    nouns = [_phrase(c) if names.count(c.name) > 1 else c.name for c in prompt.include]
    questions = [
        Question(f"{_is_there(c, noun)}?") for c, noun in zip(prompt.include, nouns, strict=True)
    ]
    for place, (clause, noun) in enumerate(zip(prompt.include, nouns, strict=True)):
        verb, the = ("Are" if _is_many(clause) else "Is"), f"the {_noun(clause, noun)}"
        if clause.count > 1 or _is_bounded(prompt, clause):
            questions.append(_how_many(clause.count, noun, place))
        if noun == clause.name:
            questions += [
                Question(f"{verb} {the} {look}?", depends=(place,)) for look in _looks(clause)
            ]
        if clause.position is not None:
            relation, other = clause.position
            what = f"the {_noun(prompt.include[other], nouns[other])}"
            where = PLACES.get(relation, relation)
            questions.append(Question(f"{verb} {the} {where} {what}?", depends=(place, other)))
    for clause in prompt.exclude:
        if clause.count == 1:
            questions.append(Question(f"{_is_there(clause, _phrase(clause))}?", NO))
        elif not any(_is_bound_of(clause, c) for c in prompt.include):
            many = f"{_number(clause.count)} or more {plural(_phrase(clause))}"
            questions.append(Question(f"Are there {many} in the picture?", NO))
    if prompt.words is not None:
        questions.append(Question(f'Does the picture show the text "{prompt.words}"?'))
    return tuple(questions)


def options(question: Question) -> tuple[str, ...]:
    """The answers to choose from: the question's own, yes and no, or the answer alone."""
    if is_open(question):
        return (question.answer,)
    return question.choices if has_choices(question) else (YES, NO)


def has_choices(question: Question) -> bool:
    """Whether it offers choices other than yes and no, which need not be offered."""
    return bool(question.choices) and {c.lower() for c in question.choices} != {YES, NO}


def is_open(question: Question) -> bool:
    """Whether its answer is neither yes nor no, and it offers no choices."""
    return not question.choices and question.answer.lower() not in (YES, NO)


def decide(question: Question, probabilities: Sequence[float], floor: float) -> Answered:
    """What was answered, given a probability for each of the question's options.

    The likeliest option is the answer; a tie is not right, as equal probabilities are no evidence.
    An answer without alternatives is right where its probability is over a half. Where all options
    together have less than `floor`, the model wants to say something else: there is no answer.
    """
    offered, total = options(question), sum(probabilities)
    if len(offered) == 1:
        right = probabilities[0] > 0.5
        return Answered(question, right, probabilities[0], question.answer if right else None)
    if total < floor:
        return Answered(question, None, None, None, f"unsure: {unsure(offered, total)}")
    asked = [option.lower() for option in offered].index(question.answer.lower())
    others = [p for place, p in enumerate(probabilities) if place != asked]
    given = offered[max(range(len(offered)), key=probabilities.__getitem__)]
    return Answered(question, probabilities[asked] > max(others), probabilities[asked], given)


def unsure(offered: Sequence[str], total: float) -> str:
    """That the options have too little of the probability, in words."""
    named = " and ".join(offered) if len(offered) == 2 else f"all {len(offered)} choices"
    return f"{named} have {total:.2f} of the probability together"


def add_up(answered: Sequence[Answered]) -> Sum:
    """The prompt's share right, whether all are right, and Soft-TIFA's geometric mean.

    The share is DSG's: an answer counts as right only if every question that it *directly* depends
    on was itself answered rightly (`vqa_utils.py` of the authors' code: the parents' own answers
    decide, not what became of them), and it stays in the denominator. TIFA (Hu et al. 2023, arXiv
    2303.11897), which knows no dependencies, is the same share where there are none. Soft-TIFA's
    geometric mean (GenEval 2, `evaluation.py`) is of the probabilities of the right answers, as
    they are, and ignores dependencies. Where a question has no answer there is no share and no
    soft score, and `all_right` is 0 if another answer is wrong, else None.
    """
    if not answered:
        return Sum(None, None, None, "the prompt does not say what should be seen")
    missing = [answer for answer in answered if answer.right is None]
    right = [
        bool(answer.right) and all(answered[place].right for place in answer.question.depends)
        for answer in answered
    ]
    if not missing:
        soft = geometric_mean([answer.probability or 0.0 for answer in answered])
        return Sum(sum(right) / len(right), float(all(right)), soft)
    reason = f"a question has no answer: {missing[0].reason}"
    wrong = any(answer.right is False for answer in answered)
    return Sum(None, 0.0 if wrong else None, None, reason)


def by_kind(answered: Sequence[Answered]) -> str | None:
    """The answered questions by what they are about, as JSON text that `kinds_in` reads.

    Each is whether it is right, parents as in `add_up`, and the right answer's probability. None
    where no question with a kind has an answer.
    """
    kinds: dict[str, list[tuple[int, float]]] = {}
    for answer in answered:
        if answer.question.kind and answer.right is not None:
            right = answer.right and all(answered[place].right for place in answer.question.depends)
            probability = round(answer.probability or 0.0, 4)
            kinds.setdefault(answer.question.kind, []).append((int(right), probability))
    return json.dumps(kinds, sort_keys=True, ensure_ascii=False) if kinds else None


def kinds_in(written: str) -> dict[str, list[tuple[float, float]]]:
    """By kind, each question's rightness and probability, of what `by_kind` wrote; else {}."""
    try:
        found = json.loads(written)
        return {
            str(kind): [(float(right), float(chance)) for right, chance in pairs]
            for kind, pairs in found.items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def geometric_mean(values: Sequence[float]) -> float:
    """The n-th root of the product of n numbers, none of them negative; 0 if any of them is."""
    if min(values) <= 0:
        return 0.0
    return exp(sum(map(log, values)) / len(values))


def _looks(clause: Clause) -> list[str]:
    return [look for look in (clause.size, clause.color, clause.material) if look]


def _phrase(clause: Clause) -> str:
    return " ".join([*_looks(clause), clause.name])


def _is_many(clause: Clause) -> bool:
    return clause.count > 1 or is_plural(clause.name)


def _noun(clause: Clause, noun: str) -> str:
    return plural(noun) if clause.count > 1 else noun


def _is_there(clause: Clause, noun: str) -> str:
    if _is_many(clause):
        return f"Are there {_noun(clause, noun)} in the picture"
    some = noun if noun.split()[-1] in STUFF else article(noun)
    return f"Is there {some} in the picture"


def _is_bounded(prompt: Prompt, clause: Clause) -> bool:
    return any(_is_bound_of(bound, clause) for bound in prompt.exclude)


def _is_bound_of(bound: Clause, clause: Clause) -> bool:
    """Whether together they mean an exact number: at least N, and not N + 1."""
    same = (bound.name, *_looks(bound)) in ((clause.name,), (clause.name, *_looks(clause)))
    return same and bound.count == clause.count + 1


def _how_many(count: int, noun: str, place: int) -> Question:
    if count >= len(NUMBERS):
        text = f"Are there exactly {count} {plural(noun)} in the picture?"
        return Question(text, depends=(place,))
    choices = NUMBERS[1 : 7 if count <= 6 else 11]
    text = f"How many {plural(noun)} are in the picture?"
    return Question(text, NUMBERS[count], choices, depends=(place,))


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
