"""What screens the enricher hands on all that it was given."""

from uuid import UUID

from tests.storage.examples import enrichment

from roleferry_enrich.domain.handling import Handling
from roleferry_enrich.pipeline.screened import ScreenedEnricher
from roleferry_enrich.privacy.handlings import Handlings

ACCOUNT, ID, CHARGE = UUID(int=1), UUID(int=2), UUID(int=3)


class Nobody:
    """A list that nobody is on."""

    changes = 0

    async def until_read(self) -> None: ...

    def is_empty(self, _: UUID) -> bool:
        return True


class Asked:
    """The enricher behind it."""

    def __init__(self) -> None:
        self.given: list[tuple[tuple, dict]] = []

    async def enrich(self, *given, **named):
        self.given.append((given, named))
        return enrichment(ACCOUNT)

    async def work_off(self, *given, **named):
        return await self.enrich(*given, **named)


class NoRules:
    async def get(self, _: UUID) -> Handling:
        return Handling()


async def test_who_asks_and_what_is_charged_come_through() -> None:
    async def alongside(connection, result) -> None: ...

    asked, request = Asked(), enrichment(ACCOUNT).request
    screened = ScreenedEnricher(asked, Nobody(), Handlings(NoRules()))
    await screened.enrich(request, ACCOUNT, 1.5, alongside, key_id="k1")
    await screened.work_off(request, ACCOUNT, ID, alongside, charge_id=CHARGE, key_id="k1")
    assert asked.given == [
        ((request, ACCOUNT, 1.5, alongside), {"key_id": "k1"}),
        ((request, ACCOUNT, ID, alongside), {"charge_id": CHARGE, "key_id": "k1"}),
    ]
