import stat
from pathlib import Path

import pytest

from roleferry_enrich.configuration.secret_key import secret_key
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_files import read_private, write_private


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_private(tmp_path / "deep" / "key", "secret\n", replace=False)
    assert read_private(tmp_path / "deep" / "key") == "secret"
    assert stat.S_IMODE((tmp_path / "deep" / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700


def test_what_is_there_is_kept_unless_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_private(path, "first", replace=False)
    write_private(path, "second", replace=False)
    assert read_private(path) == "first"
    write_private(path, "third", replace=True)
    assert read_private(path) == "third"
    assert list(tmp_path.iterdir()) == [path]


def test_no_file_and_a_directory_read_as_none(tmp_path: Path) -> None:
    assert read_private(tmp_path / "key") is None
    assert read_private(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", b"x" * 1_000_000])
def test_a_damaged_secret_key_is_named_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(ConfigurationError, match="secret_key holds no secret key"):
        secret_key(Settings(data_dir=tmp_path))
    assert (tmp_path / "secret_key").read_bytes() == content
