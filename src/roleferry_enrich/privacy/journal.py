"""The erasures outside the database, so that a backup that is put back cannot undo them.

A file in the data directory with a line for each erasure: when, in which scope, and the keyed
digests by which the person is recognised. Nothing in it can be read back into a person.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.erasures import Receipt

FILE_NAME = "erasures.ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    id: UUID
    scope: UUID
    requested_at: datetime
    digests: tuple[tuple[str, str], ...]
    """Kind and digest, in hexadecimal."""


class Journal:
    """Of one data directory. Several processes may write; each line is written whole."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME

    async def write(self, receipt: Receipt, digests: Sequence[tuple[str, bytes]]) -> None:
        """On the disk when it returns. Raises OSError."""
        line = Line(
            id=receipt.id,
            scope=receipt.scope,
            requested_at=receipt.requested_at,
            digests=tuple((kind, digest.hex()) for kind, digest in digests),
        )
        await asyncio.to_thread(self._append, msgspec.json.encode(line) + b"\n")

    def lines(self) -> Sequence[Line]:
        """One for each erasure, with all digests it was noted with."""
        merged: dict[UUID, Line] = {}
        for line in self._read():
            before = merged.get(line.id)
            digests = line.digests if before is None else before.digests + line.digests
            merged[line.id] = Line(
                id=line.id,
                scope=line.scope,
                requested_at=line.requested_at,
                digests=tuple(dict.fromkeys(digests)),
            )
        return tuple(merged.values())

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self) -> Iterator[Line]:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return
        for number, line in enumerate(text.splitlines(), 1):
            try:
                yield msgspec.json.decode(line, type=Line)
            except msgspec.DecodeError as error:
                raise ConfigurationError(
                    f"{self.path}, line {number}: this is no line of a journal of erasures"
                ) from error
