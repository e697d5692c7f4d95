import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
import redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.processes import eventually, running_with

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers, embedded, servers_of, starting_servers
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_servers.place import POSTGRES, REDIS, Place, State

SOURCE = Path(__file__).parents[1] / "src"
USER = """
import sys
from pathlib import Path
from roleferry_enrich.embedded import embedded
with embedded(Path(sys.argv[1])) as servers:
    print(servers.database_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "data"
    yield directory
    assert eventually(lambda: not running_with(directory)), "a process was left behind"


@contextmanager
def another_command(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """A second process that uses the servers until its input ends."""
    command = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    with command:
        assert command.stdout.readline().startswith("postgresql+asyncpg://")
        yield command


def in_postgres(servers: Servers, sql: str) -> object:
    async def ask() -> object:
        engine = create_async_engine(servers.database_url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            result = await connection.execute(text(sql))
            found = result.scalar() if result.returns_rows else None
        await engine.dispose()
        return found

    return asyncio.run(ask())


def in_redis(servers: Servers, *command: str) -> object:
    with redis.Redis.from_url(servers.redis_url, decode_responses=True) as client:
        return client.execute_command(*command)


def server_process(data_dir: Path, name: str) -> psutil.Process:
    return psutil.Process(Place(data_dir, name).read().server)


def keeper_process(data_dir: Path, name: str) -> psutil.Process:
    return psutil.Process(Place(data_dir, name).read().keeper)


def test_both_servers_answer_and_keep_their_data_until_next_time(data_dir: Path) -> None:
    with embedded(data_dir) as servers:
        in_postgres(servers, "create table kept as select 7 as number")
        in_redis(servers, "SET", "kept", "8")
    assert not running_with(data_dir)
    with embedded(data_dir) as servers:
        assert in_postgres(servers, "select number from kept") == 7
        assert in_redis(servers, "GET", "kept") == "8"


def test_the_directory_is_private_and_the_servers_have_no_port(data_dir: Path) -> None:
    with embedded(data_dir) as servers:
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert in_postgres(servers, "show listen_addresses") == ""
        assert in_postgres(servers, "show fsync") == "on"
        assert in_redis(servers, "CONFIG", "GET", "port") == ["port", "0"]
        assert in_redis(servers, "CONFIG", "GET", "maxmemory-policy")[1] == "noeviction"


def test_two_commands_share_the_servers_and_the_last_one_stops_them(data_dir: Path) -> None:
    with embedded(data_dir) as servers:
        server = server_process(data_dir, POSTGRES)
        with another_command(data_dir) as command:
            assert server_process(data_dir, POSTGRES) == server
            command.communicate(timeout=30)
        assert in_postgres(servers, "select 1") == 1
    assert not running_with(data_dir)


def test_the_first_command_may_leave_before_the_second(data_dir: Path) -> None:
    with ExitStack() as second:
        with embedded(data_dir) as servers:
            command = second.enter_context(another_command(data_dir))
        assert in_postgres(servers, "select 1") == 1
        command.communicate(timeout=30)
    assert not running_with(data_dir)


def test_servers_stop_when_their_only_user_is_killed(data_dir: Path) -> None:
    with another_command(data_dir) as command:
        command.kill()
    assert eventually(lambda: not running_with(data_dir))


def test_a_killed_user_is_no_longer_counted(data_dir: Path) -> None:
    with embedded(data_dir), another_command(data_dir) as command:
        command.kill()
    assert not running_with(data_dir)


def test_an_interrupt_from_the_terminal_does_not_reach_the_servers(data_dir: Path) -> None:
    with embedded(data_dir):
        servers = [server_process(data_dir, name) for name in (POSTGRES, REDIS)]
        assert os.getpgrp() not in {os.getpgid(server.pid) for server in servers}


@pytest.mark.parametrize("name", [POSTGRES, REDIS])
def test_a_killed_server_is_started_again_under_its_users(data_dir: Path, name: str) -> None:
    with embedded(data_dir) as servers:
        in_postgres(servers, "create table kept as select 7 as number")
        killed = server_process(data_dir, name)
        killed.kill()
        assert eventually(lambda: _answers_anew(data_dir, name, killed))
        assert in_postgres(servers, "select number from kept") == 7
        assert in_redis(servers, "PING") is True


def _answers_anew(data_dir: Path, name: str, killed: psutil.Process) -> bool:
    state = Place(data_dir, name).read()
    return state.server != killed.pid and state.answers()


def test_a_killed_keeper_leaves_a_directory_that_starts_again(data_dir: Path) -> None:
    with embedded(data_dir) as servers:
        in_postgres(servers, "create table kept as select 7 as number")
        for name in (POSTGRES, REDIS):
            keeper = keeper_process(data_dir, name)
            keeper.kill()
            assert eventually(lambda keeper=keeper: keeper not in running_with(data_dir))
        with embedded(data_dir) as again:
            assert in_postgres(again, "select number from kept") == 7


def test_after_everything_was_killed_the_directory_starts_again(data_dir: Path) -> None:
    with another_command(data_dir) as command:
        for process in running_with(data_dir):
            _kill(process)
        command.wait(10)
    # A kill takes a moment: until then the old server answers, and is joined.
    assert eventually(lambda: not running_with(data_dir))
    with embedded(data_dir) as servers:
        assert in_postgres(servers, "select 1") == 1
        assert in_redis(servers, "PING") is True


def _kill(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:  # it went down with its parent
        return


def test_a_process_id_in_use_by_another_program_is_not_mistaken(data_dir: Path) -> None:
    with embedded(data_dir):
        pass
    (data_dir / POSTGRES / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}\n0\n")
    place = Place(data_dir, REDIS)
    place.publish(State(keeper=1, server=os.getpid(), server_started=0.0))
    with embedded(data_dir) as servers:
        assert in_postgres(servers, "select 1") == 1


def test_a_creation_cut_short_is_done_again(data_dir: Path) -> None:
    (data_dir / "postgres.draft").mkdir(parents=True)
    (data_dir / "postgres.draft" / "PG_VERSION").write_text("18\n")
    with embedded(data_dir) as servers:
        assert in_postgres(servers, "select 1") == 1


def test_a_port_in_the_environment_changes_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    with embedded(data_dir) as servers:
        assert in_postgres(servers, "select 1") == 1


def test_what_is_no_database_is_neither_used_nor_removed(data_dir: Path) -> None:
    (data_dir / POSTGRES).mkdir(parents=True)
    (data_dir / POSTGRES / "letters").write_text("mine")
    with pytest.raises(ConfigurationError, match="not empty"), embedded(data_dir):
        pass
    assert (data_dir / POSTGRES / "letters").read_text() == "mine"


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    directory = tmp_path / ("long name " * 12).strip() / "data"
    with embedded(directory) as servers:
        assert in_postgres(servers, "select 1") == 1
        assert in_redis(servers, "PING") is True
        sockets = [Path(Place(directory, name).read().socket) for name in (POSTGRES, REDIS)]
    assert all(len(str(socket)) < 100 for socket in sockets)
    assert not any(socket.parent.exists() for socket in sockets)


def test_data_of_another_postgresql_is_refused_by_name(data_dir: Path) -> None:
    (data_dir / POSTGRES).mkdir(parents=True)
    (data_dir / POSTGRES / "PG_VERSION").write_text("9\n")
    with pytest.raises(ConfigurationError, match="ROLEFERRY_DATA_DIR"), embedded(data_dir):
        pass


def test_a_server_that_cannot_start_says_where_to_look(data_dir: Path) -> None:
    with embedded(data_dir):
        pass
    (data_dir / POSTGRES / "postgresql.conf").write_text("no such line\n")
    with (
        pytest.raises(ConfigurationError, match=r"postgres\.log.*ROLEFERRY_DATABASE_URL"),
        embedded(data_dir),
    ):
        pass


def test_given_urls_start_nothing(data_dir: Path) -> None:
    settings = Settings(
        data_dir=data_dir,
        database_url="postgresql://db.test/enrich",
        redis_url="redis://cache.test/0",
    )
    with servers_of(settings) as servers:
        assert servers.database_url == "postgresql+asyncpg://db.test/enrich"
        assert servers.redis_url == "redis://cache.test/0"
    assert not data_dir.exists()


def test_who_does_not_wait_for_the_servers_leaves_none_behind(data_dir: Path) -> None:
    with starting_servers(Settings(data_dir=data_dir)):
        pass
    # A keeper that was told nothing, because it had only begun, sees by itself that nobody is left.
    assert eventually(lambda: not running_with(data_dir))


def test_only_the_server_without_a_url_is_embedded(data_dir: Path) -> None:
    with servers_of(Settings(data_dir=data_dir, redis_url="redis://cache.test/0")) as servers:
        assert servers.redis_url == "redis://cache.test/0"
        assert in_postgres(servers, "select 1") == 1
        assert not (data_dir / REDIS).exists()


def test_production_is_refused_private_servers(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir).model_copy(update={"environment": "production"})
    with pytest.raises(ConfigurationError, match="ROLEFERRY_DATABASE_URL"), servers_of(settings):
        pass
