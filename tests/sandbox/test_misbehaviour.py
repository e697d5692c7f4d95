"""Every fault over a real server, because a fault is what arrives on the wire."""

import json
import time
import zlib

import httpx
import pytest
from tests.sandbox.stub_voice import KEY

ORLA = "/apollo/v1/person?email=orla.fenwick@quillmere.test"
TRUTH = b'{"name":"Orla Fenwick"}'


@pytest.fixture
def ask(served):
    with httpx.Client(base_url=served, headers=KEY, timeout=10) as client:
        yield lambda fault: client.get(ORLA, headers={"X-Sandbox-Fault": fault})


def test_without_a_fault_the_truth_comes(served):
    answer = httpx.get(served + ORLA, headers=KEY)

    assert (answer.status_code, answer.content) == (200, TRUTH)
    assert answer.headers["x-limit"] == "100"


def test_slow(ask):
    begun = time.monotonic()

    answer = ask("slow;seconds=0.2")

    assert answer.content == TRUTH
    assert time.monotonic() - begun >= 0.2


def test_hang(served):
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(served + ORLA, headers=KEY | {"X-Sandbox-Fault": "hang"}, timeout=0.2)


def test_hang_ends_after_its_seconds(ask):
    assert ask("hang;seconds=0.1").status_code == 504


def test_rate_limited_in_the_words_of_the_provider(ask):
    answer = ask("429;seconds=7")

    assert answer.status_code == 429
    assert answer.json()["error"] == "slow down"
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-left"] == "0"


def test_rate_limited_without_saying_for_how_long(ask):
    answer = ask("429_without_retry_after")

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    ("fault", "status"), [("500", 500), ("503", 503), ("unauthorised", 401), ("payment", 402)]
)
def test_refusals(ask, fault, status):
    answer = ask(fault)

    assert answer.status_code == status
    assert answer.headers["x-limit"] == "100"


def test_truncated_is_the_beginning_of_the_truth(ask):
    answer = ask("truncated")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert TRUTH.startswith(answer.content)
    assert 0 < len(answer.content) < len(TRUTH)


def test_html(ask):
    answer = ask("html")

    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")
    assert answer.text.startswith("<html>")


def test_empty(ask):
    assert (ask("empty").status_code, ask("empty").content) == (200, b"")


def test_gzip_bomb_is_small_on_the_wire_and_huge_when_opened(served):
    inflate = zlib.decompressobj(wbits=31)
    wire = size = 0
    headers = KEY | {"X-Sandbox-Fault": "gzip_bomb"}
    with httpx.stream("GET", served + ORLA, headers=headers, timeout=30) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        for chunk in answer.iter_raw():
            wire += len(chunk)
            size += len(inflate.decompress(chunk))

    assert size > 300_000_000
    assert wire < 2_000_000
    assert inflate.eof


def test_lying_is_well_formed_and_about_somebody_else(ask):
    answer = ask("lying")

    assert answer.status_code == 200
    assert answer.json()["name"] not in {None, "Orla Fenwick"}


def test_redirect_to_an_inner_address(ask):
    answer = ask("redirect")

    assert answer.status_code == 302
    assert answer.headers["location"] == "http://169.254.169.254/"


def test_drip_comes_byte_by_byte(served):
    headers = KEY | {"X-Sandbox-Fault": "drip;seconds=0.01"}
    with httpx.stream("GET", served + ORLA, headers=headers) as answer:
        chunks = list(answer.iter_raw())

    assert b"".join(chunks) == TRUTH
    assert len(chunks) > len(TRUTH) // 2


def test_drip_stops_when_the_client_hangs_up(served):
    headers = KEY | {"X-Sandbox-Fault": "drip;seconds=0.01"}
    with httpx.stream("GET", served + ORLA, headers=headers) as answer:
        next(answer.iter_raw())

    assert httpx.get(f"{served}/_health").status_code == 200


def test_error_in_a_200(ask):
    answer = ask("bad_json_200")

    assert answer.status_code == 200
    assert list(json.loads(answer.content)) == ["error"]


def test_fault_of_a_post_sees_its_body(served):
    headers = KEY | {"X-Sandbox-Fault": "truncated"}

    answer = httpx.post(f"{served}/apollo/v1/echo", headers=headers, json={"word": "x" * 50})

    assert answer.content.startswith(b'{"word":"xxx')


def test_fault_does_not_let_in_without_a_key(served):
    answer = httpx.get(served + ORLA, headers={"X-Sandbox-Fault": "lying"})

    assert answer.status_code == 401
