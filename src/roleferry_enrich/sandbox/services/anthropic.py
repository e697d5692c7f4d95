"""Anthropic's Messages API as its clients meet it: whole or as a stream of events.

No model answers: it says how much it was told, so that nothing it says can be taken for a fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.population import View

NAME = "anthropic"
WINDOWS = (Window(50, timedelta(minutes=1)),)

_REQUIRED = ("model", "max_tokens", "messages")
_BYTES_A_TOKEN = 4

# Any: what a client may send as JSON.
Body = Mapping[str, Any]


def routes(view: View) -> list[Route]:
    del view  # no model is told of the invented world
    return [Route("/v1/messages", messages, methods=["POST"])]


def authorised(request: Request) -> Response | None:
    # Its documentation names the first; its own client sends the second.
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    key = request.headers.get("x-api-key", bearer)
    if not key or "invalid" in key:
        return _refusal(401, "authentication_error", "invalid x-api-key")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:
    text = "This request would exceed your rate limit."
    refused = _refusal(429, "rate_limit_error", text)
    seconds = max(1, reset - int(datetime.now(UTC).timestamp()))
    refused.headers.update(limit_headers(left, limit, reset) | {"retry-after": str(seconds)})
    return refused


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    start = "anthropic-ratelimit-requests"
    ends = datetime.fromtimestamp(reset_unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {f"{start}-limit": str(limit), f"{start}-remaining": str(left), f"{start}-reset": ends}


async def messages(request: Request) -> Response:
    raw = await request.body()
    asked = _object(raw)
    if "anthropic-version" not in request.headers:
        return _refusal(400, "invalid_request_error", "anthropic-version: header is required")
    missing = next((name for name in _REQUIRED if not asked.get(name)), None)
    if missing is not None:
        return _refusal(400, "invalid_request_error", f"{missing}: Field required")
    if not str(asked["model"]).startswith("claude-"):
        return _refusal(404, "not_found_error", f"model: {asked['model']}")
    message = _message(asked, len(raw))
    if asked.get("stream"):
        return StreamingResponse(_events(message), media_type="text/event-stream")
    return JSONResponse(message, headers={"request-id": _id("req")})


def _object(raw: bytes) -> Body:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _message(asked: Body, size: int) -> dict[str, Any]:
    text = f"The sandbox was told {size} bytes and answers nothing of its own."
    return {
        "id": _id("msg"),
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": size // _BYTES_A_TOKEN,
            "output_tokens": len(text) // _BYTES_A_TOKEN,
        },
    }


def _events(message: Mapping[str, Any]) -> Iterator[bytes]:
    """The order in which the real service sends them, a ping among them."""
    content: Sequence[Mapping[str, str]] = message["content"]
    begun = {**message, "content": [], "stop_reason": None}
    yield _event("message_start", message=begun)
    block = {"type": "text", "text": ""}
    yield _event("content_block_start", index=0, content_block=block)
    yield _event("ping")
    for word in content[0]["text"].split(" "):
        yield _event("content_block_delta", index=0, delta=_text_delta(word))
    yield _event("content_block_stop", index=0)
    ended = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield _event("message_delta", delta=ended, usage=message["usage"])
    yield _event("message_stop")


def _text_delta(word: str) -> dict[str, str]:
    return {"type": "text_delta", "text": f"{word} "}


def _event(kind: str, **members: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), orjson.dumps({"type": kind, **members}))


def _refusal(status: int, kind: str, message: str) -> Response:
    error = {"type": kind, "message": message}
    return JSONResponse({"type": "error", "error": error, "request_id": _id("req")}, status)


def _id(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex[:24]}"
