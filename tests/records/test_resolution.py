"""From rows to whose they are, each step over the shelf."""

import gc
import random
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roleferry_enrich.domain.loose_records import RECORD_FIELDS, Decision, LooseRecord
from roleferry_enrich.records.resolution import resolve_records

ADA = LooseRecord(
    first_name="Ada",
    last_name="Byron",
    email="ada.byron@quillmere.test",
    date_of_birth="1985-03-07",
    address="12 High Street",
    postcode="YO1 7HH",
    city="York",
)


def changed(record, **values):
    return LooseRecord(**(asdict(record) | values))


def resolve(*records):
    return [outcome for _, outcome in resolve_records((b"", record) for record in records)]


def together(*records):
    return len({outcome.cluster_id for outcome in resolve(*records)}) == 1


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"first_name": "Aad", "email": "ada.bryon@quillmere.test"},
        {"first_name": "Byron", "last_name": "Ada"},
        {"last_name": "", "city": "Yrok"},
        {"first_name": "", "last_name": "", "address": ""},
        {"date_of_birth": "07/03/1985", "email": ""},
        {"date_of_birth": "1985-03-17", "postcode": ""},
        {"last_name": "Lovelace"},
    ],
)
def test_one_person_typed_twice(values):
    assert together(ADA, changed(ADA, **values))


@pytest.mark.parametrize(
    "values",
    [
        {"first_name": "Allegra", "email": ""},  # a twin, or the same birthday by chance
        {"date_of_birth": "1951-11-20", "email": ""},  # the mother, who has the same name
        {"email": "", "date_of_birth": "", "address": "", "postcode": "", "city": ""},
    ],
)
def test_who_may_be_another_person_is_not_merged_but_told(values):
    _, other = resolve(ADA, changed(ADA, **values))

    assert other.decision is Decision.ABSTAINED
    assert [each.cluster_id for each in other.alternatives] == [1]
    assert 0.3 <= other.alternatives[0].confidence <= 0.6


def test_every_row_says_what_holds_it_where_it_is():
    first, second, third = resolve(ADA, changed(ADA, first_name="Aad"), ADA)

    assert first.decision is second.decision is third.decision is Decision.JOINED
    assert third.why == "the same as record 1"
    assert second.why.startswith("with record 1: ")
    assert "the same mailbox" in second.why
    assert 0.9 < first.confidence <= 1.0


def test_rows_that_say_the_same_are_one_person_only_if_it_says_enough():
    assert together(ADA, ADA)
    assert not together(LooseRecord(full_name="Ada Byron"), LooseRecord(full_name="Ada Byron"))
    assert not together(LooseRecord(), LooseRecord())


def test_another_company_number_and_another_identifier_speak_against():
    number, other = "00445790", "01234567"
    works = LooseRecord(full_name="Ada Byron", company_number=number, identifier="6988048")

    assert together(works, changed(works, full_name="Aad Byron"))
    assert not together(works, changed(works, company_number=other, identifier="1234567"))


def test_clusters_are_numbered_by_their_first_rows():
    bo = LooseRecord(full_name="Bo Cole", email="bo@ardenhall.test")

    assert [outcome.cluster_id for outcome in resolve(bo, ADA, bo, LooseRecord())] == [1, 2, 1, 3]


def test_progress_is_told_step_by_step():
    told = []
    rows = ((b"", ADA) for _ in range(3))
    list(resolve_records(rows, lambda *step: told.append(step)))

    assert [step for step, *_ in told] == ["reading", "indexing", "comparing", "writing"]
    assert told[0] == ("reading", 3, 3)


@pytest.fixture
def usual() -> Iterator[tuple[int, int, int]]:
    """Thresholds as Python has them; a checker run in this process has its own."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*before)


def test_the_collector_is_left_as_it_was(usual):
    rows = resolve_records((b"", ADA) for _ in range(2))

    next(rows)
    assert gc.get_threshold() > usual
    rows.close()
    assert gc.get_threshold() == usual


def test_no_rows_are_no_outcomes():
    assert resolve() == []


def test_what_many_share_is_not_compared_in_full():
    told = {}
    crowd = [
        LooseRecord(full_name="Ada Byron", city="York", email=f"x{n}@host{n}.test")
        for n in range(400)
    ]
    rows = ((b"", record) for record in crowd)
    list(resolve_records(rows, lambda step, done, _: told.update({step: done})))

    assert told["comparing"] < 400 * 30


TEXTS = st.none() | st.text(max_size=20) | st.sampled_from(("Ada", "Byron", "1985-03-07", "a@b.c"))
RECORDS = st.builds(LooseRecord, **dict.fromkeys(RECORD_FIELDS, TEXTS))


@given(st.lists(RECORDS, max_size=5))
@settings(deadline=None, max_examples=60)
def test_no_record_raises(records):
    outcomes = resolve(*records)

    assert len(outcomes) == len(records)
    assert all(0.0 <= outcome.confidence <= 1.0 and outcome.why for outcome in outcomes)


CELLS = {
    "first_name": st.sampled_from(("Ada", "Aad", "Bo", "")),
    "last_name": st.sampled_from(("Byron", "Bryon", "Cole", "")),
    "email": st.sampled_from(("ada@a.test", "dda@a.test", "bo@b.test", "")),
    "date_of_birth": st.sampled_from(("1985-03-07", "1985-07-03", "1970-01-01", "")),
    "city": st.sampled_from(("York", "Hull", "")),
}


@given(
    st.lists(st.builds(LooseRecord, **CELLS), max_size=9).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(range(len(rows))))
    )
)
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_rows_decides_nothing(given_rows):
    rows, order = given_rows

    straight = [outcome.cluster_id for outcome in resolve(*rows)]
    mixed = [outcome.cluster_id for outcome in resolve(*(rows[place] for place in order))]

    assert content(rows, straight) == content([rows[place] for place in order], mixed)


def test_the_order_of_a_crowd_decides_nothing():
    dice = random.Random(20261121)
    crowd = [
        LooseRecord(
            first_name=dice.choice(("Ada", "Aad", "Bo")),
            last_name=dice.choice(("Byron", "Bryon", "Cole")),
            email=dice.choice(("", f"x{dice.randint(1, 40)}@b.test")),
            city=dice.choice(("York", "Hull", "")),
            date_of_birth=f"19{dice.randint(70, 72)}-0{dice.randint(1, 4)}-0{dice.randint(1, 9)}",
        )
        for _ in range(200)
    ]
    mixed = dice.sample(crowd, len(crowd))

    straight, other = (
        content(rows, [outcome.cluster_id for outcome in resolve(*rows)]) for rows in (crowd, mixed)
    )
    assert straight == other


def content(rows, clusters):
    """The clusters by what their rows say; rows that say the same may change places."""
    groups = {}
    for row, cluster in zip(rows, clusters, strict=True):
        groups.setdefault(cluster, []).append(repr(row))
    return sorted(map(sorted, groups.values()))
