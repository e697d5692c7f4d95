"""The `resolve` command: a file of records in, the same rows out with whose they are."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from roleferry_enrich.domain.loose_records import Decision, RecordOutcome
from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.columns import told_columns
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.records.reading import read_rows
from roleferry_enrich.records.resolution import Progress, resolve_records
from roleferry_enrich.records.spreadsheets import csv_row
from roleferry_enrich.records.writing import written

STANDARD = Path("-")
"""Standard input or output."""


def resolve_file(
    source: Path, output: Path, form: RowForm | None, columns: Sequence[str] = ()
) -> None:
    """Writes the rows of `source` to `output`; `columns` are `NAME=FIELD`.

    Raises RecordsRefused, meant to be read.
    """
    told = told_columns(columns)
    said = Console(stderr=True, soft_wrap=True)
    tally = _Tally()
    with opened(source) as lines, progress_of(said) as progress, replaced(output) as out:
        read = read_rows(lines, told)
        if read.columns is not None:
            said.print(str(read.columns), markup=False, highlight=False)
        resolved = tally.counted(resolve_records(read.rows, progress))

        def line(cells: Sequence[object]) -> str:
            return csv_row(cells, delimiter=read.delimiter)

        for text in written(read, resolved, form or read.form, line):
            out.write(text)
    if read.form is RowForm.JSON:
        said.print(str(read.columns), markup=False, highlight=False)
    said.print(tally.told())


class _Tally:
    """Counts what was decided."""

    def __init__(self) -> None:
        self._records = self._people = self._abstained = 0

    def counted(
        self, resolved: Iterable[tuple[bytes, RecordOutcome]]
    ) -> Iterator[tuple[bytes, RecordOutcome]]:
        for source, outcome in resolved:
            self._records += 1
            self._people = max(self._people, outcome.cluster_id)
            self._abstained += outcome.decision is Decision.ABSTAINED
            yield source, outcome

    def told(self) -> str:
        return (
            f"{self._records} records of {self._people} people; of {self._abstained} records it "
            "is not sure enough whose they are, and `why` tells whose they may be"
        )


@contextmanager
def opened(source: Path) -> Iterator[BinaryIO]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise RecordsRefused(f"{source} cannot be read: {error.strerror}") from None
    with file:
        yield file


@contextmanager
def replaced(output: Path) -> Iterator[BinaryIO]:
    """A file that is there when it is whole, and not before; readable by its owner alone."""
    if output == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        number, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise RecordsRefused(f"{output} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(number, "wb") as file:
            yield file
        Path(name).replace(output)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


@contextmanager
def progress_of(said: Console) -> Iterator[Progress]:
    """A bar for a person at a terminal; a line a step for a log."""
    if not said.is_terminal:
        yield _lines(said)
        return
    columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=said) as bar:
        tasks = {}

        def show(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield show


def _lines(said: Console) -> Progress:
    def show(step: str, done: int, total: int | None) -> None:
        if done == total:
            said.print(f"{step}: {done}")

    return show
