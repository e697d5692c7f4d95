"""Where one private server of a data directory keeps its files, and what it says of itself."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

POSTGRES = "postgres"
REDIS = "redis"
# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True, slots=True)
class State:
    """What a keeper publishes: its own id, and the server once it answers or why it does not."""

    keeper: int
    server: int | None = None
    server_started: float | None = None
    """Beside the id, because ids are used again."""
    url: str | None = None
    socket: str | None = None
    failure: str | None = None

    def answers(self) -> bool:
        return self.url is not None and self.socket is not None and accepts(Path(self.socket))


@dataclass(frozen=True, slots=True)
class Place:
    """The files of the server called `name`; `data_dir` is absolute."""

    data_dir: Path
    name: str

    @property
    def directory(self) -> Path:
        return self.data_dir / self.name

    @property
    def log(self) -> Path:
        return self.data_dir / f"{self.name}.log"

    @property
    def entrance(self) -> Path:
        """Claimed alone by whoever joins, leaves or stops."""
        return self._run / f"{self.name}.entrance"

    @property
    def users(self) -> Path:
        """Claimed together by all who use the server."""
        return self._run / f"{self.name}.users"

    @property
    def keeper(self) -> Path:
        """Claimed by the keeper as long as it lives."""
        return self._run / f"{self.name}.keeper"

    def read(self) -> State | None:
        try:
            return State(**json.loads(self._state.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def publish(self, state: State) -> None:
        draft = self._state.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(state)))
        draft.replace(self._state)

    @property
    def _run(self) -> Path:
        return self.data_dir / "run"

    @property
    def _state(self) -> Path:
        return self._run / f"{self.name}.json"


def accepts(path: Path) -> bool:
    """Whether somebody listens on the socket; a socket file alone outlives its server."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
    return True
