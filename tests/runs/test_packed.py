import pytest

from evalsuite.runs.packed import BLOCK, KEPT, Digests, DigestSet, Joined, Packed, Words


def test_values_come_back_from_full_blocks_and_from_the_last_one():
    packed = Packed()
    for n in range(BLOCK + 3):
        packed.append({"n": n, "words": ["a", None, 0.5, "ß\ud800"]})
    for n in (0, BLOCK - 1, BLOCK, BLOCK + 2):
        assert packed[n] == {"n": n, "words": ["a", None, 0.5, "ß\ud800"]}
    packed.append("later")
    assert packed[BLOCK + 3] == "later"


def test_only_some_blocks_stay_unpacked():
    packed = Packed()
    for n in range((KEPT + 2) * BLOCK):
        packed.append(n)
    assert [packed[n] for n in range(0, (KEPT + 2) * BLOCK, BLOCK)] == [
        *range(0, (KEPT + 2) * BLOCK, BLOCK)
    ]
    assert len(packed._unpacked) == KEPT
    assert packed[1] == 1  # of a block that had to go


def test_digests_are_kept_and_so_is_that_there_is_none():
    digests = Digests()
    digests.append("0f" * 32)
    digests.append(None)
    digests.append("ff" * 32)
    assert [digests[n] for n in range(3)] == ["0f" * 32, None, "ff" * 32]


def test_places_run_through_all_segments_and_skip_empty_ones():
    first, empty, last = ["a", "b"], [], ["c"]
    joined = Joined([first, empty, last])
    assert [(place, part[within]) for place, part, within in joined] == [
        (0, "a"),
        (1, "b"),
        (2, "c"),
    ]
    assert [joined.at(place) for place in range(3)] == [(first, 0), (first, 1), (last, 0)]
    with pytest.raises(IndexError):
        joined.at(3)


def test_a_list_may_keep_fewer_blocks():
    packed = Packed(2)
    for n in range(3 * BLOCK):
        packed.append(n)
    assert [packed[n * BLOCK] for n in (0, 1, 2, 0)] == [0, BLOCK, 2 * BLOCK, 0]
    assert [*packed._unpacked] == [2, 0]


def test_the_block_that_was_unpacked_first_goes_first():
    packed = Packed()
    for n in range((KEPT + 1) * BLOCK):
        packed.append(n)
    for number in (*range(KEPT), 0, KEPT):
        assert packed[number * BLOCK] == number * BLOCK
    assert [*packed._unpacked] == [*range(1, KEPT + 1)]


def test_a_block_is_unpacked_once():
    packed = Packed()
    for n in range(BLOCK):
        packed.append([n])
    assert packed[7] is packed[7]


def test_a_set_of_digests_takes_no_end_and_beginning_of_two_for_a_third():
    first, second = "abc" + "0" * 61, "abc" + "1" * 61
    digests = DigestSet()
    for digest in (first, second, first):
        digests.add(digest)
    assert first in digests and second in digests and "abd" + "0" * 61 not in digests
    across = ("ab" + "c0" * 31)[:2] + "c" + "0" * 60 + "a"
    assert across not in digests
    digests = DigestSet()
    digests.add("abcabc" + "ab" * 29)
    digests.add("abcabc" + "cd" * 29)
    assert "abc" + ("ab" * 29 + "abcabc")[-61:] not in digests
    assert digests._buckets.keys() == {"abc"} and len(digests._buckets["abc"]) == 64


def test_few_texts_are_kept_once_and_a_copy_grows_apart():
    words = Words()
    for word in ("a", "b", "a"):
        words.append(word)
    other = words.copy()
    other.append("c")
    assert [words[n] for n in range(3)] == ["a", "b", "a"] and other[3] == "c"
    assert words._texts == ["a", "b"] and [*words._column] == [0, 1, 0]
