import getpass
import json
import os
import platform

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.files.redact import redact

SECRETS = [
    "hf_" + "aB3" * 11,
    "sk-" + "proj_x9" * 6,
    "ghp_" + "Ab1" * 12,
    "github_pat_" + "11AB" * 8,
    "glpat-" + "x1Y2" * 5,
    "xoxb-" + "123-abc-" * 3,
    "AKIA" + "ABCD1234" * 2,
    "AIza" + "Sy_-x" * 7,
    "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_tokens_are_taken_out_wherever_they_stand(secret):
    held = {"a": [secret, {"b": f"got 401 with {secret}."}], f"key {secret}": 1}
    assert secret not in json.dumps(redact(held))


def test_values_under_telling_keys_and_in_addresses_are_taken_out():
    assert redact({"api_key": "abc", "HF_TOKEN": "x", "auth": {"password": "p"}}) == {
        "api_key": "<secret>",
        "HF_TOKEN": "<secret>",
        "auth": {"password": "<secret>"},
    }
    assert redact("https://me:pw@host.example/v1?token=abc&n=1") == (
        "https://<secret>@host.example/v1?token=<secret>&n=1"
    )
    assert redact("Authorization: Bearer abc.def") == "Authorization: Bearer <secret>"


def test_secrets_of_the_environment_are_known_by_value(monkeypatch):
    monkeypatch.setenv("MY_SERVICE_TOKEN", "plain words 99")
    assert redact("it said plain words 99!") == "it said <secret>!"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("/data/models/sd15", "<path>/sd15"),
        ("/data/my models/sd 15", "<path>/sd 15"),
        ("file:///data/x.png", "<path>/x.png"),
        ("C:\\Users\\Ann\\models\\sd", "<path>/sd"),
        ("\\\\box\\share\\sd", "<path>/sd"),
        ("//box/share/sd", "<path>/sd"),
        ("/home/ann", "<path>"),
        ("~ann/models/sd", "<path>/sd"),
        ("cannot open '/data/my models/x.bin'", "cannot open '<path>/x.bin'"),
        ("error:/data/x.bin, sorry", "error:<path>/x.bin, sorry"),
        (
            "/data/my run/x.png: is damaged; see docs/a.md",
            "<path>/x.png: is damaged; see docs/a.md",
        ),
        ("--cache=/var/tmp/hub", "--cache=<path>/hub"),
    ],
)
def test_absolute_paths_keep_only_their_last_part(text, clean):
    assert redact(text) == clean


def test_what_a_run_needs_to_be_repeated_stays():
    manifest = {
        "model": "stabilityai/stable-diffusion-2-1",
        "revision": "5cae40e6a2745ae2b01ad92ae5043f95f23644d6",
        "weights": {"unet/model.safetensors": "a" * 64},
        "max_tokens": 77,
        "tokenizer": {"pad_token_id": 0},
        "guidance": 4.0,
        "negative": None,
        "url": "https://huggingface.co/a/b?revision=main",
        "note": "1/2 of 3, text/plain, and/or",
        "token": None,
    }
    assert redact(manifest) == manifest


def test_files_of_one_name_in_two_folders_both_stay():
    clean = redact({"/a/x.bin": 1, "/b/x.bin": 2})
    assert clean == {"<path>/x.bin": 1, "<path>/x.bin (2)": 2}


def test_this_machine_and_its_user_are_not_named(monkeypatch):
    monkeypatch.setenv("USER", "wilhelmina")
    monkeypatch.setenv("LOGNAME", "wilhelmina")
    monkeypatch.setattr(platform, "node", lambda: "kestrel-7.example.org")
    assert getpass.getuser() == "wilhelmina"
    said = redact(["by Wilhelmina on kestrel-7", "kestrel-7.example.org", "kestrel-70"])
    assert said == ["by <name> on <name>", "<name>", "kestrel-70"]
    assert "wilhelmina" not in redact("/home/wilhelmina")
    assert redact(os.path.expanduser("~/x/y.bin")) == "<path>/y.bin"


@pytest.mark.parametrize(
    "name",
    [
        *("root", "user", "users", "admin", "home", "test", "build", "guest", "nobody", "default"),
        *("localhost", "docker", "runner", "ubuntu", "debian", "ec2-user", "jovyan", "vscode"),
        *("app", "Root", "ab"),
    ],
)
def test_names_of_everybody_spoil_no_word(monkeypatch, name):
    for variable in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(variable, name)
    monkeypatch.setenv("HOME", f"/x/{name}")
    monkeypatch.setattr(platform, "node", lambda: name)
    monkeypatch.setattr(getpass, "getuser", lambda: name)
    assert redact(f"by {name} on it") == f"by {name} on it"


@pytest.mark.parametrize("variable", ["USER", "LOGNAME", "USERNAME", "HOSTNAME"])
def test_every_variable_that_names_somebody_is_heeded(monkeypatch, variable):
    monkeypatch.setenv(variable, "wil")
    assert redact("by wil, wilma and swil") == "by <name>, wilma and swil"


def test_the_home_folder_is_a_tilde_wherever_it_stands(monkeypatch):
    monkeypatch.setenv("HOME", "/srv/people/zoe9")
    assert redact("in /srv/people/zoe9 and /srv/people/zoe9x/y") == "in ~ and <path>/y"
    assert redact("read '/srv/people/zoe9/a b.bin'") == "read '<path>/a b.bin'"
    monkeypatch.setenv("HOME", "/")
    assert redact("1/2 of /") == "1/2 of /"


@given(st.text(alphabet="ab/~:\\ .'\"<>-=", max_size=30))
def test_redacting_twice_changes_nothing_more(text):
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("text", ["<i>a</i> b", "a</b>", "<h1 >x</h1 >", "and </my-tag>"])
def test_a_closing_tag_is_no_path(text):
    assert redact(text) == text
    assert redact("</home/wilma/x>") == "<<path>/x>"
