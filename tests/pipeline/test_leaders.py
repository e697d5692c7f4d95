"""Whom a request for executives means."""

from datetime import UTC, datetime

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence, FieldValue, GoldenPerson, Source
from roleferry_enrich.pipeline.leaders import leaders

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SOURCE = Source(provider="apollo", origin="apollo", observed_at=NOW, as_of=NOW.date())


def person(name: str, **fields: str) -> GoldenPerson:
    known = {
        field: FieldValue(value=value, confidence=Confidence(0.9), sources=(SOURCE,))
        for field, value in {"full_name": name, **fields}.items()
    }
    return GoldenPerson(
        fields=known,
        contact_points=(),
        confidence=Confidence(0.9),
        providers=("apollo",),
        origins=("apollo",),
    )


CEO = person("Orla Fenwick", title="CEO", seniority="c_suite")
CFO = person("Alexander Bennett", title="Group Chief Financial Officer", seniority="c_suite")
BUYER = person("Robert Quill", title="Buyer", seniority="entry")
GONE = person("Ken Thompson", title="CTO", seniority="c_suite", resigned_on="2025-01-31")
EVERYONE = (BUYER, GONE, CFO, CEO)


def names(**wanted: object) -> list[str | None]:
    request = Request(goal=Goal.EXECUTIVES, keys=Keys(), **wanted)
    return [found.text("full_name") for found in leaders(EVERYONE, request)]


def test_executives_only_and_nobody_who_resigned() -> None:
    assert names() == ["Alexander Bennett", "Orla Fenwick"]


def test_a_wanted_title_is_found_in_other_words() -> None:
    assert names(titles=("CFO",)) == ["Alexander Bennett"]
    assert names(titles=("Chief Executive Officer", "buyer")) == ["Orla Fenwick", "Robert Quill"]


def test_who_the_caller_knows_is_confirmed_whatever_the_title() -> None:
    assert "Robert Quill" in names(known_executives=("Bob Quill",))
    assert "Ken Thompson" not in names(known_executives=("Ken Thompson",))


def test_no_more_than_wanted() -> None:
    assert names(limit=1) == ["Alexander Bennett"]
