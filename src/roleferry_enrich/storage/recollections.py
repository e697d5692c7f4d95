"""Answers the calls of `providers/internal.py` from our own PostgreSQL: one statement for each.

It travels on a connection of its own, so that neither a slow read delays a recording nor a queue
of recordings a read; what takes too long is one provider's trouble.
"""

import binascii
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.errors import KeyMissing, ProviderTimedOut, ProviderUnavailable
from roleferry_enrich.gateway.books import NOBODY
from roleferry_enrich.normalise.emails import identity_key
from roleferry_enrich.providers import internal
from roleferry_enrich.providers.contract import Call, Offer
from roleferry_enrich.providers.own_store import REPORTS_TOLD_FOR, RETENTION
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.storage import identities
from roleferry_enrich.storage.at_rest import AtRest
from roleferry_enrich.storage.bound_names import address_name
from roleferry_enrich.storage.identities import Identity
from roleferry_enrich.storage.mailbox_reports import MAILBOX
from roleferry_enrich.storage.opt_outs import of_keys
from roleferry_enrich.storage.sealed import CLAIM, SubjectKeys, is_sealed, opened_text, unwrapped
from roleferry_enrich.storage.statements import sql
from roleferry_enrich.storage.wire import DatabaseAway, Row, Wire
from roleferry_enrich.waiting import answer_within

_OF_PEOPLE = frozenset({"find_person", "find_email", "find_people"})
_MOST_PEOPLE = 100
# The number alone is what a request gives, and only this register's is looked up by it.
_REGISTER = "GB"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whose words of which capability are served, and for how long."""

    provider: str
    capability: str
    retention: timedelta


def shelves(offers: Sequence[Offer], days: int | None) -> tuple[Shelf, ...]:
    """One for each offer whose answers may be served again; `days` for all, if given."""
    kept = timedelta(days=days) if days is not None else None
    return tuple(
        Shelf(
            offer.provider, offer.capability, RETENTION[offer.capability] if kept is None else kept
        )
        for offer in offers
        if offer.capability in RETENTION
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollections:
    """`gateway.carriers.Carrier`; the account is in the question, never in the call."""

    wire: Wire
    shelves: Sequence[Shelf]
    now: Callable[[], datetime]
    at_rest: AtRest
    reports_told_for: timedelta = REPORTS_TOLD_FOR
    account_id: UUID = NOBODY.account_id
    max_age: timedelta | None = None

    def in_the_name_of(self, account_id: UUID, max_age: timedelta | None) -> "Recollections":
        return replace(self, account_id=account_id, max_age=max_age)

    async def send(self, call: Call, *, within: timedelta) -> Reply:
        statement, columns = self._question(call)
        try:
            asked = self.wire.rows(statement, columns)
            (row,) = await answer_within(within.total_seconds(), asked)
        except DatabaseAway as error:
            raise ProviderUnavailable("the database does not answer") from error
        except TimeoutError as error:
            raise ProviderTimedOut("the database did not answer in time") from error
        # A key that is missing is our own trouble, and as bad as a database that is away.
        try:
            body = orjson.dumps({"observations": self._told(row)})
        except KeyMissing as error:
            raise ProviderUnavailable("what is stored cannot be opened") from error
        return Reply(status=_status(row), body=body, received_at=self.now())

    def _told(self, row: Row) -> Sequence[Mapping[str, object]]:
        """What was said, each claim opened; without those whose subject's key was shredded."""
        if row["is_refused"] or row["found"] is None:
            return []
        wrapped = {
            UUID(each): binascii.a2b_base64(frame)
            for each, frame in orjson.loads(row["keys"] or "{}").items()
        }
        keys = SubjectKeys(self.at_rest, unwrapped(self.at_rest, self.account_id, wrapped))
        said = orjson.loads(row["found"])
        opened = ({**each, "claim": _claim(each, keys)} for each in said)
        return [each for each in opened if each["claim"] is not None]

    def _question(self, call: Call) -> tuple[str, Sequence[object]]:
        # Any: the adapter's own document, which nobody else writes.
        asked: Any = call.json
        keys = Keys(**{name: asked[name] for name in Keys.__slots__ if name in asked})
        match call.path:
            case internal.PERSON:
                return _PERSON, self._columns(of_keys(keys), _OF_PEOPLE)
            case internal.MAILBOX:
                return _MAILBOX, self._of_mailbox(Email(str(asked["email"])))
            case internal.COMPANY:
                return _COMPANY, self._columns(_of_company(keys), RETENTION.keys())
            case _:
                most = min(int(asked["limit"]), _MOST_PEOPLE)
                return _PEOPLE, [*self._columns(_of_company(keys), _OF_PEOPLE), most]

    def _columns(self, keys: Sequence[Identity], capabilities: AbstractSet[str]) -> list[object]:
        kept = [shelf for shelf in self.shelves if shelf.capability in capabilities]
        return [
            self.account_id,
            [key.kind for key in keys],
            [self.at_rest.blind(key.kind, key.value) for key in keys],
            [shelf.provider for shelf in kept],
            [shelf.capability for shelf in kept],
            [self._since(shelf) for shelf in kept],
        ]

    def _of_mailbox(self, email: Email) -> list[object]:
        """Whatever age is wished for: a report is no answer that could be asked for anew."""
        owner, blind = identities.of_mailbox(email), self.at_rest.blind
        mailbox, known_by = blind(MAILBOX, identity_key(email)), blind(owner.kind, owner.value)
        since = self.now() - self.reports_told_for
        return [self.account_id, mailbox, [owner.kind], [known_by], since]

    def _since(self, shelf: Shelf) -> datetime:
        age = shelf.retention if self.max_age is None else min(shelf.retention, self.max_age)
        return self.now() - age


def _of_company(keys: Keys) -> tuple[Identity, ...]:
    return identities.of_company(
        CompanyClaim(
            name=keys.company_name,
            domain=keys.domain,
            company_number=keys.company_number,
            country=keys.country or _REGISTER,
        )
    )


def _status(row: Mapping[str, Any]) -> int:
    if row["is_refused"]:
        return internal.OPTED_OUT
    return 200 if row["is_known"] else internal.NOT_FOUND


# Any: JSON of our own statements.
def _claim(said: Mapping[str, Any], keys: SubjectKeys) -> object:
    """As JSON that is not read here, if it was sealed."""
    claim, mailbox = said["claim"], said.get("mailbox")
    if mailbox is not None:
        address = opened_text(keys.at_rest, address_name(mailbox), claim["address"])
        return None if address is None else {**claim, "address": address}
    if not is_sealed(claim):
        return claim
    plain = keys.plain(CLAIM, claim)
    return None if plain is None else orjson.Fragment(plain)


_PERSON, _COMPANY = sql("recall_person"), sql("recall_company")
_PEOPLE, _MAILBOX = sql("recall_people"), sql("recall_mailbox")
