"""In which form a list is answered."""

import pytest

from roleferry_enrich.api.media_types import CSV, JSON, NDJSON, wanted


@pytest.mark.parametrize(
    ("accept", "offered", "answered"),
    [
        ("*/*", (JSON, NDJSON, CSV), JSON),
        ("text/html, Text/CSV;q=0.9", (JSON, NDJSON, CSV), CSV),
        ("application/x-ndjson, text/csv", (JSON, NDJSON, CSV), NDJSON),
        ("application/x-ndjson, text/csv", (JSON, CSV), CSV),
        ("application/x-ndjson", (JSON, CSV), JSON),
        ("text/csvx", (JSON, CSV), JSON),
    ],
)
def test_the_first_that_is_accepted_and_offered_is_sent(accept, offered, answered):
    assert wanted(accept, offered) == answered
