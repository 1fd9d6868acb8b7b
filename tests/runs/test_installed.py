"""How evalsuite was installed, by what the installer left (PEP 610)."""

import json
from importlib import metadata

import pytest

from evalsuite.runs.installed import installed

URL = "https://example.org/acme/evalsuite.git"
VCS = {"vcs": "git", "commit_id": "0a" * 20}


@pytest.mark.parametrize(
    ("direct", "found"),
    [
        (None, {"from": "index"}),
        ({"url": URL, "vcs_info": VCS}, {"from": "git", "address": URL, "commit": "0a" * 20}),
        # An address with somebody's token in it is left out.
        (
            {"url": "https://ann:t0ken@example.org/e", "vcs_info": VCS},
            {"from": "git", "commit": "0a" * 20},
        ),
        (
            {"url": "file:///home/ann/e-1.whl", "archive_info": {}},
            {"from": "archive", "file": "e-1.whl"},
        ),
        (
            {"url": "https://h.example/a/e-1.whl?se=1&sig=A%2Bb/c#sha256=0a", "archive_info": {}},
            {"from": "archive", "file": "e-1.whl"},
        ),
        ({"url": "https://[h/e-1.whl", "archive_info": {}}, {}),
        ({"url": "file:///home/ann/evalsuite", "dir_info": {}}, {"from": "folder"}),
        ({"url": URL, "vcs_info": {}}, {}),
        ([], {}),
    ],
)
def test_what_the_installer_left_says_it_without_a_path(direct, found, monkeypatch):
    class Left:
        def read_text(self, name):
            assert name == "direct_url.json"
            return None if direct is None else json.dumps(direct)

    monkeypatch.setattr(metadata, "distribution", lambda name: Left())
    assert installed(is_checkout=False) == found


def test_a_checkout_is_one_whatever_else_is_installed():
    assert installed(is_checkout=True) == {"from": "checkout"}
