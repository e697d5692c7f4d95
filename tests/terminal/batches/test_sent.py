import stat

import pytest

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.terminal.batches.sent import Sent, SentPart, read_sent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out.csv.rfe-job"


def test_what_is_kept_is_read_again_by_its_owner_alone(path):
    parts = {1: SentPart("job-1", {3: "email: é"}, 1), 2: SentPart(None, {1: "x"}, 9)}
    sent = Sent(path, "digest", "asked", "again", parts)
    sent.keep()

    assert read_sent(path) == sent
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    sent.forget()
    sent.forget()
    assert read_sent(path) is None


def test_what_was_refused_is_told_when_all_reasons_are():
    assert SentPart("job-1", {1: "x"}, 1).is_told
    assert not SentPart("job-1", {1: "x"}, 2).is_told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "é",
        '{"digest": "d", "asked": "a", "again": "", "parts": {"x": {}}}',
        '{"digest": "d", "asked": "a", "again": "", "parts": {"1": {"job": "j", "refused": []}}}',
    ],
)
def test_something_else_in_its_place_is_left_alone(path, text):
    path.write_text(text)
    with pytest.raises(RecordsRefused, match="move it away"):
        read_sent(path)
    assert path.read_text() == text


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordsRefused, match="cannot be written"):
        Sent(tmp_path / "file" / "x", "d", "a").keep()
