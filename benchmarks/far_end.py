"""The far end of every benchmark: answers the benchmark providers' calls for next to nothing.

`python -m benchmarks.far_end PORT [--slowest-ms 100] [--hung 8]`, in a process of its own, so that
its work is not counted with ours. `GET /_count` says how many calls came and what they took, so
that a benchmark can show that the far end was not its bottleneck.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import cast

import uvloop

from benchmarks.providers import NAMES

_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True, kw_only=True)
class Manners:
    """How the providers behave, and what they have been asked so far."""

    delays: dict[bytes, float] = field(default_factory=dict)
    """Seconds, by provider; without one it answers at once."""
    hung: frozenset[bytes] = frozenset()
    calls: int = 0


class FarEnd(asyncio.Protocol):
    """One connection. Reads only what it needs of a request: its path, and where it ends."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            path = self._buffer.split(b" ", 2)[1]
            self._buffer = self._buffer[end + 4 :]
            self._answer(path)

    def _answer(self, path: bytes) -> None:
        provider, _, rest = path[1:].partition(b"/")
        if provider.startswith(b"_"):
            self._write(_reply(self._status()))
            return
        self._manners.calls += 1
        if provider in self._manners.hung:
            return
        reply = _reply(_person(provider, rest))
        delay = self._manners.delays.get(provider)
        if delay is None:
            self._write(reply)
        else:
            asyncio.get_running_loop().call_later(delay, self._write, reply)

    def _write(self, reply: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(reply)

    def _status(self) -> bytes:
        status = {
            "calls": self._manners.calls,
            "cpu_s": time.process_time(),
            "up_s": time.monotonic(),
        }
        return json.dumps(status).encode()


def _reply(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


def _person(provider: bytes, rest: bytes) -> bytes:
    """A record of the person asked for, of the size and shape that providers send."""
    email = rest.partition(b"email=")[2].replace(b"%40", b"@")
    mailbox, _, domain = email.partition(b"@")
    first, _, last = mailbox.partition(b".")
    return _PERSON % {
        b"provider": provider,
        b"email": email,
        b"first": first.capitalize(),
        b"last": last.capitalize(),
        b"mailbox": mailbox,
        b"domain": domain,
        b"profile": (mailbox + b"-" + domain).replace(b".", b"-"),
        b"company": domain.partition(b".")[0].capitalize(),
    }


_PERSON = b"""{
"person": {"id": "%(provider)s-%(mailbox)s", "first_name": "%(first)s", "last_name": "%(last)s",
 "name": "%(first)s %(last)s", "title": "Chief Operating Officer", "seniority": "c_suite",
 "departments": ["operations", "c_suite"], "linkedin_url": "https://www.linkedin.com/in/%(profile)s",
 "email": "%(email)s", "email_status": "verified", "city": "Leeds", "state": "England",
 "country": "United Kingdom", "postal_code": "LS1 4DY", "photo_url": null, "headline": null,
 "phone_numbers": [{"raw_number": "+44 113 496 0101", "type": "work_direct", "status": "valid"}],
 "employment_history": [{"current": true, "organization_name": "%(company)s Ltd",
  "title": "Chief Operating Officer", "start_date": "2019-04-01", "end_date": null}],
 "organization": {"id": "%(provider)s-%(company)s", "name": "%(company)s Ltd",
  "primary_domain": "%(domain)s", "industry": "Logistics", "estimated_num_employees": 240,
  "annual_revenue": 41000000, "founded_year": 1998, "city": "Leeds", "country": "United Kingdom",
  "linkedin_url": "https://www.linkedin.com/company/%(profile)s", "keywords": ["freight"],
  "technology_names": ["PostgreSQL", "React", "Salesforce"], "phone": "+44 113 496 0100"}},
"credits": {"used": 1, "left": 99821}, "request": "%(provider)s-%(mailbox)s-7f3a"
}"""


def _manners(arguments: argparse.Namespace) -> Manners:
    """Delays are spread evenly up to the slowest provider's."""
    names = [name.encode() for name in NAMES]
    slowest = arguments.slowest_ms / 1000
    delays = {name: slowest * (n + 1) / len(names) for n, name in enumerate(names) if slowest}
    return Manners(delays=delays, hung=frozenset(names[: arguments.hung]))


async def _serve(arguments: argparse.Namespace) -> None:
    manners = _manners(arguments)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: FarEnd(manners), "127.0.0.1", arguments.port, backlog=4096
    )
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--slowest-ms", type=float, default=0.0)
    parser.add_argument("--hung", type=int, default=0)
    uvloop.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
