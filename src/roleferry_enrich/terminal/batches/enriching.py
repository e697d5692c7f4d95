"""The `batch` command: a file of contacts in, the same rows out with what was found."""

import hashlib
import json
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import orjson
from rich.console import Console

from roleferry_enrich.errors import RecordsRefused, RoleferryError
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.asking import work_there
from roleferry_enrich.terminal.batches.asking import JobsOf
from roleferry_enrich.terminal.batches.contacts import ContactsFile, examined
from roleferry_enrich.terminal.batches.interruption import Interrupted, interruptible
from roleferry_enrich.terminal.batches.run import Run, Tally, Terms
from roleferry_enrich.terminal.batches.sent import SUFFIX, Sent, read_sent
from roleferry_enrich.terminal.batches.sheet import REFUSED, EnrichedSheet
from roleferry_enrich.terminal.batches.showing import Standing, showing
from roleferry_enrich.terminal.resolving import STANDARD, replaced
from roleferry_enrich.terminal.service import Service

T = TypeVar("T")
Check = Callable[[], None]

_FORMS = {".csv": RowForm.CSV, ".tsv": RowForm.CSV}
_FORMS |= dict.fromkeys((".ndjson", ".jsonl", ".json"), RowForm.JSON)
_SUFFIXES = {RowForm.CSV: ".csv", RowForm.JSON: ".ndjson"}
_KNOWN = "It was sent before: these are the results of then, and --again asks anew."
_FAILED = (
    "What failed is asked once more after POST /jobs/<id>/retry and this command again, or with "
    "--again, which asks all anew."
)
_NOT_ENDED_WELL = ("failed", "dead", "cancelled", REFUSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked."""

    url: str | None
    """Of a running service; without it, in this process."""
    key: str | None
    again: bool
    """Anew, though it was sent before."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be enriched."""

    source: Path
    output: Path | None
    form: RowForm | None
    columns: Sequence[str]
    added: Mapping[str, str]
    """Said of every row that does not say otherwise."""
    terms: Terms
    asked: Asked

    def written_to(self, form: RowForm) -> Path:
        if self.output is not None:
            return self.output
        suffix = self.source.suffix if _FORMS.get(self.source.suffix.lower()) is form else None
        return self.source.with_name(f"{self.source.stem}.enriched{suffix or _SUFFIXES[form]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run ended."""

    output: Path
    tally: Tally
    standing: Standing
    jobs: Sequence[str]
    columns: Mapping[str, str]

    @property
    def is_whole(self) -> bool:
        """Whether every row was asked for and answered."""
        return not any(self.tally.states[state] for state in _NOT_ENDED_WELL)

    def as_json(self) -> str:
        faults = [{"row": row, "reason": reason} for row, reason in self.tally.faults]
        content = {
            "output": str(self.output),
            "rows": self.tally.states.total(),
            "counts": dict(sorted(self.tally.states.items())),
            "cost_usd": self.standing.cost_usd,
            "cache_hits": self.standing.cache_hits,
            "jobs": list(self.jobs),
            "columns": dict(self.columns),
            "errors": faults,
        }
        return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


class LeftRunning(RoleferryError):
    """Interrupted; the message says what goes on and how to go on."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def enrich_file(wish: Wish, *, as_json: bool) -> Report:
    """Raises RecordsRefused, ServiceRefused, ConfigurationError or LeftRunning, to be read."""
    said = Console(stderr=True, soft_wrap=True)
    file = examined(wish.source, wish.columns, wish.added)
    if not file.readable:
        raise RecordsRefused(f"{wish.source} has no row that can be read")
    output = wish.output
    form = wish.form or (_FORMS.get(output.suffix.lower()) if output else None) or file.form
    output = wish.written_to(form)
    if output != STANDARD and output.resolve() == wish.source.resolve():
        raise RecordsRefused("--out must be another file than the one that is read")
    sheet = EnrichedSheet(file, form)
    sheet.require_room()
    said.print(_printable(_columns_told(file)), markup=False, highlight=False)
    report = _Enriching(wish, file, sheet, output, said).done()
    if as_json:
        sys.stdout.write(report.as_json() + "\n")
    _tell(report, said)
    return report


class _Enriching:
    def __init__(
        self, wish: Wish, file: ContactsFile, sheet: EnrichedSheet, output: Path, said: Console
    ) -> None:
        self._wish = wish
        self._file = file
        self._sheet = sheet
        self._output = output
        self._said = said
        beside = wish.source if output == STANDARD else output
        self._sent = self._begun(beside.with_name(beside.name + SUFFIX))

    def done(self) -> Report:
        try:
            return _work(self._work, self._wish)
        except Interrupted as interrupted:
            raise LeftRunning(self._going_on(), 128 + interrupted.number) from None

    def _begun(self, path: Path) -> Sent:
        wish, digest = self._wish, self._file.digest
        asked = _digest_of(self._file, wish)
        if wish.asked.again:
            return Sent(path, digest, asked, secrets.token_hex(8))
        earlier = read_sent(path)
        if earlier is None:
            return Sent(path, digest, asked)
        other = "" if earlier.digest == digest else f"{wish.source} has changed since it was sent"
        other = other or ("" if earlier.asked == asked else "it was sent with other options")
        if other:
            raise RecordsRefused(
                f"{other}, and the results of then were not written yet: run this as it was then, "
                "or with --again to drop them and send it as it is now"
            )
        self._said.print("Going on with what was sent before.")
        return earlier

    async def _work(self, service: Service, check: Check) -> Report:
        return await interruptible(self._enriched(service, check), self._ending)

    async def _enriched(self, service: Service, check: Check) -> Report:
        with showing(self._said, time.monotonic) as show:
            jobs = JobsOf(service)
            run = Run(self._file, jobs, self._sent, show=show, check=check)
            with replaced(self._output) as out:
                await run.send(self._wish.terms)
                if jobs.knew_some:
                    self._said.print(_KNOWN)
                tally = await run.write(self._sheet, out)
        self._sent.forget()
        return Report(
            output=self._output,
            tally=tally,
            standing=run.standing,
            jobs=[part.job_id for part in self._sent.parts.values() if part.job_id is not None],
            columns=self._file.columns,
        )

    def _ending(self) -> None:
        if self._wish.asked.url is None:
            self._said.print("Stopping; calls that are paid for are finished first.")

    def _going_on(self) -> str:
        if not self._sent.parts:
            return "interrupted before anything was sent: run the same command again"
        ids = ", ".join(part.job_id for part in self._sent.parts.values() if part.job_id)
        same = "this again without --again" if self._wish.asked.again else "the same command again"
        if self._wish.asked.url is None:
            return (
                "interrupted: what is done is kept, the rest waits. "
                f"Run {same} to go on (job {ids})"
            )
        return (
            f"interrupted: the service goes on with it. Run {same} for the output, "
            f"or end it with POST /jobs/<id>/cancel (job {ids})"
        )


def _work(work: Callable[[Service, Check], Awaitable[T]], wish: Wish) -> T:
    if wish.asked.url is None:
        # Needs ten times the imports of asking a service that runs.
        from roleferry_enrich.terminal.batches.here import work_with_a_worker  # noqa: PLC0415

        return work_with_a_worker(work)
    return work_there(lambda service: work(service, lambda: None), wish.asked.url, wish.asked.key)


def _digest_of(file: ContactsFile, wish: Wish) -> str:
    terms = [wish.terms.max_cost, wish.terms.priority]
    asked = [dict(file.columns), dict(wish.added), terms, wish.asked.url or "here"]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _columns_told(file: ContactsFile) -> str:
    used = ", ".join(f"{field} from {name}" for field, name in file.columns.items())
    left = ", ".join(name for name in file.names if name and name not in file.columns.values())
    return f"sent are {used}" + (f"; not sent: {left}" if left else "")


def _printable(text: str) -> str:
    """To a terminal controls are orders."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _tell(report: Report, said: Console) -> None:
    for row, reason in report.tally.faults:
        said.print(_printable(f"row {row} was refused: {reason}"), markup=False, highlight=False)
    untold = report.tally.states[REFUSED] - len(report.tally.faults)
    if untold > 0:
        said.print(f"and {untold} more rows: the output has their reasons", highlight=False)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(report.tally.states.items()))
    rows, cost = report.tally.states.total(), report.standing.cost_usd
    said.print(f"{rows} rows: {counts}; ${cost:.4f}", highlight=False)
    if report.tally.states["failed"] or report.tally.states["dead"]:
        said.print(_FAILED)
    if report.output != STANDARD:
        said.print(f"written to {report.output}", markup=False, highlight=False)
