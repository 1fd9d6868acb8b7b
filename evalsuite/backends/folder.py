"""Images that exist already, from any service or program, with a list of their prompts.

The list is `metadata.jsonl` or `metadata.csv` in the folder, one row per image: `file_name`, and
`prompt_id` or the prompt's text in `prompt` (or `text`, as in the hub's image folders). Texts are
compared without regard to runs of white space, and to case where none is written the same.
Optional are `prompt_set`, `index` (which image of the prompt; rows of one prompt are counted 0, 1,
... in order where it is missing, and rows of a text that several prompts have are shared out in
order) and `status` with `reason` for what gave no image: refused, blocked, failed. Other columns
are ignored. `image` is read for `file_name`. Without a list the files' names say whose they are
(`_names.py` has the layouts): by id, by the prompt's text, or by its beginning where a service cut
it. A name that fits two prompts belongs to neither, and both are said; grids are split, and black
cells missing.

Pixels: PNG, JPEG and WebP, turned as their EXIF says; transparency is laid on white, 16-bit grey
is scaled to 8; colour profiles are not applied, so convert pictures to sRGB beforehand.
"""

from evalsuite.backends._folder import open_folder
from evalsuite.records import Backend

LIGHT = True
"""`load` reads a list and no weights, so that a dry run may call it."""

EXAMPLE = "folder:./midjourney"


def load(
    *, path: str, metadata: str | None = None, dialect: str | None = None, grid: str = "auto"
) -> Backend:
    """The images in the folder `path`, listed in `metadata` (in the folder, or a path of its own).

    `path` may also be the list itself. `grid` is rows and columns of every picture, like "2x2", or
    "auto". `dialect` is "everyday" or "scenes", by default what the folder's card README.md says.
    Raises `InputError` if there is no such folder or list, or a row of it cannot be used.
    """
    return open_folder(path, metadata=metadata, dialect=dialect, grid=grid)
