"""benchmarks/linear.py: its page says what its lines said, and where a bar is missed."""

from benchmarks import linear

LINES = [
    f"{images:>7} {stage:<8} {cpu:6.1f} s {mb:6.0f} MB"
    for stage in linear.STAGES
    for images, cpu, mb in ((1_000, 1.0, 100), (10_000, 2.0, 150), (100_000, 9.5, 151))
]
LINES += ["twice the images, gate 2.250 x", "twice the images, gate 2.310 x"]


def test_the_page_is_what_was_measured():
    found, ratios = linear.read(LINES)
    assert found[10_000, "judge"] == (2.0, 150.0) and ratios == {"gate": [2.25, 2.31]}
    text = linear.page(found, ratios)
    assert "| stage | 1,000 | 10,000 | 100,000 | 1,000 to 10,000 | 1,000 to 100,000 |" in text
    assert "| report | 100 | 150 | 151 | +50: met | +51: missed |" in text
    assert "| gate | 2.28 (2.25 to 2.31) | 2.3: missed |" in text
