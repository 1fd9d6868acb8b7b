"""How many tokens CLIP's text encoder makes of a text, without loading torch.

The vocabulary is the file that open_clip ships (OpenAI's, of `radford2021`); the algorithm is byte
pair encoding on lower-cased text, as arXiv 2103.00020, section 2.4, describes it.
"""

import gzip
import html
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evalsuite.records import InputError

VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
MERGES = 49152 - 256 - 2
"""How many of the file's merges CLIP uses (`openai/CLIP`, clip/simple_tokenizer.py)."""

WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"
"""What is encoded by itself: endings, runs of letters, single digits, runs of anything else."""

SPECIALS = 2
"""The tokens that mark the start and the end of a text."""


def count(text: str) -> int:
    """The number of tokens of a text, the two specials included.

    Raises `InputError` where open_clip's vocabulary is not installed.
    """
    import ftfy

    clean = " ".join(html.unescape(html.unescape(ftfy.fix_text(text))).split()).lower()
    return len(_tokenizer().encode(clean).ids) + SPECIALS


@cache
def _tokenizer() -> Any:
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

    lines = gzip.decompress(_path().read_bytes()).decode().splitlines()
    merges = [(first, second) for first, second in map(str.split, lines[1 : MERGES + 1])]
    letters = sorted(ByteLevel.alphabet())
    parts = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, merges)]
    vocabulary = {part: number for number, part in enumerate(dict.fromkeys(parts))}
    model = BPE(vocab=vocabulary, merges=merges, end_of_word_suffix="</w>")
    tokenizer = Tokenizer(model)
    split = Split(Regex(WORDS), "removed", invert=True)
    tokenizer.pre_tokenizer = Sequence([split, ByteLevel(add_prefix_space=False, use_regex=False)])
    return tokenizer


def _path() -> Path:
    # Found, not imported: open_clip would bring torch with it.
    spec = find_spec("open_clip")
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder, VOCABULARY)).is_file():
            return path
    raise InputError("CLIP's vocabulary is missing; pip install open_clip_torch")
