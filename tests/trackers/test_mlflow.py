"""MLflow with a store in a file, read back through its own client."""

import pytest

from evalsuite import trackers

mlflow = pytest.importorskip(
    "mlflow", reason="needs 'evalsuite[mlflow]', which takes older versions of other packages"
)


@pytest.mark.filterwarnings("default")  # those of its own packages
def test_a_local_store_keeps_settings_numbers_estimates_and_the_report(
    entry, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow.set_tracking_uri("sqlite:///kept.db")
    [said] = trackers.tell(trackers.load(["mlflow"]), entry)
    client = mlflow.MlflowClient()
    kept = client.get_experiment_by_name("evalsuite")
    [run] = client.search_runs([kept.experiment_id])
    assert said == f"mlflow: run {run.info.run_id}" and run.info.status == "FINISHED"
    assert run.data.params == {"model": "m", "size": "8,8", "model_arg.k.j": "2"}
    assert run.data.metrics == entry.numbers and run.info.run_name == "run-7"
    assert run.data.tags == {"evalsuite.version": "0.1.0", "mlflow.runName": "run-7"} | {
        name: value for name, value in run.data.tags.items() if name == "mlflow.loggedArtifacts"
    }
    table = client.load_table(kept.experiment_id, "estimates-table.json", [run.info.run_id])
    assert table["value"].iloc[0] == 0.5 and table["value"].isna().tolist() == [False, True]
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/manifest.json") == {"seed": 3}
    page = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/report/index.html")
    assert page == "<p>a report</p>"
