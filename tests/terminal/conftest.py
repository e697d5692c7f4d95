import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.console import Console, RenderableType

from roleferry_enrich.cli import main


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Runs the command line in this process, as its console script does."""
    monkeypatch.chdir(tmp_path)
    for name in ("RFE_URL", "RFE_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["roleferry-enrich", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        code: Any = ended.value.code
        return Said(code or 0, *capsys.readouterr())

    return run


@pytest.fixture
def drawn() -> Callable[[RenderableType], str]:
    """What a person sees, on a terminal wide enough that nothing wraps."""

    def draw(what: RenderableType) -> str:
        out = StringIO()
        Console(file=out, width=300).print(what)
        return out.getvalue()

    return draw


@pytest.fixture
def privacy(
    command: Command, monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str
) -> Command:
    """The `privacy` commands over a real database."""
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", database_url)
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
    monkeypatch.setenv("ROLEFERRY_SECRET_KEY", "test-pepper-of-thirty-two-characters")
    return lambda *arguments: command("privacy", *arguments)
