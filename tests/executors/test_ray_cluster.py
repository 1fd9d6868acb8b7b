"""A Ray of this machine: connected to once, with workers that cannot start on their node."""

import importlib.util
import sys
import types

import pytest

from evalsuite.executors import ray as workers
from evalsuite.executors import ray_cluster
from evalsuite.executors.actor import Place
from evalsuite.records import InputError


@pytest.fixture
def module(monkeypatch):
    """A module that this process alone has, as where evalsuite is installed on the head alone."""
    found = types.ModuleType("installed_here_alone")
    monkeypatch.setitem(sys.modules, found.__name__, found)

    class Actor(workers.Actor):
        pass

    Actor.__module__, Actor.__qualname__ = found.__name__, "Actor"
    found.Actor = Actor
    monkeypatch.setattr(workers, "Actor", Actor)


@pytest.mark.slow
def test_another_cluster_and_a_node_without_the_package_are_refused_in_a_line(tmp_path, module):
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install 'evalsuite[ray]'")
    with ray_cluster.connected("local", 1) as ray:
        with ray_cluster.connected(None, 1) as same:
            assert same is ray
        with (
            pytest.raises(InputError, match="--ray-address auto: this program is connected to Ray"),
            ray_cluster.connected("auto", 1),
        ):
            pass
        crew = workers.Crew(ray, tmp_path, Place(str(tmp_path), [], {}), "nowhere:Nothing")
        with pytest.raises(InputError, match=r"could not start on its node .*installed_here") as no:
            crew.ask(crew.hire(1, {"num_cpus": 1}, {})[0], "draw", {})
            list(crew.answers(None))
        assert "every node needs the same evalsuite" in str(no.value) and "\n" not in str(no.value)
