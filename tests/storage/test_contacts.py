"""Reading stored contacts: pages, one contact, its history; and never another account's."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.storage.examples import NOW, company, enrichment, person

from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.errors import InvalidQuery
from roleferry_enrich.storage.companies import CompanyRepository
from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.cursors import Moment, Number
from roleferry_enrich.storage.enrichments import EnrichmentRepository

BOARD = tuple(person(f"Director {n:02}", f"d{n:02}@engines.test") for n in range(23))


@pytest.fixture
def contacts(engine) -> ContactRepository:
    return ContactRepository(engine)


@pytest.fixture
def record(engine, account_id):
    async def record(**found):
        given = enrichment(found.pop("account_id", account_id), **found)
        return await EnrichmentRepository(engine).record(given, [], observations=Observations())

    return record


async def all_pages(read, **query):
    items, after = [], None
    while True:
        page = await read(after=after, **query)
        items += page.items
        if page.next is None:
            return items
        after = page.next


async def test_contact_reads_back_with_its_company(engine, contacts, record, account_id) -> None:
    ada = person("Ada Lovelace", "ada@engines.test", title="Countess")
    recorded = await record(person=ada, company=company(domain="engines.test"))
    contact = await contacts.get(account_id, recorded.person_id)
    assert contact.fields == ada.fields
    assert contact.contact_points == ada.contact_points
    assert contact.company_id == recorded.company_id
    employer = await CompanyRepository(engine).get(account_id, recorded.company_id)
    assert employer.fields == recorded.company.fields
    assert employer.workforce == {"engineering": 0.5}


async def test_foreign_ids_are_as_good_as_absent(
    engine, contacts, record, account_id, other_account_id
) -> None:
    mine = await record(person=BOARD[0], company=company())
    assert await contacts.get(other_account_id, mine.person_id) is None
    assert await contacts.get(other_account_id, uuid4()) is None
    assert await CompanyRepository(engine).get(other_account_id, mine.company_id) is None
    assert (await contacts.page(other_account_id)).items == ()
    assert (await contacts.of_company(other_account_id, mine.company_id)).items == ()
    assert (await contacts.history(other_account_id, mine.person_id)).items == ()


@pytest.mark.parametrize("limit", [1, 7, 22, 23, 24, 100])
async def test_pages_name_every_contact_once(contacts, record, account_id, limit) -> None:
    for start in (0, 10, 20):
        await record(executives=BOARD[start : start + 10])
    found = await all_pages(lambda **q: contacts.page(account_id, limit=limit, **q))
    names = [contact.fields["full_name"].value for contact in found]
    assert sorted(names) == sorted(director.fields["full_name"].value for director in BOARD)
    assert names[0] > "Director 19"


async def test_contacts_that_come_later_do_not_disturb_a_walk(contacts, record, account_id) -> None:
    await record(executives=BOARD[:6])
    first = await contacts.page(account_id, limit=4)
    await record(executives=BOARD[6:12])
    second = await contacts.page(account_id, limit=4, after=first.next)
    assert len({contact.id for contact in first.items + second.items}) == 6
    assert second.next is None


async def test_contacts_of_one_company(contacts, record, account_id) -> None:
    ours = await record(executives=BOARD[:5], company=company("Engines Ltd"))
    await record(executives=BOARD[5:9], company=company("Looms Ltd"))
    found = await all_pages(
        lambda **q: contacts.of_company(account_id, ours.company_id, limit=2, **q)
    )
    assert {contact.company_id for contact in found} == {ours.company_id}
    assert len(found) == 5


@pytest.mark.parametrize(
    "query", ["ada", "LOVE", "love ada", "countess", "ada@engines.test", "a", "  ada, "]
)
async def test_query_finds_beginnings_of_words(contacts, record, account_id, query) -> None:
    ada = person("Ada Lovelace", "ada@engines.test", title="Countess")
    await record(executives=(ada, person("Grace Hopper", "grace@navy.test")))
    found = (await contacts.page(account_id, query=query)).items
    assert [contact.fields["full_name"].value for contact in found] == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "query", ["velace", "ada hopper", "'", "ada & | ! <-> zz", ":*", "\0", "", "\\", "x" * 5000]
)
async def test_query_that_matches_nobody(contacts, record, account_id, query) -> None:
    await record(executives=(person("Ada Lovelace"), person("Grace Hopper")))
    assert (await contacts.page(account_id, query=query)).items == ()


async def test_history_is_paged_latest_first(contacts, record, account_id) -> None:
    for n in range(6):
        at = NOW + timedelta(days=n)
        known = person("Ada Lovelace", "ada@engines.test", title=f"Title {n}", at=at)
        recorded = await record(person=known)
    changes = await all_pages(
        lambda **q: contacts.history(account_id, recorded.person_id, limit=2, **q)
    )
    assert [(c.field, c.old, c.new) for c in changes] == [
        ("title", f"Title {n - 1}", f"Title {n}") for n in range(5, 0, -1)
    ]
    assert changes[0].enrichment_id == recorded.id


BAD_CURSORS = ["", "x", "%%%", "é" * 8, "A" * 34, "A" * 5000, "\0", Number(7).cursor()]


@pytest.mark.parametrize("cursor", [*BAD_CURSORS, Moment(NOW, UUID(int=7)).cursor() + "="])
async def test_cursor_that_is_not_ours_is_refused(contacts, account_id, cursor) -> None:
    with pytest.raises(InvalidQuery) as refusal:
        await contacts.page(account_id, after=cursor)
    assert [fault.field for fault in refusal.value.faults] == ["after"]


async def test_cursor_of_another_list_is_refused(contacts, account_id) -> None:
    with pytest.raises(InvalidQuery):
        await contacts.history(account_id, uuid4(), after=Moment(NOW, uuid4()).cursor())


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_page_size_has_bounds(contacts, account_id, limit) -> None:
    with pytest.raises(InvalidQuery) as refusal:
        await contacts.page(account_id, limit=limit)
    assert [fault.field for fault in refusal.value.faults] == ["limit"]
