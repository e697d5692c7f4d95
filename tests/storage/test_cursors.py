"""Cursors: what we hand out comes back as it was, and nothing else is taken."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.errors import InvalidQuery
from roleferry_enrich.storage.cursors import Moment, Number


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_moment_reads_back(created_at: datetime, row_id: UUID) -> None:
    place = Moment(created_at, row_id)
    assert Moment.of(place.cursor()) == place


@given(st.integers(0, 2**63 - 1))
def test_number_reads_back(value: int) -> None:
    assert Number.of(Number(value).cursor()) == Number(value)


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    for kind in (Moment, Number):
        try:
            assert kind.of(text).cursor() == text
        except InvalidQuery:
            continue


def test_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidQuery):
        Moment.of(Number(1).cursor())
