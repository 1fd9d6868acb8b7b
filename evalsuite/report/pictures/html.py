"""Pages that run one script: hashed in their policy, as is their style, and nothing else."""

from collections.abc import Sequence

from evalsuite.report.html import HERE, environment, hashed


def render(page: object, template: str, scripts: Sequence[str]) -> str:
    """A page's HTML by its template in this folder, with these scripts as one."""
    from markupsafe import Markup

    style = _text("../report.css") + _text("pictures.css")
    script = "".join(_text(name) for name in scripts)
    return (
        environment()
        .get_template(f"pictures/{template}")
        .render(page=page, style=Markup(style), script=Markup(script), policy=policy(style, script))
    )


def policy(style: str, script: str) -> str:
    """The content security policy: the page's own script, what that loads, and pictures beside it.

    `strict-dynamic` lets the one script load data files, by element and never by markup; trusted
    types have it name them through one function, and forbid text as markup altogether.
    """
    return (
        "default-src 'none'; img-src 'self' file:; "
        f"style-src '{hashed(style)}'; script-src '{hashed(script)}' 'strict-dynamic'; "
        "require-trusted-types-for 'script'; trusted-types pictures; "
        "base-uri 'none'; form-action 'none'"
    )


def _text(name: str) -> str:
    return (HERE / "pictures" / name).read_text(encoding="utf-8")
