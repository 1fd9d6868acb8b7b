"""Data files that a page opened from a disk may load: JSON as the argument of one call.

Browsers refuse `fetch` on file://, and load scripts. A file is ASCII, so that no character in it
hides, turns or ends anything; `<` stands in texts alone, and is escaped.
"""

import json
from pathlib import Path

from evalsuite.files.atomic import naming, write_bytes
from evalsuite.records import Json


class Scripts:
    """The data files of one page, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: set[str] = set()

    def write(self, name: str, data: Json) -> None:
        """Put `<name>.js` in place; the data's texts come from `Texts`, its keys from us."""
        file = f"{name}.js"
        # Not synced: the page is, and a lost data file is written anew with the next report.
        write_bytes(self.folder / file, script(name, data).encode("ascii"), durable=False)
        self._written.add(file)

    def remove_others(self) -> None:
        """Remove data files that an earlier, longer report left."""
        with naming(self.folder):
            for path in self.folder.glob("*.js"):
                if path.name not in self._written:
                    path.unlink(missing_ok=True)


def script(name: str, data: Json) -> str:
    """A data file's text; `name` is ours. Raises `ValueError` for a number that is not finite."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f'pictures("{name}",{text.replace("<", chr(92) + "u003c")});\n'
