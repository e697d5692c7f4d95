"""Whether more calls arrived in some period than the provider allows: counted, not believed.

Nothing of the limiter is used: this slides each window over the moments at which calls arrived.
"""

from collections import defaultdict
from collections.abc import Iterable

from tests.simulation.farm import Landed
from tests.simulation.referee import LONGEST_WAIT_S, Referee
from tests.simulation.scenario import Sketch

from roleferry_enrich.providers.contract import Window


def check_limits(referee: Referee, sketches: Iterable[Sketch], calls: Iterable[Landed]) -> None:
    arrived: dict[tuple[str, str], list[float]] = defaultdict(list)
    for call in calls:
        arrived[call.provider, call.lane].append(call.sent_at)
    for sketch in sketches:
        for lane, windows in (("all", sketch.windows), ("search", sketch.lane)):
            for window in windows:
                where = f"{sketch.name}/{lane}"
                _check_window(referee, where, window, arrived[sketch.name, lane])


def _check_window(referee: Referee, where: str, window: Window, moments: list[float]) -> None:
    period, first = window.period.total_seconds(), 0
    moments = sorted(moments)
    for last, moment in enumerate(moments):
        while moments[first] <= moment - period:
            first += 1
        count = last - first + 1
        if count > window.permits and count > _allowed(referee, window, moments[first], moment):
            began = moments[first] - referee.began
            what = f"{where}: {count} of {window.permits} in {period:.0f} s from {began:.3f}"
            referee.breaks("limit", what)
            return


def _allowed(referee: Referee, window: Window, since: float, until: float) -> int:
    """The limit; while Redis is in trouble some processes count by their own shares and others
    still in Redis, and each loss of its memory allows one more burst, no more.
    """
    troubles = referee.disturbances(since - LONGEST_WAIT_S, until)
    if not troubles:
        return window.permits
    shares = max(window.permits, referee.scenario.processes)
    # A clock set forward lets those go at once who come after some who wait for their time, and
    # answers that are slow to come move calls closer together than the limiter's slack.
    twice = {"clock_ahead", "slow"}
    bursts = sum(2 if trouble.kind in twice else 1 for trouble in troubles)
    return window.permits + shares * bursts
