"""Who asked a provider not to be processed, by the keys they were asked for."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.storage import identities
from roleferry_enrich.storage.at_rest import AtRest, at_rest_of
from roleferry_enrich.storage.bulk import Row
from roleferry_enrich.storage.identities import Identity
from roleferry_enrich.storage.tables import opt_outs
from roleferry_enrich.storage.transactions import in_transaction

_MAILBOX = "email"


def opt_out_rows(enrichment: Enrichment, at_rest: AtRest) -> Sequence[Row]:
    """The keys of a request whose person some provider may not speak of; empty if none said so."""
    keys = of_keys(enrichment.request.keys) if enrichment.opted_out else ()
    return _rows(enrichment.account_id, keys, at_rest)


def of_keys(keys: Keys) -> tuple[Identity, ...]:
    """How a person asked for by these keys would be recognised."""
    return identities.of_person_claim(
        PersonClaim(
            emails=(EmailClaim(address=keys.email),) if keys.email else (),
            linkedin_url=keys.linkedin_url,
            full_name=keys.full_name,
            first_name=keys.first_name,
            last_name=keys.last_name,
            company_name=keys.company_name,
            company_domain=keys.domain,
            company_number=keys.company_number,
        )
    )


class OptOutRepository:
    """Those of one account, by address alone."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def among(self, account_id: UUID, emails: Sequence[Email]) -> AbstractSet[Email]:
        """Which of these are of people who objected. Raises ServiceUnavailable."""
        if not emails:
            return frozenset()

        async def work(connection: AsyncConnection) -> AbstractSet[Email]:
            at_rest = at_rest_of(connection)
            known = {email: _blinded(identities.of_mailbox(email), at_rest) for email in emails}
            statement = select(opt_outs.c.value).where(
                opt_outs.c.account_id == account_id,
                opt_outs.c.kind == _MAILBOX,
                opt_outs.c.value.in_(set(known.values())),
            )
            found = set(await connection.scalars(statement))
            return {email for email, value in known.items() if value in found}

        return await in_transaction(self._engine, work)

    async def note(self, account_id: UUID, emails: Sequence[Email]) -> None:
        """Raises ServiceUnavailable."""
        keys = {identities.of_mailbox(email) for email in emails}

        async def work(connection: AsyncConnection) -> None:
            rows = _rows(account_id, sorted(keys), at_rest_of(connection))
            await connection.execute(insert(opt_outs).values(rows).on_conflict_do_nothing())

        await in_transaction(self._engine, work)


def _rows(account_id: UUID, keys: Iterable[Identity], at_rest: AtRest) -> list[Row]:
    return [
        {"account_id": account_id, "kind": key.kind, "value": _blinded(key, at_rest)}
        for key in keys
    ]


def _blinded(key: Identity, at_rest: AtRest) -> str:
    return at_rest.blind(key.kind, key.value)
