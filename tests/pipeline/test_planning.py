"""Planning: everything possible at once, nothing twice, nothing that adds nothing."""

from dataclasses import replace
from datetime import timedelta

from roleferry_enrich.domain.enrichments import Goal, Options, Request, Strategy
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, MicroUsd, ProfileUrl
from roleferry_enrich.domain.queries import Ask, CompanyQuery, EmailQuery, Keys, PersonQuery
from roleferry_enrich.pipeline.planning import next_asks, unasked
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.providers.contract import Offer

DOMAIN = Domain("quillmere.test")
EMAIL = Email("orla.fenwick@quillmere.test")


def offer(name: str, *needs: str, credits: int = 0, gives: str = "title") -> Offer:
    provider, capability = name.split(".")
    return Offer(
        provider=provider,
        capability=capability,
        needs=tuple(frozenset(alternative.split("+")) for alternative in needs),
        hints=frozenset({"country"}),
        gives=frozenset(gives.split()),
        credits=credits,
        fresh_for=timedelta(days=1),
    )


MATCH = offer("apollo.find_person", "email", "full_name+domain", credits=1, gives="title phone")
FINDER = offer("hunter.find_email", "full_name+domain", credits=1, gives="business_email")
CHECK = offer("hunter.verify_email", "email", credits=1, gives="business_email")
REGISTER = offer("companies_house.find_people", "company_number", gives="full_name")
COMPANY = offer("clearbit.find_company", "domain", credits=1, gives="industry domain")
STACK = offer("explorium.find_technologies", "domain", credits=1, gives="technologies")
EVERYONE = offer("hunter.find_people", "domain", credits=1, gives="business_email")
ALL = (MATCH, FINDER, CHECK, REGISTER, COMPANY, STACK, EVERYONE)


def situation(
    keys: Keys,
    *,
    goal: Goal = Goal.PERSON,
    options: Options | None = None,
    wanted: frozenset[str] | None = None,
    **known: object,
) -> Situation:
    request = Request(goal=goal, keys=keys, options=options or Options())
    if wanted is not None:
        request = Request(goal=goal, keys=keys, options=options or Options(), wanted=wanted)
    base = Situation(
        request=request,
        offers=ALL,
        prices={o.provider: MicroUsd(10) for o in ALL},
        keys=keys,
    )
    return Situation(**{**{n: getattr(base, n) for n in Situation.__slots__}, **known})


def names(asks: tuple[Ask, ...]) -> set[str]:
    return {f"{ask.provider}.{ask.capability}" for ask in asks}


def test_everything_possible_starts_at_once() -> None:
    asks = next_asks(situation(Keys(email=EMAIL, domain=DOMAIN)))

    assert names(asks) == {"apollo.find_person", "hunter.verify_email", "clearbit.find_company"}


def test_the_best_key_is_used_and_no_other() -> None:
    keys = Keys(email=EMAIL, full_name="Orla Fenwick", domain=DOMAIN, country="GB")

    (ask,) = [a for a in next_asks(situation(keys)) if a.provider == "apollo"]

    assert ask.query == PersonQuery(keys=Keys(email=EMAIL, country="GB"))


def test_a_new_key_starts_what_it_makes_possible_and_nothing_twice() -> None:
    keys = Keys(email=EMAIL, domain=DOMAIN)
    first = next_asks(situation(keys))
    more = Keys(email=EMAIL, domain=DOMAIN, company_number=CompanyNumber("01234567"))

    assert names(next_asks(situation(more, asked=first))) == {"companies_house.find_people"}


def test_a_miss_is_tried_once_more_with_another_key() -> None:
    first = next_asks(situation(Keys(email=EMAIL)))
    match = next(a for a in first if a.capability == "find_person")
    named = Keys(full_name="Orla Fenwick", domain=DOMAIN)
    missed = (match,)

    again = next_asks(situation(named, asked=(match,), came_to_nothing=missed))
    second = next(a for a in again if a.capability == "find_person")
    third = next_asks(
        situation(Keys(email=EMAIL), asked=(match, second), came_to_nothing=(*missed, second))
    )

    assert second.query != match.query
    assert "apollo.find_person" not in names(third)


def test_an_address_is_not_sought_where_one_is_known() -> None:
    keys = Keys(email=EMAIL, full_name="Orla Fenwick", domain=DOMAIN)

    assert "hunter.find_email" not in names(next_asks(situation(keys)))


def test_nobody_is_asked_for_fields_that_are_not_wanted() -> None:
    asks = next_asks(situation(Keys(email=EMAIL, domain=DOMAIN), wanted=frozenset({"phone"})))

    assert names(asks) == {"apollo.find_person"}


def test_executives_need_the_company_and_its_people() -> None:
    keys = Keys(domain=DOMAIN, company_number=CompanyNumber("01234567"))

    asks = next_asks(situation(keys, goal=Goal.EXECUTIVES))

    assert names(asks) == {
        "clearbit.find_company",
        "companies_house.find_people",
        "hunter.find_people",
    }
    assert all(isinstance(a.query, CompanyQuery) for a in asks)


def test_who_asks_by_known_names_is_told_them_and_nobody_else_is() -> None:
    by_name = offer("x.find_people", "known_executives+company_twitter_url", credits=3)
    keys = Keys(domain=DOMAIN, company_twitter_url=ProfileUrl("x.com/quillmere"))
    known = Request(goal=Goal.EXECUTIVES, keys=keys, known_executives=("Orla Fenwick",))
    offers = (by_name, EVERYONE)
    prices = {"x": MicroUsd(10), "hunter": MicroUsd(10)}
    unknown = situation(keys, goal=Goal.EXECUTIVES, offers=offers, prices=prices)

    told = {a.provider: a.query for a in next_asks(replace(unknown, request=known))}

    assert told["x"].known_executives == ("Orla Fenwick",)
    assert told["hunter"].known_executives == ()
    assert names(next_asks(unknown)) == {"hunter.find_people"}
    assert ("x", "missing_key") in {(left.provider, why) for left, why in unasked(unknown)}


def test_company_types_choose_the_capabilities() -> None:
    wanted = frozenset({"technographics"})

    asks = next_asks(situation(Keys(domain=DOMAIN), goal=Goal.COMPANY, wanted=wanted))

    assert names(asks) == {"clearbit.find_company", "explorium.find_technologies"}


def test_an_address_is_checked_by_itself() -> None:
    (check,) = [a for a in next_asks(situation(Keys(email=EMAIL))) if a.provider == "hunter"]

    assert check.query == EmailQuery(email=EMAIL)


def test_a_waterfall_asks_one_paid_provider_at_a_time() -> None:
    keys = Keys(email=EMAIL, domain=DOMAIN)
    waterfall = Options(strategy=Strategy.WATERFALL)

    first = next_asks(situation(keys, options=waterfall))
    waiting = next_asks(situation(keys, options=waterfall, asked=first, awaited=first))

    assert names(first) == {"apollo.find_person"}
    assert waiting == ()


def test_a_waterfall_asks_everything_free_before_it_pays() -> None:
    keys = Keys(email=EMAIL, company_number=CompanyNumber("01234567"))
    waterfall = Options(strategy=Strategy.WATERFALL)

    first = next_asks(situation(keys, options=waterfall, wanted=frozenset({"full_name", "title"})))

    assert names(first) == {"companies_house.find_people"}


def test_a_waterfall_stops_when_everything_wanted_is_filled() -> None:
    keys = Keys(email=EMAIL, domain=DOMAIN)
    waterfall = Options(strategy=Strategy.WATERFALL)
    wanted = frozenset({"title", "phone"})

    asks = next_asks(situation(keys, options=waterfall, wanted=wanted, filled=wanted))

    assert asks == ()


def test_no_more_is_started_than_the_money_allows() -> None:
    keys = Keys(email=EMAIL, domain=DOMAIN)

    asks = next_asks(situation(keys, money_left=MicroUsd(15)))

    assert len(asks) == 1


def test_free_asks_need_no_money() -> None:
    keys = Keys(company_number=CompanyNumber("01234567"))

    asks = next_asks(situation(keys, goal=Goal.EXECUTIVES, money_left=MicroUsd(0)))

    assert names(asks) == {"companies_house.find_people"}


def test_each_offer_not_taken_up_has_its_reason() -> None:
    keys = Keys(email=EMAIL)
    asked = next_asks(situation(keys))

    reasons = {
        f"{o.provider}.{o.capability}": reason
        for o, reason in unasked(situation(keys, asked=asked))
    }

    assert reasons == {
        "hunter.find_email": "missing_key",
        "companies_house.find_people": "missing_key",
        "clearbit.find_company": "missing_key",
        "explorium.find_technologies": "cannot_help",
    }


def test_who_may_not_be_asked_is_named_with_the_reason() -> None:
    barred = ((MATCH, "excluded"), (STACK, "not_configured"))

    reasons = {
        f"{o.provider}.{o.capability}": reason
        for o, reason in unasked(situation(Keys(email=EMAIL), offers=(), absent=barred))
    }

    assert reasons == {
        "apollo.find_person": "excluded",
        "explorium.find_technologies": "not_configured",
    }


def test_what_the_budget_forbade_says_so() -> None:
    keys = Keys(email=EMAIL)

    reasons = [reason for _, reason in unasked(situation(keys, money_left=MicroUsd(5)))]

    assert reasons.count("budget_spent") == 2


BEGUN = {("hunter", "find_email"): "run_1"}


def test_work_that_was_begun_is_gone_on_with_though_no_money_is_left_and_the_address_is_known() -> (
    None
):
    keys = Keys(full_name="Orla Fenwick", domain=DOMAIN, email=EMAIL)
    for strategy in Strategy:
        options = Options(strategy=strategy)
        now = situation(
            keys, options=options, offers=(FINDER,), begun=BEGUN, money_left=MicroUsd(0)
        )

        (ask,) = next_asks(now)

        assert (ask.provider, ask.capability, ask.reference) == ("hunter", "find_email", "run_1")


def test_work_that_was_begun_is_gone_on_with_once_and_never_begun_anew() -> None:
    keys = Keys(full_name="Orla Fenwick", domain=DOMAIN)
    (ask,) = next_asks(situation(keys, offers=(FINDER,), begun=BEGUN))
    more = Keys(full_name="Orla Fenwick", domain=Domain("quillmere-group.test"))
    later = situation(more, offers=(FINDER,), begun=BEGUN, asked=(ask,), came_to_nothing=(ask,))

    assert next_asks(later) == ()


def test_for_somebody_who_opted_out_nothing_is_gone_on_with() -> None:
    keys = Keys(full_name="Orla Fenwick", domain=DOMAIN)

    assert next_asks(situation(keys, offers=(FINDER,), begun=BEGUN, opted_out=True)) == ()
