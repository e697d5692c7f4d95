"""H76: California's deletion lists, read, matched, honoured and reported as documented."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.storage.examples import company, enrichment, person

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.privacy.deletion_hashes import email_hash, phone_hash
from roleferry_enrich.privacy.deletion_lists import (
    DeletionList,
    Status,
    read_list,
    read_report,
    report,
    verdict,
)
from roleferry_enrich.privacy.deletion_requests import DeletionRequests, Someone
from roleferry_enrich.privacy.normal_forms import of_email, of_keys, of_phone, of_profile
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.storage.contact_values import contact_values
from roleferry_enrich.storage.enrichments import EnrichmentRepository

ONE, OTHER = UUID(int=1), UUID(int=2)
ADA, BO, CY = "Ada.Byron@engines.test", "bo@engines.test", "cy@engines.test"
DAY = "20260312_4821"


# The agency's own worked examples.
@pytest.mark.parametrize(
    ("hashed", "expected"),
    [
        (email_hash("Anna.Smith@Domain.com"), "KA18MT/ph6IHYjzT9zwETySDQyvSh87YuoSBpOQtkhE="),
        (email_hash(" anna.smith @domain.com"), "KA18MT/ph6IHYjzT9zwETySDQyvSh87YuoSBpOQtkhE="),
        (phone_hash("+1(415)555-9317"), "vGM7y5n+hBXRSEAklhHDPCbysyNgYTmXdMcagGUOY8E="),
        (phone_hash("+14155559317"), "vGM7y5n+hBXRSEAklhHDPCbysyNgYTmXdMcagGUOY8E="),
    ],
)
def test_identifiers_are_hashed_as_the_agency_hashes_them(hashed: str, expected: str) -> None:
    assert hashed == expected


def csv_of(*rows: tuple[str, ...], head: str = "ID,Hash") -> str:
    return "\r\n".join([head, *(",".join(row) for row in rows)]) + "\r\n"


def item(number: int) -> str:
    return f"A7kP2xQ9Lm{number:02}"


def mails(*addresses: str) -> DeletionList:
    rows = [(item(n), email_hash(each)) for n, each in enumerate(addresses)]
    return read_list(f"{DAY}_Email.csv", csv_of(*rows))


def test_a_list_is_read_and_a_work_item_counts_once() -> None:
    rows = [(item(1), email_hash(ADA)), (item(1), email_hash(BO)), (item(2), email_hash(BO))]
    read = read_list(f"{DAY}_Email_part01.csv", "\ufeff" + csv_of(*rows))

    assert read.kind == "Email"
    assert [(each.id, each.hash) for each in read.items] == [rows[0], rows[2]]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("emails.csv", csv_of(), "name"),
        (f"{DAY}_Email.csv", "", "row 1"),
        (f"{DAY}_Email.csv", "Id,Status\n", "row 1"),
        (f"{DAY}_Removed.csv", csv_of(), "row 1"),
        (f"{DAY}_Email.csv", csv_of(("short", email_hash(ADA))), "row 2 has no work item id"),
        (f"{DAY}_Email.csv", csv_of((item(1), ADA)), "row 2 has no hash"),
        (f"{DAY}_Email.csv", csv_of((item(1), "AAAA")), "row 2 has no hash"),
        (f"{DAY}_Email.csv", csv_of((item(1), email_hash(ADA), "x")), "row 2 has 3 columns"),
    ],
)
def test_what_is_not_as_documented_is_refused_whole(name: str, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        read_list(name, text)
    assert ADA not in str(caught.value)


def test_a_report_is_as_it_is_uploaded_and_can_be_gone_on_with() -> None:
    statuses = {item(1): Status.DELETED, item(2): Status.NOT_FOUND}

    assert report(statuses) == f"Id,Status\n{item(1)},3\n{item(2)},5\n"
    assert read_report(report(statuses)) == statuses


@pytest.mark.parametrize(
    ("people", "is_exempt", "status"),
    [
        ([], False, 5),
        ([], True, 2),
        ([(ONE, ONE)], False, 3),
        ([(ONE, ONE), (OTHER, ONE)], False, 3),
        ([(ONE, ONE), (ONE, OTHER)], False, 4),
    ],
)
def test_what_is_reported(people: list[Someone], is_exempt: bool, status: int) -> None:  # noqa: FBT001
    assert verdict(people, is_exempt=is_exempt) == status


class House:
    """A list of nobody, a store of these, and who is deleted of it."""

    def __init__(self, suppressions: Suppressions, *stored: tuple[UUID, UUID, str, str]) -> None:
        self.suppressions, self.stored = suppressions, list(stored)
        self.deleted: list[Someone] = []

    async def points(self) -> AsyncIterator[tuple[UUID, UUID, str, str]]:
        for point in self.stored:
            yield point

    async def delete(self, account_id: UUID, person_id: UUID) -> UUID:
        self.deleted.append((account_id, person_id))
        self.stored = [point for point in self.stored if point[:2] != (account_id, person_id)]
        known = self.suppressions.addition(
            of_profile("linkedin.com/in/ada"), account_id=account_id, reason="erased", source="x"
        )
        await self.suppressions.add(known)
        return known.entry_id

    async def handle(
        self,
        *lists: DeletionList,
        exempt: tuple[UUID, ...] = (),
        earlier: dict[str, Status] | None = None,
    ) -> dict[str, Status]:
        asked = DeletionRequests(self.suppressions, self.points, self.delete, exempt=exempt)
        handled = await asked.handle(lists, earlier or {})
        return {id_: status for each in handled for id_, status in each.statuses.items()}

    def holds(self, *spellings: str) -> bool:
        return all(self.suppressions.of(ONE, of_email(each)) for each in spellings)


async def test_h76_who_is_asked_for_is_deleted_and_never_looked_up_again(
    suppressions: Suppressions,
) -> None:
    house = House(suppressions, (ONE, ONE, "email", ADA), (OTHER, ONE, "email", ADA.lower()))

    told = await house.handle(mails(ADA, BO))

    assert told == {item(0): Status.DELETED, item(1): Status.NOT_FOUND}
    assert house.deleted == [(ONE, ONE), (OTHER, ONE)]
    # Also who is not known yet: what comes in later is screened by the very list.
    assert house.holds(ADA, "ADA.byron@Engines.TEST", BO)
    assert suppressions.of(ONE, of_keys(Keys(email=Email(BO))))
    assert not house.holds(CY)


async def test_h76_who_shares_an_identifier_is_opted_out(suppressions: Suppressions) -> None:
    phone = "+14155559317"
    house = House(suppressions, (ONE, ONE, "phone", phone), (ONE, OTHER, "phone", phone))
    numbers = read_list(f"{DAY}_Phone.csv", csv_of((item(7), phone_hash("(415) 555-9317"))))

    assert await house.handle(numbers) == {item(7): Status.OPTED_OUT}
    assert house.deleted == []
    assert suppressions.of(ONE, of_phone("415-555-9317", "US"))


async def test_h76_what_the_law_exempts_stays(suppressions: Suppressions) -> None:
    house = House(suppressions, (ONE, ONE, "email", ADA), (ONE, OTHER, "email", BO))
    house.stored.append((OTHER, OTHER, "email", BO))

    told = await house.handle(mails(ADA, BO), exempt=(ONE,))

    assert told == {item(0): Status.EXEMPT, item(1): Status.DELETED}
    assert house.deleted == [(OTHER, OTHER)]
    assert not house.holds(ADA)


async def test_h76_who_takes_it_back_may_be_looked_up_again(suppressions: Suppressions) -> None:
    house = House(suppressions, (ONE, ONE, "email", ADA))
    await house.handle(mails(ADA, BO))
    assert suppressions.of(ONE, of_profile("linkedin.com/in/ada"))
    taken_back = csv_of((item(0), email_hash(ADA), "Email"), head="ID,Hash,ListType")

    assert await house.handle(read_list(f"{DAY}_Removed.csv", taken_back)) == {}
    assert not house.holds(ADA)
    assert not suppressions.of(ONE, of_profile("linkedin.com/in/ada"))
    assert house.holds(BO)


async def test_h76_an_empty_list_ends_nothing(suppressions: Suppressions) -> None:
    house = House(suppressions, (ONE, ONE, "email", ADA))
    await house.handle(mails(BO))

    empty = [read_list(f"{DAY}_{kind}.csv", csv_of()) for kind in ("Email", "Phone", "MAID")]
    assert await house.handle(*empty) == {}
    assert (house.holds(BO), house.deleted) == (True, [])


async def test_a_list_of_what_we_never_hold_is_not_found(suppressions: Suppressions) -> None:
    house = House(suppressions, (ONE, ONE, "email", ADA))
    devices = read_list(f"{DAY}_MAID.csv", csv_of((item(3), email_hash(ADA))))

    assert await house.handle(devices) == {item(3): Status.NOT_FOUND}
    assert not house.holds(ADA)


async def test_a_list_read_again_reports_what_was_done(suppressions: Suppressions) -> None:
    house = House(suppressions, (ONE, ONE, "email", ADA))
    first = await house.handle(mails(ADA, BO))
    assert await house.handle(mails(ADA, BO), earlier=first) == first
    assert house.deleted == [(ONE, ONE)]


async def test_every_address_and_number_stored_is_looked_at(
    engine: AsyncEngine, account_id: UUID
) -> None:
    known = enrichment(account_id, person=person("Ada Byron", ADA), company=company())
    known = await EnrichmentRepository(engine).record(known, [], observations=Observations())

    found = [point async for point in contact_values(engine) if point[0] == account_id]
    assert (account_id, known.person_id, "email", ADA) in found
