"""Write the everyday sets: `python -m evalsuite.prompts.library prompts`."""

import sys
from pathlib import Path

from evalsuite.prompts.library import write

if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
    sys.exit("usage: python -m evalsuite.prompts.library FOLDER, a folder that exists")
write(Path(sys.argv[1]))
