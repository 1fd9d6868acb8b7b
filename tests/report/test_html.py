"""The page lets nothing in, asks for nothing, and can be read."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evalsuite import report
from evalsuite.report import html
from evalsuite.report.page import compose
from evalsuite.vocabulary.monk import COLORS

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "</title></code></pre>-->]]>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;",
    "| a ` b `` c \\| d",
    "line\nbreak\ttab",
    "\u202egnp.exe\u2066\u200b\x00\x1b",
    "$x^2$ \\frac",
    "\ud800",
]
CSS = (Path(report.__file__).parent / "report.css").read_text("utf-8")


class Reader(HTMLParser):
    """Collects which elements have which attributes, the attributes' values, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, str]] = set()
        self.attributes: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data):
        self.text += data


def render(data) -> str:
    return html.render(compose(data))


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(hostile, word):
    tame, read = Reader(render(hostile("a"))), Reader(render(hostile(word)))
    # matplotlib sets text letter by letter where its own fonts lack some.
    spans = {("tspan", name) for name in ("", "x", "y", "font-size", "class", "transform")}
    assert read.elements - tame.elements <= spans | {("g", "transform")}
    assert "style" not in {name for name, _ in read.attributes}
    assert not [name for name, _ in read.attributes if name.startswith("on")]


def test_hostile_text_is_shown_as_it_is(hostile):
    word = "<b onclick='x'>&amp;\"|`"
    assert Reader(render(hostile(word))).text.count(word) > 40


def test_hidden_characters_are_shown_as_escapes(hostile):
    text = render(hostile("\u202e\u2066\u200b\x00"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00]", text)
    assert r"\u202e\u2066\u200b\u0000" in text


def test_asks_for_nothing(hostile):
    read = Reader(render(hostile("https://example.org/x.png")))
    for name, value in read.attributes:
        if name in ("href", "src", "xlink:href", "srcset", "action", "data", "poster"):
            own = ("#", "data:image/png;base64,", "data:image/webp;base64,")
            assert value.startswith(own) or value == "images.html"
    assert {"script", "link", "iframe", "object", "base"}.isdisjoint(t for t, _ in read.elements)
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_policy_allows_the_one_style_sheet(tiny):
    text = render(tiny)
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'" in (
        policy[1].replace("&#39;", "'")
    )


def test_structure(tiny):
    read = Reader(render(tiny))
    assert len(read.ids) == len(set(read.ids))
    labels = {v for name, v in read.attributes if name == "aria-labelledby"}
    assert labels <= set(read.ids)
    assert read.headings.count(1) == 1
    steps = zip(read.headings, read.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)


def test_every_plot_states_its_numbers_in_words(tiny):
    text = render(tiny)
    assert text.count('<svg viewBox="0 0 400') == 6  # five of measures, and all headlines
    assert "2: 50.0% (95% interval 38 to 62%)" in text
    assert "3: not measured" in text
    assert "vet: 50.0% (95% interval 38 to 62%), reference 25.0%" in text
    assert "Paired difference, asked for minus negated: +25.0 points" in text


def test_image_has_words_and_boxes(tiny):
    text = render(tiny)
    assert 'alt="Image drawn for “two cats”. Found by objects: red cat, 90.0% sure."' in text
    assert '<rect class="box" x="1.0" y="1.0" width="4.0" height="5.0">' in text


def luminance(color: str) -> float:
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast_is_aa(scheme):
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for what drawings are made of."""
    root = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", root))
    for name in ("ink", "muted", "accent"):
        assert contrast(colors[name], colors["paper"]) >= 4.5
        assert contrast(colors[name], colors["raised"]) >= 4.5
    assert contrast(colors["warn-ink"], colors["warn"]) >= 4.5
    assert contrast(colors["second"], colors["paper"]) >= 3
    tint = [int(v) for v in re.search(r"--tint: ([\d, ]+)", root)[1].split(",")]
    paper = [int(colors["paper"][k : k + 2], 16) for k in (1, 3, 5)]
    darkest = [round(0.42 * t + 0.58 * p) for t, p in zip(tint, paper, strict=True)]
    assert contrast(colors["ink"], "#" + "".join(f"{v:02x}" for v in darkest)) >= 4.5


def test_swatches_are_the_monk_scale():
    assert re.findall(r"\.tone-\d+ \{ background: (#[0-9a-f]{6})", CSS) == list(COLORS)
