"""The sum of what the comparisons say of two typed records."""

from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.resolve.comparisons import NAME_ONLY
from roleferry_enrich.resolve.evidence import PERSON_COMPARISONS, same_person
from roleferry_enrich.resolve.rarity import Rarity, rarity_of
from roleferry_enrich.resolve.record_traits import record_traits


def same(left, right, rarity=None):
    known = rarity or Rarity(2)
    return same_person(
        record_traits(LooseRecord(**left)),
        record_traits(LooseRecord(**right)),
        prior_bits=known.prior_bits,
        rarity=known,
    )


HOME = {"address": "12 High St", "postcode": "YO1 7HH", "city": "York"}
JOHN = {"full_name": "John Smith", "date_of_birth": "1955-02-03"} | HOME


def test_a_name_and_a_town_are_a_possibility_and_no_more():
    assert same({"full_name": "Ada Byron", "city": "York"}, {"full_name": "Ada Byron"}).score <= (
        NAME_ONLY
    )


def test_a_father_and_his_son_of_the_same_name_are_two():
    assert same(JOHN, JOHN | {"date_of_birth": "1983-11-20"}).score <= NAME_ONLY
    assert same(JOHN, JOHN | {"date_of_birth": "1955-02-08"}).score > 0.9


def test_twins_are_two_and_a_new_surname_is_the_same():
    assert same(JOHN, JOHN | {"full_name": "Mary Smith"}).score <= NAME_ONLY
    assert same(JOHN, JOHN | {"full_name": "John Carter"}).score > 0.9


def test_an_identifier_outweighs_what_relatives_share():
    number = {"identifier": "6988048"}

    assert same(JOHN | number, JOHN | number | {"full_name": "Mary Smith"}).score > 0.9


def test_a_short_form_counts_as_the_name():
    mailbox = {"phone": "01904 555 012"}

    score = same({"full_name": "Bob Jones"} | mailbox, {"full_name": "Robert Jones"} | mailbox)
    assert score.score > 0.9


def test_numbered_mailboxes_of_namesakes_are_not_one():
    left = {"full_name": "John Smith", "email": "john.smith2@quillmere.test"}
    right = {"full_name": "John Smith", "email": "john.smith3@quillmere.test"}

    assert same(left, right).score < same(left, left).score


def test_the_more_people_the_less_a_common_name_proves():
    common = {"full_name": "John Smith", "date_of_birth": "1955-02-03"}
    few = rarity_of([record_traits(LooseRecord(**common))] * 2)
    many = rarity_of([record_traits(LooseRecord(**common))] * 50_000)

    assert same(common, common, few).score > same(common, common, many).score


def test_it_says_what_matched():
    assert set(same(JOHN, JOHN).why) >= {"name equal", "the same address", "the same postcode"}


def test_no_comparison_speaks_of_records_that_say_nothing():
    empty = record_traits(LooseRecord())

    assert all(weighted.compare(empty, empty) is None for weighted in PERSON_COMPARISONS)


TEXTS = st.none() | st.text(max_size=12)
FIELDS = ("full_name", "email", "date_of_birth", "address", "identifier", "city", "phone")


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)))
def test_a_record_is_never_less_like_itself_than_chance(values):
    assert same(values, values).score >= same({}, {}).score
