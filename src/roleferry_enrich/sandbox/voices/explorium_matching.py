"""What Explorium is asked first: which businesses and prospects its ids stand for.

Unknown fields and lists too long are refused in pydantic's words, as by the real one.
"""

from collections.abc import Collection, Sequence

from roleferry_enrich.providers.replies import Record
from roleferry_enrich.sandbox.documents.explorium import business_id, number_of, prospect_id
from roleferry_enrich.sandbox.population import Company, Person, View

Body = dict[str, object]

MOST_AT_ONCE = 50
_BUSINESS_FIELDS = ("name", "domain", "url", "linkedin_url")
_PROSPECT_FIELDS = ("business_id", "full_name", "company_name", "email", "phone_number", "linkedin")


class Refused(Exception):
    """A body the API does not take: where, what is wrong, and its kind in pydantic's words."""

    def __init__(self, where: Sequence[str | int], message: str, kind: str) -> None:
        super().__init__(message)
        self.detail = {"loc": ["body", *where], "msg": message, "type": kind}


def match_businesses(view: View, asked: Record) -> Body:
    rows = _rows_to_match(asked, "businesses_to_match", _BUSINESS_FIELDS)
    found = [_company_of(view, row) for row in rows]
    ids = [business_id(company) if company else None for company in found]
    return _matches(rows, ids, _BUSINESS_FIELDS, ("matched_businesses", "business_id"))


def match_prospects(view: View, asked: Record) -> Body:
    rows = _rows_to_match(asked, "prospects_to_match", _PROSPECT_FIELDS)
    found = [_person_of(view, row) for row in rows]
    ids = [prospect_id(person) if person else None for person in found]
    return _matches(rows, ids, _PROSPECT_FIELDS, ("matched_prospects", "prospect_id"))


def _rows_to_match(asked: Record, member: str, fields: Sequence[str]) -> Sequence[Record]:
    refuse_unknown(asked, (), ("request_context", member))
    if not isinstance(asked.value(member), list):
        raise Refused((member,), "field required", "value_error.missing")
    rows = asked.records(member)
    if not 1 <= len(rows) <= MOST_AT_ONCE:
        raise Refused((member,), "ensure this value has 1 to 50 items", "value_error.list")
    for place, row in enumerate(rows):
        refuse_unknown(row, (member, place), fields)
    return rows


def refuse_unknown(asked: Record, where: Sequence[str | int], known: Collection[str]) -> None:
    for name in asked.names():
        if name not in known:
            raise Refused((*where, name), "extra fields not permitted", "value_error.extra")


def _matches(
    rows: Sequence[Record], ids: Sequence[str | None], fields: Sequence[str], names: tuple[str, str]
) -> Body:
    """In the order asked, the input repeated with a null for each field left out."""
    member, identity = names
    matched = [
        {"input": {name: row.value(name) for name in fields}, identity: found}
        for row, found in zip(rows, ids, strict=True)
    ]
    total = len(ids) - ids.count(None)
    return {"total_results": len(ids), "total_matches": total, member: matched}


def _company_of(view: View, row: Record) -> Company | None:
    domain = row.text("domain") or row.text("url")
    name, linkedin = row.text("name"), row.text("linkedin_url")
    if domain:
        return view.company_by_domain(domain.rpartition("//")[2].strip("/"))
    if linkedin:
        return view.company_by_linkedin(_slug(linkedin))
    return next(iter(view.companies_named(name, 1)), None) if name else None


def _person_of(view: View, row: Record) -> Person | None:
    email, linkedin = row.text("email"), row.text("linkedin")
    if email:
        return view.person_by_email(email)
    if linkedin:
        return view.person_by_linkedin(_slug(linkedin))
    business, named = row.text("business_id"), row.text("company_name")
    company = view.company_by_id(number_of(business)) if business else None
    if company is None and named:
        company = next(iter(view.companies_named(named, 1)), None)
    name = row.text("full_name")
    return view.person_named(name, company) if name and company else None


def _slug(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]
