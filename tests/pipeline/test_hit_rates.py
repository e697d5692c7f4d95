"""The declared hit rates speak of questions that there are, in shares."""

from datetime import timedelta

from roleferry_enrich.pipeline.hit_rates import DECLARED, charged_share, fill_rate
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Offer

OFFERS = {
    f"{offer.provider}.{offer.capability}": offer
    for provider in catalogue().values()
    for offer in provider.offers()
}
UNHEARD_OF = Offer(
    provider="acme",
    capability="find_person",
    needs=(),
    hints=frozenset(),
    gives=frozenset({"title"}),
    credits=1,
    fresh_for=timedelta(days=1),
)


def test_only_what_is_offered_and_given_is_declared() -> None:
    assert DECLARED.keys() <= OFFERS.keys()
    for name, rate in DECLARED.items():
        assert rate.seldom.keys() <= OFFERS[name].gives, name


def test_every_rate_is_a_share() -> None:
    for rate in DECLARED.values():
        assert all(0 <= share <= 1 for share in (rate.found, rate.miss, *rate.seldom.values()))


def test_a_seldom_field_is_rarer_than_an_answer() -> None:
    hunter = OFFERS["hunter.find_person"]

    assert fill_rate(hunter, "phone") < 0.05 < fill_rate(hunter, "full_name")


def test_a_question_that_nobody_counted_is_answered_every_other_time() -> None:
    assert fill_rate(UNHEARD_OF, "title") == 0.5
    assert charged_share(UNHEARD_OF) == 0.5
