import subprocess
import sys

import pytest

from evalsuite.encoders import clip_tokens
from evalsuite.records import InputError

TEXTS = [
    "",
    "a dog",
    "hello world",
    "Antidisestablishmentarianism, twice!!",
    "a corgi\u2019s head",
    "12345 apples at 7:30",
    "caf\u00e9 &amp; cr\u00e8me",
    "\u65e5\u672c\u8a9e and \U0001f642",
    "don't we'll I'm they're",
    "  many   spaces\tand\nlines  ",
    "x" * 300,
]


def test_counts_are_open_clips() -> None:
    from open_clip.tokenizer import SimpleTokenizer

    reference = SimpleTokenizer()
    assert [clip_tokens.count(text) for text in TEXTS] == [
        len(reference.encode(text)) + 2 for text in TEXTS
    ]


def test_counting_loads_no_torch() -> None:
    code = (
        "import sys; from evalsuite.encoders import clip_tokens; print(clip_tokens.count('a dog'), "
        "'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["4", "False"]


def test_a_missing_vocabulary_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_tokens, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install open_clip_torch"):
        clip_tokens._path()
