"""Texts that try to become something else than text: three hundred of them."""

CORES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "</style><script>alert(1)</script>",
    "</title></code></pre></table><h1>x</h1>",
    "<!--",
    "--><b>x</b>",
    "]]><b>x</b>",
    "<![CDATA[<b>x</b>]]>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;b&#62;&amp;",
    "<base href=//example.org>",
    "<meta http-equiv=refresh content=0>",
    "<details open ontoggle=alert(1)>",
    "x onmouseover=alert(1) y",
    "javascript:alert(1)",
    "data:text/html,<b>x</b>",
    "{{ 7 * 7 }}",
    "{% raw %}{% endraw %}{% include '/etc/passwd' %}",
    "${7*7}#{7*7}%(x)s{0}",
    "[a](javascript:alert(1))",
    "![a](http://example.org/x.png)",
    "<http://example.org>",
    "http://example.org www.example.org",
    "[a]: http://example.org",
    "[^1] [a][b]",
    "**b** _i_ ~~s~~",
    "# heading",
    "- item\n- item",
    "| a | b |\n|---|---|",
    "a|b\\|c\\\\|d",
    "---",
    "```\n<b>x</b>",
    "`a` ``b`` ```c```",
    "~~~",
    "@somebody #1 GH-1",
    ":+1: $x^2$ $$y$$",
    "a\\",
    "::error::x%0A::set-output name=a::b",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://example.org\x07x\x1b]8;;\x07",
    "\x9b31m\x07\x08\x7f",
    "a\rb\x0bc\x0cd\x00e",
    "\u202egnp.exe\u2066\u200b\ufeff\u2028\u2029",
    "[bold red]x[/] [link=http://example.org]x[/link]",
)
WRAPPERS = ("{}", "a{}b", "\"'>{}", "`{}`", "|{}|", "\n\n{}\n\n")


def payloads() -> list[str]:
    """Every text, alone, between letters, and after what would end an attribute, a span or a line.

    No two are the same.
    """
    found = [wrapper.replace("{}", core) for wrapper in WRAPPERS for core in CORES]
    assert len({*found}) == len(found) == 300
    return found
