import re
from uuid import uuid4

import pytest
from tests.databases import fresh_database


@pytest.fixture
def keys(command, monkeypatch, database_url, redis_url):
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", database_url)
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
    return lambda *arguments: command("keys", *arguments)


def made(out: str) -> tuple[str, str, str]:
    """Account, token and id of a key just printed."""
    account, token = re.search(r"Account (\S+)\nKey     (rfe_live_\S+)\n", out).groups()
    return account, token, token.split("_")[2]


def test_a_key_is_made_shown_once_and_listed_without_its_secret(keys):
    account, token, key_id = made(keys("create", "the [CRM] import").out)
    said = keys("list", account)
    assert said.code == 0
    assert key_id in said.out
    assert "the [CRM] import" in said.out
    assert token not in said.out
    assert token.split("_")[3] not in said.out


def test_a_second_key_may_join_an_account(keys):
    account, _, first = made(keys("create", "first").out)
    again, _, second = made(keys("create", "second", "--account", account).out)
    assert again == account
    out = keys("list", account).out
    assert first in out
    assert second in out


def test_a_revoked_key_is_shown_as_such(keys):
    account, _, key_id = made(keys("create", "leaver").out)
    before = keys("list", account).out
    assert keys("revoke", account, key_id).out == "The key is revoked.\n"
    assert len(re.findall(r"\d{4}-\d\d-\d\d ", keys("list", account).out)) > len(
        re.findall(r"\d{4}-\d\d-\d\d ", before)
    )


def test_a_key_is_made_with_the_scopes_and_the_life_asked_for(keys):
    account, _, _ = made(keys("create", "plain").out)
    keys("create", "boss", "--account", account, "--scope", "operator", "--days", "30")
    out = " ".join(keys("list", account).out.split())
    assert "enrich" in out
    assert "operator" in out


def test_a_word_that_is_no_scope_is_refused(keys):
    said = keys("create", "x", "--scope", "everything")
    assert said.code == 2
    assert "operator" in said.err


def test_a_key_is_replaced_and_the_old_one_ends(keys):
    account, token, key_id = made(keys("create", "one").out)
    said = keys("rotate", account, key_id, "--overlap-hours", "0")
    (new,) = re.findall(r"^Key     (rfe_live_\S+)$", said.out, re.MULTILINE)
    assert new != token
    again = keys("rotate", account, key_id)
    assert (again.code, again.err) == (
        2,
        "roleferry-enrich: the key has ended: make a new one\n",
    )


def test_another_accounts_key_cannot_be_revoked(keys):
    _, _, key_id = made(keys("create", "one").out)
    other, _, _ = made(keys("create", "other").out)
    said = keys("revoke", other, key_id)
    assert (said.code, said.err) == (2, "roleferry-enrich: there is no such key\n")


def test_no_key_is_made_for_an_account_that_is_not_there(keys):
    said = keys("create", "x", "--account", str(uuid4()))
    assert (said.code, said.err) == (2, "roleferry-enrich: there is no such account\n")


@pytest.mark.parametrize("arguments", [("list", "acme"), ("revoke", "acme", "k"), ("list", "")])
def test_an_account_is_named_by_its_id(keys, arguments):
    said = keys(*arguments)
    assert said.code == 2
    assert "looks like a UUID" in said.err


def test_a_database_without_tables_is_told_what_to_run(command, monkeypatch, servers, redis_url):
    with fresh_database(servers.database_url) as url:
        monkeypatch.setenv("ROLEFERRY_DATABASE_URL", url)
        monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
        said = command("keys", "create", "x")
    assert said.code == 2
    assert "roleferry-enrich migrate" in said.err


def test_a_database_that_is_down_is_told_without_its_password(command, monkeypatch, redis_url):
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", "postgresql://enrich:hunter2@127.0.0.1:9/x")
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
    said = command("keys", "create", "x")
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "ROLEFERRY_DATABASE_URL" in said.err
    assert "hunter2" not in said.err
