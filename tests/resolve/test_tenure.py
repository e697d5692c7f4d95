"""Who is still there, by what those tell who list the company's people."""

from datetime import UTC, datetime

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import (
    Confidence,
    ContactKind,
    ContactPoint,
    FieldValue,
    GoldenPerson,
    Source,
)
from roleferry_enrich.resolve.tenure import with_tenure

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def listed(name, *origins, mailbox=None, **said):
    day = NOW.date()
    sources = tuple(Source(provider=o, origin=o, observed_at=NOW, as_of=day) for o in origins)
    said = {"full_name": name, "company_domain": "acme.test"} | said
    point = ContactPoint(
        kind=ContactKind.EMAIL,
        value="someone@acme.test",
        label="business",
        confidence=Confidence(0.9),
        sources=sources,
        deliverability=Deliverability(mailbox or "unknown"),
    )
    return GoldenPerson(
        fields={
            field: FieldValue(value=value, confidence=Confidence(0.9), sources=sources)
            for field, value in said.items()
        },
        contact_points=(point,) if mailbox else (),
        confidence=Confidence(0.95),
        providers=origins,
        origins=origins,
    )


COLLEAGUES = [
    listed(name, "apollo", "hunter", "explorium", "website")
    for name in ("Ada Hall", "Eva Moor", "Ida Berg", "Ola Abe", "Una Fry", "Ira Nosov")
]


def weighed(person):
    *_, last = with_tenure([*COLLEAGUES, person])
    return last.confidence.value


def test_whom_all_others_would_know_and_one_alone_shows_has_left():
    alone, confirmed = (
        weighed(listed("Ken Past", *by)) for by in (("apollo",), ("apollo", "hunter"))
    )

    assert alone < 0.5 < confirmed


def test_whom_everybody_shows_is_there():
    known = with_tenure(COLLEAGUES)

    assert all(person.confidence.value > 0.9 for person in known)


def test_one_list_alone_contradicts_nobody():
    alone = [listed(name, "apollo") for name in ("Ada Hall", "Eva Moor", "Ida Berg")]

    assert all(person.confidence.value > 0.5 for person in with_tenure(alone))


def test_who_lists_hardly_anybody_is_not_asked_for_silence():
    rare = [*COLLEAGUES, listed("Bo Quill", "facebook", "apollo", "hunter", "website")]
    without = [*COLLEAGUES, listed("Bo Quill", "apollo", "hunter", "website")]

    assert with_tenure(rare)[0] == with_tenure(without)[0]


def test_a_checked_mailbox_at_the_company_speaks_for_its_owner():
    unchecked, valid, invalid, guessed = (
        weighed(listed("Ken Past", "apollo", mailbox=state))
        for state in ("unknown", "valid", "invalid", "guessed")
    )

    assert invalid < guessed < unchecked < valid


def test_a_mailbox_elsewhere_says_nothing_of_this_post():
    elsewhere = listed("Ken Past", "apollo", mailbox="valid", company_domain="other.test")

    assert weighed(elsewhere) == weighed(listed("Ken Past", "apollo"))


def test_the_registers_word_is_not_weighed_against_silence():
    officer = listed("Ken Past", "companies_house", role="director")

    assert weighed(officer) == officer.confidence.value


def test_nothing_but_confidence_changes_and_nobody_is_lost():
    before = [*COLLEAGUES, listed("Ken Past", "apollo")]
    after = with_tenure(before)

    assert [person.fields for person in after] == [person.fields for person in before]
    assert with_tenure([]) == ()
