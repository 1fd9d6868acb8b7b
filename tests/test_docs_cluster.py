"""The commands of docs/cluster.md are ones that the command line takes; its YAML has known keys."""

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from evalsuite.cli import app
from evalsuite.pipeline.settings import FIELDS, resolve

PAGE = Path(__file__).parents[1] / "docs" / "cluster.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

# Keys of the CRD ray.io/v1 RayJob of KubeRay 1.7.0, as far as a recipe has a use for them.
POD = {"metadata": {}, "spec": {"containers": None, "volumes": None, "nodeSelector": {}}}
CONTAINER = {"name", "image", "env", "envFrom", "resources", "volumeMounts"}
GROUP = {"rayStartParams": {}, "template": POD}
JOB = {
    **{"apiVersion": None, "kind": None, "metadata": {}},
    "spec": {
        **dict.fromkeys(("entrypoint", "shutdownAfterJobFinishes", "backoffLimit")),
        "rayClusterSpec": {"rayVersion": None, "headGroupSpec": GROUP, "workerGroupSpecs": None},
    },
}
WORKERS = {**GROUP, **dict.fromkeys(("groupName", "replicas", "minReplicas", "maxReplicas"))}
# Keys of a task of SkyPilot 0.14 (`sky/utils/schemas.py`).
TASK = {
    *("name", "workdir", "num_nodes", "resources", "file_mounts", "setup", "run", "envs"),
    *("secrets", "volumes", "config"),
}


def commands():
    return [line for line in PAGE.read_text("utf-8").splitlines() if "evalsuite run " in line]


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_page_is_taken(line):
    run = typer.main.get_command(app).commands["run"]
    words = shlex.split(line)
    with run.make_context("run", words[words.index("run") + 1 :]) as context:
        settings = resolve({name: context.params[name] or None for name in FIELDS})
    assert settings.workers in (None, 20)
    assert (settings.executor == "ray") == ("--executor ray" in line)


def test_the_page_has_a_command_for_each_way():
    assert len(commands()) == 7


def unknown(value, known, path=""):
    """The paths of keys that the schema does not know; {} knows any, None is a leaf."""
    for key, inner in value.items() if known else ():
        if key not in known:
            yield f"{path}.{key}"
        elif isinstance(inner, dict):
            yield from unknown(inner, known[key], f"{path}.{key}")


def test_the_job_for_kuberay_has_known_keys_and_one_volume_for_all():
    claim, job = yaml.safe_load_all(BLOCKS[0])
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    assert [*unknown(job, JOB)] == []
    cluster = job["spec"]["rayClusterSpec"]
    (group,) = cluster["workerGroupSpecs"]
    assert [*unknown(group, WORKERS)] == []
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    folder = re.search(r"--output-dir (\S+)", job["spec"]["entrypoint"])[1]
    for pod in (cluster["headGroupSpec"]["template"]["spec"], group["template"]["spec"]):
        ((container,), (volume,)) = pod["containers"], pod["volumes"]
        assert container.keys() <= CONTAINER
        (mount,) = container["volumeMounts"]
        assert mount["name"] == volume["name"] and folder.startswith(mount["mountPath"] + "/")
        assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    gpus = int(container["resources"]["limits"]["nvidia.com/gpu"]) * group["replicas"]
    asked = re.findall(r"--(?:judge-)?workers (\d+)", job["spec"]["entrypoint"])
    assert sum(map(int, asked)) == gpus


def test_the_task_for_skypilot_has_known_keys_and_a_volume_for_the_run():
    task = yaml.safe_load(BLOCKS[1])
    assert task.keys() <= TASK
    assert all(path in task["run"] for path in (*task["volumes"], *task["file_mounts"]))
    assert all(mount["mode"] == "COPY" for mount in task["file_mounts"].values())
