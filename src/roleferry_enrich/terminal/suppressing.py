"""Suppresses, lists, releases and imports, over the installation's own database."""

import asyncio
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from rich.table import Table

from roleferry_enrich.api.answers.suppressions import suppression_data
from roleferry_enrich.api.handling import handling_data
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.handling import Handling, LawfulBasis
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.privacy.deletion_lists import (
    DeletionList,
    Status,
    read_list,
    read_report,
    report,
)
from roleferry_enrich.privacy.deletion_requests import DeletionRequests, Handled
from roleferry_enrich.privacy.finding import traces_of_stored
from roleferry_enrich.privacy.somebody import forms_of
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.resources import Resources, open_resources
from roleferry_enrich.storage.contact_values import contact_values
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.printing import Format, Sheet, console, show
from roleferry_enrich.terminal.subject_options import Given
from roleferry_enrich.terminal.subjects import readable
from roleferry_enrich.terminal.tables import rows

T = TypeVar("T")
_COLUMNS = ("id", "identifiers", "reason", "source", "added_at")
_AT_ONCE = 100
_LARGEST_FILE = 500_000_000
# Any: JSON as a program gets it.
Json = dict[str, Any]


def suppress(given: Given, reason: str, account: str | None) -> None:
    forms = forms_of(readable(given))

    async def work(resources: Resources) -> UUID:
        addition = resources.suppressions.addition(
            forms, account_id=_id(account), reason=reason, source="command"
        )
        await resources.suppressions.add(addition)
        return addition.entry_id

    console().print(f"Suppressed: {_run(work)}")


def list_suppressions(account: str | None, output: Format) -> None:
    async def work(resources: Resources) -> list[Json]:
        found: list[Json] = []
        after = None
        while True:
            entries, after = await resources.suppressions.page(
                _id(account), after=after, limit=_AT_ONCE
            )
            found += [dict(suppression_data(entry)) for entry in entries]
            if after is None:
                return found

    show({"items": _run(work)}, output, table=_table, sheet=_sheet)


def release(suppression: str, account: str | None) -> None:
    entry_id = _id(suppression)
    assert entry_id is not None
    if not _run(lambda resources: resources.suppressions.release(_id(account), entry_id)):
        raise ConfigurationError("there is no such suppression")
    console().print("It does not hold any more.")


def import_lists(files: Sequence[Path], reports: Path, exempt: Sequence[str]) -> None:
    lists = [_list(name, text) for path in files for name, text in _read(path)]
    earlier = dict(_reported(reports, lists))
    spared = {UUID(str(_id(each))) for each in exempt}

    async def work(resources: Resources) -> Sequence[Handled]:
        async def delete(account_id: UUID, person_id: UUID) -> UUID | None:
            sought = await traces_of_stored(resources.engine, account_id, person_id)
            if not sought.forms:
                return None
            return (await resources.erasure.erase(account_id, sought)).id

        requests = DeletionRequests(
            resources.suppressions,
            lambda: contact_values(resources.engine),
            delete,
            exempt=spared,
        )
        return await requests.handle(lists, earlier)

    handled = _run(work)
    reports.mkdir(parents=True, exist_ok=True)
    for each in handled:
        if each.statuses:
            (reports / each.name).write_text(report(each.statuses), encoding="utf-8")
        console().print(_told(each))


def handling(
    account: str, purpose: str | None, basis: str | None, off: Sequence[str], *, clear: bool
) -> None:
    unknown = sorted(set(off) - set(catalogue()))
    if unknown or (basis is not None and basis not in set(LawfulBasis)):
        known = ", ".join([*LawfulBasis])
        raise ConfigurationError(f"--off names a provider, and --basis is one of {known}")
    said = Handling(
        purpose=purpose,
        lawful_basis=LawfulBasis(basis) if basis else None,
        providers_off=frozenset(off),
    )

    async def work(resources: Resources) -> Handling:
        account_id = UUID(str(_id(account)))
        if clear or said != Handling():
            await resources.handlings.change(account_id, said)
        return await resources.handlings.of(account_id)

    told = handling_data(_run(work))
    console().print(f"Purpose        {told['purpose'] or '-'}")
    console().print(f"Lawful basis   {told['lawful_basis'] or '-'}")
    console().print(f"Providers off  {' '.join(told['providers_off']) or '-'}")


def _told(handled: Handled) -> str:
    if not handled.statuses:
        return f"{handled.name}: {handled.released} taken back"
    counts = Counter(handled.statuses.values())
    told = (f"{counts[s]} {s.name.lower().replace('_', ' ')}" for s in Status if counts[s])
    return f"{handled.name}: {', '.join(told)}"


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """The CSV files of a download, or the one that this is."""
    try:
        if path.suffix.lower() != ".zip":
            yield path.name, path.read_text(encoding="utf-8")
            return
        with zipfile.ZipFile(path) as archive:
            for inside in archive.infolist():
                if inside.file_size > _LARGEST_FILE:
                    raise ConfigurationError(f"{path.name} holds a file that is too large")
                yield Path(inside.filename).name, archive.read(inside).decode()
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {type(error).__name__}") from None


def _list(name: str, text: str) -> DeletionList:
    try:
        return read_list(name, text)
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from None


def _reported(reports: Path, lists: Sequence[DeletionList]) -> Iterator[tuple[str, Status]]:
    for each in lists:
        path = reports / each.name
        if path.exists():
            try:
                yield from read_report(path.read_text(encoding="utf-8")).items()
            except ValueError:
                raise ConfigurationError(f"{path} is no report: move it away") from None


def _table(answer: Any) -> Table:
    return rows("Suppressions", _COLUMNS, _sheet(answer).lines)


def _sheet(answer: Any) -> Sheet:
    lines = [{**each, "identifiers": _kinds(each)} for each in answer["items"]]
    return Sheet(_COLUMNS, [[line[name] for name in _COLUMNS] for line in lines])


def _kinds(entry: Mapping[str, Any]) -> str:
    return " ".join(one["kind"] for one in entry["identifiers"])


def _run(work: Callable[[Resources], Awaitable[T]]) -> T:
    settings = read_settings()
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            async with open_resources(settings, servers) as resources:
                await resources.suppressions.held.until_read()
                return await work(resources)

        return asyncio.run(run())


def _id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise ConfigurationError("an id looks like a UUID") from None
