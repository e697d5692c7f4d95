import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.observability.logs import configure_logs

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """Logging is configured per process; the next test must find it as it was."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
def lines(stream: io.StringIO) -> Lines:
    configure_logs(Settings(), stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def log() -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger("roleferry_enrich.test")


def test_an_event_is_one_json_object_with_its_fields(lines: Lines) -> None:
    log().warning("provider.call.refused", provider="hunter", attempt=2)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "provider.call.refused",
        "level": "warning",
        "provider": "hunter",
        "attempt": 2,
    }


def test_request_and_trace_are_named_where_they_are_known(lines: Lines) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    with structlog.contextvars.bound_contextvars(request_id="r-1", trace_id=trace_id):
        log().info("enrichment.answered")
    (line,) = lines()
    assert (line["request_id"], line["trace_id"]) == ("r-1", trace_id)


def test_a_field_nobody_allowed_is_dropped(lines: Lines) -> None:
    log().info("enrichment.answered", email_address="ada@acme.test", person={"name": "Ada"})
    (line,) = lines()
    assert set(line) == {"event", "level", "timestamp"}


@pytest.mark.parametrize(
    "canary",
    [
        "ada.lovelace@acme.test",
        "ada%40acme.test",
        "Bearer abc.def-ghi",
        "rfe_live_0123456789abcdef",
        "sk-ant-0123456789",
        "whsec_MfKQ9r8GKYqrTwjUPD8I",
        "0123456789abcdef0123456789abcdef",
        "api_key=abc",
        '"token": "abc"',
        "test-key-apollo",
    ],
)
def test_what_looks_like_an_address_or_a_key_is_blacked_out(lines: Lines, canary: str) -> None:
    log().error(f"odd.event {canary}", reason=f"before {canary} after", error=[canary])
    logging.getLogger("some.library").error("failed for %s", canary)
    said = json.dumps(lines())
    assert len(lines()) == 2
    assert canary not in said
    assert json.dumps(canary)[1:-1] not in said


def test_an_address_with_a_password_and_a_query_loses_both(lines: Lines) -> None:
    log().info("odd.event", reason="GET https://me:hunter2@api.test/v2?email=x&page=2 failed")
    assert lines()[0]["reason"] == "GET https://[secret]api.test/v2?[query] failed"


def test_our_own_ids_and_plain_words_stay_readable(lines: Lines) -> None:
    job = "5c2c6b1c-8d6e-4b52-9a54-1f0c8f3f6f10"
    log().info("batch.item.done", job_id=job, reason="status 503: service unavailable", count=3)
    (line,) = lines()
    assert (line["job_id"], line["count"]) == (job, 3)
    assert line["reason"] == "status 503: service unavailable"


def test_an_error_is_shown_with_its_place_and_without_its_secrets(lines: Lines) -> None:
    """Whoever logs it: a name or a number in its message looks like nothing that is blacked out."""
    try:
        int("Ada Lovelace")
    except ValueError as error:
        log().exception("batch.item.failed")
        logging.getLogger("some.library").exception("failed", exc_info=error)
    for line in lines():
        assert line["exception"].startswith("ValueError at test_logs.py:")
        assert "Lovelace" not in str(line)


def test_a_line_break_in_a_value_makes_no_second_line(stream: io.StringIO) -> None:
    configure_logs(Settings(log_format="console"), stream)
    log().info("odd.event", reason='x\r{"event":"forged"}\x1b[31m')
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


def test_text_that_is_no_unicode_is_logged_all_the_same(lines: Lines) -> None:
    log().info("odd.event", reason="lone \ud800 surrogate")
    assert lines()[0]["reason"] == "lone ? surrogate"


def test_an_access_line_has_no_query_and_no_client(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d',
        "203.0.113.9:5123",
        "GET",
        "/contacts?email=a%40b.test",
        "1.1",
        200,
    )
    (line,) = lines()
    assert (line["event"], line["method"], line["path"]) == ("http.request", "GET", "/contacts")
    assert line["status"] == 200
    assert "203.0.113.9" not in json.dumps(line)


def test_libraries_that_log_urls_are_quiet(lines: Lines) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://api.test/?api_key=x")
    assert lines() == []


def test_the_level_is_kept(stream: io.StringIO) -> None:
    configure_logs(Settings(log_level="warning"), stream)
    log().info("enrichment.answered")
    logging.getLogger("some.library").info("hello")
    assert stream.getvalue() == ""


def test_the_console_format_is_for_reading(stream: io.StringIO) -> None:
    configure_logs(Settings(log_format="console"), stream)
    log().info("server.started", port=8000, nonsense="dropped")
    assert "server.started" in stream.getvalue()
    assert "port=8000" in stream.getvalue()
    assert "dropped" not in stream.getvalue()
