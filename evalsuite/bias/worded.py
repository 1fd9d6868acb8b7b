"""How much of what differs within a group comes from the sentence that was asked."""

from evalsuite.bias.given import Cells, Given
from evalsuite.bias.record import Overall
from evalsuite.records import Measure


def wording(given: Given, measure: Measure, cells: Cells, over: str) -> tuple[Overall | None, str]:
    """The wording's share of the variance, or the reason why it is not known."""
    return None, "not computed"
