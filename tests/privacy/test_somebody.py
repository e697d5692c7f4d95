"""Who is meant: read in any spelling, and named where it cannot be read."""

import pytest

from roleferry_enrich.errors import InvalidQuery
from roleferry_enrich.privacy.somebody import Somebody, forms_of, sought


def test_each_identifier_is_read_as_its_country_writes_it():
    keys, phone = sought(
        Somebody(phone="020 7946 0000", company_number="445790", country="United Kingdom")
    )
    assert (phone, keys.company_number, keys.country) == ("+442079460000", "00445790", "GB")


@pytest.mark.parametrize("written", ["https://uk.linkedin.com/in/Orla/", "@orla"])
def test_a_profile_is_read_with_or_without_its_network(written):
    keys, _ = sought(Somebody(linkedin_url=written))
    assert keys.linkedin_url == "linkedin.com/in/orla"


def test_all_that_cannot_be_read_is_named_at_once():
    wrong = {"email": "orla at q", "phone": "1", "domain": "?", "company_number": "none"}
    with pytest.raises(InvalidQuery) as refused:
        forms_of(Somebody(**wrong, linkedin_url="https://linkedin.com/company/quillmere"))
    codes = {fault.code for fault in refused.value.faults}
    assert codes == {f"invalid_{field}" for field in (*wrong, "linkedin_url")}


def test_a_number_is_not_blamed_for_its_country():
    with pytest.raises(InvalidQuery) as refused:
        sought(Somebody(phone="020 7946 0000", country="Nowhere"))
    assert [fault.code for fault in refused.value.faults] == ["invalid_country"]


@pytest.mark.parametrize("somebody", [Somebody(), Somebody(full_name="Orla Fenwick")])
def test_whom_nobody_can_recognise_is_refused(somebody):
    with pytest.raises(InvalidQuery) as refused:
        forms_of(somebody)
    assert [fault.code for fault in refused.value.faults] == ["identifier_required"]
