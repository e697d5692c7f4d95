import pytest

URL = "http://127.0.0.1:9"
BY = ("enrich", "--email", "orla.fenwick@quillmere.test")


def test_a_url_needs_a_key(command):
    said = command(*BY, "--url", URL)
    assert said.code == 2
    assert "--key" in said.err
    assert "RFE_KEY" in said.err


def test_url_and_key_may_come_from_the_environment(command, monkeypatch):
    monkeypatch.setenv("RFE_URL", URL)
    monkeypatch.setenv("RFE_KEY", "test-key")
    said = command(*BY)
    assert said.code == 2
    assert f"no service answers at {URL}" in said.err
    assert "test-key" not in said.err


@pytest.mark.parametrize("cost", ["nan", "inf", "-1", "much"])
def test_what_is_no_amount_is_refused(command, cost):
    said = command(*BY, "--url", URL, "--key", "test-key", "--max-cost", cost)
    assert said.code == 2
    assert "--max-cost" in said.err
