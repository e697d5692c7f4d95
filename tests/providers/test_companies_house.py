"""Companies House's quirks: how names are joined, who is no person, and pages that go missing."""

from datetime import timedelta

import orjson
import pytest
from tests.providers.conformance import NOW, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import CompanyNumber
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import NoPermit, ProviderRateLimited
from roleferry_enrich.providers.claims.officer_names import is_corporate_name, officer_name
from roleferry_enrich.providers.claims.sic_codes import industry_of
from roleferry_enrich.providers.companies_house import CompaniesHouse, register_number
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply


class TestCompaniesHouse(ProviderConformance):
    provider_name = "companies_house"


def _number(number: str, **keys: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(company_number=CompanyNumber(number), **keys))


def _reply(body: bytes, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=body, headers=named, received_at=NOW)


@pytest.mark.parametrize(
    ("entry", "first", "middle", "last", "honorific"),
    [
        ("SMITH, John", "John", None, "SMITH", None),
        ("SMITH, John, Dr", "John", None, "SMITH", "Dr"),
        ("SUGARMAN, Alan Michael, Lord", "Alan", "Michael", "SUGARMAN", "Lord"),
        ("SMITH", None, None, "SMITH", None),
        ("SMITH, Dr", None, None, "SMITH", "Dr"),
        ("SMITH, The Rt Hon", None, None, "SMITH", "The Rt Hon"),
        ("SMITH, Dean", "Dean", None, "SMITH", None),
        ("O'SULLIVAN, Jamie Andrew", "Jamie", "Andrew", "O'SULLIVAN", None),
        ("VAN DER BERG, Carl-Olav", "Carl-Olav", None, "VAN DER BERG", None),
        ("SMITH, John, Sir, Kc", "John", None, "SMITH", "Sir, Kc"),
    ],
)
def test_a_person_s_entry_is_split_as_the_register_joined_it(entry, first, middle, last, honorific):
    name = officer_name(entry)

    assert (name.first_name, name.middle_names) == (first, middle)
    assert (name.last_name, name.honorific) == (last, honorific)


@pytest.mark.parametrize(
    "name",
    [
        "ACME SECRETARIES LIMITED",
        "Acme Secretaries Ltd.",
        "SMITH, JONES & CO LIMITED",
        "SMITH, JONES & CO",
        "ACME, INC.",
        "ACME HOLDINGS S.A.",
        "ACME NOMINEES",
        "ACME P.L.C.",
        "CWMNI CYFYNGEDIG",
        "HARBOUR & MOORE",
    ],
)
def test_a_legal_form_in_a_name_is_no_person(name):
    assert is_corporate_name(name)


@pytest.mark.parametrize(
    "name", ["SA, Pedro", "BANK, Helen", "SMITH", "COUNCIL, Amy", "DE LA CRUZ", "LIMB, Ada", "AG"]
)
def test_a_surname_that_looks_like_a_form_is_a_person(name):
    assert not is_corporate_name(name)


@pytest.mark.parametrize(
    ("given", "padded"),
    [
        ("445790", "00445790"),
        (" 0044 5790 ", "00445790"),
        ("sc90312", "SC090312"),
        ("R0000001", "R0000001"),
        ("IP00001R", "IP00001R"),
        ("HRB 12345 B", None),
        ("123456789", None),
        ("../../x", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_are_padded_and_checked_before_asking(given, padded):
    assert register_number(given) == padded


@pytest.mark.parametrize("capability", ["find_company", "find_people"])
@pytest.mark.parametrize("query", [_number("HRB12345B"), _number("12345678", country="DE")])
def test_another_register_s_number_is_never_sent(capability, query):
    def nothing_to_answer(call: Call) -> Reply:
        raise AssertionError(call.path)

    answer = play(CompaniesHouse(), getattr(CompaniesHouse(), capability)(query), nothing_to_answer)

    assert answer == Findings()


def test_the_name_is_asked_where_the_number_cannot_be_one():
    query = _number("HRB12345B", company_name="Quillmere")

    step = next(CompaniesHouse().find_company(query))

    assert step[0].path == "/search/companies"


def test_a_missing_later_page_leaves_the_first_and_says_so():
    provider = CompaniesHouse()
    conversation = provider.find_people(_number("00123456"))
    row = {"name": "FENWICK, Orla", "officer_role": "director"}
    next(conversation)
    page = {"items": [row], "total_results": 150, "items_per_page": 100}
    step = conversation.send((_reply(orjson.dumps(page)),))
    assert [dict(call.params)["start_index"] for call in step] == ["100"]

    with pytest.raises(StopIteration) as finished:
        conversation.throw(NoPermit())

    assert [person.last_name for person in finished.value.value.people] == ["FENWICK"]
    assert finished.value.value.incomplete == "only the first 100 officers: NoPermit"


def test_pages_follow_the_size_the_register_used():
    conversation = CompaniesHouse().find_people(_number("00123456"))
    next(conversation)
    page = {"items": [], "total_results": 120, "items_per_page": 50}

    step = conversation.send((_reply(orjson.dumps(page)),))

    assert [dict(call.params)["start_index"] for call in step] == ["50", "100"]


def test_a_rate_limit_lasts_until_the_window_s_end():
    provider = CompaniesHouse()
    reset = str(int(NOW.timestamp()) + 90)

    error = provider.refusal(Call.get("/company/x"), _reply(b"", 429, x_ratelimit_reset=reset))

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after == timedelta(seconds=90)


def test_the_key_is_the_user_name_of_basic_authorisation():
    headers = CompaniesHouse.spec.authenticate("test-key-companies-house")

    assert headers == {"Authorization": "Basic dGVzdC1rZXktY29tcGFuaWVzLWhvdXNlOg=="}


@pytest.mark.parametrize(
    ("codes", "industry"),
    [
        (("62012",), "Information and communication"),
        (("99999", "01110"), "Agriculture, forestry and fishing"),
        (("74990",), None),
        (("98000",), None),
        (("none",), None),
        ((), None),
    ],
)
def test_industry_is_the_section_of_the_first_trade(codes, industry):
    assert industry_of(codes) == industry


@pytest.mark.parametrize(
    ("file", "number", "name", "country"),
    [
        ("company_profile__kevbite_tesco.json", "00445790", "TESCO PLC", "United Kingdom"),
        (
            "company_profile__registry_mcp_SC090312.json",
            "SC090312",
            "NATWEST MARKETS PLC",
            "United Kingdom",
        ),
        (
            "company_profile__kevbite_foreign.json",
            "FC040879",
            "ABSA UK PERMANENT ESTABLISHMENT",
            "South Africa",
        ),
        (
            "company_profile__kevbite_cic.json",
            "13507518",
            "COMMUNITY INTEREST SAMPLE",
            "United Kingdom",
        ),
    ],
)
def test_documented_profiles_are_read(file, number, name, country):
    body = documented("companies_house", file)

    answer = play(
        CompaniesHouse(), CompaniesHouse().find_company(_number(number)), lambda _: _reply(body)
    )

    (company,) = answer.companies
    assert (company.company_number, company.legal_name) == (number, name)
    assert (company.status, company.country) == ("active", country)


@pytest.mark.parametrize(
    ("file", "number", "people"),
    [
        ("officers_list__ariadnes_iwoca.json", "07798925", 14),
        ("officers_list__openbb_13090621.json", "13090621", 1),
        ("officers_list__kevbite_corporate_secretary.json", "03610056", 0),
    ],
)
def test_documented_officer_lists_are_read(file, number, people):
    body = documented("companies_house", file)
    provider = CompaniesHouse()

    answer = play(provider, provider.find_people(_number(number)), lambda _: _reply(body))

    assert len(answer.people) == people
    assert all(person.first_name and person.reference for person in answer.people)


@pytest.mark.parametrize(
    ("file", "numbers"),
    [
        ("search_companies_tesco__registry_mcp.json", ["00445790", "09384423", "05888957"]),
        ("search_companies__kevbite.json", ["FC040879"]),
        ("search_companies_empty__registry_mcp.json", []),
    ],
)
def test_documented_searches_are_read(file, numbers):
    body = documented("companies_house", file)
    query = CompanyQuery(keys=Keys(company_name="any"))
    provider = CompaniesHouse()

    answer = play(provider, provider.find_company(query), lambda _: _reply(body))

    assert [company.company_number for company in answer.companies] == numbers


@pytest.mark.parametrize(
    "file",
    ["error_404_company__registry_mcp.json", "error_404_company_legacy__fixtures.json"],
)
def test_documented_404s_are_not_found(file):
    body = documented("companies_house", file)
    provider = CompaniesHouse()

    answer = play(provider, provider.find_company(_number("99999999")), lambda _: _reply(body, 404))

    assert answer == Findings()
