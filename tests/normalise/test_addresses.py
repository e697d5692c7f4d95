from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.addresses import address_words, postcode_key


def test_short_forms_are_written_out():
    assert address_words("12 High St.") == address_words("12, HIGH STREET")


def test_a_postcode_has_no_spaces():
    assert postcode_key(" sw1a 1AA ") == postcode_key("SW1A1AA") == "sw1a1aa"


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text):
    assert all(address_words(text))
    assert " " not in postcode_key(text)
