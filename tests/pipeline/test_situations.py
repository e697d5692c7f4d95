"""Where a request begins: who may be asked, and why others may not."""

from dataclasses import replace

from tests.acme import Acme

from roleferry_enrich.domain.enrichments import Goal, Options, Request
from roleferry_enrich.domain.identifiers import Domain, MicroUsd
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.pipeline.situations import first_situation

REQUEST = Request(goal=Goal.PERSON, keys=Keys(domain=Domain("quillmere.test")))
READY = {"acme": Channel(provider=Acme(), key=Credential("test"))}


def test_who_is_ready_offers_all_it_has_at_its_price() -> None:
    begun = first_situation(READY, REQUEST)

    assert {offer.capability for offer in begun.offers} == {"find_person", "find_company"}
    assert begun.prices == {"acme": 10_000}
    assert begun.absent == ()


def test_who_has_no_key_is_absent() -> None:
    begun = first_situation({"acme": Channel(provider=Acme())}, REQUEST)

    assert begun.offers == ()
    assert {reason for _, reason in begun.absent} == {"not_configured"}


def test_whom_the_request_leaves_out_is_excluded_key_or_not() -> None:
    for options in (Options(exclude=frozenset({"acme"})), Options(include=frozenset({"other"}))):
        for channels in (READY, {"acme": Channel(provider=Acme())}):
            begun = first_situation(channels, replace(REQUEST, options=options))
            assert {reason for _, reason in begun.absent} == {"excluded"}


def test_the_money_is_what_the_request_allows() -> None:
    begun = first_situation(READY, replace(REQUEST, options=Options(max_cost=MicroUsd(5))))

    assert begun.money_left == 5
