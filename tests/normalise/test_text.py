import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.casing import cased_name
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.normalise.names import parse_person_name, person_name_of_parts
from roleferry_enrich.normalise.organisations import looks_like_organisation, parse_organisation
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.normalise.ranges import parse_range
from roleferry_enrich.normalise.registers import parse_company_number
from roleferry_enrich.normalise.text import clean, fold, words
from roleferry_enrich.normalise.titles import parse_department, parse_seniority, parse_title

PARSERS = {
    "country": parse_country,
    "department": parse_department,
    "domain": parse_domain,
    "email": parse_email,
    "name": parse_person_name,
    "number": parse_company_number,
    "organisation": parse_organisation,
    "organisation_test": looks_like_organisation,
    "parts": lambda text: person_name_of_parts(text, text, middle=text, honorific=text),
    "phone": lambda text: parse_phone(text, "GB"),
    "profile": parse_profile_url,
    "profile_handle": lambda text: parse_profile_url(text, "linkedin"),
    "range": parse_range,
    "seniority": parse_seniority,
    "title": parse_title,
}
HOSTILE = (
    "a", "a ", "a.", "(", "@", "-", "1", "1-", "a@", "&", "ltd ", "van ", "\u0301", "\u202e",
    "\U0001f600", "é", "İ", "。", "%", "%25", "://", "<", ", ", "of the ", "\ud800", "\x00",
)  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_kilobytes_of_anything_are_read_at_once(parser, piece):
    text = (piece * 100_000)[:100_000]

    # What took more than linear time would run into the suite's time limit.
    parser(text)


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@given(text=st.text(max_size=80))
def test_no_text_is_too_strange(parser, text):
    parser(text)


@given(st.text(), st.integers(min_value=4, max_value=60))
def test_clean_is_idempotent_short_and_composed(text, limit):
    once = clean(text, limit)

    assert clean(once, limit) == once
    assert len(once.encode()) <= limit
    assert unicodedata.normalize("NFC", once) == once


def test_clean_drops_what_nobody_sees():
    assert clean("\u202eAda\u200b \u200dLove\x00lace\ud800\ufeff", 50) == "Ada Lovelace"


def test_clean_keeps_few_marks_of_a_stack():
    assert len(clean("Z" + "\u0300" * 1_000 + "oe", 400)) <= 8


def test_clean_never_cuts_through_a_character():
    assert clean("ééé", 5) == "éé"


@given(st.text(max_size=40))
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("İstanbul", "istanbul"),
        ("ISPARTA", "ısparta"),
        ("Müller", "MULLER"),
        ("Straße", "STRASSE"),
        ("Łukasz Đorđe", "lukasz dorde"),
        ("Владимир", "vladimir"),
        ("Ελένη", "eleni"),
    ],
)
def test_spellings_of_one_word_fold_to_one(left, right):
    assert fold(left) == fold(right)


def test_marks_that_make_another_syllable_stay():
    assert words("मोदी") != words("मदा")
    assert words("が") != words("か")


def test_different_names_in_other_scripts_keep_different_keys():
    assert len({words(name) for name in ("李娜", "李明", "王小明", "김정은", "ماري")}) == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p.l.c.", ("plc",)),
        ("S.p.A.", ("spa",)),
        ("monday.com", ("monday", "com")),
        ("O'Brien", ("obrien",)),
        ("Smith-Jones", ("smith", "jones")),
        ("!!", ()),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("shouted", "written"),
    [
        ("O'BRIEN", "O'Brien"),
        ("MCDONALD", "McDonald"),
        ("McDONALD", "McDonald"),
        ("MACLEOD", "MacLeod"),
        ("MACKIE", "Mackie"),
        ("VAN DER BERG", "van der Berg"),
        ("JEAN-CLAUDE", "Jean-Claude"),
        ("D'ANGELO", "D'Angelo"),
        ("JAMA'L", "Jama'l"),
        ("J.R.R.", "J.R.R."),
        ("smith iii", "Smith III"),
        ("DeShawn", "DeShawn"),
        ("MC", "Mc"),
        ("x", "X"),
        ("X", "X"),
        ("42", "42"),
        ("O'NEILL-SMITH", "O'Neill-Smith"),
    ],
)
def test_names_are_cased_as_a_person_would(shouted, written):
    assert cased_name(shouted) == written
    assert cased_name(written) == written
