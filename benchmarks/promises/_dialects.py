"""The image APIs' published schemas: what each answers to a prompt and a seed, and to a job."""

import base64
import hashlib
import json
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, NamedTuple

import numpy as np

from benchmarks.promises._service import Service
from evalsuite.files.images import encode_png

BLACK = np.zeros((8, 8, 3), np.uint8)


class Answer(NamedTuple):
    """A whole answer, and whether it is charged for."""

    status: int
    body: Any
    billed: bool = False
    headers: tuple[tuple[str, str], ...] = ()


def told(prompt: str) -> str:
    """What a prompt asks for: the word after "say:", or "" for a picture."""
    return prompt.partition("say:")[2].split(" ")[0] if "say:" in prompt else ""


# The dialects: each reads (prompt, seed) from a request and answers as its service does.


def openai(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1/images/generations."""
    kind = told(prompt)
    if kind in ("input", "output"):
        error = {
            "message": "Rejected by the safety system. safety_violations=[sexual].",
            "type": "image_generation_user_error",
            "code": "moderation_blocked",
            "moderation_details": {"moderation_stage": kind, "categories": ["sexual"]},
        }
        return Answer(400, {"error": error}, billed=kind == "output")
    if kind == "policy":
        error = {
            "message": "Your request was rejected as a result of our content policy.",
            "type": "invalid_request_error",
            "code": "content_policy_violation",
        }
        return Answer(400, {"error": error})
    if kind == "empty":
        return Answer(200, {"created": 1, "data": []}, billed=True)
    if kind == "echo":
        said = f"Incorrect API key provided: {', '.join(service.authorised)}."
        return Answer(400, {"error": {"message": said, "code": "invalid_request"}})
    if kind == "param":
        error = {"message": "Invalid value: 'size'.", "code": "invalid_value"}
        return Answer(400, {"error": error})
    data: dict[str, Any] = {}
    coded = base64.b64encode(service.picture(prompt, seed)).decode()
    if kind == "url":
        data["url"] = f"{service.url}/pictures/{_name(service, prompt, seed)}.png"
    else:
        data["b64_json"] = "bm90IGEgcGljdHVyZQ==" if kind == "junk" else coded
    if kind == "revised":
        data["revised_prompt"] = "a majestic, highly detailed painting of it"
    usage = {
        "input_tokens": 10,
        "output_tokens": 272,
        "total_tokens": 282,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 0},
    }
    return Answer(200, {"created": 1, "data": [data], "usage": usage}, billed=True)


def gemini(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1beta/models/M:generateContent."""
    kind = told(prompt)
    usage = {"promptTokenCount": 8, "candidatesTokenCount": 1290, "totalTokenCount": 1298}
    if kind.startswith("blocked-"):
        feedback = {"blockReason": kind.removeprefix("blocked-")}
        return Answer(200, {"promptFeedback": feedback, "usageMetadata": usage, "responseId": "r"})
    if kind == "nothing":
        return Answer(200, {"usageMetadata": usage}, billed=True)
    text = {"text": "Here it is." if not kind else "I cannot draw that."}
    draft = {"thought": True, "inlineData": {"mimeType": "image/png", "data": _png(BLACK)}}
    parts: list[Any] = [draft, text]
    if not kind:
        coded = base64.b64encode(service.picture(prompt, seed)).decode()
        parts.append({"inlineData": {"mimeType": "image/png", "data": coded}})
    finish = kind or "STOP"
    first = {"content": {"role": "model", "parts": parts}, "finishReason": finish, "index": 0}
    body = {"candidates": [first], "usageMetadata": usage, "responseId": "r"}
    return Answer(200, body, billed=True)


def a1111(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /sdapi/v1/txt2img."""
    coded = base64.b64encode(service.picture(prompt, seed)).decode()
    return Answer(200, {"images": [coded], "info": json.dumps({"all_seeds": [seed]})})


def stability(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v2beta/stable-image/generate/core."""
    kind = told(prompt)
    if kind == "moderated":
        body = {"id": "1", "name": "content_moderation", "errors": ["Your request was flagged."]}
        return Answer(403, body)
    picture = BLACK if kind == "filtered" else None
    coded = _png(picture) if picture is not None else _coded(service, prompt, seed)
    reason = "CONTENT_FILTERED" if kind == "filtered" else "SUCCESS"
    return Answer(200, {"image": coded, "finish_reason": reason, "seed": seed}, billed=True)


def _job(service: Service, prompt: str, seed: int) -> str:
    name = _name(service, prompt, seed)
    with service._lock:
        service._jobs[name] = (prompt, seed, 0)
    return name


def bfl(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1/flux-2-pro."""
    name = _job(service, prompt, seed)
    polling = f"{service.url}/v1/get_result?id={name}"
    billed = told(prompt) != "request"
    return Answer(200, {"id": name, "polling_url": polling, "cost": 4.0}, billed=billed)


def fal(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /fal-ai/flux/dev."""
    name = _job(service, prompt, seed)
    base = f"{service.url}/fal-ai/flux/requests/{name}"
    body = {"request_id": name, "status_url": f"{base}/status", "response_url": base}
    return Answer(200, body, billed=True)


def replicate(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /v1/predictions."""
    name = _job(service, prompt, seed)
    got = {"get": f"{service.url}/v1/predictions/{name}"}
    return Answer(201, {"id": name, "status": "starting", "urls": got}, billed=True)


def comfyui(service: Service, prompt: str, seed: int, path: str) -> Answer:
    """POST /prompt."""
    if told(prompt) == "node":
        error = {"type": "invalid_prompt", "message": "Cannot execute because node is missing"}
        return Answer(400, {"error": error, "node_errors": {"3": {}}})
    return Answer(200, {"prompt_id": _job(service, prompt, seed), "number": 1, "node_errors": {}})


def job(service: Service, path: str, query: str) -> Answer:
    """How a job stands, or the file that it made, by the address that was told."""
    pieces = [*path.strip("/").split("/"), *query.replace("=", "&").split("&")]
    name = next((piece.removesuffix(".png") for piece in pieces if piece[:2] == "j-"), "")
    with service._lock:
        found = service._jobs.get(name)
        if found is None:
            return Answer(404, {"detail": "not found", "status": "Task not found"})
        prompt, seed, looks = found
        service._jobs[name] = (prompt, seed, looks + 1)
    kind, image = told(prompt), f"{service.url}/pictures/{name}.png"
    if path.startswith("/pictures/") or path == "/view":
        return Answer(200, service.picture(prompt, seed))
    if kind == "lost":
        return Answer(404, {"detail": "not found"})
    if path == "/v1/get_result":
        words = {"request": "Request Moderated", "content": "Content Moderated", "error": "Error"}
        if looks < 1 or kind in words:
            return Answer(200, {"id": name, "status": words.get(kind, "Pending"), "result": None})
        result = {"sample": image, "prompt": prompt, "seed": seed}
        return Answer(200, {"id": name, "status": "Ready", "result": result})
    if path.endswith("/status"):
        done = {"status": "COMPLETED"} if looks else {"status": "IN_QUEUE", "queue_position": 0}
        return Answer(200 if looks else 202, done)
    if path.startswith("/fal-ai/"):
        if kind == "policy":
            one = {"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}
            return Answer(422, {"detail": [one]}, headers=(("X-Fal-Retryable", "false"),))
        flags = [kind == "nsfw"]
        body = {"images": [{"url": image}], "seed": seed, "has_nsfw_concepts": flags}
        return Answer(200, body | {"prompt": prompt})
    if path.startswith("/v1/predictions/"):
        if kind in ("nsfw", "oops"):
            said = "NSFW content detected. Try again." if kind == "nsfw" else "CUDA out of memory"
            return Answer(200, {"id": name, "status": "failed", "error": said, "output": None})
        if not looks:
            return Answer(200, {"id": name, "status": "processing", "error": None})
        body = {"id": name, "status": "succeeded", "output": [image], "error": None}
        return Answer(200, body | {"metrics": {"predict_time": 1.5}})
    if not looks:  # ComfyUI's history is empty until the job is done
        return Answer(200, {})
    saved = {"filename": f"{name}.png", "subfolder": "", "type": "output"}
    status = {"status_str": "success", "completed": True}
    if kind == "broken":
        return Answer(200, {name: {"outputs": {}, "status": {"status_str": "error"}}})
    return Answer(200, {name: {"outputs": {"9": {"images": [saved]}}, "status": status}})


DIALECTS: dict[str, Callable[[Service, str, int, str], Answer]] = {
    "/v1/images/generations": openai,
    ":generateContent": gemini,
    "/sdapi/v1/txt2img": a1111,
    "/v2beta/stable-image/generate/": stability,
    "/v1/predictions": replicate,
    "/v1/flux": bfl,
    "/fal-ai/": fal,
    "/prompt": comfyui,
}


def asked_for(path: str, body: bytes, kind: str) -> tuple[str, int]:
    """Prompt and seed of a request, wherever its API has them."""
    if kind.startswith("multipart/"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        form = {
            str(part.get_param("name", header="content-disposition")): part.get_payload()
            for part in BytesParser(policy=HTTP).parsebytes(head + body).walk()
            if not part.is_multipart()
        }
        return str(form["prompt"]), int(str(form.get("seed", 0)))
    held = json.loads(body)
    if path.endswith(":generateContent"):
        text = held["contents"][0]["parts"][0]["text"]
        return text, held.get("generationConfig", {}).get("seed", 0)
    if path == "/prompt":
        inputs = held["prompt"]["3"]["inputs"]
        return inputs["text"], inputs["seed"]
    held = held.get("input", held)
    return held["prompt"], held.get("seed", 0)


def _name(service: Service, prompt: str, seed: int) -> str:
    name = "j-" + hashlib.sha256(f"{prompt}\0{seed}".encode()).hexdigest()[:16]
    with service._lock:
        service._jobs.setdefault(name, (prompt, seed, 0))
    return name


def _png(pixels: Any) -> str:
    return base64.b64encode(encode_png(pixels)).decode()


def _coded(service: Service, prompt: str, seed: int) -> str:
    return base64.b64encode(service.picture(prompt, seed)).decode()
