import base64
import html
import json
import os
import shlex
from pathlib import Path
from urllib.parse import quote, quote_plus

import markupsafe
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
    "PASSWORDS",
    "MY_PASSWD_FILE_TEXT",
    "X_PASSPHRASE_1",
    "SECRETS",
    "KEY",
    "KEYS",
    "TOKEN",
    "API_TOKENS",
    "PASS",
    "MY_PWD",
    "GITLAB_PAT",
    "NPM_AUTH",
    "AUTHORIZATION",
    "GCP_CREDENTIAL",
    "GCP_CREDENTIALS",
    "AWS_CREDS",
    "SESSION_COOKIE",
    "AZURE_SIGNATURE",
    "STABILITY_APIKEY",
    "A_KEY_ID",
    "A_KEY_DEV",
    "A_KEY_TEST",
    "A_KEY_LIVE",
    "A_KEY_PROD",
    "A_KEY_VALUE",
    "A_KEY_STRING",
    "A_KEY_BASE64",
    "A_KEY_B64",
    "A_KEY_7_PROD",
    "MY.SERVICE KEY",
    "my:key",
]


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_names_a_credential_is_known_by_its_value(monkeypatch, name):
    monkeypatch.setenv(name, "plain words 99")
    assert conceal(["it said plain words 99!", 7]) == ["it said <secret>!", 7]


def test_short_values_of_variables_and_settings_spoil_no_word(monkeypatch):
    monkeypatch.setenv("FAL_KEY", " 1234567 ")
    assert conceal("it said 1234567!") == "it said 1234567!"
    monkeypatch.setenv("FAL_KEY", " 12345678 ")
    assert conceal("it said 12345678!") == "it said <secret>!"
    monkeypatch.setattr(credentials, "_told", set())
    remember({"key": "12345", "pass": "abcdef"})
    assert conceal("12345 abcdef") == "12345 <secret>"
    remember({"key": "<secret>x"})
    assert credentials._told == {"abcdef"}


@pytest.mark.parametrize("name", ["EDITOR", "MONKEY", "KEYBOARD", "TOKENIZERS_PARALLELISM", "PATH"])
def test_other_variables_spoil_nothing(monkeypatch, name):
    monkeypatch.setenv(name, "plain words 99")
    assert conceal("it said plain words 99!") == "it said plain words 99!"


def test_the_path_of_a_file_of_keys_is_no_key(monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", os.fspath(Path(__file__)))
    assert conceal(f"{__file__}: not found") == f"{__file__}: not found"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file/9")
    assert conceal("/no/such/file/9") == "<secret>"
    monkeypatch.chdir(Path(__file__).parent)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", Path(__file__).name)
    assert conceal(Path(__file__).name) == "<secret>", "a name alone may be a key too"


@pytest.mark.parametrize("value", ["it's/a+key 9ü", "CANARY12345678", 'quo"te\\back<&>'])
@pytest.mark.parametrize("before", ["", "b", "bo", "bob:"])
def test_a_known_value_is_found_in_every_encoding(monkeypatch, value, before):
    monkeypatch.setenv("FAL_KEY", value)
    coded = base64.b64encode(f"{before}{value}:end".encode()).decode()
    forms = [value, shlex.quote(value), json.dumps(value), repr(value), quote(value, safe="")]
    for form in (*forms, value.encode().hex(), value.encode().hex().upper()):
        assert conceal(f"a {form} b").strip("ab '\"") == "<secret>", form
    for page in (html.escape(value), str(markupsafe.escape(value))):
        assert conceal(f"a {page} b") == "a <secret> b"
    plain = quote(value)
    for percent in (plain, quote_plus(value), plain.lower() if "%" in plain else plain):
        assert value.isalnum() or conceal(f"a {percent} b") == "a <secret> b"
    assert conceal(json.dumps(value, ensure_ascii=False)) == '"<secret>"'
    assert base64.b64encode(value.encode()).decode()[4:12] not in conceal(coded)
    assert len(conceal(coded).replace("<secret>", "")) < 16


def test_base64_of_both_alphabets_is_known_wherever_the_value_stands(monkeypatch):
    monkeypatch.setenv("FAL_KEY", "\u00fb\u00ff\u00be>>>???~~~")
    plain = "w7vDv8K+Pj4+Pz8/fn5+"
    assert base64.b64decode(plain).decode() == os.environ["FAL_KEY"]
    assert conceal(f"a {plain} b") == "a <secret> b"
    assert conceal("a w7vDv8K-Pj4-Pz8_fn5- b") == "a <secret> b"
    # One letter, two letters and none before it, and one behind: what is left depends on these.
    assert conceal("YsO7w7_Cvj4-Pj8_P35-fg==") == "Ys<secret>g=="
    assert conceal("YsO7w7/Cvj4+Pj8/P35+fg==") == "Ys<secret>g=="
    assert conceal("YmLDu8O/wr4+Pj4/Pz9+fn4=") == "YmL<secret>4="
    assert conceal("YmLDu8O_wr4-Pj4_Pz9-fn4=") == "YmL<secret>4="
    monkeypatch.setenv("FAL_KEY", "abcdefgh")
    assert conceal("YWJjZGVmZ2g=") == "<secret>g="
    monkeypatch.setenv("FAL_KEY", "abcdefg")
    assert conceal("YWJjZGVmZw==") == "YWJjZGVmZw=="


@pytest.mark.parametrize(
    "issued",
    [
        "-----BEGIN RSA PRIVATE KEY-----\\nMIIE+/=\nx",
        "hf_0123456789abcdef",
        "api_org_0123456789abcdef",
        "r8_0123456789abcdef",
        "npm_0123456789abcdef",
        "sk-0123456789abcdef",
        "gho_0123456789abcdef",
        "github_pat_0123456789abcdef",
        "glpat-0123456789abcdef",
        "xoxp-0123456789",
        "AKIA0123456789ABCDEF",
        "ASIA0123456789ABCDEF",
        "AIza0123456789abcdef0123456789abcd",
        "pypi-0123456789abcdef",
        "eyJ01234567.89abcdef",
        "eyJ01234567.89abcdef.x",
    ],
)
def test_what_issuers_begin_their_keys_with_is_known_anywhere(issued):
    assert conceal(f"a {issued}, b") == "a <secret>, b"


@pytest.mark.parametrize(
    "name",
    [
        *("token", "secret", "password", "passwd", "passphrase", "authorization", "signature"),
        *("cookie", "x-auth", "x-auth-user", "my-key", "my_key", "api-key", "api_key", "apikey"),
        *("accesskey", "privatekey", "secretkey", "subscriptionkey", "accountkey", "clientkey"),
        *("authkey", "signingkey", "sharedkey", "storagekey", "sessionkey", "servicekey"),
        "encryptionkey",
    ],
)
@pytest.mark.parametrize("sign", ["=", ": ", "&#39;: &#34;", "&quot;:", "=Bearer ", ": token "])
def test_what_is_assigned_to_a_telling_name_is_taken_out(name, sign):
    assert conceal(f"a {name}{sign}v12;b") == f"a {name}{sign}<secret>;b"
    for nothing in ("set", "unset", "none", "NULL", "true", "False"):
        assert conceal(f"a {name}={nothing} b") == f"a {name}={nothing} b"


def test_pictures_in_a_page_are_left_as_they_are():
    letters = "A" * 60 + "AKIA0123456789ABCDEF"
    page = f"token=v12 <img src='data:image/png;base64,{letters}'> sk-0123456789abcdef <b>"
    page += f"<img src='data:image/png;base64,{letters}'> token=v12"
    clean = f"token=<secret> <img src='data:image/png;base64,{letters}'> <secret> <b>"
    assert conceal(page) == clean + f"<img src='data:image/png;base64,{letters}'> token=<secret>"


@pytest.mark.parametrize("coded", ["Ym9iOnB3", "Ym9iOnB3cA==", "Ym9iOnB3cA", "Pz8_Ojo-"])
def test_basic_authentication_is_a_pair_in_base64(coded):
    assert conceal(f"Basic {coded}!") == "Basic <secret>!"
    assert conceal("Basic Ym9iYm9i, Basic bicycle") == "Basic Ym9iYm9i, Basic bicycle"


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
    strong = ("token", "secret", "client_secrets", "password", "passwd", "passphrase", "pwd")
    strong += ("authorization", "credential", "credentials", "set-cookie", "my_token_2")
    kinds = ("api", "access", "private", "secret", "subscription", "account", "client", "auth")
    kinds += ("signing", "shared", "storage", "session", "service", "encryption")
    strong += tuple(f"{kind}_key" for kind in kinds) + tuple(f"{kind}keys" for kind in kinds)
    for held in ("v", 7, ["v"]):
        assert conceal(dict.fromkeys(strong, held)) == dict.fromkeys(strong, "<secret>")
    weak = ("my_key", "my_key_2", "auth", "proxy_auth", "signature", "x-signature")
    assert conceal(dict.fromkeys(weak, "v")) == dict.fromkeys(weak, "<secret>")
    lists = {name: ["v"] for name in weak}
    assert conceal(lists) == lists
    for nothing in (None, "", True, False, "set", "UNSET", "none", "null", "true", "false"):
        assert conceal({"api_key": nothing}) == {"api_key": nothing}
    plain = {"pad_token_id": 0, "max_tokens": 77, "sort_key": [1], "key": "v", "token": None}
    assert conceal(plain) == plain


def test_what_settings_name_a_key_is_known_by_its_value(monkeypatch):
    monkeypatch.setattr(credentials, "_told", set())
    remember(
        {"model_arg": {"key": "flagged-1", "size": "nothing-2"}, "model": "http://a:pw-3456@b"}
    )
    remember({"scorer_arg": {"vqa": {"api_key": "flagged-4", "token": "<secret>"}}})
    remember("https://bob:a%2Fb%20cd@host")
    assert conceal("a/b cd, a%2Fb%20cd, a%2fb%20cd") == "<secret>, <secret>, <secret>"
    said = conceal("flagged-1 nothing-2 pw-3456 flagged-4 <secret>")
    assert said == "<secret> nothing-2 <secret> <secret> <secret>"
    remember({"servers": ["http://a:pw-77777@b", {"api_key": "in-a-list-8"}]})
    assert conceal("pw-77777 in-a-list-8") == "<secret> <secret>"


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


@pytest.mark.parametrize("before", ["?", "&", "&amp;"])
def test_the_signature_of_an_azure_address_is_taken_out_and_a_sig_elsewhere_is_not(before):
    address = f"https://a.example/c/e.whl?se=1{before}sig="
    assert conceal(f"{address}aB%2Bc/d%3D&sp=r") == f"{address}<secret>&sp=r"
    assert conceal("config=4, n_sig=3, sig: 2") == "config=4, n_sig=3, sig: 2"
