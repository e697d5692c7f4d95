"""A company's profiles in an answer: found by one key, checked against the web site asked for."""

from evaluation.rehearsal import Answer, answered, world

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.outcomes import Found, Report
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.sandbox.networks import facebook_page, x_handle

NETWORKS = {"linkedin": "linkedin_url", "x": "twitter_url", "facebook": "facebook_url"}
ORLA = "Orla Fenwick"


def report_of(answer: Answer, provider: str, capability: str) -> Report:
    """The last: who was asked again by a better key is judged by that."""
    reports = [r for r in answer.reports if (r.provider, r.capability) == (provider, capability)]
    return reports[-1]


async def executives(*known: str, **fault: str) -> Answer:
    place = world(7, 40, fault=fault)
    keys = Keys(domain=Domain("quillmere.test"))
    request = Request(goal=Goal.EXECUTIVES, keys=keys, known_executives=known)
    return await answered(place, request)


async def test_a_domain_alone_leads_to_every_profile_of_its_company() -> None:
    answer = await executives()

    assert answer.result.company
    fields = answer.result.company.fields
    for provider, field in NETWORKS.items():
        assert isinstance(report_of(answer, provider, "find_company").outcome, Found)
        assert provider in {source.provider for source in fields[field].sources}
    firm = world(7, 40).population.companies[0]
    assert fields["twitter_url"].value == f"x.com/{x_handle(firm)}"
    assert fields["facebook_url"].value == f"facebook.com/{facebook_page(firm)}"


async def test_whom_the_caller_knows_the_company_s_account_confirms() -> None:
    answer = await executives(ORLA)

    assert isinstance(report_of(answer, "x", "find_people").outcome, Found)
    (orla,) = [p for p in answer.result.executives if p.text("full_name") == ORLA]
    assert "x" in orla.providers


async def test_without_a_known_name_nobody_is_looked_for_in_posts() -> None:
    answer = await executives()

    asked = {(report.provider, report.capability) for report in answer.reports}
    assert ("x", "find_company") in asked
    assert ("x", "find_people") not in asked


async def test_another_company_s_pages_are_nobody_s_profiles_here() -> None:
    answer = await executives(linkedin="lying", x="lying", facebook="lying")

    assert not any(
        observation.provenance.provider in NETWORKS for observation in answer.observed.companies
    )
