"""MLflow: settings as parameters, numbers as metrics, estimates as a table, the report.

Where it goes is MLflow's own choice: MLFLOW_TRACKING_URI names a server or a store,
MLFLOW_EXPERIMENT_NAME the experiment. No user, host or path of a script is put into its tags.
"""

import os
import time
from typing import Any

from evalsuite.trackers._entry import Entry

EXPERIMENT = "evalsuite"
LONGEST = 6000
"""Characters that MLflow takes of a parameter."""
PARAMS, METRICS = 100, 1000
"""How many it takes of one call."""


def load() -> Any:
    """Needs `mlflow`, and a tracking store that answers."""
    import mlflow

    _experiment(mlflow.MlflowClient())
    return log


def _experiment(client: Any) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def log(entry: Entry) -> str:
    """Log one run; where it is."""
    import mlflow
    from mlflow.entities import Metric, Param

    client = mlflow.MlflowClient()
    tags = {"evalsuite.version": entry.version}
    run = client.create_run(_experiment(client), run_name=entry.name, tags=tags).info.run_id
    state = "FAILED"
    try:
        params = [Param(k, str(v)[:LONGEST]) for k, v in entry.settings().items() if str(v)]
        now = int(time.time() * 1000)
        metrics = [Metric(name, number, now, 0) for name, number in entry.numbers.items()]
        for at in range(0, len(params), PARAMS):
            client.log_batch(run, params=params[at : at + PARAMS])
        for at in range(0, len(metrics), METRICS):
            client.log_batch(run, metrics=metrics[at : at + METRICS])
        client.log_dict(run, dict(entry.manifest), "manifest.json")
        columns = {name: [row[name] for row in entry.rows] for name in (entry.rows or [{}])[0]}
        client.log_table(run, columns, "estimates-table.json")
        for name, path in entry.files.items():
            client.log_artifact(run, str(path), os.path.dirname(name) or None)
        state = "FINISHED"
    finally:
        client.set_terminated(run, status=state)
    return f"run {run}"
