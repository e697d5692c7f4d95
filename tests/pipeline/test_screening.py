"""H73: who is suppressed is asked for nowhere and told by nobody, however they come in."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.api.fake_suppressions import KeptHandlings
from tests.pipeline.scripted import (
    ACCOUNT,
    DOMAIN,
    EMAIL,
    NOW,
    Script,
    Shelf,
    enricher,
    offer,
    request,
)
from tests.suppressed import held, suppress

from roleferry_enrich.domain.batches import ItemState, Leased, settlement_of
from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal, Status
from roleferry_enrich.domain.handling import Handling, LawfulBasis
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import Found
from roleferry_enrich.domain.people import EmailClaim, PersonClaim, PhoneClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.pipeline import screening
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.screened import ScreenedEnricher
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.privacy import normal_forms
from roleferry_enrich.privacy.digests import Digester
from roleferry_enrich.privacy.handlings import Handlings
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import NormalForm

ORLA = NormalForm("email", str(EMAIL))
PERSON = offer("acme.find_person", "email", "full_name+domain", credits=1)
PEOPLE, COMPANY = offer("acme.find_people", "domain"), offer("acme.find_company", "domain")
LISTING = offer("site.find_people", "domain")


def said(*claims: PersonClaim, company: CompanyClaim | None = None) -> Found:
    where = Provenance(
        provider="acme", capability="find_people", origin="acme", conversation=uuid4(),
        observed_at=NOW,
    )  # fmt: skip
    companies = (Observation(company, where),) if company else ()
    return Found(
        Observations(people=tuple(Observation(each, where) for each in claims), companies=companies)
    )


class House:
    def __init__(self, script: Script, *forms: NormalForm) -> None:
        self.script, self.shelf, self.background = script, Shelf(), Background()
        script.held = held(*forms)
        self.handlings = Handlings(KeptHandlings())
        asking = enricher(script, self.shelf, self.background)
        self.enricher = ScreenedEnricher(asking, script.held, self.handlings)

    async def enrich(self, asked):
        enrichment = await self.enricher.enrich(asked, ACCOUNT)
        await self.background.drain(5)
        return enrichment


async def test_who_is_suppressed_is_asked_of_nobody_and_not_written_down() -> None:
    house = House(Script(PERSON), ORLA)

    enrichment = await house.enrich(request())

    assert (enrichment.status, enrichment.cost) == (Status.SUPPRESSED, 0)
    assert house.script.asked == []
    [kept] = house.shelf.kept
    assert kept.request.keys == Keys()
    assert (kept.id, kept.status) == (enrichment.id, Status.SUPPRESSED)
    assert house.shelf.observed == [Observations()]
    assert EMAIL not in repr(kept)


async def test_an_item_of_a_batch_ends_as_suppressed() -> None:
    house = House(Script(PERSON), ORLA)
    item = Leased(
        account_id=ACCOUNT, job_id=uuid4(), number=1, epoch=1, enrichment_id=uuid4(),
        request=request(), sent_at=NOW, allowance=None, delays=0,
    )  # fmt: skip

    enrichment = await house.enricher.work_off(item.request, ACCOUNT, item.enrichment_id)

    settlement = settlement_of(enrichment, item)
    assert (settlement.state, settlement.reason) == (ItemState.SUPPRESSED, "suppressed")
    assert (settlement.cost, settlement.enrichment_id) == (0, item.enrichment_id)
    assert house.script.asked == []


async def test_who_is_recognised_by_an_answer_is_told_by_none() -> None:
    """Asked for by name; only one provider knows the address that is on the list."""
    other = offer("other.find_person", "full_name+domain")
    house = House(Script(PERSON, other), ORLA)
    keys = Keys(full_name="Orla Fenwick", domain=DOMAIN)
    claim = PersonClaim(full_name="Orla Fenwick", title="CEO", company_domain=DOMAIN)
    house.script.answer("other.find_person", said(claim))
    known = PersonClaim(
        full_name="Orla Fenwick", emails=(EmailClaim(address="orla.fenwick+a@quillmere.test"),)
    )
    house.script.answer("acme.find_person", said(known, company=CompanyClaim(domain=DOMAIN)))

    enrichment = await house.enrich(request(keys=keys))

    assert enrichment.status is Status.SUPPRESSED
    assert (enrichment.person, enrichment.company) == (None, None)
    assert enrichment.cost == 10_000
    assert house.shelf.observed[-1] == Observations()
    assert "Fenwick" not in repr(house.shelf.kept)


async def test_a_key_that_was_learned_is_looked_at_before_it_is_told() -> None:
    """An address of the list is found, and no verifier hears of it."""
    mail = offer("finder.find_email", "full_name+domain")
    check = offer("checker.verify_email", "email")
    house = House(Script(mail, check), ORLA)
    known = PersonClaim(full_name="Orla Fenwick", emails=(EmailClaim(address=EMAIL),))
    house.script.answer("finder.find_email", said(known))

    enrichment = await house.enrich(request(keys=Keys(full_name="Orla Fenwick", domain=DOMAIN)))

    assert enrichment.status is Status.SUPPRESSED
    assert house.script.names == ["finder.find_email"]


async def test_a_company_is_told_without_those_who_are_suppressed() -> None:
    house = House(Script(PEOPLE, COMPANY, LISTING), ORLA)
    orla = PersonClaim(
        full_name="Orla Fenwick", title="CEO", company_domain=DOMAIN,
        emails=(EmailClaim(address="Orla.Fenwick@quillmere.test"),),
    )  # fmt: skip
    # Another source knows her by name alone, and is heard first.
    again = PersonClaim(full_name="FENWICK, Orla", title="Chief Executive", company_domain=DOMAIN)
    bo = PersonClaim(full_name="Bo Larsen", title="CFO", company_domain=DOMAIN)
    house.script.answer("site.find_people", said(again, bo))
    company = CompanyClaim(name="Quillmere", domain=DOMAIN, email=EMAIL, phone="+442079460000")
    house.script.answer("acme.find_people", said(orla, bo))
    house.script.answer("acme.find_company", said(company=company))

    enrichment = await house.enrich(request(Goal.EXECUTIVES, keys=Keys(domain=DOMAIN)))

    assert [person.text("full_name") for person in enrichment.executives] == ["Bo Larsen"]
    assert enrichment.company is not None
    assert enrichment.company.text("email") is None
    assert enrichment.company.text("phone") == "+442079460000"
    assert "enwick" not in repr((house.shelf.kept, house.shelf.observed)).lower()


async def test_a_name_on_the_list_is_told_to_no_provider() -> None:
    named = offer("net.find_people", "domain+known_executives")
    house = House(Script(named), NormalForm("name_domain", f"fenwick orla|{DOMAIN}"))
    house.script.answer("net.find_people", said())
    asked = request(Goal.EXECUTIVES, keys=Keys(domain=DOMAIN))

    await house.enrich(replace(asked, known_executives=("Orla Fenwick", "Bo Larsen")))
    assert [ask.query.known_executives for ask in house.script.asked] == [("Bo Larsen",)]
    assert house.shelf.kept[-1].request.known_executives == ("Bo Larsen",)

    await house.enrich(replace(asked, known_executives=("Orla Fenwick",)))
    assert len(house.script.asked) == 1


async def test_who_is_suppressed_while_providers_are_at_work_is_not_told() -> None:
    """H72: in flight."""
    house = House(Script(PERSON))
    waiting = asyncio.create_task(house.enrich(request(deadline=timedelta(seconds=5))))
    await house.script.until_asked("acme.find_person")
    suppress(house.script.held, ORLA)
    claim = PersonClaim(full_name="Orla Fenwick", emails=(EmailClaim(address=EMAIL),))
    house.script.answer("acme.find_person", said(claim))

    enrichment = await waiting

    assert (enrichment.status, enrichment.person) == (Status.SUPPRESSED, None)
    assert "enwick" not in repr((house.shelf.kept, house.shelf.observed)).lower()


async def test_what_was_heard_is_held_against_the_list_once_until_that_changes(monkeypatch) -> None:
    looked: list[PersonClaim] = []

    def of_claim(claim: PersonClaim, employer: Keys) -> tuple[NormalForm, ...]:
        looked.append(claim)
        return normal_forms.of_claim(claim, employer)

    monkeypatch.setattr(screening, "of_claim", of_claim)
    listed = held(NormalForm("email", "somebody.else@quillmere.test"))
    screen = Screening(Script(PERSON), listed).of(ACCOUNT, request())
    orla = PersonClaim(full_name="Orla Fenwick", emails=(EmailClaim(address=str(EMAIL)),))
    observed = said(orla).observations

    assert screen.cleared(screen.cleared(observed)) == observed
    assert looked == [orla]
    suppress(listed, ORLA)
    assert screen.cleared(observed) == Observations()
    assert looked == [orla, orla]


async def test_another_person_of_the_same_answer_is_no_reason_to_refuse() -> None:
    """A list names a suppressed colleague: only the colleague is left out."""
    house = House(Script(LISTING), NormalForm("phone", "+442079460000"))
    bo = PersonClaim(full_name="Bo Larsen", phones=(PhoneClaim(number="+44 20 7946 0000"),))
    orla = PersonClaim(full_name="Orla Fenwick", title="CEO", emails=(EmailClaim(address=EMAIL),))
    house.script.answer("site.find_people", said(bo, orla))

    enrichment = await house.enrich(request())

    assert enrichment.person is not None
    assert enrichment.person.text("full_name") == "Orla Fenwick"
    assert "Larsen" not in repr(house.shelf.observed)


async def test_while_the_list_was_not_read_nobody_is_answered(monkeypatch) -> None:
    monkeypatch.setattr("roleferry_enrich.privacy.holding._PATIENCE_S", 0.01)
    house = House(Script(PERSON))
    unread = SuppressionList(Digester(b"secret"))

    with pytest.raises(ServiceUnavailable):
        await ScreenedEnricher(house.enricher.asking, unread, house.handlings).enrich(
            request(), ACCOUNT
        )
    assert house.script.asked == []


async def test_a_provider_that_the_account_switched_off_is_told_nothing() -> None:
    other = offer("other.find_person", "email")
    house = House(Script(PERSON, other))
    said_so = Handling(
        purpose="sales", lawful_basis=LawfulBasis.CONSENT, providers_off=frozenset({"acme"})
    )
    await house.handlings.change(ACCOUNT, said_so)
    orla = PersonClaim(full_name="Orla Fenwick", emails=(EmailClaim(address=EMAIL),))
    house.script.answer("other.find_person", said(orla))

    enrichment = await house.enrich(request(include=frozenset({"acme", "other"})))

    assert house.script.names == ["other.find_person"]
    reasons = {line.provider: line.reason for line in enrichment.outcomes}
    assert reasons["acme"] == "excluded"
    kept = house.shelf.kept[-1].request.options
    assert (kept.purpose, kept.lawful_basis) == ("sales", LawfulBasis.CONSENT)


async def test_what_an_account_has_said_is_read_seldom() -> None:
    now, kept = [0.0], KeptHandlings()
    handlings = Handlings(kept, clock=lambda: now[0])
    for _ in range(3):
        await handlings.of(ACCOUNT)
    assert kept.reads == 1
    kept.said[ACCOUNT] = Handling(purpose="sales")
    now[0] = 5.0
    assert (await handlings.of(ACCOUNT)).purpose == "sales"
