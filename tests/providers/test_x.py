"""X's quirks: what is paid for is what comes back, a 200 may hold refusals, few signs are asked."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.providers.conformance import NOW, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.claims.x import searchable
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.providers.x import X


class TestX(ProviderConformance):
    provider_name = "x"


def _reply(body: bytes, status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, body=body, headers=headers, received_at=NOW)


def _account(handle: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(company_twitter_url=ProfileUrl(f"x.com/{handle}")))


def _named(*names: str) -> CompanyQuery:
    keys = Keys(
        company_twitter_url=ProfileUrl("x.com/quillmere"),
        company_name="Quillmere",
        domain=Domain("quillmere.test"),
    )
    return CompanyQuery(keys=keys, known_executives=names)


def _company(body: bytes, handle: str) -> Findings:
    answer = play(X(), X().find_company(_account(handle)), lambda _: _reply(body))
    assert isinstance(answer, Findings)
    return answer


def _people(body: bytes, *names: str) -> Findings:
    answer = play(X(), X().find_people(_named(*names)), lambda _: _reply(body))
    assert isinstance(answer, Findings)
    return answer


@pytest.mark.parametrize(
    ("domain", "handle"),
    [
        ("acme-robotics.co.uk", "acme_robotics"),
        ("acme.test", "acme"),
        ("ibm.test", None),
        ("quillmereinstruments.test", None),
        ("xn--bcher-kva.test", None),
    ],
)
def test_only_a_handle_that_can_exist_is_tried(domain, handle):
    conversation = X().find_company(CompanyQuery(keys=Keys(domain=Domain(domain))))

    if handle is None:
        assert play(X(), conversation, lambda _: pytest.fail("asked")) == Findings()
    else:
        (call,) = next(conversation)
        assert dict(call.params)["usernames"] == handle


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Orla Fenwick", "Orla Fenwick"),
        ("Dean O\u2019Duffy-Larsen", "Dean O'Duffy Larsen"),
        ("José Núñez, Jr.", "Jose Nunez Jr"),
        ('Orla" OR from:other', "Orla OR from other"),
    ],
)
def test_names_are_asked_in_the_signs_that_x_searches_by(name, asked):
    (call,) = next(X().find_people(_named(name)))

    assert dict(call.params)["query"] == f'("{asked}") from:quillmere -is:retweet'
    assert call.lane == "search"


@pytest.mark.parametrize("name", ["李明", "Prince", ""])
def test_a_name_that_cannot_be_asked_is_refused_and_not_answered_with_nobody(name):
    with pytest.raises(ProviderRefusedQuery, match="letters"):
        play(X(), X().find_people(_named(name)), lambda _: pytest.fail("asked"))


def test_a_long_list_of_names_is_cut_to_one_query():
    (call,) = next(X().find_people(_named(*(f"Person Number{n:03}" for n in range(60)))))

    query = dict(call.params)["query"]
    assert len(query) <= 512
    assert query.count(" OR ") > 15


@given(st.text(max_size=60))
def test_nothing_but_the_signs_of_the_search_is_ever_asked(text):
    assert set(searchable(text)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_' "
    )


def test_the_documented_users_are_read():
    body = documented("x_twitter", "users_followers__tweepy.json")

    (company,) = _company(body, "el_theophilus").companies

    assert company.name == "EL Theophilus♥️🌏"
    assert company.twitter_url == "https://x.com/el_theophilus"
    assert company.domain is None


def test_users_that_were_not_asked_for_are_paid_for_and_not_believed():
    body = documented("x_twitter", "users_followers__tweepy.json")
    (call,) = next(X().find_company(_account("nobody")))

    assert _company(body, "nobody") == Findings()
    assert call.charge(_reply(body)) == call.credits == 2


@pytest.mark.parametrize(
    ("file", "name", "credits", "day"),
    [
        ("tweets_search_recent__tweepy.json", "2022 10", 10, None),
        ("users_tweets__tweepy.json", "it works", 2, None),
    ],
)
def test_the_documented_posts_are_read(file, name, credits, day):
    body = documented("x_twitter", file)
    (call,) = next(X().find_people(_named(name)))

    (person,) = _people(body, name).people

    assert (person.full_name, person.company_name, person.as_of) == (name, "Quillmere", day)
    assert call.charge(_reply(body)) == credits


def test_a_documented_answer_of_which_a_part_is_gone_is_whole():
    body = documented("x_twitter", "partial_200_with_errors__docs.json")

    assert _people(body, "Hello World") == Findings()


def test_what_x_withholds_makes_an_answer_incomplete():
    error = {"title": "Forbidden", "type": "https://api.x.com/2/problems/resource-unavailable"}

    answer = _company(orjson.dumps({"errors": [error]}), "acme")

    assert answer.incomplete
    assert not answer


@pytest.mark.parametrize(
    ("file", "status", "error"),
    [
        ("error_400__docs.json", 400, ProviderRefusedQuery),
        ("error_402_credits_depleted__github.json", 402, ProviderQuotaSpent),
        ("error_403_unsupported_auth__issue.json", 403, ProviderUnauthorised),
        ("error_429__docs.json", 429, ProviderRateLimited),
    ],
)
def test_documented_errors_are_told_apart(file, status, error):
    reply = _reply(documented("x_twitter", file), status)

    with pytest.raises(error):
        play(X(), X().find_company(_account("acme")), lambda _: reply)


def test_the_end_of_a_window_is_in_a_header_of_its_own():
    reset = str(int(NOW.timestamp()) + 240)
    reply = _reply(b"{}", 429, **{"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset})

    error = X().refusal(Call.get("/2/users/by"), reply)

    assert error
    assert error.retry_after
    assert error.retry_after.total_seconds() == 240


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"title": 5}'])
def test_a_403_in_other_words_is_still_a_permission(body):
    assert isinstance(X().refusal(Call.get("/x"), _reply(body, 403)), ProviderUnauthorised)


@pytest.mark.parametrize("body", [b"{}", b'{"data": {"id": "1"}}', b'{"data": "none"}'])
def test_a_200_without_a_word_on_what_is_missing_is_unreadable(body):
    with pytest.raises(ProviderContractChanged):
        _company(body, "acme")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            ["data", "errors", "meta", "includes", "id", "username", "name", "text", "type",
             "entities", "url", "urls", "expanded_url", "mentions", "created_at"]
        ),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_no_document_breaks_the_reader_or_the_bill(document):
    body = orjson.dumps(document)
    for conversation in (X().find_company(_account("acme")), X().find_people(_named("A B"))):

        def reply_to(call: Call) -> Reply:
            assert 0 <= call.charge(_reply(body)) <= call.credits
            return _reply(body)

        try:
            answer = play(X(), conversation, reply_to)
        except ProviderError:
            continue
        assert isinstance(answer, Findings)
