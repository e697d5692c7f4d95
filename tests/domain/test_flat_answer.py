"""The flat fields of a contact: the person's own, and the company's."""

from datetime import UTC, date, datetime

from roleferry_enrich.domain.flat_answer import flat_answer
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import (
    Confidence,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
    Source,
)

SOURCE = Source(
    provider="acme",
    origin="acme",
    observed_at=datetime(2026, 3, 1, tzinfo=UTC),
    as_of=date(2026, 3, 1),
)


def known(**values: str) -> dict[str, FieldValue]:
    return {
        name: FieldValue(value=value, confidence=Confidence(0.9), sources=(SOURCE,))
        for name, value in values.items()
    }


COMPANY = GoldenCompany(
    fields=known(name="Quillmere", industry="Optics", city="Leeds", phone="+441130000000"),
    confidence=Confidence(0.9),
    providers=("acme",),
    workforce={},
    workforce_change={},
)
ORLA = GoldenPerson(
    fields=known(full_name="Orla Fenwick", company_name="Quillmere Ltd"),
    contact_points=(),
    confidence=Confidence(0.9),
    providers=("acme",),
    origins=("acme",),
)


SOMEBODY = Keys(email=Email("orla.fenwick@quillmere.test"))
NOBODY = Keys(company_name="Quillmere")


def test_a_persons_place_is_never_the_companys():
    both = flat_answer(SOMEBODY, ORLA, COMPANY)

    assert both.keys() == {"full_name", "company_name", "industry"}
    assert both["company_name"].value == "Quillmere"


def test_where_nobody_was_asked_for_the_company_answers_for_itself():
    own = {"company_name", "industry", "city", "phone"}
    assert flat_answer(NOBODY, None, COMPANY).keys() == own
    assert flat_answer(NOBODY, None, None) == {}


def test_of_somebody_who_was_not_found_nothing_of_the_companys_passes_for_theirs():
    assert flat_answer(SOMEBODY, None, COMPANY).keys() == {"company_name", "industry"}
