"""What a person is told who types `batch` wrongly."""

import pytest

LEADS = "email\nada@a.test\n"


@pytest.fixture
def leads(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(LEADS)
    return path


def test_a_file_that_is_not_there_is_named(command):
    said = command("batch", "absent.csv")
    assert (said.code, said.out) == (2, "")
    assert "absent.csv cannot be read" in said.err


def test_a_service_that_does_not_answer_is_told_and_nothing_left(command, leads, tmp_path):
    said = command("batch", leads.name, "--url", "http://127.0.0.1:9", "--key", "test-key")
    assert said.code == 2
    assert "no service answers at http://127.0.0.1:9" in said.err
    assert "test-key" not in said.err
    assert list(tmp_path.iterdir()) == [leads]


def test_a_url_needs_a_key(command, leads):
    said = command("batch", leads.name, "--url", "http://127.0.0.1:9")
    assert said.code == 2
    assert "RFE_KEY" in said.err


@pytest.mark.parametrize(
    "options",
    [
        ("--strategy", "dear"),
        ("--priority", "urgent"),
        ("--max-cost", "nan"),
        ("--json", "--out", "-"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(command, leads, options):
    said = command("batch", leads.name, *options)
    assert (said.code, said.out) == (2, "")
    assert options[0] in said.err
