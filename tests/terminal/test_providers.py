import pytest

from roleferry_enrich.providers.catalogue import catalogue

SECRETS = ("test-key-of-hunter", "test-key-rotated", "test-key-of-apollo")


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_provider_is_listed_and_checked(command, name):
    assert f" {name} " in command("providers", "list").out
    assert f" {name} " in command("providers", "check").out


def test_what_a_provider_offers_is_listed_with_its_price(command):
    out = command("providers", "list").out
    assert "find_person" in out
    assert "$" in out
    assert "free" in out


def test_no_secret_is_shown(command, monkeypatch):
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__API_KEY", ",".join(SECRETS[:2]))
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__APOLLO__API_KEY", SECRETS[2])
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", "postgresql://enrich:hunter2@db.test/x")
    for said in (command("providers", "check"), command("providers", "list")):
        assert said.code == 0
        assert not [secret for secret in (*SECRETS, "hunter2") if secret in said.out + said.err]


def test_the_state_of_each_is_told(command, monkeypatch):
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__API_KEY", SECRETS[0])
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__BASE_URL", "http://hunter.test/sandbox")
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__PERMITS", "3/s,70/m")
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__TIMEOUT_S", "2.5")
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__CLEARBIT__API_KEY", SECRETS[1])
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__CLEARBIT__ENABLED", "false")
    lines = command("providers", "check").out.splitlines()
    hunter, clearbit, apollo, website = (
        next(line for line in lines if f" {name} " in line)
        for name in ("hunter", "clearbit", "apollo", "website")
    )
    assert " ready " in hunter
    assert " set " in hunter
    assert "http://hunter.test/sandbox" in hunter
    assert "3/s, 70/min" in hunter
    assert "2.5 s" in hunter
    assert " off " in clearbit
    assert " no key " in apollo
    assert "not set" in apollo
    assert "none needed" in website
