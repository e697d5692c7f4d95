"""NeverBounce as its clients meet it: every answer is a 200, and `status` says what it means.

The key comes in the query, a form or a JSON body, and GET and POST are the same.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import neverbounce as documents
from roleferry_enrich.sandbox.documents.neverbounce_jobs import Job
from roleferry_enrich.sandbox.front_desk import CREDITS_HEADER
from roleferry_enrich.sandbox.population import View

NAME = "neverbounce"
WINDOWS: tuple[Window, ...] = ()
KEY_IN_BODY = True
_VERSIONS = ("v4", "v4.1", "v4.2")
LANES = {f"/{version}/jobs/create": (Window(50, timedelta(days=1)),) for version in _VERSIONS}
_LARGEST_PAGE = 1_000
_BOUGHT = 1_000_000
_FILTERS = (
    "valids", "invalids", "disposables", "catchalls", "unknowns", "duplicates", "bad_syntax",
)  # fmt: skip
_OFF = frozenset({"0", "false", "False", ""})

# What was asked, wherever in the request it stood: another program's JSON.
Asked = Mapping[str, Any]


def routes(view: View) -> list[Route]:
    neverbounce = _NeverBounce(view)
    spoken = {
        "single/check": neverbounce.single,
        "jobs/create": neverbounce.create,
        "jobs/parse": neverbounce.parse,
        "jobs/start": neverbounce.start,
        "jobs/status": neverbounce.status,
        "jobs/results": neverbounce.results,
        "jobs/search": neverbounce.search,
        "jobs/delete": neverbounce.delete,
        "account/info": neverbounce.account,
    }
    return [
        Route(f"/{version}/{path}", _answering(speak), methods=["GET", "POST"])
        for version in _VERSIONS
        for path, speak in spoken.items()
    ]


def authorised(request: Request) -> Response | None:
    """The key is in the body, which only the routes read."""
    del request
    return None


def throttled(left: int, limit: int, reset: int) -> Response:
    """No header says for how long."""
    del left, limit, reset
    return _reply({"status": "throttle_triggered", "message": "Too many requests, slow down."})


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    del left, limit, reset_unix
    return {}


class _Refused(Exception):
    """An answer too, in NeverBounce's own words."""

    def __init__(self, message: str, status: str = "general_failure") -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class _NeverBounce:
    def __init__(self, view: View) -> None:
        self._view = view
        self._jobs: dict[int, Job] = {}
        self._ids = count(150_970)
        self._used = 0

    def single(self, asked: Asked) -> tuple[documents.Document, int]:
        email = str(_needed(asked, "email"))
        document = self._checked(email)
        if _is_on(asked.get("address_info")):
            document |= {"address_info": documents.address_info(email)}
        self._used += 1
        if _is_on(asked.get("credits_info")):
            document |= {"credits_info": self._credits(just_used=1)}
        return document, 1

    def create(self, asked: Asked) -> tuple[documents.Document, int]:
        where = _needed(asked, "input_location")
        if where != "supplied":
            raise _Refused("The sandbox fetches nothing; use the supplied input location.")
        rows = _rows(_needed(asked, "input"))
        job = Job(
            id=next(self._ids),
            filename=str(asked.get("filename") or "Created from Array.csv"),
            rows=rows,
            verdicts={row["email"]: self._checked(row["email"]) for row in rows},
            created_at=datetime.now(UTC),
            parsed=_is_on(asked.get("auto_parse")),
        )
        self._jobs[job.id] = job
        charged = self._run(job) if job.parsed and _is_on(asked.get("auto_start")) else 0
        return {"job_id": job.id}, charged

    def parse(self, asked: Asked) -> tuple[documents.Document, int]:
        job = self._job(asked)
        job.parsed = True
        charged = self._run(job) if _is_on(asked.get("auto_start")) else 0
        return {"queue_id": f"NB-PQ-{job.id:X}"}, charged

    def start(self, asked: Asked) -> tuple[documents.Document, int]:
        job = self._job(asked)
        if job.state != "waiting":
            raise _Refused("The job is not waiting to be started.")
        return {"queue_id": f"NB-PQ-{job.id:X}"}, self._run(job)

    def status(self, asked: Asked) -> tuple[documents.Document, int]:
        return self._job(asked).looked_at(), 0

    def results(self, asked: Asked) -> tuple[documents.Document, int]:
        job = self._job(asked)
        if job.state != "complete":
            raise _Refused("Results are not available until the job is complete.")
        page, size = _paging(asked)
        shown = {name: _is_on(asked[name]) for name in _FILTERS if name in asked}
        return job.results(shown, page, size), 0

    def search(self, asked: Asked) -> tuple[documents.Document, int]:
        page, size = _paging(asked)
        jobs = [job.standing() for job in self._jobs.values() if _is_sought(job, asked)]
        rows = [{**job, "status": job["job_status"]} for job in jobs]
        return {
            "total_results": len(rows),
            "total_pages": -(-len(rows) // size),
            "query": {"page": page, "items_per_page": size},
            "results": rows[(page - 1) * size : page * size],
        }, 0

    def delete(self, asked: Asked) -> tuple[documents.Document, int]:
        del self._jobs[self._job(asked).id]
        return {}, 0

    def account(self, asked: Asked) -> tuple[documents.Document, int]:
        del asked  # every key has this account
        states = [job.state for job in self._jobs.values()]
        counts = {
            "completed": states.count("complete"),
            "under_review": 0,
            "queued": 0,
            "processing": states.count("running"),
        }
        return {"credits_info": self._credits(just_used=0), "job_counts": counts}, 0

    def _checked(self, email: str) -> documents.Document:
        return documents.checked(email, self._view.mailbox(email))

    def _run(self, job: Job) -> int:
        job.started = True
        self._used += job.billable
        return job.billable

    def _credits(self, just_used: int) -> documents.Document:
        return {
            "paid_credits_used": just_used,
            "free_credits_used": 0,
            "paid_credits_remaining": _BOUGHT - self._used,
            "free_credits_remaining": 0,
        }

    def _job(self, asked: Asked) -> Job:
        _needed(asked, "job_id")
        job = self._jobs.get(_number(asked, "job_id", 0))
        if job is None:
            raise _Refused("Invalid job ID")
        return job


def _answering(
    speak: Callable[[Asked], tuple[documents.Document, int]],
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            asked = await _asked(request)
            _check_key(asked)
            document, charged = speak(asked)
        except _Refused as refused:
            return _reply({"status": refused.status, "message": refused.message})
        return _reply({"status": "success", **document}, charged)

    return answer


def _reply(document: documents.Document, charged: int = 0) -> Response:
    return JSONResponse({**document, "execution_time": 27}, headers={CREDITS_HEADER: str(charged)})


async def _asked(request: Request) -> Asked:
    asked: dict[str, Any] = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        try:
            document = await request.json()
        except ValueError as error:
            raise _Refused("The body is not valid JSON") from error
        return asked | document if isinstance(document, dict) else asked
    return asked | dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _check_key(asked: Asked) -> None:
    key = str(_needed(asked, "key"))
    if "invalid" in key:
        raise _Refused("Invalid API key", "auth_failure")


def _needed(asked: Asked, name: str) -> object:
    value = asked.get(name)
    if value is None or value == "":
        raise _Refused(f"Missing required parameter '{name}'")
    return value


def _rows(given: object) -> list[documents.Document]:
    """Objects, or lists whose first member is the address; a form has them as one JSON text."""
    try:
        rows = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        rows = None
    named = [_row(row) for row in rows] if isinstance(rows, list) else []
    found = [row for row in named if "email" in row]
    if not found:
        raise _Refused("The input holds no addresses.")
    return found


def _row(row: object) -> documents.Document:
    if isinstance(row, list) and row:
        row = {"email": row[0], **{str(place): value for place, value in enumerate(row[1:], 1)}}
    return {name: str(value) for name, value in row.items()} if isinstance(row, dict) else {}


def _paging(asked: Asked) -> tuple[int, int]:
    size = _number(asked, "items_per_page", 10)
    if not 1 <= size <= _LARGEST_PAGE:
        raise _Refused("items_per_page must be between 1 and 1000.")
    return max(1, _number(asked, "page", 1)), size


def _is_sought(job: Job, asked: Asked) -> bool:
    known = {"job_id": str(job.id), "job_status": job.state, "filename": job.filename}
    return all(str(asked[name]) == value for name, value in known.items() if asked.get(name))


def _number(asked: Asked, name: str, default: int) -> int:
    try:
        return int(asked.get(name, default))
    except (TypeError, ValueError) as error:
        raise _Refused(f"Invalid value for parameter '{name}'") from error


def _is_on(value: object) -> bool:
    return value is not None and str(value) not in _OFF
