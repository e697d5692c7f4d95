from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.domain.loose_records import RECORD_FIELDS, LooseRecord
from roleferry_enrich.resolve.blocking import blocking_keys
from roleferry_enrich.resolve.record_traits import record_traits


def test_what_was_typed_is_kept_beside_what_can_be_read():
    traits = record_traits(
        LooseRecord(full_name="Ada BYRON", email="Ada@@quillmere", phone="+44 1904 555-012")
    )

    assert traits.mailboxes == {}
    assert traits.typed.email == "ada@@quillmere"
    assert (traits.typed.given, traits.typed.family) == ("ada", "byron")
    assert traits.typed.phone == "904555012"


def test_a_shared_mailbox_is_nobodys():
    assert record_traits(LooseRecord(email="info@quillmere.test")).typed.email == ""


def test_one_wrong_field_keeps_no_twins_apart():
    ada = LooseRecord(
        first_name="Ada", last_name="Byron", email="ada@q.test", date_of_birth="1985-03-07"
    )
    for slipped in (
        LooseRecord(first_name="Aad", last_name="Byron", date_of_birth="1985-03-07"),
        LooseRecord(first_name="Byron", last_name="Ada", date_of_birth="1985-03-17"),
        LooseRecord(email="ada@q.test"),
        LooseRecord(first_name="Ada", last_name="Lovelace", date_of_birth="1985-03-07"),
        LooseRecord(first_name="Ada", last_name="Byron", date_of_birth="1958-03-07"),
    ):
        ours, theirs = (set(blocking_keys(record_traits(it))) for it in (ada, slipped))
        assert ours & theirs


@given(st.builds(LooseRecord, **dict.fromkeys(RECORD_FIELDS, st.none() | st.text(max_size=15))))
def test_every_record_has_traits_and_keys(record):
    assert all(key.isprintable() or key for key in blocking_keys(record_traits(record)))
