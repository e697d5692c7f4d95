"""A waterfall: what promises most for its price first, nothing that cannot help, never too much."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import examples

from roleferry_enrich.domain.enrichments import PERSON_FIELDS, Goal, Options, Request, Strategy
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.waterfalls import Waterfall
from roleferry_enrich.pipeline.planning import next_asks, unasked
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.providers.contract import Offer

KEYS = Keys(email=Email("orla.fenwick@quillmere.test"), domain=Domain("quillmere.test"))
NAMES = ("acme", "bravo", "corvid", "delta")
FIELDS = PERSON_FIELDS[:6]


def offer(name: str, gives: str, credits: int = 1, needs: str = "email") -> Offer:
    provider, capability = name.split(".")
    return Offer(
        provider=provider,
        capability=capability,
        needs=(frozenset(needs.split("+")),),
        hints=frozenset(),
        gives=frozenset(gives.split()),
        credits=credits,
        fresh_for=timedelta(days=1),
    )


def situation(
    *offers: Offer, steps=None, wanted: str = "title phone", asked=KEYS, **known
) -> Situation:
    named = None if steps is None else Waterfall("mine", steps)
    options = Options(strategy=Strategy.WATERFALL, waterfall=named)
    request = Request(
        goal=Goal.PERSON, keys=asked, wanted=frozenset(wanted.split()), options=options
    )
    prices = {each.provider: MicroUsd(10) for each in offers}
    return Situation(request=request, offers=offers, prices=prices, keys=asked, **known)


def names(found: Situation) -> list[str]:
    return [f"{ask.provider}.{ask.capability}" for ask in next_asks(found)]


def reasons(found: Situation) -> dict[str, str]:
    return {f"{o.provider}.{o.capability}": reason for o, reason in unasked(found)}


def test_more_missing_fields_for_the_same_price_come_first():
    two, one = offer("acme.find_person", "title phone"), offer("bravo.find_person", "title")

    assert names(situation(one, two)) == ["acme.find_person"]
    assert names(situation(one, two, filled=frozenset({"phone"}))) == ["acme.find_person"]


def test_a_field_at_a_tenth_of_the_price_comes_before_two():
    dear, cheap = offer("acme.find_person", "title phone", 10), offer("bravo.find_person", "title")

    assert names(situation(dear, cheap)) == ["bravo.find_person"]


def test_declared_hit_rates_weigh():
    """Hunter's people have a phone in two of a hundred answers."""
    seldom, often = offer("hunter.find_person", "phone"), offer("acme.find_person", "phone", 4)

    assert names(situation(seldom, often, wanted="phone")) == ["acme.find_person"]


def test_who_never_gives_what_is_missing_is_not_asked():
    never = offer("clearbit.find_person", "title phone")
    asked_before = situation(never, filled=frozenset({"title"}))

    assert names(asked_before) == []
    assert reasons(asked_before) == {"clearbit.find_person": "unlikely_to_help"}


def test_what_is_too_dear_is_passed_over_for_what_can_be_paid():
    dear, cheap = offer("acme.find_person", "title phone", 2), offer("bravo.find_person", "title")
    poor = situation(dear, cheap, money_left=MicroUsd(15))

    assert names(situation(dear, cheap)) == ["acme.find_person"]
    assert names(poor) == ["bravo.find_person"]
    assert reasons(poor)["acme.find_person"] == "budget_spent"


def test_a_companys_city_does_not_help_where_a_person_is_asked_for():
    company = offer("acme.find_company", "city industry", needs="domain")
    nobody = Keys(domain=KEYS.domain)

    assert names(situation(company, wanted="city", asked=nobody)) == ["acme.find_company"]
    assert names(situation(company, wanted="city")) == []


def test_a_mailbox_is_checked_only_where_one_is_known_and_not_sure():
    check = offer("acme.verify_email", "business_email")
    unsure = frozenset({"business_email"})

    assert names(situation(check, wanted="business_email")) == []
    assert names(situation(check, wanted="business_email", unsure=unsure)) == ["acme.verify_email"]


def test_a_key_for_want_of_which_nobody_can_be_asked_is_worth_paying_for():
    company = offer("acme.find_company", "company_number industry", needs="domain")
    register = offer("bravo.find_person", "title", needs="company_number")

    assert names(situation(company, wanted="title")) == []
    assert names(situation(company, register, wanted="title industry")) == ["acme.find_company"]


def test_named_steps_are_asked_in_their_order_and_nobody_else():
    offers = [offer(f"{name}.find_person", "title phone") for name in ("acme", "bravo", "corvid")]
    found = situation(*offers, steps=(("corvid",), ("acme",)))
    first = next_asks(found)
    later = replace(found, asked=first)

    assert names(found) == ["corvid.find_person"]
    assert names(replace(later, awaited=first)) == []
    assert names(later) == ["acme.find_person"]
    assert reasons(later)["bravo.find_person"] == "not_in_waterfall"


def test_a_step_of_several_asks_them_together_each_its_best():
    offers = (
        offer("acme.find_person", "title phone"),
        offer("acme.find_company", "phone", needs="domain"),
        offer("bravo.find_person", "title"),
        offer("corvid.find_person", "title"),
    )

    assert names(situation(*offers, steps=(("acme", "bravo"), ("corvid",)))) == [
        "acme.find_person",
        "bravo.find_person",
    ]


def test_a_named_waterfall_stops_when_all_is_filled():
    found = situation(offer("acme.find_person", "title"), wanted="title", steps=(("acme",),))

    assert names(replace(found, filled=frozenset({"title"}))) == []


offer_of = st.builds(
    lambda name, kind, gives, credits: offer(f"{name}.{kind}", " ".join(gives), credits),
    st.sampled_from(NAMES),
    st.sampled_from(("find_person", "find_company", "verify_email")),
    st.frozensets(st.sampled_from(FIELDS), min_size=1),
    st.integers(0, 5),
)
steps_of = st.none() | st.permutations(NAMES).map(
    lambda order: ((order[0],), (order[1], order[2]), (order[3],))
)


@settings(max_examples=examples(60), deadline=None)
@given(
    offers=st.lists(offer_of, max_size=8, unique_by=lambda o: (o.provider, o.capability)),
    wanted=st.frozensets(st.sampled_from(FIELDS), min_size=1),
    steps=steps_of,
    money=st.none() | st.integers(0, 120),
    data=st.data(),
)
def test_it_never_spends_too_much_nor_asks_in_vain_and_it_ends(offers, wanted, steps, money, data):
    now = situation(*offers, steps=steps, wanted=" ".join(wanted), money_left=money)
    spent = 0
    while asks := next_asks(now):
        price = {(o.provider, o.capability): (o, now.price(o)) for o in offers}
        for ask in asks:
            of, cost = price[ask.provider, ask.capability]
            spent += cost
            assert not of.credits or now.gives(of) & now.missing(), "asked in vain"
        assert money is None or spent <= money
        assert not set(asks) & set(now.asked), "asked twice"
        paid = [ask for ask in asks if price[ask.provider, ask.capability][1]]
        assert steps is not None or len(paid) <= 1
        given = frozenset().union(*(price[a.provider, a.capability][0].gives for a in asks))
        brought = data.draw(st.frozensets(st.sampled_from(sorted(given))))
        now = replace(
            now,
            asked=now.asked + asks,
            filled=now.filled | (brought & wanted),
            money_left=None if money is None else money - spent,
        )
    if wanted <= now.filled:
        assert "unlikely_to_help" not in reasons(now).values()


@settings(max_examples=examples(60), deadline=None)
@given(offers=st.lists(offer_of, max_size=8, unique_by=lambda o: (o.provider, o.capability)))
def test_nothing_is_paid_for_once_everything_is_filled(offers):
    asks = next_asks(situation(*offers, filled=frozenset({"title", "phone"})))
    free = {(o.provider, o.capability) for o in offers if not o.credits}

    assert {(ask.provider, ask.capability) for ask in asks} <= free
