import time

from evalsuite.files.nearest import did_you_mean, nearest

KNOWN = ("counts", "text", "styles")


def test_the_nearest_word_and_the_whole_list():
    assert nearest("cuonts", KNOWN) == "counts"
    assert did_you_mean("cuonts", KNOWN) == (
        "; did you mean 'counts'? there are: counts, text, styles"
    )


def test_nothing_is_guessed_where_nothing_is_near():
    assert nearest("quux", KNOWN) is None
    assert did_you_mean("quux", KNOWN) == "; there are: counts, text, styles"
    assert did_you_mean("quux", []) == "; there are: none"


def test_the_cutoff_is_the_share_of_characters_in_common():
    # "guidance" is 8 of the 14 characters of "guidance_scale": 2 * 8 / (8 + 14) = 0.727.
    assert nearest("guidance", ["guidance_scale"], cutoff=0.72) == "guidance_scale"
    assert nearest("guidance", ["guidance_scale"], cutoff=0.73) is None


def test_a_word_without_end_takes_no_time():
    began = time.process_time()
    assert nearest("x" * 1_000_000, KNOWN) is None
    assert time.process_time() - began < 1
