"""Hostile names of files and folders, by a grammar: what file systems and programs stumble over."""

import random
import unicodedata
from urllib.parse import quote

OUTSIDE = ("../out.png", "../../out.png", "../sub/../out.png", "x/../../out.png", "..", ".", "/")
RESERVED = ("CON", "con", "PRN", "AUX", "NUL", "COM1", "LPT9", "CLOCK$", "CONIN$", "nul.tar")
SHELL = ("-rf", "--model", "$(id)", "`id`", "a;id", "a|id", "a&id", "a>b", "*", "?", "[a-z]", "~")
SHELL += ("~root", "$HOME", "%PATH%", "${7*7}", "{{7*7}}", "%n%s", "a'b", 'a"b', "#a", "a#b", "!a")
CONTROL = ("\x00", "\n", "\r", "\t", "\x07", "\x1b[2J", "\x1b]0;x\x07", "\x7f", "\x85", "\x9b31m")
BIDI = ("\u202egnp", "\u2066a\u2069", "\u200b", "\u200d", "\ufeff", "\u2028", "\u061c", "\u00ad")
UNICODE = (
    "e\u0301",
    "\u00e9",
    "\u0130",
    "\u0131",
    "\u017f",
    "ß",
    "ﬁ",
    "\u3000",
    "\uff0e\uff0e\uff0f",
    "\uff21",
)
UNICODE += (
    "\U0001f468\u200d\U0001f469",
    "\u0627\u0644",
    "\ud800",
    "\udc80\udcff",
    "\uffff",
    "日本",
)
MARKUP = ("<script>alert(1)</script>", "](javascript:alert(1))", "|a|b|", "=1+1", "@a", "::error::")
SCHEMES = ("file:///etc/passwd", "http://127.0.0.1:9/x.png", "//host/share/x", "\\\\host\\share\\x")
SCHEMES += (
    "C:\\x.png",
    "C:x.png",
    "data:image/png;base64,AA",
    "x.png:stream",
    "zip://x",
    "ftp://a/b",
)
PLAIN = ("a", "b.c", "0", "00", "-", "_", "a b", " a", "a ", ".a", "a.", "..a", "...", "", "None")
LONG = ("a" * 240, "a" * 300, "é" * 130, "/".join("a" * 90), "/".join(["d"] * 600), "a/" * 3)

FAMILIES = (OUTSIDE, RESERVED, SHELL, CONTROL, BIDI, UNICODE, MARKUP, SCHEMES, PLAIN, LONG)


def names(many: int) -> list[str]:
    """So many different names, the same each time; the plain members of every family first."""
    dice = random.Random(15)
    found = dict.fromkeys(name for family in FAMILIES for name in family)
    while len(found) < many:
        found.setdefault(_made(dice))
    return list(found)[:many]


def _made(dice: random.Random) -> str:
    """Members of families joined, encoded and turned."""
    words = [dice.choice(dice.choice(FAMILIES)) for _ in range(dice.choice((1, 2, 2, 3)))]
    name = dice.choice(("", "/", ".", "\\", "/../", "//", "%2f", " ")).join(words)
    what = dice.randrange(8)
    if what == 0:
        name = quote(name.encode("utf-8", "surrogatepass"))
    elif what == 1:
        name = name.swapcase()
    elif what == 2:
        name = unicodedata.normalize(dice.choice(("NFC", "NFD", "NFKC", "NFKD")), name)
    elif what == 3:
        name = name[::-1]
    return name + dice.choice((".png", ".png", ".PNG", "", ".png ", ".png\x00.txt", "/", ".png/x"))
