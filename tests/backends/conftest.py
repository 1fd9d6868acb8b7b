"""A server on this machine that speaks the services' APIs."""

import pytest


@pytest.fixture(scope="module")
def server():
    """The module of the server that the proofs use."""
    with pytest.MonkeyPatch.context() as patch:
        from pathlib import Path

        patch.syspath_prepend(str(Path(__file__).parents[2]))
        import benchmarks.promises._server as module

        yield module


@pytest.fixture(scope="module")
def service(server):
    """A server without mishaps."""
    with server.serve(server.Service()) as running:
        yield running
