"""One address being asked about, and what can be said of it at any moment."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from roleferry_enrich.domain.enrichments import Strategy
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import EmailObservation
from roleferry_enrich.domain.outcomes import (
    Absent,
    Found,
    OptedOut,
    Report,
    Skipped,
    Troubled,
    Waiting,
)
from roleferry_enrich.domain.queries import Ask, EmailQuery
from roleferry_enrich.domain.verification import CheckedEmail
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.pipeline.verifiers import CHECK, Verifiers
from roleferry_enrich.resolve.mailbox_status import is_finding, judged

_HAS_SPOKEN = Found | Absent | Waiting | OptedOut


class Inquiry:
    """Asks the verifiers for one address, one after the other or all at once."""

    def __init__(self, email: Email, verifiers: Verifiers, *, barred: str | None = None) -> None:
        """`barred`: why nobody may be asked, if so."""
        self.email = email
        self._verifiers = () if barred else verifiers.names
        self._free = verifiers.free
        self._reports: list[Report] = []
        self._barred = barred
        self.asked: list[str] = []
        """Verifiers that were begun, whatever came of it."""

    @property
    def opted_out_now(self) -> bool:
        """Whether a verifier has said so: others must be told."""
        return any(isinstance(report.outcome, OptedOut) for report in self._reports)

    async def run(
        self, gateway: Gateway, terms: Terms, strategy: Strategy, answer_by: float
    ) -> None:
        """Another paid one is begun only where the one before cannot answer, and in time."""
        if strategy is Strategy.PARALLEL:
            await self._ask_all(self._verifiers, gateway, terms)
            return
        free = [name for name in self._verifiers if name in self._free]
        await self._ask_all(free, gateway, terms)
        if self.opted_out_now or any(map(is_finding, self._verdicts())):
            return
        loop = asyncio.get_running_loop()
        for place, name in enumerate(name for name in self._verifiers if name not in self._free):
            if place and loop.time() >= answer_by:
                break
            if isinstance((await self._ask(name, gateway, terms)).outcome, _HAS_SPOKEN):
                break

    async def _ask_all(self, names: Iterable[str], gateway: Gateway, terms: Terms) -> None:
        await asyncio.gather(*(self._ask(name, gateway, terms) for name in names))

    async def _ask(self, provider: str, gateway: Gateway, terms: Terms) -> Report:
        ask = Ask(provider=provider, capability=CHECK, query=EmailQuery(email=self.email))
        self.asked.append(provider)
        report = await gateway.ask(ask, terms)
        self._reports.append(report)
        return report

    def checked(self, today: date) -> CheckedEmail:
        """What is known just now."""
        verdicts = self._verdicts()
        told = tuple(dict.fromkeys(self._why_not_more(verdicts)))
        return CheckedEmail(
            judgement=judged(self.email, verdicts, today=today, why_not=told),
            verdicts=verdicts,
            reports=tuple(self._reports),
            awaited=self._awaited(),
        )

    def _awaited(self) -> tuple[str, ...]:
        """Verifiers that were asked and have not said what they know; the rest may be moot."""
        spoken = {r.provider for r in self._reports if not isinstance(r.outcome, Waiting)}
        begun = self.asked or self._verifiers[:1]
        return tuple(name for name in begun if name not in spoken)

    def _verdicts(self) -> tuple[EmailObservation, ...]:
        """Of somebody who opted out with one verifier nothing is told from another's words."""
        if self._barred or self.opted_out_now:
            return ()
        found = (r.outcome for r in self._reports if isinstance(r.outcome, Found))
        return tuple(verdict for each in found for verdict in each.observations.verdicts)

    def _why_not_more(self, verdicts: Sequence[EmailObservation]) -> Iterator[str]:
        if self._barred or self.opted_out_now:
            yield self._barred or "opted_out"
            return
        if self._awaited():
            yield "pending"
        if not self._verifiers:
            yield "no_verifier"
        if any(map(is_finding, verdicts)):
            return
        if verdicts:
            yield "undecided"
        for report in self._reports:
            match report.outcome:
                case Skipped(reason=reason):
                    yield reason
                case Troubled(kind=kind):
                    yield kind.value
                case Absent() if report.provider not in self._free:
                    yield "undecided"
