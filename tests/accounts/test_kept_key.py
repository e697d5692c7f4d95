import os
import stat
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.kept_key import kept_key
from roleferry_enrich.accounts.repository import AccountRepository

GARBAGE = {
    "nothing": b"",
    "a_megabyte_of_noise": os.urandom(1_000_000),
    "a_megabyte_of_letters": b"x" * 1_000_000,
    "no_key": b"hello\n",
    "a_mistyped_key": b"rfe_live_" + b"0" * 24 + b"_" + b"0" * 49,
    "zeros": b"\0" * 64,
    "another_encoding": "rfe_live_é".encode("utf-16"),
}


@pytest.fixture
def accounts(engine: AsyncEngine) -> AccountRepository:
    return AccountRepository(engine, b"test-pepper")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """In a directory that is not there yet."""
    return tmp_path / "data" / "demo_key"


async def test_a_key_is_made_that_works(accounts, path):
    token = await kept_key(accounts, path, "demo")
    assert (await accounts.authenticate(token)).name == "demo"


async def test_the_kept_key_is_used_again(accounts, path):
    token = await kept_key(accounts, path, "demo")
    assert await kept_key(accounts, path, "demo") == token


@pytest.mark.parametrize("mode", [None, 0o644])
async def test_only_its_owner_may_read_the_file(accounts, path, mode):
    if mode is not None:
        path.parent.mkdir()
        path.touch(mode)
    await kept_key(accounts, path, "demo")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
async def test_whatever_is_in_the_file_a_working_key_takes_its_place(accounts, path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    token = await kept_key(accounts, path, "demo")
    assert await accounts.authenticate(token)
    assert path.read_text() == token


async def test_a_revoked_key_is_replaced(accounts, path):
    token = await kept_key(accounts, path, "demo")
    account = await accounts.authenticate(token)
    await accounts.revoke_key(account.id, account.key_id)
    renewed = await kept_key(accounts, path, "demo")
    assert renewed != token
    assert await accounts.authenticate(renewed)


async def test_a_key_made_with_another_pepper_is_replaced(engine, accounts, path):
    token = await kept_key(AccountRepository(engine, b"another-pepper"), path, "demo")
    assert await kept_key(accounts, path, "demo") != token


async def test_a_link_is_replaced_and_not_written_through(accounts, path, tmp_path):
    path.parent.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    path.symlink_to(elsewhere)
    await kept_key(accounts, path, "demo")
    assert elsewhere.read_text() == "precious"
