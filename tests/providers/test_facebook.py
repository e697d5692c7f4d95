"""Facebook's quirks: errors by number in a status 400, a key of two parts, limits in percent."""

import logging
from datetime import UTC, datetime, timedelta

import aiohttp
import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from tests.far_end import served
from tests.providers.conformance import NOW, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
)
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.pauses import asked_pause
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.providers.claims.facebook import company_of
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.facebook import Facebook
from roleferry_enrich.providers.graph_api import bearer, pause_for_usage, proof
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Record, Reply


class TestFacebook(ProviderConformance):
    provider_name = "facebook"


def _reply(body: bytes, status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, body=body, headers=headers, received_at=NOW)


def _page(page: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(company_facebook_url=ProfileUrl(f"facebook.com/{page}")))


def _read(body: bytes, status: int = 200) -> Findings:
    reply = _reply(body, status)
    answer = play(Facebook(), Facebook().find_company(_page("quillmere")), lambda _: reply)
    assert isinstance(answer, Findings)
    return answer


def _named(replies: dict[str, bytes]) -> Findings:
    def reply_to(call: Call) -> Reply:
        return _reply(replies[call.path])

    query = CompanyQuery(keys=Keys(company_name="Facebook"))
    answer = play(Facebook(), Facebook().find_company(query), reply_to)
    assert isinstance(answer, Findings)
    return answer


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("quillmere.instruments", "/v26.0/quillmere.instruments"),
        ("20531316728", "/v26.0/20531316728"),
        ("quillmere-instruments-1234567", "/v26.0/1234567"),
    ],
)
def test_a_page_is_read_by_name_or_number(page, path):
    (call,) = next(Facebook().find_company(_page(page)))

    assert call.path == path


@pytest.mark.parametrize("page", ["me", "v26.0%2Fme", "caf%C3%A9-quillmere", "a_b_c_d"])
def test_what_names_no_page_is_not_asked(page):
    conversation = Facebook().find_company(_page(page))

    assert play(Facebook(), conversation, lambda _: pytest.fail("asked")) == Findings()


def test_the_documented_page_is_read():
    (company,) = _read(documented("facebook", "page_few_fields__pyfacebook.json")).companies

    assert (company.reference, company.name) == ("20531316728", "Facebook")
    assert company.facebook_url == "https://www.facebook.com/facebookapp"


def test_the_documented_search_and_pages_are_read():
    search = documented("facebook", "pages_search__pyfacebook.json")
    pages = documented("facebook", "pages_multi_ids_rich_fields__pyfacebook.json")

    (company,) = _named({"/v26.0/pages/search": search, "/v26.0/": pages}).companies

    assert company.facebook_url == "https://www.facebook.com/facebookapp"
    assert company.description
    assert company.description.startswith("The Facebook app Page")


def test_each_of_the_documented_pages_is_read():
    pages = orjson.loads(documented("facebook", "pages_multi_ids_rich_fields__pyfacebook.json"))

    read = {number: company_of(Record(page)) for number, page in pages.items()}

    developers = read["19292868552"]
    assert developers.name == "Facebook for Developers"
    assert developers.domain == "http://developers.facebook.com"
    assert developers.facebook_url == "https://www.facebook.com/FacebookforDevelopers"


@pytest.mark.parametrize(
    ("file", "error", "reason"),
    [
        ("error_400_code100_unknown_object__issue.json", ProviderRefusedQuery, "may not read it"),
        ("error_data__pyfacebook.json", ProviderRefusedQuery, "may not read it"),
        ("error_400_code10_feature_not_approved__issue.json", ProviderUnauthorised, "approved"),
        ("error_400_code4_app_rate_limit__github.json", ProviderRateLimited, "error 4"),
    ],
)
def test_documented_errors_are_told_apart_by_their_number(file, error, reason):
    with pytest.raises(error, match=reason) as raised:
        _read(documented("facebook", file), 400)

    assert "129931940492158" not in str(raised.value)


def test_whoever_is_throttled_does_not_call_on():
    body = documented("facebook", "error_400_code4_app_rate_limit__github.json")

    error = Facebook().refusal(Call.get("/x"), _reply(body, 403))

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after == timedelta(minutes=5)


def test_the_proof_is_that_of_the_vector():
    vector = orjson.loads(documented("facebook", "appsecret_proof_vector__computed.json"))
    key = f"{vector['access_token']}|{vector['app_secret']}"

    assert proof(key) == {"appsecret_proof": vector["appsecret_proof"]}
    assert bearer(key) == {"Authorization": f"Bearer {vector['access_token']}"}


@pytest.mark.parametrize(
    ("key", "token"),
    [("EAAtoken", "EAAtoken"), ("EAAtoken|", "EAAtoken"), ("123|s3cret", "123|s3cret"),
     ("123|s3cret|s3cret", "123|s3cret"), ("|s3cret", "|s3cret")],
)  # fmt: skip
def test_a_key_may_be_a_token_alone_or_an_app_s_own(key, token):
    assert bearer(key) == {"Authorization": f"Bearer {token}"}
    assert bool(proof(key)) is ("3cret" in key and not key.startswith("|"))


CANARY = "EAAcanarytoken|c4narys3cret"


async def test_the_proof_goes_to_the_provider_and_is_nowhere_else(caplog):
    caplog.set_level(logging.DEBUG)
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=b'{"id": "1"}', content_type="application/json")

    async with served(answer) as url, aiohttp.ClientSession() as session:
        wire = Transport(trusted=session, open_web=session, now=lambda: datetime.now(UTC))
        channel = Channel(provider=Facebook(), key=Credential(CANARY), base_url=url)
        (call,) = next(Facebook().find_company(_page("quillmere")))
        reply = await wire.send(channel, call, within=timedelta(seconds=5))

    said = proof(CANARY)["appsecret_proof"]
    assert seen[0].query["appsecret_proof"] == said
    assert seen[0].query["fields"] == dict(call.params)["fields"]
    assert seen[0].headers["Authorization"] == "Bearer EAAcanarytoken"
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]
    elsewhere = (repr(call), repr(channel), repr(reply), *(r.getMessage() for r in ours))
    for secret in (said, "c4narys3cret", "EAAcanarytoken"):
        assert not any(secret in text for text in elsewhere)


async def test_the_proof_is_in_no_error(unused_tcp_port_factory):
    async with aiohttp.ClientSession() as session:
        wire = Transport(trusted=session, open_web=session, now=lambda: datetime.now(UTC))
        (call,) = next(Facebook().find_company(_page("quillmere")))
        for base in (f"http://127.0.0.1:{unused_tcp_port_factory()}", "http://[bad"):
            channel = Channel(provider=Facebook(), key=Credential(CANARY), base_url=base)
            with pytest.raises(ProviderError) as raised:
                await wire.send(channel, call, within=timedelta(seconds=5))

            chain = [raised.value, raised.value.__cause__, raised.value.__context__]
            assert not any("appsecret_proof" in str(error) for error in chain)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, None),
        ({"x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":25}'}, None),
        ({"x-app-usage": '{"call_count":28,"total_time":82,"total_cputime":25}'}, 5),
        ({"x-page-usage": '{"call_count":97}'}, 60),
        ({"x-app-usage": '{"call_count":100}'}, 300),
        ({"x-business-use-case-usage": '{"1":[{"type":"pages","call_count":91}]}'}, 5),
        ({"x-business-use-case-usage":
          '{"1":[{"call_count":100,"estimated_time_to_regain_access":19}],'
          '"2":[{"estimated_time_to_regain_access":2}]}'}, 19 * 60),
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":900}]}'}, 3_600),
        ({"x-app-usage": "no JSON"}, None),
        ({"x-app-usage": "[1]", "x-page-usage": '{"call_count":"many"}'}, None),
        ({"x-business-use-case-usage": '{"1":{"call_count":100}}'}, None),
    ],
)  # fmt: skip
def test_the_nearer_the_limit_the_slower(headers, pause):
    reply = _reply(b"{}", **headers)

    wanted = pause_for_usage(reply)

    assert (wanted and wanted.total_seconds()) == pause
    assert asked_pause(Channel(provider=Facebook()), reply, None) == wanted


@pytest.mark.parametrize(
    ("said", "domain"),
    [
        ("http://a.test https://b.test", "http://a.test"),
        ("a.test,b.test", "a.test"),
        ("call us", None),
        (None, None),
    ],
)
def test_the_first_web_site_of_several_counts(said, domain):
    assert company_of(Record({"website": said})).domain == domain


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("1998", 1998),
        ("Founded in 1998.", 1998),
        ("1998, refounded 2003", None),
        ("long ago", None),
    ],
)
def test_a_year_is_read_where_there_is_one(said, year):
    assert company_of(Record({"founded": said})).founded_year == year


def test_pages_that_were_found_and_then_withheld_are_no_empty_answer():
    search = b'{"data": [{"id": "1", "name": "Facebook"}]}'

    with pytest.raises(ProviderContractChanged):
        _named({"/v26.0/pages/search": search, "/v26.0/": b'{"2": {"id": "2"}}'})


def test_a_page_with_another_s_number_is_not_the_one_asked_for():
    search = b'{"data": [{"id": "1", "name": "Facebook"}]}'
    other = b'{"1": {"id": "2", "name": "Facebook", "is_verified": true}}'

    assert _named({"/v26.0/pages/search": search, "/v26.0/": other}) == Findings()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 300) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            ["data", "error", "code", "message", "id", "1", "name", "username", "website", "emails",
             "location", "founded", "is_verified", "is_transient", "link"]
        ),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON, JSON, st.sampled_from([200, 400, 403, 500]))
def test_no_document_breaks_the_reader(first, second, status):
    replies = iter([_reply(orjson.dumps(first), status), _reply(orjson.dumps(second), status)])
    for query in (_page("quillmere"), CompanyQuery(keys=Keys(company_name="A"))):
        try:
            answer = play(
                Facebook(),
                Facebook().find_company(query),
                lambda _: next(replies, _reply(b'{"data": []}')),
            )
        except ProviderError:
            continue
        assert isinstance(answer, Findings)
