"""The order of a named waterfall, as an operator writes it."""

import pytest

from roleferry_enrich.domain.waterfalls import Waterfall, parse_steps


def test_steps_are_read_with_their_groups():
    steps = parse_steps("apollo > clay,hunter")

    assert steps == (("apollo",), ("clay", "hunter"))
    assert Waterfall("people", steps).providers == ("apollo", "clay", "hunter")


@pytest.mark.parametrize("text", ["", ">", "apollo>", "apollo,,hunter", "apollo>hunter,apollo"])
def test_what_is_no_order_is_refused(text):
    with pytest.raises(ValueError, match="expected"):
        parse_steps(text)
