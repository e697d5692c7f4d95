"""What a later golden record makes of the stored one."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.storage.examples import NOW, company, email_point, person, said

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.storage.merging import (
    Change,
    changes,
    first_collected,
    merged_company,
    merged_person,
)

LATER = NOW + timedelta(days=1)
NEXT_YEAR = NOW + timedelta(days=365)

values = st.builds(
    said,
    st.sampled_from(["CEO", "CFO", "CTO"]),
    st.floats(0, 1),
    st.integers(-4000, 4000).map(lambda days: NOW + timedelta(days=days)),
    st.sampled_from(["acme", "umbrella"]),
)


def merged_title(stored, new):
    before = person("Ada Lovelace")
    one, other = ({**before.fields, "title": value} for value in (stored, new))
    people = (with_fields(before, fields) for fields in (one, other))
    return merged_person(*people).fields["title"]


def with_fields(known, fields):
    return type(known)(
        fields=fields,
        contact_points=known.contact_points,
        confidence=known.confidence,
        providers=known.providers,
        origins=known.origins,
    )


def test_field_the_new_record_lacks_is_kept() -> None:
    merged = merged_person(person("Ada", title="Countess"), person("Ada", city="London"))
    assert set(merged.fields) == {"full_name", "title", "city"}


def test_newer_value_of_equal_confidence_wins() -> None:
    assert merged_title(said("CTO"), said("CEO", at=LATER)).value == "CEO"


def test_weak_word_of_the_next_day_does_not_replace_a_sure_one() -> None:
    assert merged_title(said("CTO", 0.95), said("CEO", 0.5, LATER)).value == "CTO"


def test_weak_word_a_year_later_does() -> None:
    assert merged_title(said("CTO", 0.95), said("CEO", 0.5, NEXT_YEAR)).value == "CEO"


def test_answer_from_an_old_cache_does_not_turn_time_back() -> None:
    assert merged_title(said("CEO", 0.6, NEXT_YEAR), said("CTO", 0.9, NOW)).value == "CEO"


def test_same_value_gathers_its_sources_and_keeps_its_confidence() -> None:
    merged = merged_title(said("CTO", 0.9, by="acme"), said("CTO", 0.5, LATER, by="umbrella"))
    assert merged.confidence.value == 0.9
    assert [source.provider for source in merged.sources] == ["umbrella", "acme"]


def test_repeated_word_of_one_provider_counts_once() -> None:
    merged = merged_title(said("CTO", at=NOW), said("CTO", at=LATER))
    assert [source.observed_at for source in merged.sources] == [LATER]


@given(values, values)
def test_merging_never_invents_a_value(stored, new) -> None:
    assert merged_title(stored, new).value in {stored.value, new.value}


@given(values, values)
def test_merging_the_same_again_changes_nothing(stored, new) -> None:
    once = merged_title(stored, new)
    assert merged_title(once, new).value == once.value


def test_unknown_deliverability_does_not_hide_what_was_checked() -> None:
    checked = email_point("ada@engines.test", deliverability=Deliverability.INVALID)
    unknown = email_point("ada@engines.test", at=LATER, deliverability=Deliverability.UNKNOWN)
    (point,) = merged_person(
        person("Ada", points=(checked,)), person("Ada", points=(unknown,))
    ).contact_points
    assert point.deliverability is Deliverability.INVALID


def test_first_collection_is_the_earliest_source() -> None:
    assert first_collected(email_point("ada@engines.test", at=NOW)) == NOW


def test_company_keeps_its_workforce_until_another_is_known() -> None:
    known = company()
    silent = type(known)(
        fields={},
        confidence=known.confidence,
        providers=("umbrella",),
        workforce={},
        workforce_change={},
    )
    merged = merged_company(known, silent)
    assert merged.workforce == known.workforce
    assert merged.providers == ("acme", "umbrella")


def test_only_other_values_are_changes() -> None:
    before = {"title": said("CTO"), "city": said("London")}
    after = {"title": said("CEO"), "city": said("London", at=LATER), "state": said("Kent")}
    assert list(changes(before, after)) == [
        Change("title", "CTO", "CEO"),
        Change("state", None, "Kent"),
    ]
