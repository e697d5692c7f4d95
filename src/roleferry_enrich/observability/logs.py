"""Logs: one JSON object (or console line) per fact, of known fields only.

An event's name is dotted and stable (`provider.call.refused`); what it is about are fields. The
list of fields is the last line of defence: a field nobody thought about is dropped, and text
that looks like an address or a key is blacked out, whichever library wrote it.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import orjson
import structlog

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.observability.crashes import without_values

FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "logger", "exception", "request_id", "trace_id"),
        *("provider", "capability", "outcome", "attempt", "status", "reason", "error"),
        *("cache", "cost", "latency_ms", "duration_ms", "wait_ms", "retry_after_s", "state"),
        *("method", "route", "path", "operation", "host", "port", "version", "environment"),
        *("account_id", "key_id", "enrichment_id", "company_id", "contact_id", "job_id"),
        *("batch_id", "item_id", "endpoint_id", "delivery_id", "event_id", "erasure_id"),
        *("goal", "worker", "lease", "queue", "count", "done", "failed", "pending", "age_s"),
        *("setting", "component", "signal", "command", "pid", "revision", "at"),
        *("position", "of"),
    }
)
"""All that a log line may carry. `account_id` and the like are our own random ids."""

_EMAIL = re.compile(r"[^\s@\"'<>(),;:=]+(?:@|%40)[^\s@\"'<>(),;:/]+\.[^\s@\"'<>(),;:/]+")
_CREDENTIAL = re.compile(
    r"(?i:\b(?:bearer|basic)\s+[\w.~+/=-]+)"
    r"|(?<=://)[^\s/@]*@"
    r"|\b(?:rfe_|sk[-_]|pk[-_]|whs|whp|ghp_|xox[a-z]-|AKIA|SG\.|eyJ)[\w.+/=-]{8,}"
    r"|(?i:\b(?:api[-_]?key|token|secret|password|authorization)\b[\"']?\s*[=:]\s*)\S+"
    r"|\btest-key-[\w-]+"
    # Any run this long with a digit in it; our ids are UUIDs, which the hyphens keep shorter.
    r"|\b(?=\w*\d)\w{32,}\b"
)
_QUERY = re.compile(r"(?<=\?)[^\s\"']+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_OWN_IDS = frozenset({"trace_id", "timestamp"})
# A caller may choose its own request id, so only one in the form of ours is taken for one.
_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
# They say each request's full URL, or a job's arguments, at INFO.
_TALKATIVE = ("httpx", "httpcore", "aiohttp.access", "arq", "asyncio", "urllib3")

Event = MutableMapping[str, Any]  # structlog's own type: values are whatever was logged


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """For this process: ours and every library's. Uvicorn must be run with `log_config=None`.

    To the standard error stream, because commands print their results on the other one.
    """
    chain: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *chain,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(settings, chain))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    _quieten_libraries()


def _formatter(
    settings: Settings, chain: list[structlog.typing.Processor]
) -> structlog.stdlib.ProcessorFormatter:
    console = structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*chain, structlog.stdlib.add_logger_name],
        pass_foreign_args=True,
        processors=[
            _without_record,
            without_values,
            only_known_fields,
            redacted,
            console if settings.log_format == "console" else _as_json,
        ],
    )


def _quieten_libraries() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def _without_record(_: object, __: str, event: Event) -> Event:
    """Uvicorn's access line as fields, without the query string and the client's address."""
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog", None)
    arguments = event.pop("positional_args", ())
    if record.name == "uvicorn.access" and len(arguments) == 5:
        _, method, path, _, status = arguments
        plain_path = str(path).partition("?")[0]
        event.update(event="http.request", method=method, path=plain_path, status=status)
    return event


def only_known_fields(_: object, __: str, event: Event) -> Event:
    return {name: value for name, value in event.items() if name in FIELDS}


def redacted(_: object, __: str, event: Event) -> Event:
    return {name: _redact(name, value) for name, value in event.items()}


def _redact(name: str, value: object) -> object:
    """Only plain values pass as they are: what an object says of itself is text like any."""
    if value is None or isinstance(value, bool | int | float) or name in _OWN_IDS:
        return value
    if name == "request_id" and _REQUEST_ID.fullmatch(str(value)):
        return value
    text = _QUERY.sub("[query]", str(value))
    text = _CREDENTIAL.sub("[secret]", text)
    return _CONTROL.sub("?", _EMAIL.sub("[email]", text))


def _as_json(_: object, __: str, event: Mapping[str, Any]) -> str:
    # A lone surrogate is no UTF-8, and a log line must never be the reason a request fails.
    try:
        return orjson.dumps(event).decode()
    except TypeError:
        plain = {
            name: str(value).encode("ascii", "replace").decode() for name, value in event.items()
        }
        return orjson.dumps(plain).decode()
