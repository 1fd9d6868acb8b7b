import base64
import json
import os
import shlex
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.files import credentials
from evalsuite.files.atomic import write_text
from evalsuite.files.credentials import conceal, remember

VARIABLES = [
    "FAL_KEY",
    "AZURE_OPENAI_KEY",
    "STABILITY_KEY",
    "GOOGLE_KEY",
    "MY_SERVICE_KEY",
    "OPENAI_API_KEY_2",
    "HF_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "DB_PASSWORD_PROD",
    "my-service-token",
    "clientSecret",
    "SMTP_PASS",
]


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_names_a_credential_is_known_by_its_value(monkeypatch, name):
    monkeypatch.setenv(name, "plain words 99")
    assert conceal(["it said plain words 99!", 7]) == ["it said <secret>!", 7]


@pytest.mark.parametrize("name", ["EDITOR", "MONKEY", "KEYBOARD", "TOKENIZERS_PARALLELISM", "PATH"])
def test_other_variables_spoil_nothing(monkeypatch, name):
    monkeypatch.setenv(name, "plain words 99")
    assert conceal("it said plain words 99!") == "it said plain words 99!"


def test_the_path_of_a_file_of_keys_is_no_key(monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", os.fspath(Path(__file__)))
    assert conceal(f"{__file__}: not found") == f"{__file__}: not found"


@pytest.mark.parametrize("value", ["it's/a+key 9ü", "CANARY12345678", 'quo"te\\back<&>'])
@pytest.mark.parametrize("before", ["", "b", "bo", "bob:"])
def test_a_known_value_is_found_in_every_encoding(monkeypatch, value, before):
    monkeypatch.setenv("FAL_KEY", value)
    coded = base64.b64encode(f"{before}{value}:end".encode()).decode()
    forms = [value, shlex.quote(value), json.dumps(value), repr(value), quote(value, safe="")]
    for form in (*forms, value.encode().hex(), value.encode().hex().upper()):
        assert conceal(f"a {form} b").strip("ab '\"") == "<secret>", form
    assert base64.b64encode(value.encode()).decode()[4:12] not in conceal(coded)
    assert len(conceal(coded).replace("<secret>", "")) < 16


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("X-Auth: v1234", "X-Auth: <secret>"),
        ("x-auth-token=v1234&n=1", "x-auth-token=<secret>&n=1"),
        ("{'Ocp-Apim-Subscription-Key': 'v'}", "{'Ocp-Apim-Subscription-Key': '<secret>'}"),
        ('{\\"api_key\\": \\"v\\"}', '{\\"api_key\\": \\"<secret>\\"}'),
        ("fal_key=v, n=1", "fal_key=<secret>, n=1"),
        ("Authorization: Basic Ym9iOnB3", "Authorization: Basic <secret>"),
        ("sent Basic Ym9iOnB3 to it", "sent Basic <secret> to it"),
        ("Basic training of a Bearer", "Basic training of a Bearer"),
        ("https://bob:p@ss@host.example/x", "https://<secret>@host.example/x"),
        ("a monkey: v1234, the key: 7", "a monkey: v1234, the key: 7"),
        ('"HF_TOKEN": "set", token=None', '"HF_TOKEN": "set", token=None'),
        ("step 3 of tokens: 77", "step 3 of tokens: 77"),
    ],
)
def test_credentials_are_known_by_their_form(text, clean):
    assert conceal(text) == clean
    assert conceal(clean) == clean


def test_maps_are_concealed_by_their_keys_and_keep_their_kinds():
    named = ("X-Auth", "Ocp-Apim-Subscription-Key", "subscription-key", "api_key", "apiKey")
    assert conceal(dict.fromkeys(named, "v")) == dict.fromkeys(named, "<secret>")
    plain = {"pad_token_id": 0, "max_tokens": 77, "sort_key": [1], "key": "v", "token": None}
    assert conceal(plain) == plain


def test_what_settings_name_a_key_is_known_by_its_value(monkeypatch):
    monkeypatch.setattr(credentials, "_told", set())
    remember(
        {"model_arg": {"key": "flagged-1", "size": "nothing-2"}, "model": "http://a:pw-3456@b"}
    )
    remember({"scorer_arg": {"vqa": {"api_key": "flagged-4", "token": "<secret>"}}})
    said = conceal("flagged-1 nothing-2 pw-3456 flagged-4 <secret>")
    assert said == "<secret> nothing-2 <secret> <secret> <secret>"


def test_files_stay_what_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("FAL_KEY", "12345678")
    write_text(tmp_path / "a.json", '{"a": 12345678, "b": "is 12345678"}\n')
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": 12345678, "b": "is <secret>"}
    write_text(tmp_path / "a.html", "<p>12345678</p>")
    assert (tmp_path / "a.html").read_text() == "<p>&lt;secret&gt;</p>"
    write_text(tmp_path / "a.md", "12345678")
    assert (tmp_path / "a.md").read_text() == "<secret>"


@given(st.text(alphabet="abkey_:=@/ '\"<>-BbasicTokn.", max_size=40))
def test_concealing_twice_changes_nothing_more(text):
    once = conceal(text)
    assert conceal(once) == once
