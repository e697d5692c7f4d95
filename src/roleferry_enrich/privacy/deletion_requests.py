"""Honours deletion lists: suppresses whom they name, deletes whom we have, reports each item.

    taken back -> released        asked for -> suppressed -> matched -> deleted -> reported

Suppressed first, so that who is deleted cannot come back; also who is not found, so that nobody
on the list ever comes in. A list that is read again changes nothing, and its report stands.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from uuid import UUID

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.privacy.deletion_hashes import HASHES, listed_kind
from roleferry_enrich.privacy.deletion_lists import (
    KINDS,
    REMOVED,
    DeletionList,
    Status,
    WorkItem,
    verdict,
)
from roleferry_enrich.privacy.suppressions import Suppressions

SOURCE = "drop"
_REASON = "deletion request of California's platform"
_MOST_AT_ONCE = 1_000
Someone = tuple[UUID, UUID]
"""An account's id, and that of a person in it."""
Delete = Callable[[UUID, UUID], Awaitable[UUID | None]]
"""Erases a stored person of an account, from everything; the suppression that came of it."""
Points = Callable[[], AsyncIterator[tuple[UUID, UUID, str, str]]]
"""Every address and number stored: account, person, `email` or `phone`, value."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one list. One that takes requests back is not reported."""

    name: str
    statuses: Mapping[str, Status]
    released: int = 0


class DeletionRequests:
    def __init__(
        self,
        suppressions: Suppressions,
        points: Points,
        delete: Delete,
        *,
        exempt: Collection[UUID] = (),
    ) -> None:
        """`exempt`: accounts whose data the law exempts, such as that of one's own customers."""
        self._suppressions = suppressions
        self._points = points
        self._delete = delete
        self._exempt = frozenset(exempt)

    async def handle(
        self, lists: Sequence[DeletionList], earlier: Mapping[str, Status]
    ) -> Sequence[Handled]:
        """`earlier`: what was reported of work items before. Raises ServiceUnavailable."""
        asked = [each for each in lists if each.kind != REMOVED and each.items]
        taken_back = [each for each in lists if each.kind == REMOVED]
        found = await self._found(asked)
        handled = [await self._handle(each, found, earlier) for each in asked]
        return [*handled, *[await self._release(each) for each in taken_back]]

    async def _found(self, lists: Sequence[DeletionList]) -> Mapping[tuple[str, str], set[Someone]]:
        """Who has an identifier of the lists: those of the whole store are looked at once."""
        wanted = {
            (KINDS[each.kind], i.hash) for each in lists if each.kind in KINDS for i in each.items
        }
        found: defaultdict[tuple[str, str], set[Someone]] = defaultdict(set)
        if wanted:
            async for account_id, person_id, kind, value in self._points():
                key = kind, HASHES[kind](value)
                if key in wanted:
                    found[key].add((account_id, person_id))
        return found

    async def _handle(
        self,
        asked: DeletionList,
        found: Mapping[tuple[str, str], set[Someone]],
        earlier: Mapping[str, Status],
    ) -> Handled:
        kind = KINDS.get(asked.kind)
        people = {item: found.get((kind or "", item.hash), set()) for item in asked.items}
        statuses = {item: self._status(who) for item, who in people.items()}
        if kind is not None:
            await self._suppress(kind, [i for i, s in statuses.items() if s is not Status.EXEMPT])
        for item, status in statuses.items():
            if status is Status.DELETED:
                for account_id, person_id in sorted(people[item] - self._exempted(people[item])):
                    entry_id = await self._delete(account_id, person_id)
                    if entry_id is not None:
                        # Whoever takes the request back takes that back too.
                        await self._suppressions.attribute(entry_id, SOURCE, item.id)
        return Handled(
            asked.name,
            {item.id: _standing(status, earlier.get(item.id)) for item, status in statuses.items()},
        )

    def _status(self, people: Collection[Someone]) -> Status:
        exempted = self._exempted(people)
        left = set(people) - exempted
        return verdict(sorted(left), is_exempt=bool(exempted) and not left)

    def _exempted(self, people: Collection[Someone]) -> set[Someone]:
        return {one for one in people if one[0] in self._exempt}

    async def _suppress(self, kind: str, items: Sequence[WorkItem]) -> None:
        for start in range(0, len(items), _MOST_AT_ONCE):
            await self._suppressions.add(
                *(
                    self._suppressions.listed(
                        listed_kind(kind),
                        item.hash,
                        reason=_REASON,
                        source=SOURCE,
                        reference=item.id,
                    )
                    for item in items[start : start + _MOST_AT_ONCE]
                )
            )

    async def _release(self, taken_back: DeletionList) -> Handled:
        ids = [item.id for item in taken_back.items]
        if ids:
            await self._suppressions.release_references(SOURCE, ids)
        return Handled(taken_back.name, {}, released=len(ids))


def _standing(status: Status, earlier: Status | None) -> Status:
    """Who was deleted by an earlier run is not found by this one."""
    return earlier if earlier is not None and status is Status.NOT_FOUND else status
