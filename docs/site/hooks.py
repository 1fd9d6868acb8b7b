"""What mkdocs calls: pages that stand elsewhere in the repository, and one page a measure."""

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import measures  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402

from evalsuite.plugins.measures import own_measures  # noqa: E402

SOURCE = "https://github.com/OWNER/evalsuite/blob/main/"
"""Of files that are no pages."""
ELSEWHERE = {
    "../reports/benchmarks/": "benchmarks/",
    "../prompts/": "sets/",
    "../SECURITY.md": "security.md",
    "../CHANGELOG.md": "changelog.md",
    "../README.md": "index.md",
    "../evalsuite/": SOURCE + "evalsuite/",
    "../benchmarks/": SOURCE + "benchmarks/",
    "../tests/": SOURCE + "tests/",
}
"""Links out of docs/ as they stand in the repository, and where the site has their pages."""


def on_files(files: Files, config: Any) -> Files:
    """Add the measured figures, the sets' cards, and the pages of measures."""
    pages = {
        **{
            f"benchmarks/{p.name}": p
            for p in sorted((ROOT / "reports" / "benchmarks").glob("*.md"))
        },
        **{f"sets/{p.name}": p for p in sorted((ROOT / "prompts").glob("*.md"))},
        "security.md": ROOT / "SECURITY.md",
        "changelog.md": ROOT / "CHANGELOG.md",
    }
    for name, path in pages.items():
        files.append(File.generated(config, name, content=_titled(path.read_text("utf-8"))))
    known = own_measures()
    docs = Path(config.docs_dir)
    for measure in known:
        page, anchor = measures.described(measure.scorer, docs)
        source = f"[{page.removesuffix('.md')}](../{page}#{anchor})"
        content = measures.page(measure, source)
        files.append(File.generated(config, f"measures/{measure.name}.md", content=content))
    files.append(File.generated(config, "measures/index.md", content=measures.index(known)))
    return files


def _titled(text: str) -> str:
    """A page without its front matter, which is for programs."""
    if text.startswith("---\n"):
        text = text.split("\n---\n", 1)[1]
    text = text.replace("../../docs/", "../").replace("](docs/", "](")
    text = text.replace("](reports/benchmarks/", "](benchmarks/")
    return text.replace("../../benchmarks/", SOURCE + "benchmarks/")


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Lead links out of docs/ to the site's own pages."""
    if page.file.generated_by:
        return markdown
    for there, here in ELSEWHERE.items():
        markdown = markdown.replace(f"]({there}", f"]({here}")
    return markdown
