import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.organisation_words import spelt_out


@pytest.mark.parametrize(
    ("key", "spelt"),
    [
        ("us quillmere mfg", "united states quillmere manufacturing"),
        ("quillmere technologies", "quillmere technology"),
        ("quillmere services", "quillmere service"),
        ("quillmere bros", "quillmere brother"),
        ("brigade forty four", "brigade 44"),
        ("brigade forty 4", "brigade 44"),
        ("forty quillmere", "40 quillmere"),
        ("first quillmere bank", "1st quillmere bank"),
        ("quillmere fund iv", "quillmere fund 4"),
        ("quillmere fund xiv", "quillmere fund 14"),
        ("forty fourth brigade", "44th brigade"),
        ("twenty first thirtieth", "21st 30th"),
        ("unit no 44", "unit 44"),
        ("no quillmere", "no quillmere"),
        ("forty 44", "40 44"),
        ("quillmere com", "quillmere"),
        ("com", "com"),
        ("atlas", "atlas"),
        ("", ""),
    ],
)
def test_words_written_out(key, spelt):
    assert " ".join(spelt_out(key)) == spelt


@given(st.text(max_size=40))
def test_any_text_has_words(text):
    assert bool(spelt_out(text)) == bool(text.split())
