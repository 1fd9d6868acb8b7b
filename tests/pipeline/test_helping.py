"""A command without helpers asks nobody about GPUs."""

import subprocess
import sys


def test_a_run_that_is_drawn_is_resumed_without_torch(tmp_path):
    words = ["generate", "--model", "scenes", "--prompts", "scenes-counts", "--limit", "1"]
    words += ["--num-images", "1", "--no-progress", "--output-dir", str(tmp_path / "run")]
    code = (
        "import atexit, sys; atexit.register(lambda: print('torch' in sys.modules)); "
        f"from evalsuite.cli import main; main({words})"
    )
    for _ in range(2):
        last = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert last.returncode == 0, last.stderr
    assert last.stdout.splitlines()[-1] == "False"
