"""What a person is told when a service refuses, or when what answers is no service of ours."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.terminal.service import ServiceRefused, remote

KEY = "test-key"


class Reply(NamedTuple):
    status: int
    body: bytes
    content_type: str = "application/problem+json"
    encoding: str | None = None


Answering = Callable[[Reply], str]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """A server on a port of its own that gives one reply to everything; its URL."""
    started: list[ThreadingHTTPServer] = []

    def answer(reply: Reply) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _replying(reply))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield answer
    for server in started:
        server.shutdown()
        server.server_close()


def _replying(reply: Reply) -> type[BaseHTTPRequestHandler]:
    class Replying(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            if reply.encoding:
                self.send_header("Content-Encoding", reply.encoding)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None: ...

    return Replying


def ask(url: str, key: str = KEY) -> dict:
    async def post() -> dict:
        async with remote(url, key, by_proxy=False) as service:
            return await service.post("/enrich", {"email": "orla.fenwick@quillmere.test"})

    return asyncio.run(post())


def refusal(url: str) -> str:
    with pytest.raises(ServiceRefused) as refused:
        ask(url)
    assert "orla" not in str(refused.value)
    return str(refused.value)


def test_an_answer_is_handed_on(answering):
    url = answering(Reply(200, b'{"full_name": null, "meta": {}}', "application/json"))
    assert ask(url) == {"full_name": None, "meta": {}}


def test_a_problem_is_told_by_its_detail(answering):
    body = b'{"title": "A valid API key is required", "detail": "present a valid key"}'
    assert refusal(answering(Reply(401, body))) == "present a valid key"


def test_a_problem_without_detail_is_told_by_its_title(answering):
    assert refusal(answering(Reply(500, b'{"title": "Something went wrong"}'))) == (
        "Something went wrong"
    )


def test_faults_are_told_by_field(answering):
    body = b"""{"title": "t", "detail": "see `errors`", "errors": [
        {"field": "email", "code": "c", "message": "is no address"},
        {"field": "limit", "code": "c", "message": "is too high"}]}"""
    assert refusal(answering(Reply(422, body))) == "email: is no address; limit: is too high"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(502, b"<html>Bad Gateway</html>", "text/html"),
        Reply(200, b"<html>Log in to the hotel's network</html>", "text/html"),
        Reply(301, b"", "text/html"),
        Reply(200, b""),
        Reply(204, b""),
        Reply(503, b"[]"),
        Reply(200, b'{"items": []}'),
        Reply(404, b'{"error": "no such page"}'),
        Reply(400, b'"no"'),
        Reply(500, b"\xff\xfe\x00"),
    ],
)
def test_what_no_service_of_ours_says_is_told_with_its_status(answering, reply):
    said = refusal(answering(reply))
    assert f"status {reply.status}" in said
    assert "proxy" in said


def test_a_reply_that_cannot_be_decoded_is_told(answering):
    reply = Reply(200, b"not gzip at all", encoding="gzip")
    assert "--url" in refusal(answering(reply))


def test_where_nothing_listens_the_url_is_named():
    said = refusal("http://127.0.0.1:9")
    assert "http://127.0.0.1:9" in said
    assert "is it running" in said


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://x.test", "http://", "http://[::1"])
def test_a_url_that_is_none_is_a_mistake_in_the_option(url):
    with pytest.raises(ConfigurationError, match="--url"):
        ask(url)


@pytest.mark.parametrize("key", ["clé", "a\nb", "a\r\nX-Evil: 1", "\x00"])
def test_a_key_that_cannot_be_sent_is_a_mistake_in_the_option_and_not_shown(key):
    with pytest.raises(ConfigurationError, match="--key") as refused:
        ask("http://127.0.0.1:9", key)
    assert key not in str(refused.value)
