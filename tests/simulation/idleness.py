"""Whether a process whose work is done holds nothing any more: no task, permit, place or turn."""

from typing import TYPE_CHECKING

from tests.simulation.farm import Farm
from tests.simulation.redis_server import Server
from tests.simulation.referee import Referee

if TYPE_CHECKING:
    from tests.simulation.fleet import Process

_LISTENS_FOR_EVER = frozenset({"cache invalidation"})


def check_process(referee: Referee, process: "Process", farm: Farm) -> None:
    gates = process.gateway.gates

    def idle(kept: bool, what: str) -> None:  # noqa: FBT001 - what is checked
        referee.expect("idle", kept, f"process {process.number}: {what}")

    for name, line in gates.lines.items():
        most = farm.sketches[name].concurrency
        idle(line._value == most, f"{name} has {line._value} of {most} places")
    for name, breaker in gates.breakers.items():
        idle(breaker._probes == 0, f"{name} has a probe under way")
    for name, taken in gates.places._taken.items():
        idle(taken == 0, f"{name} has {taken} places in the fleet")
    for (key, _), turnstile in gates.limiter._turnstiles.items():
        waiting = len(turnstile._callers) + len(turnstile._unused)
        idle(waiting == 0 and turnstile._serving is None, f"{waiting} wait for {key}")
    idle(not process.gateway._flights._flights, "a flight is left")
    idle(not process.gateway._cache._turns._held, "a turn is held")
    idle(not process.background._tasks, "work is left in the background")
    idle(not process.redis._waiting, "a command is on the line")
    in_use = len(process.redis.connection_pool._in_use_connections)
    idle(in_use <= 1, f"{in_use} connections are in use")  # one listens


def check_fleet(referee: Referee, server: Server) -> None:
    """What is left in Redis of calls under way; only what could not be given back may be."""
    if referee.scenario.redis_troubles or referee.scenario.kills:
        return
    for key, value in server.values().items():
        is_place = key.endswith(b":places") and len(value)
        is_turn = key.endswith(b":turn")
        referee.expect("idle", not is_place and not is_turn, f"Redis still has {key[-20:]!r}")


def may_run(task_name: str) -> bool:
    """Whether a task may be there although nothing is asked any more."""
    return task_name in _LISTENS_FOR_EVER
