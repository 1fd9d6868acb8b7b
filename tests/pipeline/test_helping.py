"""A command without helpers asks nobody about GPUs; helpers are told what is theirs."""

import subprocess
import sys

from evalsuite.pipeline.helping import told
from evalsuite.pipeline.settings import Settings, resolve


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


def test_a_helper_logs_to_nobody(tmp_path):
    # Ray hands it the tuple, of which a list of names would be read from its text.
    found = resolve(told(Settings(log_to=("wandb", "mlflow")), tmp_path), environ={})
    assert found.log_to is None
