"""What a run proved, in the shape of Jepsen's total-queue: what was put in, what came out. Pure."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.faults import Kind
from tests.chaos.witness import Findings

from roleferry_enrich.batches.crew import LEASE

MOST_REPEATED = 0.05
# Seconds for the 99th of a hundred, while anybody could work.
_BARS = {Kind.FLUSH: 5.0, Kind.KILL_REDIS: 10.0, Kind.KILL_POSTGRES: 10.0}
_RERUN_S = 15.0
_ENDS_LEASES = {Kind.KILL_WORKER, Kind.FREEZE_WORKER}


@dataclass(frozen=True)
class Evidence:
    seed: int
    seconds: float
    attempted: frozenset[str]
    accepted: frozenset[str]
    jobs: frozenset[str]
    """Those of the 202s."""
    found: Counter[str]
    """How often each subject has a result."""
    found_jobs: frozenset[str]
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    findings: Findings
    unended: int
    fenced: int
    paid_calls: int
    """Answers that the sandbox charged for."""
    faults: Sequence[tuple[float, Kind]]
    idle: Sequence[tuple[float, float]]
    """When nobody could work."""
    fell_over: Sequence[str]
    unclean: Sequence[str]


@dataclass(frozen=True)
class Report:
    evidence: Evidence

    @property
    def lost(self) -> int:
        lost_jobs = self.evidence.jobs - self.evidence.found_jobs
        return len(self.evidence.accepted - self.evidence.found.keys()) + len(lost_jobs)

    @property
    def duplicated(self) -> int:
        twice = sum(count > 1 for count in self.evidence.found.values())
        return twice + self.evidence.findings.settled_twice

    @property
    def unexpected(self) -> int:
        return len(self.evidence.found.keys() - self.evidence.attempted)

    @property
    def recovered(self) -> int:
        unknown = self.evidence.attempted - self.evidence.accepted
        return len(self.evidence.found.keys() & unknown)

    @property
    def double_charged(self) -> int:
        """Bought though it was in the books, or booked as answered though no answer was given."""
        findings = self.evidence.findings
        return findings.bought_again + max(0, findings.charged - self.evidence.paid_calls)

    @property
    def overcharged(self) -> int:
        """Credits beyond one for each item that has an end."""
        return max(0, self.evidence.findings.credits - sum(self.evidence.states.values()))

    @property
    def repeated(self) -> int:
        return max(0, self.evidence.paid_calls - self.evidence.findings.worth)

    @property
    def interrupted(self) -> int:
        """Runs of items that ended with their workers, and calls whose end nobody wrote down."""
        return len(self.evidence.findings.deaths) + self.evidence.findings.lost

    @property
    def repeated_share(self) -> float:
        return self.repeated / max(1, self.evidence.findings.worth)

    def broken(self) -> list[str]:
        """Promises that were not kept."""
        evidence = self.evidence
        promises = {
            "no accepted item is lost": not self.lost,
            "no item has two results": not self.duplicated,
            "nothing comes out that nobody put in": not self.unexpected,
            "nothing is charged twice": not self.double_charged,
            "the ledger of credits adds up": not evidence.findings.unbalanced,
            "no item is charged twice in credits": not self.overcharged,
            "what was not interrupted is not paid for again": self.repeated <= self.interrupted,
            "every item reaches an end": not evidence.unended,
            "nobody dies of another's death": not evidence.states.get("dead", 0),
            "no process falls over": not evidence.fell_over,
            "who is told to stop stops": not evidence.unclean,
        }
        return [promise for promise, is_kept in promises.items() if not is_kept]

    def missed(self) -> list[str]:
        """Bars that are for a long run on a machine that has time, so that no test asks.

        A kill repeats what is under way: the fewer calls there are for each, the larger their part.
        """
        if self.repeated_share <= MOST_REPEATED:
            return self._slow()
        share = f"paid calls that are repeated: {self.repeated_share:.1%}, bar {MOST_REPEATED:.0%}"
        return [share, *self._slow()]

    def _slow(self) -> list[str]:
        spans = {"re-run after a kill or stop": (self.recovery_able_s(), _RERUN_S)}
        spans |= {f"after {kind}": (self.resumed_s(kind), bar) for kind, bar in _BARS.items()}
        return [
            f"{what}: p99 {_percentile(seconds, 0.99):.1f} s, bar {bar:g} s"
            for what, (seconds, bar) in spans.items()
            if seconds and _percentile(seconds, 0.99) > bar
        ]

    def recovery_s(self) -> list[float]:
        """Of each item whose worker was killed or stopped: until another one ran it."""
        return [until - since for since, until in self._recoveries()]

    def recovery_able_s(self) -> list[float]:
        """The same, without the time in which there was no database, or no worker to run it."""
        return [self._able_s(since, until) for since, until in self._recoveries()]

    def _recoveries(self) -> Iterator[tuple[float, float]]:
        ends = sorted(at for at, kind in self.evidence.faults if kind in _ENDS_LEASES)
        for lease_ended, again in self.evidence.findings.deaths:
            # It was renewed when its worker still lived, so the fault came after that.
            place = bisect_right(ends, lease_ended - LEASE.total_seconds())
            if place < len(ends) and ends[place] <= again:
                yield ends[place], again

    def resumed_s(self, kind: Kind) -> list[float]:
        """After each such fault: until the next item was settled, while anybody could do so."""
        settled = self.evidence.findings.settled_at
        found = []
        for at, happened in self.evidence.faults:
            place = bisect_right(settled, at)
            if happened is kind and place < len(settled):
                found.append(self._able_s(at, settled[place]))
        return found

    def _able_s(self, since: float, until: float) -> float:
        """Of this time, that in which some worker was up and had a database."""
        idle = sum(
            max(0.0, min(until, end) - max(since, begin)) for begin, end in self.evidence.idle
        )
        return until - since - idle

    def lines(self) -> Iterator[str]:
        evidence, seen = self.evidence, self.evidence.findings
        happened = Counter(kind for _, kind in evidence.faults)
        yield f"seed {evidence.seed}, {evidence.seconds:g} s, {len(evidence.faults)} faults"
        yield from (f"  {happened[kind]:6}  {kind}" for kind in Kind)
        yield f"attempted   {len(evidence.attempted):8}"
        yield f"accepted    {len(evidence.accepted):8}"
        yield f"lost        {self.lost:8}"
        yield f"duplicated  {self.duplicated:8}"
        yield f"unexpected  {self.unexpected:8}"
        yield f"recovered   {self.recovered:8}  no 202 was received for them"
        yield f"unended     {evidence.unended:8}"
        ends = ", ".join(f"{count} {state}" for state, count in sorted(evidence.states.items()))
        yield f"ended       {sum(evidence.states.values()):8}  {ends}"
        why = {name: count for name, count in evidence.reasons.items() if name != "not_found"}
        yield from (f"    {count:8}  because of {name}" for name, count in sorted(why.items()))
        yield f"fenced      {evidence.fenced:8}  writes of workers that were overtaken"
        yield f"died        {len(seen.deaths):8}  leases that ended with their workers"
        share = f"{self.repeated_share:.1%}, at most {MOST_REPEATED:.0%}"
        yield f"repeated    {self.repeated:8}  of {evidence.paid_calls} paid calls ({share})"
        yield f"charged     {seen.charged:8}  calls; {seen.lost} more booked as lost"
        yield f"charged twice {self.double_charged:6}"
        yield f"books       {seen.cost:8}  micro-dollars; the items tell {seen.told}"
        yield f"credits     {seen.credits:8}  charged; {seen.unbalanced} ledgers do not add up"
        yield _spread("re-run after a kill or stop", self.recovery_s())
        yield _spread("  while anybody could work", self.recovery_able_s())
        for kind in (Kind.FLUSH, Kind.KILL_REDIS, Kind.KILL_POSTGRES):
            yield _spread(f"next result after {kind}", self.resumed_s(kind))
        yield from (*evidence.fell_over, *evidence.unclean)
        broken = self.broken()
        yield from (f"BROKEN: {promise}" for promise in broken)
        yield from (f"MISSED: {what}" for what in self.missed())
        yield f"{'FAILED' if broken else 'ok'}; again with --seed {evidence.seed}"


def _spread(what: str, seconds: Sequence[float]) -> str:
    if not seconds:
        return f"{what}: never measured"
    p50, p99 = (_percentile(seconds, part) for part in (0.5, 0.99))
    return f"{what}: p50 {p50:.1f} s, p99 {p99:.1f} s, longest {max(seconds):.1f} s"


def _percentile(seconds: Sequence[float], part: float) -> float:
    return sorted(seconds)[math.ceil(len(seconds) * part) - 1]
