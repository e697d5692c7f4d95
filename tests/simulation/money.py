"""What was paid: never beyond a request's cap, never twice for one answer, and all of it booked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tests.simulation.books import KEPT_S, Ledger
from tests.simulation.farm import Farm, Landed
from tests.simulation.referee import Referee

from roleferry_enrich.domain.outcomes import OutcomeKind

if TYPE_CHECKING:
    from tests.simulation.fleet import Process

_SINGLE_CALL = ("/person", "/email", "/verify")
_WRITTEN_S = 0.1
"""How long it takes until what was bought is in the books."""


def check_money(
    referee: Referee, farm: Farm, ledger: Ledger, processes: "Mapping[int, Process]"
) -> None:
    _check_purses(referee, farm.calls)
    _check_repeats(referee, farm)
    _check_books(referee, farm.calls, ledger, processes)


def _check_purses(referee: Referee, calls: Iterable[Landed]) -> None:
    spent: dict[int, int] = defaultdict(int)
    for call in calls:
        spent[call.request] += call.charged
    for number, arrival in enumerate(referee.scenario.arrivals):
        if arrival.max_cost is not None:
            what = f"request {number} cost {spent[number]} of {arrival.max_cost}"
            referee.expect("purse", spent[number] <= arrival.max_cost, what)


def _check_repeats(referee: Referee, farm: Farm) -> None:
    """Nobody pays for an answer that the fleet has."""
    bought: dict[tuple[str, str], Landed] = {}
    for call in farm.calls:
        if not call.charged or not call.question.startswith(_SINGLE_CALL):
            continue
        earlier = bought.get((call.provider, call.question))
        if earlier is not None and _is_known(referee, earlier, call):
            at = [round(each - referee.began, 3) for each in (earlier.sent_at, call.sent_at)]
            what = f"{call.provider} {call.question} bought at {at[0]} and again at {at[1]} s"
            referee.breaks("paid once", what)
        if call.said in {"found", "nothing"} and call.understood and call.received_at is not None:
            bought[call.provider, call.question] = call


def _is_known(referee: Referee, earlier: Landed, call: Landed) -> bool:
    """Whether the earlier reply is in the books, and the later asker may use it."""
    assert earlier.received_at is not None
    age = call.sent_at - earlier.received_at
    arrival = referee.scenario.arrivals[call.request] if call.request >= 0 else None
    oldest = KEPT_S if arrival is None or arrival.max_age is None else arrival.max_age
    if age > min(KEPT_S, oldest) - 0.5:
        return False
    if any(earlier.sent_at - referee.began <= at + _WRITTEN_S for at, _ in _deaths(referee, call)):
        return False
    if any(earlier.sent_at - 10 <= at + referee.began <= call.sent_at for at in _erasures(referee)):
        return False
    return not referee.books_were_away(earlier.sent_at, call.sent_at)


def _erasures(referee: Referee) -> list[float]:
    return [at for at, *_ in referee.scenario.erasures]


def _deaths(referee: Referee, call: Landed) -> list[tuple[float, int]]:
    """Deaths that came before the later call: what was not written yet died too."""
    return [kill for kill in referee.scenario.kills if kill[0] < call.sent_at - referee.began]


def _check_books(
    referee: Referee, calls: Iterable[Landed], ledger: Ledger, processes: "Mapping[int, Process]"
) -> None:
    """What was booked against what was charged: each doubt costs us, nothing is forgotten."""
    charged = doubtful = 0
    for call in calls:
        charged += call.charged
        if call.in_doubt or processes[call.process].dead:
            doubtful += call.price - call.charged
    # Noted by one that died, perhaps before it called: nobody can tell.
    has_died = any(process.dead for process in processes.values())
    lost = sum(cost for how, cost in ledger.booked.values() if how is OutcomeKind.LOST)
    booked = sum(cost for _, cost in ledger.booked.values())
    highest = charged + doubtful + (lost if has_died else 0)
    what = f"{booked} booked, {charged} to {highest} charged"
    referee.expect("books", charged <= booked <= highest, what)
    referee.expect("intents", ledger.open_intents == 0, f"{ledger.open_intents} left open")
