"""The three service back-ends against a server that speaks the APIs' own words over real HTTP."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from evalsuite.backends import gemini, http, openai
from evalsuite.backends._service_file import READY, ready_names
from evalsuite.plugins.find import load_backend
from evalsuite.records import InputError, Key, NoImage, Prompt, Request, Stopped

KEY = "a-key-that-opens-nothing"


@pytest.fixture(scope="module")
def proof(server):
    """The proof of promise 10, with its table of APIs and endings."""
    from benchmarks.promises import services

    return services


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for name in ("OPENAI", "BFL", "STABILITY", "GEMINI"):
        monkeypatch.setenv(f"{name}_API_KEY", KEY)
    monkeypatch.setenv("FAL_KEY", KEY)
    monkeypatch.setenv("REPLICATE_API_TOKEN", KEY)


def asked(backend, text, seed=7):
    request = Request(Key("s", "p", 0), Prompt("p", text, "plain"), seed)
    return backend.render([request])[0]


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "graph.json"
    path.write_text('{"3": {"inputs": {"text": "{{prompt}}", "seed": "{{seed}}"}}}')
    return str(path)


def loaded(proof, name, service, graph, **more):
    api = proof.APIS[name]
    address = service.url + ("/v1" if name == "openai" else "")
    options = {**api.options, "base_url": address, "price": 0.5, "probe": False, **more}
    options |= {"graph": graph} if "graph" in options else {}
    return load_backend(api.model, options)


NAMES = ("openai", "gemini", "a1111", "comfyui", "bfl", "fal", "replicate", "stability")


@pytest.mark.parametrize("name", NAMES)
def test_every_way_to_say_no_has_its_status(proof, service, graph, server, name):
    from evalsuite.backends._caller import Clock

    backend = loaded(proof, name, service, graph, max_retries=0)
    backend.use(Clock(200))
    picture = asked(backend, "a red circle")
    assert isinstance(picture.image, np.ndarray) and picture.facts["attempts"] == 1
    for kind, ending in proof.APIS[name].endings.items():
        drawn = asked(backend, f"a red circle say:{kind}")
        status = drawn.image.status if isinstance(drawn.image, NoImage) else "ok"
        assert (kind, status) == (kind, ending)


def test_all_apis_of_the_proof_are_tested_and_all_ready_files_are_among_them(proof):
    assert set(NAMES) == set(proof.APIS)
    assert set(ready_names()) == {name for name in NAMES if name not in ("openai", "gemini")}


def test_what_was_said_beside_the_picture_is_kept(proof, service, graph):
    backend = loaded(proof, "openai", service, graph)
    facts = asked(backend, "a dog say:revised").facts
    assert facts["revised_prompt"] == "a majestic, highly detailed painting of it"
    assert facts["usage"]["output_tokens"] == 272 and facts["cost_usd"] == 0.5
    assert asked(backend, "a dog say:input").facts["cost_usd"] == 0
    assert asked(backend, "a dog say:output").facts["cost_usd"] == 0.5
    bfl = loaded(proof, "bfl", service, graph)
    # The service says 4 credits of a cent, whatever the price was thought to be.
    assert asked(bfl, "a dog say:content").facts["cost_usd"] == 0.04
    # It gives back the prompt that was asked: nothing was rewritten.
    assert "revised_prompt" not in asked(bfl, "a dog").facts


def test_a_seed_is_found_out_where_it_costs_nothing(server, service):
    def found(running, **more):
        backend = openai.load(model="m", base_url=f"{running.url}/v1", server="vllm", **more)
        backend.prepare(None)
        return backend

    assert found(service).describe()["seeds"] == "honoured"
    before = len(service.asked())
    assert found(service, price=0.5).describe()["seeds"] == "unknown"
    assert len(service.asked()) == before
    with server.serve(server.Service(keeps_seeds=False)) as other:
        backend = found(other)
        assert backend.describe()["seeds"] == "ignored"
        # A run that goes on knows it already, and asks nothing.
        before = len(other.asked())
        again = openai.load(model="m", base_url=f"{other.url}/v1", server="vllm")
        again.prepare(backend.describe())
        assert again.describe() == backend.describe() and len(other.asked()) == before
    with server.serve(server.Service(chaos=server.Chaos(broken=1.0))) as none:
        assert found(none, max_retries=0).describe()["seeds"] == "unknown"


def test_what_a_server_would_pass_over_is_refused():
    def refused(**given):
        with pytest.raises(InputError) as error:
            openai.load(model="m", **given)
        return str(error.value)

    home = {"base_url": "http://127.0.0.1:9/v1"}
    assert "--steps: openai servers pass over it" in refused(steps=20)
    assert "server=vllm|sglang" in refused(**home, guidance_scale=3.0)
    assert "--quality" in refused(**home, server="localai", quality="high")
    assert "did you mean 'sglang'?" in refused(**home, server="sglan")
    for address in ("127.0.0.1:9", "ftp://h/v1", "https://bob:word@h/v1", "https://h/v1?key=a"):
        assert refused(base_url=address).startswith("--base-url")
    assert "word" not in refused(base_url="https://bob:word@h/v1")
    for name in ("api_key", "batch_size", "revision"):
        with pytest.raises(InputError, match=f"takes no option '{name}'"):
            load_backend("openai:m", {name: "x"})


def test_local_ais_bar_is_a_problem_and_settings_reach_the_server():
    bar = Prompt("p", "a dog | a cat", "plain")
    for server, problems in (("localai", 1), ("vllm", 0), (None, 1)):
        backend = openai.load(model="m", base_url="http://127.0.0.1:9/v1", server=server)
        assert len(backend.problems([bar, replace(bar, text="a dog")])) == problems
    given = {"size": (512, 256), "steps": 20, "negative_prompt": "fog"}
    sent = openai.load(
        model="m", base_url="http://127.0.0.1:9/v1", server="sglang", **given
    ).api._request("a dog", 2**32 - 1)
    more = {"num_inference_steps": 20, "negative_prompt": "fog", "seed": 2**32 - 1}
    assert sent.pop("extra_body") == more | {"response_format": "b64_json"}
    assert sent == {"model": "m", "prompt": "a dog", "n": 1, "size": "512x256"}
    local = openai.load(model="m", base_url="http://127.0.0.1:9/v1", server="localai", steps=9)
    assert local.api._request("a", 2**31)["extra_body"]["seed"] == 0
    hosted = openai.load(model="gpt-image-2", quality="low").api._request("a", 3)
    assert hosted["extra_body"] == {"quality": "low"}  # no seed, no response_format there


def test_a_known_price_is_the_dearest_that_it_may_be():
    assert openai.load(model="gpt-image-2", quality="low", size=(1024, 1024)).price == 0.006
    assert openai.load(model="gpt-image-2").price == pytest.approx(0.3165)
    assert openai.load(model="gpt-image-9").price is None
    assert openai.load(model="m", base_url="http://127.0.0.1:9/v1").price == 0
    with pytest.raises(InputError, match="--max-cost 5: nobody knows what an image costs"):
        openai.load(model="gpt-image-9").limit(5.0, 0.0)


def test_a_key_stays_with_its_service(monkeypatch, server):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(InputError, match="set OPENAI_API_KEY to the service's key"):
        openai.load(model="m").prepare(None)
    with pytest.raises(InputError, match="set GEMINI_API_KEY or GOOGLE_API_KEY"):
        monkeypatch.delenv("GEMINI_API_KEY")
        gemini.load(model="m").prepare(None)
    with pytest.raises(InputError, match="another address needs"):
        gemini.load(model="m", base_url="http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-canary-1234")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-canary")
    with server.serve(server.Service()) as elsewhere:
        backend = openai.load(model="m", base_url=f"{elsewhere.url}/v1", server="vllm")
        backend.prepare(None)
        assert elsewhere.authorised == {"Bearer none"}
        assert backend.api._client.organization is None
    assert "canary" not in json.dumps(backend.describe())


def test_an_address_on_another_host_ends_the_run_before_more_is_paid(service, monkeypatch):
    backend = openai.load(model="m", base_url=f"{service.url}/v1", server="vllm")
    answer = {"data": [{"url": "https://cdn.example.com/a.png"}]}
    with pytest.raises(InputError, match=r"cdn\.example\.com.*name it with image_hosts"):
        backend.api._read(answer, None)
    inside = {"data": [{"url": "http://169.254.169.254/a.png"}]}
    drawn = backend.api._read(inside, None)
    assert drawn.image.status == "failed" and "not by https" in drawn.image.reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "service: field required"),
        ("service: s\nrequest: {path: /}\nimage: {base64: a}\n", "{{prompt}} stands nowhere"),
        (
            "service: s\nrequest: {path: '/{{promt}}'}\nimage: {base64: a}\n",
            "{{promt}}; did you mean 'prompt'?",
        ),
        (
            "service: s\nrequest: {path: '/{{prompt}}', body: {}}\nimage: {base64: a}\n",
            "request.body: extra inputs",
        ),
        (
            "service: s\nrequest: {path: '/{{prompt}}'}\nimage: {base64: a, url: b}\n",
            "say one of base64, url, path and whole",
        ),
        (
            "service: s\nheaders: {X-Api-Key: abcdefgh}\nrequest: {path: '/{{prompt}}'}\n"
            "image: {base64: a}\n",
            "a key stands in the file",
        ),
        (
            "service: s\nheaders: {A: '{{key}}'}\nrequest: {path: '/{{prompt}}'}\n"
            "image: {base64: a}\n",
            "{{key}} needs key: VARIABLE",
        ),
        (
            "service: s\nrequest: {path: '/{{prompt}}'}\npoll: {done: {at: x}}\n"
            "image: {base64: a}\n",
            "say one of url and path",
        ),
        (
            "service: s\nprice: -1\nrequest: {path: '/{{prompt}}'}\nimage: {base64: a}\n",
            "price: input should be greater",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(tmp_path, text, said):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"mine\.yaml:\d+: ") as error:
        http.load(service=str(path))
    assert said in str(error.value) and "abcdefgh" not in str(error.value)


def test_a_service_of_ones_own_is_a_file(tmp_path, service):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "service: mine\n"
        "options: {n_iter: 1}\n"
        "price: 0\n"
        "request:\n"
        "  path: /sdapi/v1/txt2img\n"
        '  json: {prompt: "{{prompt}}", seed: "{{seed}}", n_iter: "{{n_iter}}"}\n'
        "image: {base64: images.0}\n"
    )
    backend = http.load(service=str(path), base_url=service.url, n_iter=1)
    backend.prepare(None)
    assert isinstance(asked(backend, "a dog").image, np.ndarray)
    described = backend.describe()
    assert described["seeds"] == "honoured" and described["service"] == "mine"
    with pytest.raises(InputError, match=r"--steps: mine\.yaml does not send steps"):
        http.load(service=str(path), base_url=service.url, steps=3)
    with pytest.raises(InputError, match="takes no option 'niter'; did you mean 'n_iter'"):
        http.load(service=str(path), base_url=service.url, niter=3)
    with pytest.raises(InputError, match="the file has no address"):
        http.load(service=str(path))
    with pytest.raises(InputError, match="did you mean 'bfl'"):
        http.load(service="bffl")
    with pytest.raises(InputError, match="--model openai:NAME --base-url URL"):
        http.load(service="//localhost:8000/v1")
    with pytest.raises(InputError, match="needs graph; write --model-arg graph="):
        http.load(service="comfyui")


def test_an_answer_may_be_the_picture_itself_and_a_prompt_part_of_a_path(tmp_path, service):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "service: mine\nprice: 0\nrequest: {method: GET, path: '/pictures/{{prompt}}.png'}\n"
        "image: {whole: true}\n"
    )
    address = service.url.replace("127.0.0.1", "localhost")  # two addresses; a server has one
    backend = http.load(service=str(path), base_url=address, probe=False)
    backend.prepare(None)
    before = len(service.seen)
    with pytest.raises(InputError, match="HTTP 404"):  # there is no such job
        asked(backend, "a/b ?c#d")
    assert service.seen[before].path == "/pictures/a%2Fb%20%3Fc%23d.png"
    bfl = http.load(service="bfl", base_url=service.url)
    drawn = asked(bfl, "a dog").image
    name = next(job for job, held in service._jobs.items() if held[0] == "a dog")
    assert np.array_equal(asked(backend, name).image, drawn)


def test_ready_files_say_who_they_are_and_hold_no_key():
    for path in READY.glob("*.yaml"):
        text = path.read_text()
        assert text.startswith("# ") and "{{prompt}}" in text.replace("{{graph}}", "{{prompt}}")
        assert os.environ["OPENAI_API_KEY"] not in text


def test_all_that_is_in_flight_keeps_to_one_retry_after(server):
    """By the world's own clock: nothing is sent to a service that asked for a second's quiet."""

    class Once(server.Service):
        def turn(self, who, path):
            how = super().turn(who, path)
            return "limited" if who[0] == "0 dogs" and self._tries[(*who, path)] == 1 else how

    with server.serve(Once(chaos=server.Chaos(waits=(1.0,)), pause=0.02)) as limited:
        backend = openai.load(
            model="m", base_url=f"{limited.url}/v1", server="vllm", concurrency=4, probe=False
        )
        backend.prepare(None)
        with ThreadPoolExecutor(4) as pool:
            drawn = list(pool.map(lambda n: asked(backend, f"{n} dogs", n), range(12)))
        assert [each.facts["attempts"] for each in drawn] == [2] + [1] * 11
        told = next(seen.came for seen in limited.seen if seen.outcome == "429")
        came = sorted(seen.came - told for seen in limited.seen)
        in_flight = [wait for wait in came if 0 < wait < 0.95]
        assert len(in_flight) <= 6 and max(in_flight, default=0) < 0.5, came
        assert limited.broken_waits == [] and came[-1] >= 1


def test_money_and_a_halt_end_a_request_without_an_answer(proof, service, graph):
    backend = loaded(proof, "openai", service, graph)
    backend.limit(0.4, 0.0)
    with pytest.raises(Stopped, match=r"--max-cost 0\.4"):
        asked(backend, "a dog")
    backend.limit(10.0, 0.0)
    backend.halt()
    assert isinstance(asked(backend, "a dog").image, np.ndarray)  # nothing had to wait
