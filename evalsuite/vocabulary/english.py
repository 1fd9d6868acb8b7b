"""Numbers, plurals and articles of English."""

import re

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
BEYOND = (
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
ALSO = {
    1: ("a single", "an", "a", "one single"),
    2: ("a pair of", "a couple of"),
    12: ("a dozen",),
}
"""What else says a number before a noun."""

IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "ox": "oxen",
    "tomato": "tomatoes",
    "potato": "potatoes",
    "mango": "mangoes",
    "hero": "heroes",
    "buffalo": "buffaloes",
    "volcano": "volcanoes",
    "loaf": "loaves",
    "half": "halves",
    "calf": "calves",
    "elf": "elves",
    "leaf": "leaves",
    "scarf": "scarves",
    "shelf": "shelves",
    "bookshelf": "bookshelves",
    "thief": "thieves",
    "wolf": "wolves",
    "knife": "knives",
    "life": "lives",
    "wife": "wives",
    "quiz": "quizzes",
    "cactus": "cacti",
    "fungus": "fungi",
    "oasis": "oases",
    "menu": "menus",
    "emu": "emus",
    "taxi": "taxis",
    "bikini": "bikinis",
    "zucchini": "zucchinis",
    "kiwi": "kiwis",
    "safari": "safaris",
}
_MEN = re.compile(
    "(fisher|fire|police|post|sales|snow|business|spokes|camera|crafts|gentle|super)(wo)?man"
)
"""Nouns with "man" in them that take "men"; "human" and "talisman" do not."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNCHANGED = _words(
    "sheep fish deer moose bison salmon trout shrimp squid swine aircraft spacecraft hovercraft "
    "species series headquarters skis scissors"
)
"""Nouns whose plural looks as their singular."""
ALWAYS_MANY = _words(
    "fries scissors skis jeans trousers pants shorts pyjamas pajamas tights leggings overalls "
    "glasses sunglasses binoculars goggles headphones tweezers pliers"
)
"""Nouns without a singular; "glasses" is one only by itself, and not in "wine glasses"."""

_SINGULAR_S = _words(
    "lens gas atlas canvas christmas alias pancreas chaos cosmos rhinoceros albatross asparagus "
    "bias pampas news physics mathematics gymnastics athletics"
)
"""Singular nouns that end as plurals do, beside those in -ss, -us and -is."""
_IE = _words(
    "cookie movie pie tie zombie hoodie brownie selfie smoothie calorie genie pixie magpie birdie "
    "lie rookie foodie beanie bowtie"
)
"""Nouns whose plural in -ies has lost no y."""
_PLURALS = {many: noun for noun, many in IRREGULAR.items()}


def spellings(count: int) -> tuple[str, ...]:
    """The ways to write a number before a noun: digits, its word, and phrases such as "a pair of".

    Long phrases come first, so that the first that matches is the whole of it.
    """
    words = (*NUMBERS, *BEYOND)
    word = (words[count],) if count < len(words) else ()
    return (*ALSO.get(count, ()), *word, str(count))


def number_forms(text: str) -> tuple[str, ...]:
    """A number as a word and in digits ("two", "2"), in its own form first; any other text alone.

    Above twenty it has one form only.
    """
    words = (*NUMBERS, *BEYOND)
    low = text.strip().lower()
    if low in words:
        return text, str(words.index(low))
    if low.isascii() and low.isdigit() and len(low) < 3 and int(low) < len(words):
        return text, words[int(low)]
    return (text,)


def plural(noun: str) -> str:
    """The plural of a noun or of a noun phrase's main word; one that is plural stays.

    The main word is the last one, or the last one before "of": "cups of coffee".
    """
    head, last, tail = _split(noun)
    return noun if is_plural(noun) else head + _plural(last) + tail


def _plural(word: str) -> str:
    low = word.lower()
    if low in UNCHANGED:
        return word
    if low in IRREGULAR:
        return _cased(IRREGULAR[low], word)
    if _MEN.fullmatch(low):
        return word[:-2] + "en"
    if re.search(r"(s|x|z|ch|sh)$", low):
        return word + "es"
    return word[:-1] + "ies" if re.search(r"[^aeiou]y$", low) else word + "s"


def is_plural(noun: str) -> bool:
    """Whether a noun phrase's main word is plural as it stands ("people", "hot dogs").

    Where the plural looks as the singular ("sheep") it is not, unless there is no singular.
    """
    low = _split(noun)[1].lower()
    if low in ALWAYS_MANY or low in _PLURALS:
        return True
    if low in UNCHANGED or low in IRREGULAR or low in _SINGULAR_S:
        return False
    return bool(_MEN.fullmatch(re.sub("men$", "man", low)) and low.endswith("men")) or bool(
        re.search(r"..[^siu]s$", low)
    )


def singular(noun: str) -> str:
    """The singular of a noun phrase that is plural; any other, or one without a singular, stays."""
    head, last, tail = _split(noun)
    low = last.lower()
    alone = low in ALWAYS_MANY and not (low == "glasses" and head)
    return noun if alone or not is_plural(noun) else head + _singular(last) + tail


def _singular(word: str) -> str:
    low = word.lower()
    if low in _PLURALS:
        return _cased(_PLURALS[low], word)
    if low.endswith("men"):
        return word[:-2] + "an"
    if low.endswith("ies") and low[:-1] not in _IE:
        return word[:-3] + "y"
    # "buses" and "glasses", but "houses" and "vases".
    if low[:-2] in _SINGULAR_S:
        return word[:-2]
    es = r"(x|zz|tz|ch|sh|ss|[bcprtv]us|iris)es$"
    return word[:-2] if re.search(es, low) else word[:-1]


def article(words: str) -> str:
    """`words` with the indefinite article before them."""
    vowel = re.match(r"(?!uni[^mnd]|us[eu]|eu|one\b)[aeiou]|hour|honest|heir", words, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {words}"


def _split(noun: str) -> tuple[str, str, str]:
    """What stands before the main word, that word, and what follows it, spaces kept."""
    phrase, of, tail = noun.partition(" of ")
    head, space, last = phrase.rpartition(" ")
    return head + space, last, of + tail


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word
