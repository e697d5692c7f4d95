from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.resolve.statements import TODAY, company

from roleferry_enrich.resolve.companies import resolve_company
from roleferry_enrich.resolve.company_fields import COMPANY_RULES

OLD = TODAY - timedelta(days=900)


def resolved(*companies):
    return resolve_company(companies, today=TODAY)


def test_nothing_said_is_no_company():
    assert resolve_company((), today=TODAY) is None


def test_the_register_decides_on_law_and_providers_on_the_rest():
    merged = resolved(
        company(
            by="companies_house", legal_name="QUILLMERE INSTRUMENTS LIMITED",
            company_number="445790", status="Active", incorporated_on=date(1999, 1, 2),
            country="England", day=OLD,
        ),
        company(
            name="Quillmere Instruments Ltd", legal_name="Quillmere Inc.", status="dissolved",
            domain="https://quillmere.test/", employees=120, industry="Optics",
            phone="020 7946 0000", country="UK", email="Hello@quillmere.test",
            linkedin_url="linkedin.com/company/Quillmere",
            twitter_url="quillmere", facebook_url="facebook.com/quillmere", zip_code="yo1 7hh",
            founded_year=1999, description="Makes lenses.", city="York", street="1 High Street",
            state="Yorkshire",
        ),
    )  # fmt: skip

    said = {field: known.value for field, known in merged.fields.items()}
    assert said == {
        "name": "Quillmere Instruments",
        "legal_name": "QUILLMERE INSTRUMENTS LIMITED",
        "domain": "quillmere.test",
        "company_number": "00445790",
        "status": "active",
        "incorporated_on": "1999-01-02",
        "founded_year": 1999,
        "industry": "Optics",
        "description": "Makes lenses.",
        "employees": 120,
        "company_size": "51-200",
        "city": "York",
        "street": "1 High Street",
        "state": "Yorkshire",
        "country": "GB",
        "zip_code": "YO1 7HH",
        "phone": "+442079460000",
        "email": "Hello@quillmere.test",
        "linkedin_url": "linkedin.com/company/quillmere",
        "twitter_url": "x.com/quillmere",
        "facebook_url": "facebook.com/quillmere",
    }
    assert merged.fields["status"].alternatives[0].value == "dissolved"
    assert merged.providers == ("apollo", "companies_house")


def test_sizes_and_revenues_agree_by_class():
    merged = resolved(
        company(employees=120, revenue=12_000_000),
        company(employees_range="51-200", revenue_range="$10M-$25M", by="hunter"),
        company(employees_range="unknown", revenue_range="lots", by="clearbit"),
    )

    assert merged.fields["company_size"].value == "51-200"
    assert len(merged.fields["company_size"].sources) == 2
    assert merged.fields["company_revenue"].value == 12_000_000
    assert len(merged.fields["company_revenue"].sources) == 2


def test_a_range_alone_is_shown_as_its_class():
    merged = resolved(company(revenue_range="$10M-$25M", employees=0, employees_range="10001+"))

    assert merged.text("company_revenue") == "$10M-$25M"
    assert merged.text("company_size") == "10001+"
    assert "employees" not in merged.fields


def test_every_technology_anybody_saw_is_listed_once():
    merged = resolved(
        company(technologies=("Nginx", "C++", "C")), company(technologies=("nginx",), by="hunter")
    )

    assert merged.fields["technologies"].value == ("C", "C++", "Nginx")
    assert len(merged.fields["technologies"].sources) == 2


def test_the_newest_workforce_stands():
    merged = resolved(
        company(workforce={"sales": 0.1}, day=OLD),
        company(workforce={"sales": 0.4}, workforce_change={"sales": 0.2}),
        company(by="hunter"),
    )

    assert merged.workforce == {"sales": 0.4}
    assert merged.workforce_change == {"sales": 0.2}


def test_a_foreign_number_and_an_unknown_country_stay_as_written():
    merged = resolved(company(company_number="HRB 77", country="Atlantis"))

    assert merged.text("company_number") == "HRB77"
    assert merged.text("country") == "Atlantis"


@st.composite
def observations(draw):
    return company(
        by=draw(st.sampled_from(["apollo", "hunter", "companies_house"])),
        day=draw(st.sampled_from([TODAY, OLD])),
        name=draw(st.none() | st.sampled_from(["Acme", "ACME LTD", "Acme Group"])),
        legal_name=draw(st.none() | st.sampled_from(["ACME LTD", "Acme Limited"])),
        domain=draw(st.none() | st.sampled_from(["acme.test", "www.acme.test"])),
        employees=draw(st.none() | st.integers(0, 300)),
        employees_range=draw(st.none() | st.sampled_from(["51-200", "10001+"])),
        revenue=draw(st.none() | st.integers(0, 10**11)),
        city=draw(st.none() | st.sampled_from(["York", "YORK", "Leeds"])),
        technologies=tuple(draw(st.lists(st.sampled_from(["A", "a", "b"]), max_size=2))),
    )


@settings(deadline=None)
@given(st.lists(observations(), max_size=6), st.randoms())
def test_order_decides_nothing_and_no_value_is_made_up(companies, random):
    shuffled = list(companies)
    random.shuffle(shuffled)

    merged = resolved(*companies)

    assert merged == resolved(*shuffled)
    for rule in COMPANY_RULES:
        known = merged.fields.get(rule.field) if merged else None
        if known is not None:
            readings = [rule.read(o.claim) for o in companies]
            assert known.value in {r.value for r in readings if r is not None}
