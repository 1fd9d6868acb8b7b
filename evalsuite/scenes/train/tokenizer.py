"""One small CLIP tokenizer for all bundled models, learnt from the caption grammar."""

import json
import tempfile
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import CLIPTokenizer

from evalsuite.scenes.captions import caption
from evalsuite.scenes.sample import any_scene
from evalsuite.scenes.world import COLORS, NUMBERS, OCCUPATIONS, SHAPES

PAD, BOS, EOS = "!", "<|startoftext|>", "<|endoftext|>"
CORPUS = 20_000
VOCABULARY = 900
MAX_TOKENS = 32

Learnt = tuple[set[str], list[tuple[str, str]]]

# The words that CLIP's own tokenizer splits text into (transformers, tokenization_clip.py).
WORDS = Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")


def build(max_tokens: int = MAX_TOKENS, work: Path | None = None) -> CLIPTokenizer:
    """A byte-pair tokenizer in which every word of the world is one token.

    Padding has the lowest id and the end of text the highest, because OWL-ViT and open_clip find
    the end of a text by the largest id, and OWL-ViT takes a leading 0 for an empty query. With
    `work`, what was learnt is kept there, for it takes some seconds.
    """
    tokens, merges = _kept(work / "merges.json") if work else _learn()
    # The learner numbers letters as its hash map has them, in another order at every call.
    merged = [a + b for a, b in merges]
    alphabet = sorted(tokens - {PAD, *merged}, key=lambda token: (len(token), token))
    vocabulary = [PAD, *alphabet, *merged, BOS, EOS]
    return CLIPTokenizer(
        vocab={token: number for number, token in enumerate(vocabulary)},
        merges=merges,
        pad_token=PAD,
        bos_token=BOS,
        eos_token=EOS,
        unk_token=EOS,
        model_max_length=max_tokens,
    )


def _kept(path: Path) -> Learnt:
    if not path.exists():
        tokens, merges = _learn()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"tokens": sorted(tokens), "merges": merges}), "utf-8")
    kept = json.loads(path.read_text("utf-8"))
    return set(kept["tokens"]), [(a, b) for a, b in kept["merges"]]


def _learn() -> Learnt:
    """The tokens, in no order, and the merges in theirs."""
    learner = Tokenizer(BPE(end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(WORDS, behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    rng = np.random.default_rng(0)
    lines = [caption(rng, any_scene(rng)) for _ in range(CORPUS)]
    words = [*SHAPES, *(s + "s" for s in SHAPES), *COLORS, *NUMBERS, *OCCUPATIONS, "face", "not"]
    letters = [chr(c) for c in range(33, 127)]
    trainer = BpeTrainer(
        vocab_size=VOCABULARY,
        end_of_word_suffix="</w>",
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    learner.train_from_iterator(lines + words * 50 + letters, trainer)
    return _read(learner.model)


def _read(model: BPE) -> Learnt:
    """The learnt tokens, and the merges in order, read back through the library's own files."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder)
        vocabulary = json.loads((Path(folder) / "vocab.json").read_text("utf-8"))
        lines = (Path(folder) / "merges.txt").read_text("utf-8").splitlines()
    pairs = [tuple(line.split(" ")) for line in lines if not line.startswith("#version")]
    return set(vocabulary), [(a, b) for a, b in pairs]
