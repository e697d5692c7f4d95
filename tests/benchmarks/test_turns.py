"""What is measured side by side changes cores, and runs where it pleases again afterwards."""

import subprocess
import sys
from collections.abc import Iterator, Sequence

import psutil
import pytest
from benchmarks.stage import Child
from benchmarks.turns import taking_turns
from tests.polling import becomes


@pytest.fixture
def children() -> Iterator[Sequence[Child]]:
    started = [
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in range(2)
    ]
    yield [Child(port=0, pid=process.pid) for process in started]
    for process in started:
        process.kill()
        process.communicate()


def cores_of(child: Child) -> list[int]:
    process = psutil.Process(child.pid)
    # Not every system lets one choose.
    return process.cpu_affinity() if hasattr(process, "cpu_affinity") else []


async def test_each_has_a_core_of_its_own_and_they_exchange_them(children) -> None:
    usual = [cores_of(child) for child in children]
    seen: set[tuple[int, ...]] = set()

    async def both_were_had() -> bool:
        seen.add(tuple(core for child in children for core in cores_of(child)))
        return {tuple(usual[0][:2]), tuple(usual[0][1::-1])} <= seen

    with taking_turns(children) as in_turns:
        if in_turns:
            await becomes(both_were_had)

    assert in_turns == (len(usual[0]) >= 2)
    assert [cores_of(child) for child in children] == usual


def test_who_has_no_core_for_each_takes_no_turns(children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil.Process, "cpu_affinity", raising=False)

    with taking_turns(children) as in_turns:
        assert not in_turns
