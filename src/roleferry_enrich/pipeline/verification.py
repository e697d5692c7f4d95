"""Verifies a list of addresses: asked side by side, answered by the deadline, bought once.

What is late goes on behind the answer and is remembered by the cache, so that asking again costs
nothing. Nothing of a list is kept but its calls, in the books.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from roleferry_enrich.domain.credits import lowest
from roleferry_enrich.domain.enrichments import Options
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.plans import Unplanned
from roleferry_enrich.domain.verification import MailStatus, Verification, VerificationRequest
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.charging import Asker, Charge, Charging, NoCharging
from roleferry_enrich.pipeline.inquiry import Inquiry
from roleferry_enrich.pipeline.screening import REASON
from roleferry_enrich.pipeline.verifiers import CHECK, Verifiers, verifiers_for
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import of_email

MANY = 20
"""From so many addresses on nobody sits and waits: a list gives way to who does, and may be
checked as one job, which takes minutes."""
_A_JOB_TAKES = timedelta(minutes=5)
_AT_ONCE = 20_000
"""Addresses under way in one process; each is some kilobytes."""
_BEGUN_IN_A_TURN = 25
_COME_BACK = timedelta(seconds=30)
# Of the deadline, what is kept back to judge and send the answer.
_CLOSING_SHARE, _MOST_CLOSING_S = 0.1, 0.2


class OptOuts(Protocol):
    """Who asked not to be processed, by address."""

    async def among(self, account_id: UUID, emails: Sequence[Email]) -> AbstractSet[Email]:
        """Raises ServiceUnavailable: in doubt nobody is asked about."""

    async def note(self, account_id: UUID, emails: Sequence[Email]) -> None:
        """Raises ServiceUnavailable."""


class Onlooker(Protocol):
    """Told of each list that was answered."""

    def verified(self, verification: Verification) -> None: ...


class Verifier:
    """Answers lists. One per process."""

    def __init__(  # noqa: PLR0913 - each a collaborator
        self,
        gateway: Gateway,
        opt_outs: OptOuts,
        held: SuppressionList,
        background: Background,
        onlooker: Onlooker,
        now: Callable[[], datetime],
        *,
        charging: Charging | None = None,
    ) -> None:
        self._gateway = gateway
        self._opt_outs = opt_outs
        self._held = held
        self._background = background
        self._onlooker = onlooker
        self._now = now
        self._charging = charging or NoCharging()
        self._under_way = 0

    async def verify(
        self,
        request: VerificationRequest,
        account_id: UUID,
        came_at: float | None = None,
        *,
        key_id: str | None = None,
    ) -> Verification:
        """What is known of each by the deadline, which counts from `came_at` (loop time).

        A caller that goes away stops waiting, not the work: it is paid for. Raises
        ServiceUnavailable where too many are under way, InsufficientCredits before anybody is paid.
        """
        since = asyncio.get_running_loop().time() if came_at is None else came_at
        asker = Asker(account_id=account_id, charge_id=uuid4(), key_id=key_id)
        work = self._verify(request, asker, since)
        return await asyncio.shield(self._background.start(work))

    async def _verify(
        self, request: VerificationRequest, asker: Asker, since: float
    ) -> Verification:
        emails = list(dict.fromkeys(email for email in request.emails if email is not None))
        if self._under_way + len(emails) > _AT_ONCE:
            detail = "too many addresses are being verified"
            raise ServiceUnavailable(detail, retry_after=_COME_BACK)
        charge = await self._charging.open_list(len(emails), asker)
        listed = await self._listed(request, emails, charge, since)
        tasks = await self._begin(listed)
        left = listed.answer_by - asyncio.get_running_loop().time()
        if tasks:
            done, _ = await asyncio.wait(tasks, timeout=max(0.0, left))
            for task in done:
                task.result()  # a fault of ours is not passed off as a verdict that is late
        if charge.refusal is not None:
            raise charge.refusal
        answer = listed.known(self._now())
        self._background.start(self._finish(listed, tasks))
        self._onlooker.verified(answer)
        return answer

    async def _listed(
        self,
        request: VerificationRequest,
        emails: Sequence[Email],
        charge: Charge,
        since: float,
    ) -> "_List":
        account_id = charge.asker.account_id
        verifiers = verifiers_for(request.options, self._gateway.channels)
        await self._held.until_read()
        objected = await self._opt_outs.among(account_id, emails)
        answer_by, payer = (
            _answer_by(request.options, since),
            Payer(account_id, charge.asker.charge_id),
        )
        return _List(
            id=payer.enrichment_id,
            account_id=account_id,
            request=request,
            verifiers=verifiers,
            inquiries=[
                Inquiry(email, verifiers, barred=self._why_barred(account_id, email, objected))
                for email in emails
            ],
            started_at=self._now(),
            answer_by=answer_by,
            terms=_terms(request.options, payer, answer_by, len(emails), charge),
            charge=charge,
        )

    def _why_barred(
        self, account_id: UUID, email: Email, objected: AbstractSet[Email]
    ) -> str | None:
        if self._held.of(account_id, of_email(email)):
            return REASON
        return "opted_out" if email in objected else None

    async def _begin(self, listed: "_List") -> "list[asyncio.Task[None]]":
        tasks = []
        for place, inquiry in enumerate(listed.inquiries, 1):
            tasks.append(self._background.start(listed.run(inquiry, self._gateway)))
            self._under_way += 1
            tasks[-1].add_done_callback(self._ended)
            if place % _BEGUN_IN_A_TURN == 0:
                await asyncio.sleep(0)  # others want their turns of the loop too
        return tasks

    def _ended(self, _: "asyncio.Task[None]") -> None:
        self._under_way -= 1

    async def _finish(self, listed: "_List", tasks: Iterable["asyncio.Task[None]"]) -> None:
        """Await what is late, and note who objected."""
        await asyncio.gather(*tasks)
        for renewal in listed.terms.renewals:
            await asyncio.wait({renewal.report})
        objected = [inquiry.email for inquiry in listed.inquiries if inquiry.opted_out_now]
        if objected:
            # The verifier will say it again to whoever asks; it is nowhere kept as a verdict.
            with contextlib.suppress(ServiceUnavailable):
                await self._opt_outs.note(listed.account_id, objected)
        # What cannot be charged now goes back to the account when its reservation ends.
        with contextlib.suppress(ServiceUnavailable):
            await self._charging.close_list(listed.charge, listed.judged_anew(self._now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One request's list under way."""

    id: UUID
    account_id: UUID
    request: VerificationRequest
    verifiers: Verifiers
    inquiries: Sequence[Inquiry]
    started_at: datetime
    answer_by: float
    terms: Terms
    charge: Charge

    def judged_anew(self, now: datetime) -> int:
        """How many addresses a verifier was asked about, and could judge."""
        checked = [inquiry.checked(now.date()) for inquiry in self.inquiries]
        return sum(
            bool(each.verdicts)
            and not each.is_cached
            and each.judgement.status is not MailStatus.UNKNOWN
            for each in checked
        )

    async def run(self, inquiry: Inquiry, gateway: Gateway) -> None:
        await inquiry.run(gateway, self.terms, self.request.options.strategy, self.answer_by)

    def known(self, now: datetime) -> Verification:
        today = now.date()
        checked = {inquiry.email: inquiry.checked(today) for inquiry in self.inquiries}
        asked = {name for inquiry in self.inquiries for name in inquiry.asked}
        spared = (name for name in self.verifiers.names if name not in asked)
        spent = sum(each.cost for each in checked.values())
        return Verification(
            id=self.id,
            account_id=self.account_id,
            request=self.request,
            checked=checked,
            unasked=(
                *(Unplanned(name, CHECK, "not_needed") for name in spared),
                *self.verifiers.unasked,
            ),
            started_at=self.started_at,
            answered_at=now,
            held=MicroUsd(max(0, self.terms.purse.held - spent)),
            may_cost=lowest(self.request.options.max_cost, self.charge.most),
        )


def _answer_by(options: Options, since: float) -> float:
    seconds = options.deadline.total_seconds()
    return since + seconds - min(seconds * _CLOSING_SHARE, _MOST_CLOSING_S)


def _terms(
    options: Options, payer: Payer, answer_by: float, addresses: int, charge: Charge
) -> Terms:
    is_list = addresses >= MANY
    late = _A_JOB_TAKES.total_seconds() if is_list else 0.0
    return Terms(
        deadline=answer_by + late,
        purse=Purse(lowest(options.max_cost, charge.most)),
        max_age=options.max_age,
        priority=Priority.BATCH if is_list else Priority.INTERACTIVE,
        payer=payer,
        leave=charge.leave,
    )
