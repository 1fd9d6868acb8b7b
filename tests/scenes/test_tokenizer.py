"""The tokenizer that the bundled models are trained with."""

from evalsuite.scenes.train.tokenizer import build


def test_it_numbers_its_tokens_alike_at_every_call():
    # Training that is resumed, and the tokenizer that is saved beside the weights, depend on it.
    first = build()

    assert first.get_vocab() == build().get_vocab()
    assert first("a red circle").input_ids[0] == first.bos_token_id
    assert len(first("a flight attendant, 3 purple triangles").input_ids) == 2 + 7
    assert first.pad_token_id == 0 and first.eos_token_id == len(first) - 1
