"""Keys of subjects, sealed values, and what a value is found by."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.at_rest import AT_REST
from tests.storage.examples import email_point, enrichment, person

from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.errors import ConfigurationError, KeyMissing
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.storage.at_rest import AtRest
from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.migrate import downgrade, migrate
from roleferry_enrich.storage.sealed import (
    SubjectKeys,
    opened_text,
    sealed_document,
    sealed_text,
)

ACCOUNT, ADA = uuid4(), uuid4()


def ring(*secrets: bytes) -> AtRest:
    return AtRest(KeyRing(secrets, purpose="at rest"), b"secret")


def test_a_subjects_key_opens_what_it_sealed_and_nothing_else() -> None:
    key, wrapped = AT_REST.new_key(ACCOUNT, ADA)
    frame = key.seal("column", b"ada@engines.test")
    again = AT_REST.unwrapped(ACCOUNT, ADA, wrapped)
    assert again.open("column", frame) == b"ada@engines.test"
    assert again.open("other column", frame) is None
    assert again.open("column", frame[:-1]) is None
    assert again.open("column", b"\x03") is None
    assert AT_REST.new_key(ACCOUNT, ADA)[0].open("column", frame) is None


def test_a_key_is_wrapped_for_one_subject_of_one_account() -> None:
    _, wrapped = AT_REST.new_key(ACCOUNT, ADA)
    assert AT_REST.unwrapped(ACCOUNT, uuid4(), wrapped) is None
    assert AT_REST.unwrapped(uuid4(), ADA, wrapped) is None


def test_a_key_wrapped_anew_is_the_same_and_needs_no_former_one() -> None:
    key, wrapped = ring(b"old").new_key(ACCOUNT, ADA)
    anew = ring(b"new", b"old").rewrapped(ACCOUNT, ADA, wrapped)
    sealed = key.seal("column", b"said")
    assert ring(b"new").unwrapped(ACCOUNT, ADA, anew).open("column", sealed) == b"said"


def test_a_missing_key_is_named_with_what_to_do() -> None:
    _, wrapped = ring(b"old").new_key(ACCOUNT, ADA)
    with pytest.raises(KeyMissing) as refused:
        ring(b"new").unwrapped(ACCOUNT, ADA, wrapped)
    assert ring(b"old").current in refused.value.detail
    assert "ROLEFERRY_SEALING_KEYS" in refused.value.detail


def test_what_was_stored_in_clear_is_read_as_it_is() -> None:
    keys = SubjectKeys(AT_REST, {})
    assert opened_text(None, "column", "ada@engines.test") == "ada@engines.test"
    assert keys.opened("column", {"form": 2}) == {"form": 2}
    assert keys.opened("column", "text") == "text"


def test_what_a_shredded_key_sealed_is_nothing() -> None:
    key, _ = AT_REST.new_key(ACCOUNT, ADA)
    document = sealed_document(key, "column", {"email": "ada@engines.test"})
    assert SubjectKeys(AT_REST, {ADA: key}).opened("column", document)
    assert SubjectKeys(AT_REST, {}).opened("column", document) is None
    assert opened_text(None, "column", sealed_text(key, "column", "x")) is None


def test_a_digest_tells_kinds_values_and_installations_apart() -> None:
    digest = AT_REST.blind("email", "ada@engines.test")
    assert digest == AT_REST.blind("email", "ada@engines.test")
    others = {
        AT_REST.blind("profile", "ada@engines.test"),
        AT_REST.blind("email", "bo@engines.test"),
        AtRest(KeyRing([b"k"]), b"another secret").blind("email", "ada@engines.test"),
    }
    assert len({digest} | others) == 4


async def test_an_engine_without_keys_stores_nobody(database_url, account_id) -> None:
    engine = create_engine(database_url)
    given = enrichment(account_id, person=person("Ada Lovelace", "ada@engines.test"))
    with pytest.raises(TypeError, match="without the keys"):
        await EnrichmentRepository(engine).record(given, [], observations=Observations())
    await engine.dispose()


OLD_ROWS = """
    INSERT INTO accounts (id, name) VALUES (:account, 'old');
    INSERT INTO people (account_id, id, full_name, words, fields, confidence, providers, origins)
    VALUES (:account, :ada, 'Ada Lovelace', 'ada', '{}', 1, '{acme}', '{acme}');
    INSERT INTO identities (account_id, subject, kind, value, subject_id)
    VALUES (:account, 'person', 'email', 'ada@engines.test', :ada);
    INSERT INTO contact_points (account_id, person_id, kind, value, label, confidence,
        deliverability, sources, first_collected_at)
    VALUES (:account, :ada, 'email', 'ada@engines.test', 'business', 0.5, 'unknown', '[]', now())
"""


async def _stored_before(url: str) -> None:
    await migrate(url)
    await downgrade(url, "r0009")
    engine = create_engine(url)
    async with engine.begin() as connection:
        for statement in OLD_ROWS.split(";"):
            await connection.execute(text(statement), {"account": ACCOUNT, "ada": ADA})
    await engine.dispose()


async def test_who_was_stored_before_is_found_and_sealed_with_the_next_answer(
    empty_database_url: str,
) -> None:
    await _stored_before(empty_database_url)
    with pytest.raises(ConfigurationError, match="roleferry-enrich migrate"):
        await migrate(empty_database_url)
    await migrate(empty_database_url, at_rest=AT_REST)
    engine = create_engine(empty_database_url, at_rest=AT_REST)
    contacts = ContactRepository(engine)

    old = await contacts.get(ACCOUNT, ADA)
    assert [point.value for point in old.contact_points] == ["ada@engines.test"]
    surer = replace(email_point("ada@engines.test"))
    given = enrichment(ACCOUNT, person=person("Ada Lovelace", points=(surer,)))
    known = await EnrichmentRepository(engine).record(given, [], observations=Observations())

    assert known.person_id == ADA
    contact = await contacts.get(ACCOUNT, ADA)
    assert [point.value for point in contact.contact_points] == ["ada@engines.test"]
    async with engine.connect() as connection:
        values = (await connection.scalars(text("SELECT value FROM contact_points"))).all()
    assert len(values) == 1
    assert "ada@" not in values[0]
    await engine.dispose()
    with pytest.raises(ConfigurationError, match="backup"):
        await downgrade(empty_database_url, "r0009")
