"""Where weights come from, and what is said of a model that could not be loaded."""

import pytest

from evalsuite.encoders.weights import unloadable


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError("not there\nlong story"), "(not there)"), (ValueError(), "(ValueError)")],
)
def test_one_line_that_says_what_and_how_to_mend_it(error, said):
    message = str(unloadable("detector 'x'", error))

    assert message.startswith(f"detector 'x' cannot be loaded {said}; ")
    assert "name a folder" in message and "\n" not in message
