"""LinkedIn's quirks: versions that die, numbers for names, a day's quota, refusals within a 200."""

from datetime import timedelta

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
    ProviderUnauthorised,
)
from roleferry_enrich.providers.claims.linkedin import company_of
from roleferry_enrich.providers.contract import Findings
from roleferry_enrich.providers.linkedin import LinkedIn
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Record, Reply


class TestLinkedIn(ProviderConformance):
    provider_name = "linkedin"


def _asked(page: str, body: bytes, status: int = 200) -> Findings:
    keys = Keys(company_linkedin_url=ProfileUrl(f"linkedin.com/company/{page}"))
    reply = Reply(status=status, body=body, received_at=NOW)
    answer = play(LinkedIn(), LinkedIn().find_company(CompanyQuery(keys=keys)), lambda _: reply)
    assert isinstance(answer, Findings)
    return answer


def test_every_call_names_its_version_and_protocol():
    query = CompanyQuery(keys=Keys(domain=Domain("a.test")))

    (call,) = next(LinkedIn().find_company(query))

    headers = dict(call.headers)
    assert len(headers["LinkedIn-Version"]) == 6
    assert headers["LinkedIn-Version"].isdigit()
    assert headers["X-Restli-Protocol-Version"] == "2.0.0"


def test_a_slug_is_asked_as_it_is_spelt():
    keys = Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/caf%C3%A9-quillmere"))

    (call,) = next(LinkedIn().find_company(CompanyQuery(keys=keys)))

    assert dict(call.params)["vanityName"] == "café-quillmere"


@pytest.mark.parametrize(
    ("file", "page", "name", "url"),
    [
        ("organizationsLookup_non_admin_recorded__openapi.json", "3803", "New Century",
         "https://www.linkedin.com/company/new-century"),
        ("organizationsLookup_non_admin_recorded__openapi.json", "79988552", "FirstDemoCompany",
         "https://www.linkedin.com/company/firstdemocompany"),
        ("organizationsLookup_non_admin__postman.json", "3803", "<string>",
         "https://www.linkedin.com/company/<string>"),
        ("organization_brands_lookup_non_admin__postman.json", "89758488", "<string>",
         "https://www.linkedin.com/company/<string>"),
        ("organization_brands_batch_partial_403__postman.json", "89758488", "<string>",
         "https://www.linkedin.com/company/<string>"),
    ],
)  # fmt: skip
def test_documented_organisations_are_read(file, page, name, url):
    (company,) = _asked(page, documented("linkedin", file)).companies

    assert (company.name, company.linkedin_url) == (name, url)


def test_the_head_office_of_a_documented_organisation_is_its_place():
    body = documented("linkedin", "organizationsLookup_non_admin_recorded__openapi.json")

    (company,) = _asked("3803", body).companies

    assert (company.country, company.city, company.employees_range) == ("US", None, None)


def test_a_refusal_within_a_documented_batch_is_no_empty_answer():
    body = documented("linkedin", "organization_brands_batch_partial_403__postman.json")

    with pytest.raises(ProviderUnauthorised, match="may not read"):
        _asked("35625943", body)


def test_a_documented_empty_search_is_nobody():
    body = documented("linkedin", "organization_brands_vanity_empty__withone.json")

    assert _asked("nobody", body) == Findings()


@pytest.mark.parametrize(
    ("file", "status", "error", "reason"),
    [
        ("error_401__docs.json", 401, ProviderUnauthorised, "401"),
        ("error_403_access_denied__issue.json", 403, ProviderUnauthorised, "may not read"),
        ("error_404_resource__issue.json", 404, ProviderContractChanged, "resource is gone"),
        ("error_426_nonexistent_version__issue.json", 426, ProviderContractChanged,
         "LinkedIn-Version 2026"),
    ],
)  # fmt: skip
def test_documented_errors_say_what_is_wrong(file, status, error, reason):
    with pytest.raises(error, match=reason):
        _asked("acme", documented("linkedin", file), status)


def test_the_quota_of_the_day_is_looked_at_again_by_midnight_or_in_an_hour():
    late = NOW.replace(hour=23, minute=50)
    body = b'{"message": "Resource level throttle APPLICATION DAY limit is reached."}'

    waits = [
        LinkedIn().refusal(_any_call(), Reply(status=429, body=body, received_at=at))
        for at in (NOW, late)
    ]

    assert [type(error) for error in waits] == [ProviderQuotaSpent] * 2
    assert [e.retry_after for e in waits if e] == [timedelta(hours=1), timedelta(minutes=10)]


def test_a_429_that_names_its_wait_is_a_burst_whatever_it_says():
    headers = {"retry-after": "7"}
    reply = Reply(status=429, body=b"DAY limit", headers=headers, received_at=NOW)

    error = LinkedIn().refusal(_any_call(), reply)

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after == timedelta(seconds=7)


def _any_call():
    (call,) = next(LinkedIn().find_company(CompanyQuery(keys=Keys(domain=Domain("a.test")))))
    return call


@pytest.mark.parametrize(
    ("said", "staff"),
    [("SIZE_1", "1"), ("SIZE_2_TO_10", "2-10"), ("SIZE_10001_OR_MORE", "10001+"), ("LARGE", None)],
)
def test_ranges_of_staff_are_written_as_everywhere(said, staff):
    assert company_of(Record({"staffCountRange": said})).employees_range == staff


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            ["elements", "results", "errors", "3803", "id", "localizedName", "vanityName", "status",
             "locations", "address", "website", "localized", "preferredLocale", "foundedOn"]
        ),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON, st.sampled_from(["acme", "3803"]))
def test_no_document_breaks_the_reader(document, page):
    try:
        answer = _asked(page, orjson.dumps(document))
    except (ProviderError, orjson.JSONEncodeError):
        return
    assert isinstance(answer, Findings)
