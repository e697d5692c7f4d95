import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.processes import eventually, running_with

from roleferry_enrich.supervision import Child, ChildEnded, Stopped, Supervisor, supervised

SOURCE = Path(__file__).parents[1] / "src"
SERVE = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
SLEEP = "import time; time.sleep(600)"
NOTE_THE_END = """
import pathlib, signal, sys, time
def end(*_):
    with open(sys.argv[2], "a") as order:
        order.write(sys.argv[1])
    sys.exit()
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[2] + "-" + sys.argv[1]).touch()
time.sleep(600)
"""
WITH_GRANDCHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
time.sleep(600)
"""
DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(600)
"""
PARENT = """
import sys, time
from roleferry_enrich.supervision import supervised
with supervised() as supervisor:
    supervisor.start("child", [sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
    print("started", flush=True)
    supervisor.watch()
"""


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """A word on the command line of every child, by which those left behind are found."""
    mark = str(tmp_path / "mark")
    yield mark
    assert not running_with(mark), "a child was left behind"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_child_is_ready_when_its_url_answers(port: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{port}/"
    with supervised() as supervisor:
        child = supervisor.start("web", [*SERVE, str(port)], quiet=True)
        supervisor.wait_ready(child, url)
    assert child.process.returncode is not None


def test_a_child_that_ends_early_says_its_last_lines(port: int) -> None:
    with (
        pytest.raises(ChildEnded, match=r"(?s)web ended with code 3.*no such table"),
        supervised() as supervisor,
    ):
        script = "import sys; print('no such table'); sys.exit(3)"
        child = supervisor.start("web", [sys.executable, "-c", script], quiet=True)
        supervisor.wait_ready(child, f"http://127.0.0.1:{port}/")


def test_a_child_that_never_answers_is_given_up(port: int, mark: str) -> None:
    with pytest.raises(ChildEnded, match="did not answer"), supervised() as supervisor:
        child = supervisor.start("web", [sys.executable, "-c", SLEEP, mark])
        supervisor.wait_ready(
            child, f"http://127.0.0.1:{port}/", within=timedelta(milliseconds=100)
        )


def test_watching_ends_when_a_child_does(mark: str) -> None:
    with pytest.raises(ChildEnded, match="second ended with code 0"), supervised() as supervisor:
        supervisor.start("first", [sys.executable, "-c", SLEEP, mark])
        supervisor.start("second", [sys.executable, "-c", "pass"])
        supervisor.watch()


def test_children_get_the_environment_and_what_is_added() -> None:
    script = "import os, sys; sys.exit(os.environ['ADDED'] != 'yes' or 'PATH' not in os.environ)"
    with pytest.raises(ChildEnded, match="code 0"), supervised() as supervisor:
        supervisor.start("child", [sys.executable, "-c", script], env={"ADDED": "yes"})
        supervisor.watch()


def test_children_are_stopped_in_reverse(mark: str) -> None:
    with supervised() as supervisor:
        for name in ("a", "b", "c"):
            supervisor.start(name, [sys.executable, "-c", NOTE_THE_END, name, mark])
        ready = [Path(f"{mark}-{name}") for name in ("a", "b", "c")]
        assert eventually(lambda: all(path.exists() for path in ready))
    assert Path(mark).read_text() == "cba"


def test_an_exception_in_the_block_leaves_none_behind(mark: str) -> None:
    with pytest.raises(ZeroDivisionError), supervised() as supervisor:
        supervisor.start("child", [sys.executable, "-c", SLEEP, mark])
        raise ZeroDivisionError


def test_grandchildren_go_too(mark: str) -> None:
    with supervised() as supervisor:
        supervisor.start("child", [sys.executable, "-c", WITH_GRANDCHILD, mark])
        assert eventually(lambda: len(running_with(mark)) == 2)
    assert eventually(lambda: not running_with(mark))


def test_a_child_deaf_to_the_signal_is_killed(mark: str) -> None:
    with supervised() as supervisor:
        supervisor.start("child", [sys.executable, "-c", DEAF, mark])
        assert eventually(Path(mark).exists)
        supervisor.stop(timedelta(milliseconds=50))
        assert not running_with(mark)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_watch_and_the_handlers_are_put_back(mark: str, number: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Stopped) as stopped, supervised() as supervisor:
        supervisor.start("child", [sys.executable, "-c", SLEEP, mark])
        os.kill(os.getpid(), number)
        supervisor.watch()
    assert stopped.value.number == number
    assert signal.getsignal(number) == before


def test_a_signal_while_a_child_is_being_started_waits_until_it_is_known(mark: str) -> None:
    with pytest.raises(Stopped) as stopped, supervised() as supervisor:
        with supervisor._uninterrupted():
            os.kill(os.getpid(), signal.SIGTERM)
            child = subprocess.Popen([sys.executable, "-c", SLEEP, mark], start_new_session=True)
            supervisor._children.append(Child("child", child, None))
        pytest.fail("the signal was lost")
    assert stopped.value.number == signal.SIGTERM
    assert child.returncode is not None


def test_an_impatient_second_signal_leaves_none_behind(mark: str) -> None:
    with pytest.raises(Stopped), supervised() as supervisor:
        supervisor.start("child", [sys.executable, "-c", DEAF, mark])
        assert eventually(Path(mark).exists)
        # Comes while the first one's end waits for the deaf child.
        kill = f"import os, time; time.sleep(0.3); os.kill({os.getpid()}, 2)"
        impatient = subprocess.Popen([sys.executable, "-c", kill])
        os.kill(os.getpid(), signal.SIGINT)
        supervisor.watch()
    assert impatient.wait(10) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_children_end_when_the_parent_is_killed(mark: str) -> None:
    command = [sys.executable, "-c", PARENT, mark]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout.readline() == b"started\n"
        parent.kill()
    assert eventually(lambda: not running_with(mark))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_midst_of_another_task_is_not_lost(number: int) -> None:
    async def other() -> None:
        os.kill(os.getpid(), number)

    ended: list[str] = []

    async def waiting(supervisor: Supervisor) -> None:
        with supervisor.cancelling():
            task = asyncio.create_task(other())
            try:
                await asyncio.Event().wait()
            finally:
                await task
                ended.append("in order")

    with pytest.raises(Stopped) as stopped, supervised() as supervisor:
        asyncio.run(waiting(supervisor))
    assert stopped.value.number == number
    assert ended == ["in order"]
