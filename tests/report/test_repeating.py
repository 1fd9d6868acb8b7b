"""The pinned install line, in the form that is true for how evalsuite was installed."""

import shlex

import pytest

from evalsuite.report.repeating import install

COMMIT = "0a" * 20
PACKAGES = {"evalsuite": "0.1.0", "torch": "2.10.0+cpu", "numpy": "2.3.1"}
PINS = " \\\n  torch==2.10.0 numpy==2.3.1"
URL = "https://example.org/acme/evalsuite"


@pytest.mark.parametrize(
    ("manifest", "line"),
    [
        (
            {"installed": {"from": "git", "address": URL, "commit": COMMIT}},
            f"pip install 'evalsuite @ git+{URL}@{COMMIT}'",
        ),
        (
            {"installed": {"from": "checkout"}, "git": COMMIT},
            f"git checkout {COMMIT}  # in a clone of evalsuite\npip install .",
        ),
        ({"installed": {"from": "archive", "file": "e-1.whl"}}, "pip install ./e-1.whl"),
        ({"installed": {"from": "index"}}, "pip install evalsuite==0.1.0"),
        ({}, "pip install evalsuite==0.1.0"),  # a run from before this was on record
        ({"git": COMMIT}, f"git checkout {COMMIT}  # in a clone of evalsuite\npip install ."),
    ],
)
def test_it_is_that_of_how_it_was_installed(manifest, line):
    assert install({"packages": PACKAGES, **manifest}) == line + PINS


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"packages": "torch"},
        {"packages": PACKAGES, "installed": {"from": "folder"}},
        {"packages": {"evalsuite": "0+source"}, "installed": "x"},
    ],
)
def test_what_is_not_on_record_is_not_made_up(manifest):
    assert install(manifest) == ""


def test_a_strangers_manifest_puts_no_command_into_the_line():
    packages = {"evalsuite": "1", "torch": "1; rm -rf ~", "$(id)": "2", "numpy": "3`id`"}
    bad = {"from": "git", "address": "https://x/y;id", "commit": "$(id)"}
    assert install({"packages": packages, "installed": bad}) == ""
    for address in ("https://x/y;id", "file:///etc", "https://ann:t@x/y", f"{URL}\nid"):
        bad = {"from": "git", "address": address, "commit": COMMIT}
        line = install({"packages": PACKAGES, "installed": bad})
        assert line.startswith(f"git checkout {COMMIT}  # in a clone")
    line = install({"packages": packages, "installed": {"from": "index"}})
    assert shlex.split(line) == ["pip", "install", "evalsuite==1"]
