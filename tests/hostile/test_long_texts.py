"""Texts of 100 kB, of which a careless pattern takes hours: who is not linear meets the limit."""

import pytest

from roleferry_enrich.normalise.addresses import address_words
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.normalise.names import parse_person_name
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.normalise.text import clean, fold, words
from roleferry_enrich.normalise.titles import parse_department, parse_seniority, parse_title

LENGTH = 100_000
PARTS = (
    *("a@", "a.", "(", ")", " ", "+1-", "\u0335", "a", "1", " a", "-", "@", '"', "a,", "VP of "),
    *("Dr. ", "http://", "/", "ß", "İ", "., ", "&", "xn--", "[", "ext 1", "\u202e", "CEO and "),
)
READERS = {
    "email": parse_email,
    "phone": lambda text: parse_phone(text, "GB"),
    "title": parse_title,
    "seniority": parse_seniority,
    "department": parse_department,
    "name": parse_person_name,
    "organisation": parse_organisation,
    "domain": parse_domain,
    "profile": parse_profile_url,
    "address": address_words,
    "country": parse_country,
    "clean": lambda text: clean(text, 200),
    "fold": fold,
    "words": words,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("reader", READERS)
def test_h15_a_very_long_text_is_read_in_one_go(reader):
    for part in PARTS:
        found = READERS[reader](part * (LENGTH // len(part)))
        assert found is None or len(str(found)) <= 20 * LENGTH
