"""Speaks for a provider that has no voice, by repeating its recorded exchanges.

So a new provider is in the sandbox the moment its exchanges are written; a voice is only needed
for it to know the whole invented world.
"""

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Spec, Window
from roleferry_enrich.sandbox.population import View

# A recorded exchange is JSON whose bodies are another company's; it is passed on, never read.
_Recorded = Mapping[str, Any]
_Question = tuple[str, str, tuple[tuple[str, str], ...], str]
_NEVER_ASKED = 404


class Replay:
    """A voice made of recordings."""

    def __init__(self, spec: Spec, exchanges: Sequence[_Recorded]) -> None:
        self.NAME = spec.name
        self.WINDOWS: tuple[Window, ...] = spec.permits
        self._answers = _answers(exchanges, open_web=spec.open_web)

    def routes(self, view: View) -> list[Route]:
        del view  # recordings know whom they know
        return [Route("/{path:path}", self._answer, methods=["GET", "POST"])]

    def authorised(self, request: Request) -> Response | None:
        del request
        return None

    def throttled(self, left: int, limit: int, reset: int) -> Response:
        del left, limit, reset
        return JSONResponse({"error": "too many requests"}, 429, {"retry-after": "1"})

    def limit_headers(self, left: int, limit: int, reset_unix: int) -> dict[str, str]:
        del left, limit, reset_unix
        return {}

    async def _answer(self, request: Request) -> Response:
        path = f"/{request.path_params['path']}"
        body = await request.body()
        asked = _question(request.method, path, request.query_params.multi_items(), _json(body))
        answers = self._answers.get(asked)
        if answers is None:
            return JSONResponse({"error": "no recorded exchange asks this"}, _NEVER_ASKED)
        answers.rotate(-1)  # a question asked twice in one exchange has two answers, in turn
        return _reply(answers[-1])


def recorded_in(path: Traversable) -> Sequence[_Recorded]:
    """The exchanges of a file, none where there is no file."""
    if not path.is_file():
        return ()
    exchanges: Sequence[_Recorded] = json.loads(path.read_text(encoding="utf-8"))["exchanges"]
    return exchanges


def _answers(
    exchanges: Iterable[_Recorded], *, open_web: bool
) -> dict[_Question, deque[_Recorded]]:
    """Where several exchanges ask the same, the one that found something speaks."""
    by_worth = sorted(exchanges, key=lambda exchange: exchange["expect"]["outcome"] != "found")
    answers: dict[_Question, deque[_Recorded]] = {}
    for exchange in by_worth:
        mine: dict[_Question, deque[_Recorded]] = {}
        for call in exchange["calls"]:
            asked = _recorded_question(call["request"], open_web=open_web)
            mine.setdefault(asked, deque()).append(call["reply"])
        answers = mine | answers
    return answers


def _recorded_question(request: _Recorded, *, open_web: bool) -> _Question:
    host = request.get("origin", "").partition("://")[2] if open_web else ""
    path = f"/{host}{request['path']}" if host else request["path"]
    params = request.get("params", {}).items()
    return _question(request["method"], path, params, request.get("json"))


def _question(
    method: str, path: str, params: Iterable[tuple[str, str]], document: object
) -> _Question:
    body = orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()
    return method, path, tuple(sorted(params)), body


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")


def _reply(recorded: _Recorded) -> Response:
    headers = dict(recorded.get("headers", {}))
    if "json" in recorded:
        return JSONResponse(recorded["json"], recorded["status"], headers)
    return Response(recorded.get("text", ""), recorded["status"], headers)
