import tracemalloc

import pytest

from evalsuite.records import Key, Keys, Names, Places

A, B, C = Key("s", "b", 0), Key("s", "b", 1), Key("s", "a", 7)


def test_keys_come_back_in_their_order_and_a_copy_grows_apart():
    keys = Keys.of([A, C, B])
    assert [*keys] == [A, C, B] and keys == [A, C, B] and keys[1] == C and keys[1:] == [C, B]
    assert isinstance(keys[0], Key) and Keys.of(keys) is keys
    copy = keys.copy()
    copy.numbers.append(keys.numbers[0])
    assert (len(keys), len(copy)) == (3, 4)
    assert keys.names.list == [("s", "b"), ("s", "a")]


def test_keys_are_sorted_by_text_whatever_their_numbers():
    assert Keys.of([B, A, C, B]).sorted() == [C, A, B]
    assert Keys.of([]).sorted() == []


@pytest.mark.parametrize("index", [-1, 2**32])
def test_an_index_that_no_plan_has_is_no_key_and_is_found_nowhere(index):
    with pytest.raises(ValueError, match="not an index"):
        Names().number(Key("s", "b", index))
    assert Key("s", "b", index) not in Places.among(Keys.of([A, C]))


def test_places_of_keys_in_any_order_with_gaps():
    places = Places.among(Keys.of([C, B]))
    assert (places[C], places[B], len(places)) == (0, 1, 2)
    assert [*places] == [C, B] and A not in places and places.get(A) is None
    assert places.find(Key("s", "none", 0)) == places.find(Key("s", "a", 8)) == -1
    # What is met later has no place in a map that was made before.
    late = Keys.of([A])
    before = Places.among(late)
    late.names.add(("s", "later"))
    assert Key("s", "later", 0) not in before


def test_of_a_key_that_comes_again_the_last_of_the_highest_rank_counts():
    keys = Keys.of([A, B, A, A, B])
    assert keys.again() == [0, 1, 2, 3, 4] and Keys.of([A, B]).again() == []
    places = Places.last(keys, range(5), bytearray([1, 0, 2, 2, 0]))
    assert dict(places) == {A: 3, B: 4}


def test_places_are_narrowed_to_the_keys_that_there_are():
    keys = Keys.of([A, B, C])
    places = Places.among(keys)
    assert places.of(keys) is places and places.of(Keys.of([C, B, A], keys.names)) is places
    assert dict(places.of(Keys.of([C, Key("s", "b", 2)]))) == {C: 2}


@pytest.mark.parametrize("own_names", [True, False])
def test_places_along_keys_in_the_keys_order(own_names):
    held = Keys.of([C, B, A])
    places = Places.among(held)
    assert [*places.along()] == [(C, 0), (A, 2), (B, 1)]  # by prompt as met, then index
    names = held.names if own_names else None
    # More than there is, in another order; one key beyond all that there are.
    asked = Keys.of([A, Key("s", "b", 5), C, Key("s", "z", 0), B], names)
    assert [*places.along(asked)] == [(A, 2), (C, 0), (B, 1)]
    assert [*places.along(Keys.of([], names))] == []
    assert [*Places.among(Keys()).along(asked)] == []


def test_a_key_and_its_place_take_few_bytes():
    names = Names()
    numbers = [names.number(Key("s", f"p{n // 10}", n % 10)) for n in range(5_000)]
    tracemalloc.start()
    keys = Keys(names)
    keys.numbers.extend(numbers)
    places = Places.among(keys)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert places[Key("s", "p499", 9)] == 4_999
    assert taken < 12 * len(keys)  # as objects and a map 180
