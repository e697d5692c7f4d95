"""A private PostgreSQL and Redis in a data directory, for who gives no URLs.

Commands that name the same data directory share its servers; the last one out stops them. Each
server belongs to a keeper process (`private_servers/keeper.py`), so nothing is left running when
commands are killed. Not for production: there the URLs must be given.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import roleferry_enrich
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_servers.claims import Claim
from roleferry_enrich.private_servers.place import POSTGRES, REDIS, Place

# The first start creates the database files: 0.6 s on two cores, far more on a busy machine.
_PATIENCE = timedelta(seconds=60)
_POLL_S = 0.005
_KEEPERS = 3
_SETTING = {POSTGRES: "ROLEFERRY_DATABASE_URL", REDIS: "ROLEFERRY_REDIS_URL"}


@dataclass(frozen=True, slots=True)
class Servers:
    """Where PostgreSQL (for SQLAlchemy with asyncpg) and Redis answer."""

    database_url: str
    redis_url: str


@contextmanager
def embedded(data_dir: Path) -> Iterator[Servers]:
    """Both servers of a data directory, for as long as the block lasts."""
    with _joined(data_dir, POSTGRES, REDIS) as urls:
        yield _servers(urls())


@contextmanager
def servers_of(settings: Settings) -> Iterator[Servers]:
    """The servers the settings name; a private one for each that they do not name."""
    with starting_servers(settings) as started:
        yield started()


@contextmanager
def starting_servers(settings: Settings) -> Iterator[Callable[[], Servers]]:
    """As `servers_of`, for who has other work until they answer: calling it waits for them."""
    given = {POSTGRES: settings.database_url, REDIS: settings.redis_url}
    named = {name: url.get_secret_value() for name, url in given.items() if url is not None}
    missing = [name for name in given if name not in named]
    if missing and settings.environment == "production":
        raise ConfigurationError(
            f"production needs {' and '.join(_SETTING[name] for name in missing)}: "
            "private servers are for development"
        )
    with _joined(settings.data_dir, *missing) as urls:
        yield lambda: _servers(named | urls())


def running_redis(settings: Settings) -> str | None:
    """Where the private Redis of the data directory answers; None if it does not run just now."""
    state = Place(settings.data_dir.expanduser().resolve(), REDIS).read()
    return state.url if state is not None and state.answers() else None


def _servers(urls: Mapping[str, str]) -> Servers:
    return Servers(database_url=urls[POSTGRES], redis_url=urls[REDIS])


@contextmanager
def _joined(data_dir: Path, *names: str) -> Iterator[Callable[[], dict[str, str]]]:
    directory = data_dir.expanduser().resolve()
    if names:
        _make(directory)
    with ExitStack() as stack:
        members = {name: _Member(Place(directory, name)) for name in names}
        for member in members.values():
            stack.callback(member.close)
            member.join()
            stack.callback(member.leave)
        yield lambda: {name: member.url() for name, member in members.items()}


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the data directory {directory} cannot be made ({error.strerror}): "
            "set ROLEFERRY_DATA_DIR to another"
        ) from error


class _Member:
    """One command's part in a server: join starts it if need be, leave stops it if last.

    Join does not wait for the keeper it starts; others wait at the entrance until `url` did.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._entrance = Claim(place.entrance)
        self._users = Claim(place.users)
        self._keeper = Claim(place.keeper)
        self._starting: subprocess.Popen[bytes] | None = None

    def join(self) -> None:
        self._enter()
        self._users.take(shared=True)
        self._ensure_keeper()

    def url(self) -> str:
        """Of the server, once it answers."""
        self._let_others_in()
        until = time.monotonic() + _PATIENCE.total_seconds()
        keepers = _KEEPERS
        while time.monotonic() < until:
            # First the keeper: a server whose keeper was killed answers for a moment longer.
            if self._keeper.take():
                self._keeper.release()
                keepers -= 1
                state = self._place.read()
                if keepers == 0 or (state is not None and state.failure):
                    raise self._failure("its keeper ended")
                self.join()
                self._let_others_in()
            state = self._place.read()
            if state is not None and state.url is not None and state.answers():
                return state.url
            time.sleep(_POLL_S)
        raise self._failure("it did not answer in time")

    def leave(self) -> None:
        """The entrance is claimed throughout, so nobody joins a server about to stop."""
        self._let_others_in()
        self._enter()
        self._users.release()
        if self._users.take():
            self._stop_keeper()

    def close(self) -> None:
        for claim in (self._users, self._keeper, self._entrance):
            claim.close()

    def _enter(self) -> None:
        if not self._entrance.take(within=_PATIENCE):
            raise ConfigurationError(
                f"another command holds the data directory {self._place.data_dir}: "
                "wait for it, or set ROLEFERRY_DATA_DIR to another"
            )

    def _ensure_keeper(self) -> None:
        if self._keeper.take():
            self._keeper.release()
            self._start_keeper()

    def _start_keeper(self) -> None:
        source = os.fspath(Path(roleferry_enrich.__file__).parents[1])
        path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
        with self._place.log.open("ab") as log:
            self._starting = subprocess.Popen(  # noqa: S603  # this interpreter, our own module
                [
                    *(sys.executable, "-m", "roleferry_enrich.private_servers.keeper"),
                    *(os.fspath(self._place.data_dir), self._place.name),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._place.data_dir,
                env={**os.environ, "PYTHONPATH": path},
            )

    def _let_others_in(self) -> None:
        """Once a keeper we started has claimed its place and published its process id."""
        if self._starting is not None:
            self._starting.wait()
        self._entrance.release()

    def _stop_keeper(self) -> None:
        state = self._place.read()
        if self._keeper.take() or state is None:
            return
        os.kill(state.keeper, signal.SIGTERM)
        self._keeper.take(within=_PATIENCE)

    def _failure(self, guess: str) -> ConfigurationError:
        state = self._place.read()
        reason = (state.failure if state else None) or guess
        return ConfigurationError(
            f"the private {self._place.name} server did not start ({reason}): "
            f"see {self._place.log}, or set {_SETTING[self._place.name]}"
        )
