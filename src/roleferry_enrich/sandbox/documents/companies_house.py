"""The register's documents about invented companies and their officers."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from roleferry_enrich.sandbox.population import Company, Person

Document = dict[str, Any]  # JSON on its way out, never read back
_EVERYDAY_TITLE = re.compile(r"(mrs?|miss|ms|master)\.?", re.IGNORECASE)  # never written
_ORDERS = ("appointed_on", "resigned_on", "surname")
_FIRST_KNOWN_YEAR = 1992  # before it the register knows only that somebody was in office
_CONTROL = "ownership-of-shares-25-to-50-percent"


def hit(company: Company, text: str) -> Document:
    words = text.casefold().split()[:1]
    former = (n for n in company.former_names if any(w in n.casefold() for w in words))
    address = _address(company)
    day = f"{company.incorporated_on:%-d %B %Y}"
    return _known(
        kind="searchresults#company",
        title=company.legal_name.upper(),
        company_number=company.number,
        company_status=company.status or None,
        company_type=company_type(company),
        date_of_creation=company.incorporated_on.isoformat(),
        address=address,
        address_snippet=", ".join(address.values()),
        description=f"{company.number} - Incorporated on {day}",
        description_identifier=["incorporated-on"],
        links={"self": f"/company/{company.number}"},
        snippet=next(former, "").upper(),
        matches={"snippet": []},
    )


def advanced_hit(company: Company) -> Document:
    return _known(
        company_name=company.legal_name.upper(),
        company_number=company.number,
        company_status=company.status or None,
        company_type=company_type(company),
        date_of_creation=company.incorporated_on.isoformat(),
        kind="search-results#company",
        links={"company_profile": f"/company/{company.number}"},
        registered_office_address=_address(company),
        sic_codes=_sic_codes(company),
    )


def profile(company: Company) -> Document:
    path = f"/company/{company.number}"
    return _known(
        can_file=company.status == "active",
        company_name=company.legal_name.upper(),
        company_number=company.number,
        company_status=company.status or None,
        date_of_creation=company.incorporated_on.isoformat(),
        etag=etag(company.number),
        has_been_liquidated=company.status == "liquidation",
        has_charges=False,
        has_insolvency_history=company.status in {"liquidation", "administration"},
        has_super_secure_pscs=False,
        jurisdiction="scotland" if company.number.startswith("SC") else "england-wales",
        links={"self": path, "officers": f"{path}/officers"},
        previous_company_names=[{"name": n.upper()} for n in company.former_names] or None,
        registered_office_address=_address(company),
        registered_office_is_in_dispute=False,
        sic_codes=_sic_codes(company),
        type=company_type(company),
        undeliverable_registered_office_address=False,
    )


def officers(company: Company, people: Sequence[Person], order: str | None) -> list[Document]:
    # Companies that hold office come first, as their role does in the register's own order.
    corporate: Sequence[str] = getattr(company, "corporate_officers", ())
    rows = [_corporate_officer(company, name) for name in corporate]
    rows += sorted((_officer(company, one) for one in people), key=_register_order)
    if order is not None:
        rows.sort(key=lambda row: _sort_value(row, order), reverse=order.startswith("-"))
    return rows


def sortable(order: str | None) -> bool:
    return order is None or order.removeprefix("-") in _ORDERS


def controllers(company: Company, people: Sequence[Person]) -> list[Document]:
    """The world has no shareholders: its first active director stands for the owner."""
    active = [p for p in people if p.officer_role == "director" and p.resigned_on is None]
    return [_controller(company, owner) for owner in active[:1]]


def appointments(person: Person, company: Company) -> Document:
    resigned = person.resigned_on is not None
    item = _officer(company, person)
    names = {"name": _reading_name(person), "name_elements": _name_elements(person)}
    appointed_to = {
        "company_name": company.legal_name.upper(),
        "company_number": company.number,
        "company_status": company.status,
    }
    return _known(
        active_count=int(not resigned),
        date_of_birth=item.get("date_of_birth"),
        etag=etag(f"officer {person.id}"),
        inactive_count=0,
        is_corporate_officer=False,
        items=[{**item, **names, "appointed_to": appointed_to}],
        kind="personal-appointment",
        links={"self": f"/officers/{officer_id(person)}/appointments"},
        name=names["name"],
        resigned_count=int(resigned),
        total_results=1,
    )


def officer_id(person: Person) -> str:
    return base64.urlsafe_b64encode(f"officer {person.id:010}".encode()).decode().rstrip("=")


def person_id(officer: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(officer + "=" * (-len(officer) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    found = re.fullmatch(r"officer (\d{10})", text)
    return int(found[1]) if found else None


def etag(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def company_type(company: Company) -> str:
    ending = company.legal_name.upper().rpartition(" ")[2]
    return {"PLC": "plc", "LLP": "llp"}.get(ending, "ltd")


def _officer(company: Company, person: Person) -> Document:
    # The law asks a secretary for neither birth nor nationality.
    full = person.officer_role != "secretary"
    born = {"month": person.birth_month, "year": person.birth_year}
    return _known(
        etag=etag(f"appointment {person.id}"),
        address=_address(company),
        **_appointed(person),
        country_of_residence=person.country or None if full else None,
        date_of_birth=born if full and person.birth_year else None,
        links={
            "self": f"/company/{company.number}/appointments/{etag(str(person.id))[:27]}",
            "officer": {"appointments": f"/officers/{officer_id(person)}/appointments"},
        },
        name=_entry_name(person),
        nationality=person.nationality or None if full else None,
        occupation=person.title or None if full else None,
        officer_role=person.officer_role,
        person_number=f"{person.id:09}0001",
        resigned_on=person.resigned_on.isoformat() if person.resigned_on else None,
    )


def _appointed(person: Person) -> Document:
    day = person.appointed_on
    if day is None:
        return {}
    if day.year < _FIRST_KNOWN_YEAR:
        return {"is_pre_1992_appointment": True, "appointed_before": day.isoformat()}
    return {"is_pre_1992_appointment": False, "appointed_on": day.isoformat()}


def _corporate_officer(company: Company, name: str) -> Document:
    return {
        "etag": etag(name),
        "address": _address(company),
        "appointed_on": company.incorporated_on.isoformat(),
        "is_pre_1992_appointment": False,
        "links": {"self": f"/company/{company.number}/appointments/{etag(name)[:27]}"},
        "name": name.upper(),
        "officer_role": "corporate-secretary",
        "identification": {"identification_type": "uk-limited-company"},
    }


def _entry_name(person: Person) -> str:
    forenames = " ".join(n for n in (person.first_name, person.middle_name) if n)
    parts = (person.last_name.upper(), forenames, _title(person))
    return ", ".join(part for part in parts if part)


def _reading_name(person: Person) -> str:
    surname = person.last_name.upper()
    parts = (_title(person), person.first_name, person.middle_name, surname)
    return " ".join(part for part in parts if part)


def _name_elements(person: Person) -> Document:
    return _known(
        title=_title(person),
        forename=person.first_name or None,
        other_forenames=person.middle_name or None,
        surname=person.last_name.upper(),
    )


def _title(person: Person) -> str | None:
    title = person.honorific or ""
    return None if not title or _EVERYDAY_TITLE.fullmatch(title) else title


def _register_order(row: Document) -> tuple[bool, str, str]:
    return ("resigned_on" in row, row["officer_role"] or "", row["name"])


def _sort_value(row: Document, order: str) -> str:
    member = order.removeprefix("-")
    return str(row.get("name" if member == "surname" else member, ""))


def _controller(company: Company, owner: Person) -> Document:
    started = owner.appointed_on or company.incorporated_on
    kind = "individual-person-with-significant-control"
    return _known(
        etag=etag(f"control {owner.id}"),
        address=_address(company),
        ceased=False,
        date_of_birth={"month": owner.birth_month, "year": owner.birth_year},
        kind=kind,
        links={
            "self": f"/company/{company.number}/persons-with-significant-control/individual"
            f"/{etag(str(owner.id))[:27]}"
        },
        name=_reading_name(owner),
        name_elements=_name_elements(owner),
        nationality=owner.nationality or None,
        natures_of_control=[_CONTROL],
        notified_on=started.isoformat(),
    )


def _address(company: Company) -> dict[str, str]:
    address = {
        "address_line_1": company.street,
        "locality": company.city,
        "region": company.state,
        "postal_code": company.postcode,
        "country": company.country,
    }
    return {name: value for name, value in address.items() if value}


def _sic_codes(company: Company) -> list[str] | None:
    return [company.sic_code] if company.sic_code else None


def _known(**members: Any) -> Document:
    """The register leaves out what it does not know; it writes no nulls."""
    return {name: value for name, value in members.items() if value is not None}
