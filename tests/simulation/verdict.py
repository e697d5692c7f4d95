"""What must be true of a whole run: its answers, its money, its memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tests.simulation.farm import Farm, Landed
from tests.simulation.referee import Referee

from roleferry_enrich.domain.outcomes import Found, OutcomeKind, Report

if TYPE_CHECKING:
    from tests.simulation.fleet import Process
    from tests.simulation.run import Served

_ATTEMPTS = 3
_CALLS = 12
"""The most calls one conversation of the simulated adapters can need, without retries."""
_CAPABILITIES = {
    "person": {"find_person", "find_email", "verify_email", "find_company", "find_people"},
    "executives": {"find_company", "find_people"},
    "company": {"find_company", "find_workforce"},
}
_SINGLE_CALL = ("/person", "/email", "/verify")


def judge(
    referee: Referee, farm: Farm, served: "Iterable[Served]", processes: "Mapping[int, Process]"
) -> None:
    for one in served:
        if one.lost or one.left:
            continue
        _judge_answer(referee, farm, one)
    _judge_purses(referee, farm)
    _judge_books(referee, farm, processes)
    _judge_repeats(referee, farm, processes)
    _judge_attempts(referee, farm, processes)
    for process in processes.values():
        _judge_truth(referee, farm, process)


def _judge_answer(referee: Referee, farm: Farm, served: "Served") -> None:
    name, arrival = f"request {served.number}", served.arrival
    took = served.ended - served.began
    slack = 0.26 if referee.scenario.slow_records else 0.02
    referee.expect(
        "deadline",
        took <= arrival.deadline + slack,
        f"{name} took {took:.3f} of {arrival.deadline}",
    )
    if served.enrichment is None:
        referee.breaks("every request ends", name)
        return
    named = {outcome.provider for outcome in served.enrichment.outcomes}
    able = {
        sketch.name
        for sketch in farm.sketches.values()
        if _can_help(sketch.capabilities, sketch.credits, arrival.goal.value)
    }
    referee.expect("outcomes named", able <= named, f"{name} lacks {sorted(able - named)}")


def _can_help(capabilities: tuple[str, ...], credits: int, goal: str) -> bool:
    useful = set(capabilities) & _CAPABILITIES[goal]
    if goal == "person" and credits:
        useful.discard("find_people")
    return bool(useful)


def _judge_purses(referee: Referee, farm: Farm) -> None:
    spent: dict[int, int] = defaultdict(int)
    for call in farm.calls:
        spent[call.request] += call.charged
    for number, arrival in enumerate(referee.scenario.arrivals):
        if arrival.max_cost is not None:
            referee.expect(
                "purse",
                spent[number] <= arrival.max_cost,
                f"request {number} cost {spent[number]} of {arrival.max_cost}",
            )


def _judge_books(referee: Referee, farm: Farm, processes: "Mapping[int, Process]") -> None:
    """What was booked against what was charged, per request and provider."""
    charged, doubtful = defaultdict(int), defaultdict(int)
    for call in farm.calls:
        if processes[call.process].dead:
            continue
        place = (call.process, call.request, call.provider)
        charged[place] += call.charged
        if call.in_doubt:
            doubtful[place] += call.price - call.charged
    booked: dict[tuple[int, int, str], int] = defaultdict(int)
    for process in processes.values():
        for request, record in process.books.calls:
            if not process.dead:
                booked[process.number, request, record.provider] += record.cost
    for place in sorted(charged.keys() | booked.keys()):
        low, high = charged[place], charged[place] + doubtful[place]
        referee.expect(
            "books",
            low <= booked[place] <= high,
            f"{place} booked {booked[place]}, charged {low} to {high}",
        )
    _judge_records(referee, processes)


def _judge_records(referee: Referee, processes: "Mapping[int, Process]") -> None:
    """What was recorded with the enrichments against what the gates booked."""
    if referee.scenario.slow_records:
        return
    for process in processes.values():
        if process.dead:
            continue
        stored = {
            record.id
            for _, reports, _ in process.books.enrichments.values()
            for report in reports
            for record in report.calls
        }
        lost = [record for _, record in process.books.calls if record.id not in stored]
        cost = sum(record.cost for record in lost)
        referee.expect("calls recorded", not lost, f"{len(lost)} calls for {cost} are in no record")


def _judge_repeats(referee: Referee, farm: Farm, processes: "Mapping[int, Process]") -> None:
    """Nobody pays for an answer that somebody has."""
    answered: dict[tuple[str, str], list[Landed]] = defaultdict(list)
    for call in farm.calls:
        if not call.price or not call.question.startswith(_SINGLE_CALL):
            continue
        for earlier in answered[call.provider, call.question]:
            if _is_still_known(referee, farm, earlier, call, processes):
                whose = "its own" if earlier.process == call.process else "another's"
                referee.breaks(
                    "paid once",
                    f"{call.provider} {call.question} sent at {call.sent_at - referee.began:.3f}, "
                    f"{whose} answer came at {(earlier.received_at or 0) - referee.began:.3f}",
                )
                break
        answered[call.provider, call.question].append(call)


def _is_still_known(
    referee: Referee,
    farm: Farm,
    earlier: Landed,
    call: Landed,
    processes: "Mapping[int, Process]",
) -> bool:
    if (
        earlier.said == "trouble"
        or not earlier.understood
        or earlier.received_at is None
        or not earlier.charged
    ):
        return False
    received = earlier.received_at
    age = call.sent_at - received
    fresh_for = farm.sketches[call.provider].fresh_for.total_seconds()
    if earlier.said == "nothing":
        fresh_for = min(fresh_for, 6 * 3600)
    max_age = referee.scenario.arrivals[call.request].max_age if call.request >= 0 else None
    if age < 0 or age > min(fresh_for, max_age or fresh_for) - 0.5:
        return False
    if referee.scenario.clock_steps and max_age is not None:
        return False
    if any(received - 1 <= at + referee.began for at, _ in referee.scenario.kills):
        return False
    if earlier.process == call.process:
        return age < 59 or not referee.was_disturbed(received - 0.2, call.sent_at)
    if age < _FLEET_GAP:
        return False
    return not referee.was_disturbed(received - 0.2, call.sent_at)


_FLEET_GAP = 5.5
"""Processes that asked at the same time both pay: as long as the longest wait before a call."""


def _judge_attempts(referee: Referee, farm: Farm, processes: "Mapping[int, Process]") -> None:
    for process in processes.values():
        per: dict[object, int] = defaultdict(int)
        for _, record in process.books.calls:
            per[record.conversation] += 1
            referee.expect("attempts", record.attempt <= _ATTEMPTS, f"attempt {record.attempt}")
        most = max(per.values(), default=0)
        referee.expect("calls", most <= _CALLS * _ATTEMPTS, f"{most} calls in a conversation")


def _judge_truth(referee: Referee, farm: Farm, process: "Process") -> None:
    """Every answer goes back to a reply that was given; "not found" to one that said so."""
    calls = {str(call.serial): call for call in farm.calls}
    nothing = {call.provider for call in farm.calls if call.said == "nothing"}
    for enrichment, reports, _ in process.books.enrichments.values():
        for report in reports:
            _judge_report(referee, report, calls)
            if report.outcome.kind is OutcomeKind.NOT_FOUND and not hasattr(
                report.outcome, "reason"
            ):
                referee.expect("not found", report.provider in nothing, report.provider)


def _judge_report(referee: Referee, report: Report, calls: Mapping[str, Landed]) -> None:
    if not isinstance(report.outcome, Found):
        return
    observed = report.outcome.observations
    for row in (*observed.people, *observed.companies):
        call = calls.get(row.claim.reference or "")
        if call is None or call.provider != report.provider:
            referee.breaks("true origin", f"{report.provider}: {row.claim.reference}")
            continue
        referee.expect("true origin", call.said == "found", f"{report.provider} said {call.said}")
        is_marked = row.provenance.cached == (report.cached in {"memory", "redis"})
        referee.expect("cached is marked", is_marked, report.provider)
