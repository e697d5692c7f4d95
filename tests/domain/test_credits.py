"""What an answer is charged: what it was the first to bring, and never more than was reserved."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.storage.examples import company, enrichment, person, said, source

from roleferry_enrich.domain.credits import (
    Prices,
    charge_of,
    found_fields,
    highest_charge,
    is_cached,
    levels_reached,
    lowest,
)
from roleferry_enrich.domain.enrichments import Goal, Options, Request
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence, ContactKind, ContactPoint

PRICES = Prices(enrichment=2, fields={"phone": 5, "title": 1, "full_name": 0}, cached=1)
ACCOUNT = uuid4()


def outcome(provider="acme", cached=None, kind=OutcomeKind.FOUND) -> ProviderOutcome:
    return ProviderOutcome(
        provider=provider,
        capability="find_person",
        outcome=kind,
        reason=None,
        retry_after=None,
        latency=timedelta(0),
        cost=0,
        calls=0,
        cached=cached,
        records=1,
    )


def found(*outcomes, **changed):
    ada = person("Ada Lovelace", phone="+441632960001", title="CEO")
    return enrichment(ACCOUNT, person=ada, outcomes=outcomes or (outcome(),), **changed)


def test_an_answer_is_charged_for_itself_and_its_priced_fields() -> None:
    assert charge_of(found(), PRICES) == {"enrichment": 2, "phone": 5, "title": 1}
    assert found_fields(found()) == ("full_name", "phone", "title")


def test_what_was_not_found_costs_nothing() -> None:
    nothing = enrichment(ACCOUNT, outcomes=(outcome(kind=OutcomeKind.NOT_FOUND),))
    assert charge_of(nothing, PRICES) == {}
    assert found_fields(nothing) == ()


def test_fields_that_were_not_wanted_cost_nothing() -> None:
    wish = Request(goal=Goal.PERSON, keys=Keys(), wanted=frozenset({"title"}))
    assert charge_of(found(request=wish), PRICES) == {"enrichment": 2, "title": 1}


@pytest.mark.parametrize("level", CacheLevel)
def test_what_was_known_before_costs_what_a_known_answer_costs(level) -> None:
    known = found(outcome(cached=level), outcome("internal"), outcome("hunter", kind="not_found"))
    assert is_cached(known)
    assert charge_of(known, PRICES) == {"cached": 1}
    assert charge_of(known, Prices()) == {}


def test_a_value_that_only_a_cache_supports_is_free_beside_new_ones() -> None:
    known = replace(said("CEO"), sources=(replace(source("hunter"), cached=True),))
    twin = said("+441632960001", by="clay")
    ada = replace(
        person("Ada Lovelace"),
        fields={"full_name": said("Ada Lovelace"), "title": known, "phone": twin},
    )
    outcomes = (outcome(), outcome("hunter"), outcome("clay", cached=CacheLevel.TWIN))
    mixed = enrichment(ACCOUNT, person=ada, outcomes=outcomes)
    assert charge_of(mixed, PRICES) == {"enrichment": 2}


def test_each_executive_counts() -> None:
    wish = Request(goal=Goal.EXECUTIVES, keys=Keys(), limit=2)
    leaders = tuple(person(f"Ada {n}", title="CEO") for n in range(3))
    answer = enrichment(ACCOUNT, request=wish, executives=leaders, outcomes=(outcome(),))
    assert charge_of(answer, PRICES) == {"enrichment": 2, "title": 2}


def test_a_company_is_charged_by_its_own_fields() -> None:
    def charged(*wanted: str):
        wish = Request(goal=Goal.COMPANY, keys=Keys(), wanted=frozenset(wanted))
        asked = {"request": wish, "outcomes": (outcome(),)}
        return charge_of(enrichment(ACCOUNT, company=company(phone="1"), **asked), PRICES)

    assert charged("firmographics") == {"enrichment": 2, "phone": 5}
    # Of what was not asked for nothing is shown.
    assert charged("technographics") == {}


def test_what_is_less_sure_than_asked_for_is_not_shown_and_free() -> None:
    wish = Request(goal=Goal.PERSON, keys=Keys(), options=Options(min_confidence=Confidence(0.8)))
    guess = person("Ada Lovelace", phone="+441632960001", title="CEO")
    unsure = replace(guess.fields["phone"], confidence=Confidence(0.7))
    ada = replace(guess, fields={**guess.fields, "phone": unsure})
    answer = enrichment(ACCOUNT, request=wish, person=ada, outcomes=(outcome(),))
    assert charge_of(answer, PRICES) == {"enrichment": 2, "title": 1}


PERSONAL_PRICES = Prices(enrichment=2, fields={"phone": 5, "personal_email": 7}, cached=1)


def asked_by(goal=Goal.PERSON, *, sees: bool, label="mobile", **wish):
    """Ada with a mailbox of her own, and a telephone that is hers or the company's."""
    options = Options(shows_personal=sees)
    request = Request(goal=goal, keys=Keys(), options=options, **wish)
    number = ContactPoint(
        kind=ContactKind.PHONE, value="+441632960001", label=label,
        confidence=Confidence(0.9), sources=(source("acme"),),
    )  # fmt: skip
    ada = person("Ada Lovelace", phone="+441632960001", personal_email="ada@gmail.test")
    ada = replace(ada, contact_points=(number,))
    found = {"person": ada} if goal is Goal.PERSON else {"executives": (ada, ada)}
    return enrichment(ACCOUNT, request=request, outcomes=(outcome(),), **found)


def test_what_is_withheld_from_the_key_that_asked_is_free() -> None:
    full = {"enrichment": 2, "phone": 5, "personal_email": 7}
    assert charge_of(asked_by(sees=True), PERSONAL_PRICES) == full
    assert charge_of(asked_by(sees=False), PERSONAL_PRICES) == {"enrichment": 2}
    assert found_fields(asked_by(sees=False)) == ("full_name",)
    # The company's own number is nobody's, and shown.
    shown = asked_by(sees=False, label="switchboard")
    assert charge_of(shown, PERSONAL_PRICES) == {"enrichment": 2, "phone": 5}
    leaders = asked_by(Goal.EXECUTIVES, sees=False, limit=2)
    assert charge_of(leaders, PERSONAL_PRICES) == {"enrichment": 2}


def test_where_all_that_is_new_is_withheld_nothing_new_is_charged() -> None:
    wanted = frozenset({"phone", "personal_email"})
    assert charge_of(asked_by(sees=False, wanted=wanted), PERSONAL_PRICES) == {}
    ada = asked_by(sees=False)
    known = replace(ada.person.fields["full_name"], sources=(source("hunter"),))
    fields = {**ada.person.fields, "full_name": known}
    ada = replace(ada, person=replace(ada.person, fields=fields))
    assert charge_of(ada, PERSONAL_PRICES) == {"cached": 1}


def test_nothing_is_reserved_for_what_is_never_shown() -> None:
    assert highest_charge(asked_by(sees=True).request, PERSONAL_PRICES) == 14
    assert highest_charge(asked_by(sees=False).request, PERSONAL_PRICES) == 7


@pytest.mark.parametrize("goal", Goal)
def test_no_charge_is_higher_than_what_is_reserved(goal) -> None:
    wanted = frozenset({"firmographics", *PRICES.fields})
    wish = Request(goal=goal, keys=Keys(), limit=3, wanted=wanted)
    ada = person("Ada Lovelace", phone="+441632960001", title="CEO")
    answer = enrichment(
        ACCOUNT,
        request=wish,
        person=ada,
        company=company(phone="1"),
        executives=(ada,) * 5,
        outcomes=(outcome(),),
    )
    charged = sum(charge_of(answer, PRICES).values())
    assert 0 < charged <= highest_charge(wish, PRICES)
    assert highest_charge(wish, Prices(enrichment=0, cached=3)) == 3


def test_levels_are_hundredths_of_the_limit() -> None:
    assert levels_reached(49, 100) == []
    assert levels_reached(50, 100) == [50]
    assert levels_reached(799, 1000) == [50]
    assert levels_reached(100, 100) == [50, 80, 100]
    assert levels_reached(0, 0) == []
    assert levels_reached(10, 100, refused=True) == [50, 80, 100]


def test_the_lowest_cap_counts() -> None:
    assert lowest(None, None) is None
    assert lowest(5, None, 3) == 3
