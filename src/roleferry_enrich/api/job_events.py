"""A job's progress as server-sent events, until the job ends."""

import asyncio
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from roleferry_enrich.api.answers.jobs import job_data
from roleferry_enrich.api.job_services import Jobs
from roleferry_enrich.api.responses import rendered
from roleferry_enrich.domain.batches import Job
from roleferry_enrich.errors import ServiceUnavailable

_LOOK_S = 1.0
# Proxies drop a connection on which nothing comes.
_SILENT_LOOKS = 15
# Then the client connects again by itself, as such clients do.
_MOST_LOOKS = 900


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


async def events(jobs: Jobs, job: Job) -> AsyncIterator[bytes]:
    """`progress` now and whenever something has changed, `end` at the end."""
    last = b""
    for look in range(_MOST_LOOKS):
        data = rendered(job_data(job))
        if job.finished_at is not None:
            yield _event("end", data)
            return
        if data != last:
            yield _event("progress", data)
        elif look % _SILENT_LOOKS == 0:
            yield b": still here\n\n"
        last = data
        await asyncio.sleep(_LOOK_S)
        now = await _now(jobs, job)
        if now is None:
            return
        job = now


async def _now(jobs: Jobs, job: Job) -> Job | None:
    try:
        return await jobs.get(job.account_id, job.id)
    except ServiceUnavailable:
        return job


def _event(name: str, data: bytes) -> bytes:
    return f"event: {name}\ndata: ".encode() + data + b"\n\n"
