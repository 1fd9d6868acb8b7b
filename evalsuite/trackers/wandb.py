"""Weights & Biases: settings as config, numbers as summary, estimates as a table, the report.

Set up by its own variables: WANDB_MODE=offline keeps all in `wandb/` here, WANDB_PROJECT names the
project. What it would note of the machine, the code and the command is switched off.
"""

import os
from typing import Any

from evalsuite.records import InputError
from evalsuite.trackers._entry import Entry

PROJECT = "evalsuite"


def load() -> Any:
    """Needs `wandb`, and an account unless it is offline."""
    import wandb

    # Its settings file and variables say whether it is offline; nobody waits at a question here.
    mode = wandb.setup().settings.mode
    if mode == "disabled":
        raise InputError(
            "--log-to wandb: is switched off (WANDB_MODE=disabled), and would keep nothing; set "
            "WANDB_MODE=online or offline, or leave --log-to wandb out"
        )
    if mode in ("online", "shared") and not wandb.login(prompt=False):
        raise InputError(
            "--log-to wandb: no account is set up; run `wandb login`, or set WANDB_API_KEY, or "
            "WANDB_MODE=offline to keep it on this machine"
        )
    return log


def log(entry: Entry) -> str:
    """Log one run; where it is."""
    import wandb

    quiet = wandb.Settings(
        console="off",
        silent=True,
        disable_code=True,
        disable_git=True,
        save_code=False,
        host="",
        program="evalsuite",
        x_disable_machine_info=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
    )
    run = wandb.init(
        project=os.environ.get("WANDB_PROJECT") or PROJECT,
        name=entry.name,
        job_type="evaluation",
        config={**entry.settings(), "manifest": dict(entry.manifest)},
        settings=quiet,
    )
    with run:
        run.summary.update(dict(entry.numbers))
        if entry.rows:
            columns = list(entry.rows[0])
            data = [list(row.values()) for row in entry.rows]
            run.log({"estimates": wandb.Table(columns=columns, data=data, allow_mixed_types=True)})
        kept = wandb.Artifact(f"evalsuite-report-{run.id}", type="report")
        for name, path in entry.files.items():
            kept.add_file(str(path), name=name)
        run.log_artifact(kept)
        offline = "offline, for `wandb sync`, " if run.offline else ""
        return f"{offline}run {run.id} of the project {run.project}"
