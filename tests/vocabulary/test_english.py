import pytest

from evalsuite.vocabulary.english import is_plural, number_forms, plural, singular, spellings

PAIRS = [
    ("zebra", "zebras"),
    ("bus", "buses"),
    ("box", "boxes"),
    ("house", "houses"),
    ("vase", "vases"),
    ("horse", "horses"),
    ("lens", "lenses"),
    ("octopus", "octopuses"),
    ("wine glass", "wine glasses"),
    ("person", "people"),
    ("woman", "women"),
    ("snowman", "snowmen"),
    ("human", "humans"),
    ("child", "children"),
    ("wolf", "wolves"),
    ("scarf", "scarves"),
    ("mouse", "mice"),
    ("tooth", "teeth"),
    ("puppy", "puppies"),
    ("cookie", "cookies"),
    ("donkey", "donkeys"),
    ("tooth brush", "tooth brushes"),
    ("hot dog", "hot dogs"),
    ("cup of coffee", "cups of coffee"),
]


@pytest.mark.parametrize(("noun", "many"), PAIRS)
def test_plural_and_singular(noun: str, many: str) -> None:
    assert plural(noun) == many
    assert plural(many) == many
    assert singular(many) == noun
    assert singular(noun) == noun
    assert is_plural(many) and not is_plural(noun)


@pytest.mark.parametrize("noun", ["sheep", "fish", "deer", "aircraft"])
def test_some_nouns_look_the_same(noun: str) -> None:
    assert plural(noun) == singular(noun) == noun and not is_plural(noun)


@pytest.mark.parametrize("noun", ["scissors", "skis", "french fries", "sunglasses", "jeans"])
def test_some_nouns_have_no_singular(noun: str) -> None:
    assert plural(noun) == singular(noun) == noun and is_plural(noun)


def test_the_ways_to_write_a_number() -> None:
    assert spellings(3) == ("three", "3")
    assert spellings(2) == ("a pair of", "a couple of", "two", "2")
    assert spellings(20) == ("twenty", "20")
    assert spellings(21) == ("21",)


def test_a_number_is_one_in_words_and_digits() -> None:
    assert number_forms("two") == ("two", "2") and number_forms("2") == ("2", "two")
    assert number_forms("Twelve") == ("Twelve", "12")
    assert number_forms("21") == ("21",) and number_forms("red") == ("red",)
