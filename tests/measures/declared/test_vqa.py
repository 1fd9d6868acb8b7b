from evalsuite.measures.declared.vqa import MEASURES
from evalsuite.records import Clause, Prompt, Question


def names(prompt: Prompt) -> set[str]:
    return {measure.field for measure in MEASURES if measure.applies(prompt)}


def test_the_score_applies_to_every_prompt_and_answers_where_something_is_asked() -> None:
    everything = {"score", "answers", "all_right", "soft"}
    assert names(Prompt("a", "calm", "mood")) == {"score"}
    assert names(Prompt("b", "a cat", "object", (Clause("cat"),))) == everything
    assert names(Prompt("c", "a cat", "object", questions=(Question("Is it?"),))) == everything
