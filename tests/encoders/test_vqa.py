from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from PIL import Image

from evalsuite.encoders import chat, vqa
from evalsuite.encoders.chat_prefix import parts
from evalsuite.records import InputError, Picture, Question

RED = Question("Is there a red circle in the picture?")
COUNT = Question("How many circles?", "two", ("one", "two", "three"))
LONG = Question("Is it red or blue?", "red", ("red", "blue", "red and blue"))
QUESTIONS = [RED, COUNT, LONG, Question("Is it five?")]


def picture(seed: int, height: int = 40, width: int = 56) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Picture(f"{seed}", lambda: pixels)


@pytest.fixture(params=["blip", "qwen2"])
def answerer(request: pytest.FixtureRequest) -> vqa.Answerer:
    return vqa.load(str(request.getfixturevalue(f"tiny_{request.param}")))


def direct_blip(folder: Path, seen: Picture, text: str) -> torch.Tensor:
    """Probabilities of the answer's first token, by transformers' own `generate`."""
    from transformers import BlipForQuestionAnswering, BlipProcessor

    model = BlipForQuestionAnswering.from_pretrained(folder).eval()
    inputs = BlipProcessor.from_pretrained(folder)(
        images=Image.fromarray(seen.pixels), text=text, return_tensors="pt"
    )
    said = model.generate(
        **inputs,
        do_sample=False,
        max_length=None,
        max_new_tokens=1,
        output_scores=True,
        return_dict_in_generate=True,
    )
    return said.scores[0][0].softmax(-1)


def direct_chat(folder: Path, seen: Picture, text: str) -> torch.Tensor:
    """Probabilities of the reply's first token, by transformers' own forward pass."""
    from transformers import AutoModelForImageTextToText, AutoProcessor

    model = AutoModelForImageTextToText.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    image = {"type": "image", "image": Image.fromarray(seen.pixels)}
    said = [{"role": "user", "content": [image, {"type": "text", "text": text}]}]
    inputs = processor.apply_chat_template(
        said, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    )
    with torch.inference_mode():
        return model(**inputs).logits[0, -1].softmax(-1)


def test_blip_agrees_with_a_direct_call(tiny_blip: Path) -> None:
    loaded, seen = vqa.load(str(tiny_blip)), picture(0)
    told = loaded.ask(seen, QUESTIONS)
    for place in (0, 3):
        direct = direct_blip(tiny_blip, seen, QUESTIONS[place].text)
        tokens = [loaded._tokenizer.convert_tokens_to_ids(word) for word in ("yes", "no")]
        assert [row[0] for row in told[place]] == pytest.approx(
            direct[tokens].tolist(), rel=1e-4, abs=1e-9
        )


def test_blip_ranks_choices_by_writing_them_out(tiny_blip: Path) -> None:
    from transformers import BlipForQuestionAnswering, BlipProcessor

    loaded, seen = vqa.load(str(tiny_blip)), picture(1)
    (red,), (blue,), (both,) = loaded.ask(seen, [LONG])[0]
    assert red + blue + both == pytest.approx(1)
    # The model's own loss on the answer as a label is the mean of its tokens' -log p.
    model = BlipForQuestionAnswering.from_pretrained(tiny_blip).eval()
    processor = BlipProcessor.from_pretrained(tiny_blip)
    inputs = processor(images=Image.fromarray(seen.pixels), text=LONG.text, return_tensors="pt")
    begin, end = model.decoder_start_token_id, processor.tokenizer.sep_token_id
    whole = {}
    for choice in ("red", "red and blue"):
        words = processor.tokenizer(choice, add_special_tokens=False).input_ids
        labels = torch.tensor([[begin, *words, end]])
        with torch.inference_mode():
            loss = model(**inputs, labels=labels).loss
        whole[choice] = float((-loss * (len(words) + 1)).exp())
    assert both / red == pytest.approx(whole["red and blue"] / whole["red"], rel=1e-3)


def test_blip_takes_a_number_in_digits_too(tiny_blip: Path) -> None:
    told = vqa.load(str(tiny_blip)).ask(picture(0), [COUNT])[0]
    assert [len(spellings) for spellings in told] == [2, 2, 2]
    assert sum(map(sum, told)) == pytest.approx(1)


def test_every_qwen_agrees_with_a_direct_call(tiny_qwen: Path) -> None:
    loaded, seen = vqa.load(str(tiny_qwen)), picture(0)
    told = loaded.ask(seen, QUESTIONS)
    for place, text in (
        (0, f"{RED.text} Please answer yes or no."),
        (1, f"{COUNT.text} (A) one (B) two (C) three Please answer with the letter only."),
    ):
        direct = direct_chat(tiny_qwen, seen, text)
        words = ["Yes", "No"] if place == 0 else ["A", "B", "C"]
        tokens = loaded._tokenizer.convert_tokens_to_ids(words)
        assert [row[0] for row in told[place]] == pytest.approx(
            direct[tokens].tolist(), rel=1e-3, abs=1e-9
        )


def test_a_picture_is_encoded_once_for_all_its_questions(answerer: vqa.Answerer) -> None:
    before, pictures = answerer.images_encoded, [picture(2), picture(3)]
    answerer.look(pictures)
    for seen in pictures:
        answerer.ask(seen, QUESTIONS * 5)  # more than one batch of questions
        answerer.ask(seen, [RED])
    assert answerer.images_encoded - before == 2


def test_the_vision_tower_itself_runs_once_a_picture(tiny_qwen2: Path, tiny_blip: Path) -> None:
    """The counter says what the network does, not what we hope."""
    for folder, tower in ((tiny_qwen2, "model.visual"), (tiny_blip, "vision_model")):
        loaded, runs = vqa.load(str(folder)), []
        hook = loaded._model.get_submodule(tower).register_forward_hook(
            lambda *_, runs=runs: runs.append(1)
        )
        loaded.ask(picture(4), QUESTIONS * 5)
        hook.remove()
        assert len(runs) == 1


def test_another_family_of_chat_models_answers_too(tiny_llava: Path) -> None:
    loaded, seen = vqa.load(str(tiny_llava)), picture(5)
    (yes, no), *_ = loaded.ask(seen, QUESTIONS)
    direct = direct_chat(tiny_llava, seen, f"{RED.text} Please answer yes or no.")
    tokens = loaded._tokenizer.convert_tokens_to_ids(["Yes", "No"])
    assert [yes[0], no[0]] == pytest.approx(direct[tokens].tolist(), rel=1e-3, abs=1e-9)
    assert loaded.images_encoded == 1


def wrong(*args: object, **options: object) -> object:
    raise TypeError("no such option")


def noise(given: object) -> object:
    def features(*args: object, **options: object) -> object:
        found = given(*args, **options)
        found.pooler_output = [part.flip(0) * 3 for part in found.pooler_output]
        return found

    return features


@pytest.mark.parametrize("fault", ["raises", "disagrees"])
def test_a_network_without_that_door_encodes_once_a_question(
    tiny_qwen2: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, seen = vqa.load(str(tiny_qwen2)), picture(5)
    once, model = loaded.ask(seen, QUESTIONS), loaded._model
    broken = wrong if fault == "raises" else noise(model.get_image_features)
    monkeypatch.setattr(model, "get_image_features", broken)
    other = chat.ChatAnswerer("other", model, loaded._processor, "cpu")
    # What the questions have in common is read once all the same.
    assert_alike(once, other.ask(picture(5), QUESTIONS))
    assert other.images_encoded == 1
    monkeypatch.setattr(chat, "begun", wrong)
    neither = chat.ChatAnswerer("neither", model, loaded._processor, "cpu")
    assert_alike(once, neither.ask(picture(5), QUESTIONS))
    assert neither.images_encoded == len(QUESTIONS)


def assert_alike(first: list[vqa.Probabilities], second: list[vqa.Probabilities]) -> None:
    for some, others in zip(first, second, strict=True):
        for a, b in zip(some, others, strict=True):
            assert a == pytest.approx(b, rel=1e-3, abs=1e-9)


def test_questions_go_on_from_one_reading_of_the_picture(tiny_qwen: Path) -> None:
    loaded, tokens = vqa.load(str(tiny_qwen)), []
    hook = loaded._model.model.language_model.register_forward_hook(
        lambda *seen: tokens.append(tuple(seen[2].last_hidden_state.shape[:2])),
    )
    first = loaded.ask(picture(4), QUESTIONS * 5)
    assert len(tokens) == 2  # the picture, and then all questions at once
    (one, prefix), (together, _) = tokens
    assert (one, together) == (1, len(QUESTIONS)) and prefix > 8
    hook.remove()
    # Another picture between: nothing of it is left in the network.
    between, seen = picture(6, 64, 40), picture(4)
    mixed = [loaded.ask(each, [asked])[0] for asked in QUESTIONS for each in (between, seen)]
    assert_alike(first[: len(QUESTIONS)], mixed[1::2])


def test_a_chat_is_cut_after_its_picture() -> None:
    assert parts("user: <image> Is it red?", "<image>") == ("user: <image>", " Is it red?")
    for chat_text, mark in (("no picture", "<image>"), ("<image><image>", "<image>")):
        with pytest.raises(ValueError, match="not one picture"):
            parts(chat_text, mark)


def test_pictures_of_one_hash_are_one(answerer: vqa.Answerer) -> None:
    before, twins = answerer.images_encoded, [picture(6), picture(6)]
    answerer.look(twins)
    answers = [answerer.ask(twin, [RED]) for twin in twins]
    assert answers[0] == answers[1]
    assert answerer.images_encoded - before <= 2


def test_an_answer_does_not_depend_on_its_neighbours(answerer: vqa.Answerer) -> None:
    alone = answerer.ask(picture(7), QUESTIONS)
    crowd = [picture(8), picture(7), picture(9)]
    answerer.look(crowd)
    assert answerer.ask(crowd[1], QUESTIONS) == alone


def test_a_chat_model_may_say_a_number_either_way() -> None:
    two = Question("How many cats are there?", "two")
    assert {"Two", "two", "2", " 2"} <= set(chat._replies(two)[0])
    digits = Question("How many cats are there?", "2")
    assert {"Two", "two", "2", " 2"} <= set(chat._replies(digits)[0])
    chosen = chat._replies(Question("How many?", "two", ("one", "two")))
    assert chosen[1][:3] == ["B", " B", "(B"] and {"2", "two", "Two"} <= set(chosen[1])
    # "1" may be the beginning of "10".
    to_ten = chat._replies(Question("How many?", "ten", ("one", "two", "ten")))
    assert "1" not in to_ten[0] and {"one", "One"} <= set(to_ten[0]) and "2" in to_ten[1]
    assert chat._replies(Question("Which?", "red", ("red", "blue"))) == [
        ["A", " A", "(A"],
        ["B", " B", "(B"],
    ]


def test_digits_are_among_the_tokens_that_are_read(tiny_qwen2: Path) -> None:
    loaded, seen = vqa.load(str(tiny_qwen2)), picture(1)
    question = Question("How many cats are there?", "two")
    (told,) = loaded.ask(seen, [question])
    direct = direct_chat(tiny_qwen2, seen, f"{question.text} Please answer with one word.")
    (token,) = loaded._tokenizer("2", add_special_tokens=False).input_ids
    assert any(p == pytest.approx(float(direct[token]), rel=1e-3, abs=1e-9) for p in told[0])


def test_what_cannot_be_asked(tiny_qwen2: Path, tiny_blip: Path) -> None:
    qwen, blip = vqa.load(str(tiny_qwen2)), vqa.load(str(tiny_blip))
    assert all(model.problem(question) is None for model in (qwen, blip) for question in QUESTIONS)
    open_question = Question("What is it?", "elephant")
    assert "no single token" in str(qwen.problem(open_question))
    assert "shorten it" in str(blip.problem(Question("Is it " + "x " * 200)))
    assert "'<|im_end|>'" in str(qwen.problem(Question("Is it <|im_end|>?")))
    marked = Question("Which?", "a", ("a", "b <|im_end|>"))
    assert "'<|im_end|>'" in str(qwen.problem(marked))
    many = tuple(f"{k}" for k in range(27))
    assert "26 letters" in str(qwen.problem(Question("How many?", "3", many)))


def test_what_it_says_of_itself(answerer: vqa.Answerer) -> None:
    said = answerer.describe()
    assert said["dtype"] == "float32" and len(said["weights_sha256"]) == 64
    assert "/" not in said["model"]


def test_a_model_without_some_weights_is_refused(tiny_blip: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = copytree(tiny_blip, tmp_path / "half")
    weights = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "text_encoder" not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"'.*half': its files lack text_encoder\.[^\n]*$"):
        vqa.load(str(folder))


def test_a_model_without_a_chat_template_is_refused(tiny_qwen2: Path, tmp_path: Path) -> None:
    folder = copytree(tiny_qwen2, tmp_path / "mute")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match=r"without a chat template; BLIP[^\n]*$"):
        vqa.load(str(folder))


def test_an_unknown_model_is_one_line() -> None:
    with pytest.raises(InputError, match=r"^answering model 'no/such': the hub [^\n]*$"):
        vqa.load("no/such")


def test_logits_that_are_no_numbers_are_an_error(tiny_qwen2: Path, tmp_path: Path) -> None:
    loaded = vqa.load(str(copytree(tiny_qwen2, tmp_path / "broken")))
    loaded._model.lm_head.weight.data[:] = float("nan")
    with pytest.raises(ValueError, match="not finite"):
        loaded.ask(picture(0), [RED])
    loaded._model.save_pretrained(tmp_path / "broken")
    vqa.load.cache_clear()
    with pytest.raises(InputError, match=r"broken': the answering model's logits are not finite"):
        vqa.load(str(tmp_path / "broken"))


@pytest.mark.gpu
def test_on_a_gpu_in_half_precision(tiny_blip: Path, tiny_qwen2: Path) -> None:
    for folder, dtype in ((tiny_blip, "float16"), (tiny_qwen2, "bfloat16")):
        here, there = vqa.load(str(folder), "cpu"), vqa.load(str(folder), "cuda")
        assert there.describe()["dtype"] == dtype
        slow, fast = (model.ask(picture(0), [RED])[0] for model in (here, there))
        for a, b in zip(slow, fast, strict=True):
            assert b == pytest.approx(a, rel=0.25, abs=0.01)
