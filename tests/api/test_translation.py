"""From a body to the question that the pipeline is asked."""

from datetime import timedelta

import pytest

from roleferry_enrich.api.schemas.requests import CompanyBody, EnrichBody, ExecutivesBody
from roleferry_enrich.api.translation import company_request, contact_request, executives_request
from roleferry_enrich.domain.enrichments import PERSON_FIELDS, Goal, Options, Strategy
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.domain.waterfalls import Waterfall, waterfalls
from roleferry_enrich.errors import InvalidQuery

PROVIDERS = ("apollo", "hunter")


def contact(**body):
    return contact_request(EnrichBody.model_validate(body), PROVIDERS, shows_personal=True)


def test_what_is_left_out_takes_the_defaults():
    request = contact(domain="quillmere.test")
    assert request.goal is Goal.PERSON
    assert request.keys == Keys(domain="quillmere.test")
    assert request.wanted == set(PERSON_FIELDS)
    assert request.options == Options()


def test_every_option_is_passed_on():
    options = contact(
        domain="quillmere.test",
        strategy="waterfall",
        deadline_ms=750,
        max_cost=0.015,
        min_confidence=0.6,
        max_age=3600,
        providers={"include": ["hunter", "apollo"], "exclude": ["apollo"]},
        sample_fallback=True,
    ).options
    assert options == Options(
        strategy=Strategy.WATERFALL,
        deadline=timedelta(milliseconds=750),
        max_cost=15_000,
        min_confidence=Confidence(0.6),
        max_age=timedelta(hours=1),
        include=frozenset({"hunter", "apollo"}),
        exclude=frozenset({"apollo"}),
        sample_fallback=True,
    )


def test_a_named_waterfall_is_passed_on_with_its_order():
    body = {"domain": "quillmere.test", "strategy": "waterfall"}

    assert contact(**body, waterfall="people").options.waterfall == Waterfall(
        "people", (("apollo",), ("clay",), ("hunter",))
    )
    assert contact(**body).options.waterfall is None


def test_the_operators_default_waterfall_is_meant_where_none_is_named():
    body = EnrichBody(domain="quillmere.test", strategy="waterfall")
    named = waterfalls({"mine": (("hunter",),)}, default="mine")

    request = contact_request(body, PROVIDERS, named, shows_personal=True)

    assert request.options.waterfall == Waterfall("mine", (("hunter",),))
    assert contact_request(
        EnrichBody(domain="quillmere.test"), PROVIDERS, named, shows_personal=True
    ).options == (Options())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"strategy": "waterfall", "waterfall": "niagara"}, "unknown_waterfall"),
        ({"waterfall": "people"}, "not_a_waterfall"),
    ],
)
def test_a_waterfall_that_cannot_be_followed_is_refused(body, code):
    with pytest.raises(InvalidQuery) as refused:
        contact(domain="quillmere.test", **body)

    assert [(f.field, f.code) for f in refused.value.faults] == [("waterfall", code)]
    assert "niagara" not in refused.value.faults[0].message


def test_zero_is_not_absent():
    options = contact(domain="quillmere.test", max_cost=0, max_age=0).options
    assert (options.max_cost, options.max_age) == (0, timedelta(0))


@pytest.mark.parametrize(("dollars", "micro"), [(0.1, 100_000), (0.000001, 1), (1000, 10**9)])
def test_dollars_become_whole_micro_dollars(dollars, micro):
    assert contact(domain="quillmere.test", max_cost=dollars).options.max_cost == micro


@pytest.mark.parametrize("dollars", [0.0000001, -1, 1000.1, True, "0.1"])
def test_money_that_cannot_be_counted_is_refused(dollars):
    with pytest.raises(ValueError, match="max_cost"):
        EnrichBody.model_validate({"domain": "quillmere.test", "max_cost": dollars})


@pytest.mark.parametrize("deadline", [99, 10_001, 500.5, "500", True])
def test_a_deadline_out_of_bounds_is_refused(deadline):
    with pytest.raises(ValueError, match="deadline_ms"):
        EnrichBody.model_validate({"domain": "quillmere.test", "deadline_ms": deadline})


def test_a_business_address_names_the_company():
    assert contact(email="maren@quillmere.test").keys.domain == "quillmere.test"


def test_a_free_address_names_no_company():
    assert contact(email="maren@gmail.com").keys.domain is None


def test_a_given_domain_goes_before_that_of_the_address():
    keys = contact(email="maren@quillmere.test", domain="oakhurst.test").keys
    assert keys.domain == "oakhurst.test"


def test_two_names_make_a_full_one():
    keys = contact(first_name="Maren", last_name="Oakhurst").keys
    assert keys.full_name == "Maren Oakhurst"
    assert (keys.first_name, keys.last_name) == ("Maren", "Oakhurst")


@pytest.mark.parametrize("kind", ["company", "school"])
def test_a_companys_page_is_no_persons(kind):
    keys = contact(linkedin_url=f"https://www.linkedin.com/{kind}/quillmere/").keys
    assert keys.company_linkedin_url == f"linkedin.com/{kind}/quillmere"
    assert keys.linkedin_url is None


def test_a_persons_page_is_a_persons():
    keys = contact(linkedin_url="linkedin.com/in/maren-oakhurst").keys
    assert keys.linkedin_url == "linkedin.com/in/maren-oakhurst"
    assert keys.company_linkedin_url is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("445781", "00445781"), ("00445781", "00445781"), ("sc 123456", "SC123456")],
)
def test_company_numbers_are_filled_up(written, number):
    body = ExecutivesBody(company_number=written)
    assert executives_request(body, PROVIDERS, shows_personal=True).keys.company_number == number


def test_another_countrys_number_stays_as_written():
    body = ExecutivesBody(company_number="445781", country="DE")
    assert executives_request(body, PROVIDERS, shows_personal=True).keys.company_number == "445781"


def test_executives_carry_their_own_wishes():
    body = ExecutivesBody(
        domain="quillmere.test", titles=["CEO", " "], known_executives=["Maren Oakhurst"], limit=5
    )
    request = executives_request(body, PROVIDERS, shows_personal=True)
    assert request.goal is Goal.EXECUTIVES
    assert (request.titles, request.known_executives) == (("CEO",), ("Maren Oakhurst",))
    assert request.limit == 5


def test_a_company_is_asked_for_by_enrichment_types():
    body = CompanyBody(domain="quillmere.test", enrichment_types=["technographics"])
    request = company_request(body, PROVIDERS)
    assert request.goal is Goal.COMPANY
    assert request.wanted == {"technographics"}


def test_a_company_is_asked_for_everything_by_default():
    wanted = company_request(CompanyBody(domain="quillmere.test"), PROVIDERS).wanted
    assert wanted == {"firmographics", "technographics", "workforce-trends"}


def test_a_persons_page_identifies_no_company():
    body = CompanyBody(linkedin_url="linkedin.com/in/maren-oakhurst")
    with pytest.raises(InvalidQuery) as refused:
        company_request(body, PROVIDERS)
    assert refused.value.faults[0].field == "linkedin_url"


@pytest.mark.parametrize(
    ("providers", "field", "code"),
    [
        ({"include": ["hunter", "nobody"]}, "providers.include[1]", "unknown_provider"),
        ({"exclude": ["nobody"]}, "providers.exclude[0]", "unknown_provider"),
        ({"include": ["hunter"], "exclude": ["hunter"]}, "providers", "none_left"),
        ({"exclude": ["hunter", "apollo"]}, "providers", "none_left"),
    ],
)
def test_a_choice_of_providers_must_leave_known_ones(providers, field, code):
    with pytest.raises(InvalidQuery) as refused:
        contact(domain="quillmere.test", providers=providers)
    assert [(f.field, f.code) for f in refused.value.faults] == [(field, code)]


def test_unknown_providers_are_answered_with_the_known_ones():
    with pytest.raises(InvalidQuery) as refused:
        contact(domain="quillmere.test", providers={"include": ["nobody"]})
    assert refused.value.faults[0].message == "must be one of apollo, hunter"
