"""H73: who is suppressed is asked for in ten spellings, and no provider hears of it.

The sandbox's ledger counts what providers were really asked.
"""

from typing import Any

import httpx
import pytest
from tests.e2e.sandbox_process import Sandbox

pytestmark = pytest.mark.usefixtures("list_emptied")


def leader(sandbox: Sandbox) -> tuple[dict[str, Any], dict[str, Any]]:
    """Somebody with a name of two plain words who leads a company, and the company."""
    return next(
        (person, company)
        for company in sandbox.truth()
        for person in company["people"]
        if person["seniority"] in {"owner", "c_suite", "director"}
        and f"{person['first_name']}{person['last_name']}".isalpha()
        and f"{person['first_name']}{person['last_name']}".isascii()
    )


async def test_h73_a_suppressed_person_in_ten_spellings_costs_no_call(
    far_ends: Sandbox, api: httpx.AsyncClient
) -> None:
    person, company = leader(far_ends)
    first, last = person["first_name"], person["last_name"]
    name, domain, email = f"{first} {last}", company["company"]["domain"], person["email"]
    slug = person["linkedin_slug"]
    profile = f"https://www.linkedin.com/in/{slug}"
    local, _, host = email.partition("@")
    known = {"email": email, "linkedin_url": profile, "full_name": name, "domain": domain}
    made = await api.post("/privacy/suppressions", json=known)
    assert made.status_code == 201, made.text

    spellings: list[dict[str, str]] = [
        {"email": email.upper()},
        {"email": f"{local}+news@{host}"},
        {"email": f"mailto:{email}"},
        {"email": f"{name} <{email}>"},
        {"linkedin_url": f"https://uk.linkedin.com/in/{slug}/?trk=x"},
        {"linkedin_url": f"HTTP://WWW.LinkedIn.com/in/{slug.upper()}"},
        {"full_name": f"{last.upper()}, {first}", "domain": domain},
        {"full_name": f"Dr. {name}", "domain": f"https://www.{domain}/team"},
        {"first_name": first, "last_name": last.upper(), "domain": domain},
        {"full_name": name, "email": f"{local.upper()}+a+b@{host.upper()}"},
    ]
    for spelling in spellings:
        answer = (await api.post("/enrich", json=spelling)).json()
        meta = answer["meta"]
        assert (meta["status"], meta["cost_usd"], meta["providers"]) == ("suppressed", 0, []), (
            spelling
        )
        assert answer["contact_points"] == []
        assert answer["full_name"] is None
    [checked] = (await api.post("/emails/verify", json={"emails": [email]})).json()["results"]
    assert (checked["status"], checked["reasons"]) == ("unknown", ["suppressed"])
    assert far_ends.all_calls() == 0

    led = (await api.post("/companies/executives", json={"domain": domain})).json()
    assert name not in {one["full_name"] for one in led["executives"]}
    assert email not in str(led)
    assert far_ends.all_calls() > 0
    assert email not in (await api.get("/contacts", params={"limit": 100})).text
