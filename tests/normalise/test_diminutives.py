"""Which given names stand for one another, and which only share a short form."""

import pytest

from roleferry_enrich.normalise.diminutives import formal_names, is_short_for
from roleferry_enrich.resolve.comparisons import SAME, person_name


@pytest.mark.parametrize(("short", "full"), [("bob", "robert"), ("bill", "william")])
def test_a_short_form_stands_for_its_full_name_and_not_the_other_way(short: str, full: str) -> None:
    assert is_short_for(short, full)
    assert short not in formal_names(full)


def test_two_full_names_are_not_one_for_a_short_form_of_both() -> None:
    assert person_name("Robert Brown", "William Brown").score < SAME
    assert person_name("Bob Brown", "Robert Brown").score >= SAME
