"""Where rows and what is known of their pairs wait on disk, so that memory does not grow with them.

A private SQLite database that has no name in any directory: it is gone when the process is, and
small ones never leave memory. SQLite's sorter is what makes blocks of keys and drops double pairs.
"""

import hashlib
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import msgspec

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.resolve.blocking import Pair
from roleferry_enrich.resolve.traits import PersonTraits
from roleferry_enrich.resolve.typed_blocking import is_faint, typed_order

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -32768;
CREATE TABLE rows
    (row INTEGER PRIMARY KEY, source BLOB, traits BLOB, digest INTEGER, place TEXT);
CREATE TABLE keys (key INTEGER, row INTEGER);
CREATE TABLE pairs (pair INTEGER);
CREATE TABLE links (left INTEGER, right INTEGER, score REAL, PRIMARY KEY (left, right))
    WITHOUT ROWID;
CREATE TABLE members (root INTEGER, row INTEGER);
CREATE TABLE reasons (row INTEGER PRIMARY KEY, confidence REAL, why TEXT);
CREATE TABLE rivals (row INTEGER, other INTEGER, score REAL, PRIMARY KEY (row, score, other))
    WITHOUT ROWID;
"""
_ROW_BITS = 32
_NEAR_AT_HAND = 20_000
_BATCH = 1_000


class Shelf:
    """Rows by number from 0, and what is written down about them."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")
        self._encode = msgspec.msgpack.Encoder(order="deterministic").encode
        self._decode = msgspec.msgpack.Decoder(PersonTraits).decode
        self.traits = lru_cache(maxsize=_NEAR_AT_HAND)(self._read_traits)
        self.size = 0

    def __getitem__(self, row: int) -> PersonTraits:
        return self.traits(row)

    def close(self) -> None:
        self._database.close()

    def add(self, rows: Iterable[tuple[bytes, PersonTraits]]) -> None:
        self._write("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", map(self._stored, rows))

    def _stored(self, row: tuple[bytes, PersonTraits]) -> tuple[int, bytes, bytes, int, str]:
        source, traits = row
        encoded = self._encode(traits)
        self.size += 1
        return self.size - 1, source, encoded, _digest(encoded), typed_order(traits)

    def twins(self) -> "array[int]":
        """For each row the first one of the same content, itself if there is none before it."""
        first = array("q", range(self.size))
        found = self._database.execute("SELECT digest, row FROM rows ORDER BY digest, row")
        for _, entries in groupby(found, key=itemgetter(0)):
            leader, *others = (row for _, row in entries)
            for row in others:
                first[row] = leader
        return first

    def each(self) -> Iterator[tuple[int, PersonTraits]]:
        for row, encoded in self._database.execute("SELECT row, traits FROM rows ORDER BY row"):
            yield row, self._decode(encoded)

    def sources(self) -> Iterator[bytes]:
        for (source,) in self._database.execute("SELECT source FROM rows ORDER BY row"):
            yield source

    def places(self) -> "array[int]":
        """For each row its place among all in the order in which likely twins are neighbours."""
        place = array("q", bytes(8 * self.size))
        found = self._database.execute("SELECT row FROM rows ORDER BY place, digest, row")
        for at, (row,) in enumerate(found):
            place[row] = at
        return place

    def add_keys(self, keys: Iterable[tuple[str, int]]) -> None:
        # That two keys have one hash costs a comparison in vain, and happens to none in millions.
        hashed = ((hash(key) & ~1 | is_faint(key), row) for key, row in keys)
        self._write("INSERT INTO keys VALUES (?, ?)", hashed)

    def blocks(self) -> Iterator[tuple[list[int], bool]]:
        """The rows of each key that several have, and whether it is faint."""
        found = self._database.execute(
            "SELECT group_concat(row), key & 1 FROM keys GROUP BY key HAVING count(*) > 1"
        )
        for rows, faint in found:
            yield list(map(int, rows.split(","))), bool(faint)

    def add_pairs(self, pairs: Iterable[tuple[Pair, bool]]) -> None:
        """Pairs that share a key, and whether that is a doubtful reason to compare them."""
        packed = (
            ((left << _ROW_BITS | right) << 1 | doubtful,) for (left, right), doubtful in pairs
        )
        self._write("INSERT INTO pairs VALUES (?)", packed)

    def count_pairs(self) -> int:
        """How many are written down, double ones too."""
        return int(self._database.execute("SELECT count(*) FROM pairs").fetchone()[0])

    def pairs(self, meetings: int) -> Iterator[Pair]:
        """Each pair once; those with doubtful reasons alone, if they have so many."""
        found = self._database.execute(
            "SELECT pair >> 1 AS met FROM pairs GROUP BY met "
            "HAVING count(*) >= ? OR min(pair & 1) = 0 ORDER BY met",
            (meetings,),
        )
        for (pair,) in found:
            yield pair >> _ROW_BITS, pair & ((1 << _ROW_BITS) - 1)

    def add_links(self, links: Iterable[tuple[int, int, float]]) -> None:
        self._write("INSERT INTO links VALUES (?, ?, ?)", links)

    def links(self) -> Iterator[tuple[int, int, float]]:
        yield from self._database.execute("SELECT left, right, score FROM links")

    def links_from(self, row: int) -> list[tuple[int, float]]:
        """The later rows this one is linked with."""
        return self._database.execute(
            "SELECT right, score FROM links WHERE left = ?", (row,)
        ).fetchall()

    def add_members(self, members: Iterable[tuple[int, int]]) -> None:
        self._write("INSERT INTO members VALUES (?, ?)", members)

    def chains(self) -> Iterator[list[int]]:
        """The rows that hang together, in an order that follows their content."""
        found = self._database.execute(
            "SELECT root, row FROM members JOIN rows USING (row) ORDER BY root, traits"
        )
        for _, entries in groupby(found, key=itemgetter(0)):
            yield [row for _, row in entries]

    def add_reasons(self, reasons: Iterable[tuple[int, float, str]]) -> None:
        self._write("INSERT INTO reasons VALUES (?, ?, ?)", reasons)

    def reason(self, row: int) -> tuple[float, str] | None:
        found = self._database.execute("SELECT confidence, why FROM reasons WHERE row = ?", (row,))
        known: tuple[float, str] | None = found.fetchone()
        return known

    def add_rivals(self, rivals: Iterable[tuple[int, int, float]]) -> None:
        self._write("INSERT INTO rivals VALUES (?, ?, ?)", rivals)

    def rivals(self, row: int, limit: int) -> list[tuple[int, float]]:
        """Rows of other groups that may be of this one's person, the likeliest first."""
        return self._database.execute(
            "SELECT other, score FROM rivals WHERE row = ? ORDER BY score DESC, other LIMIT ?",
            (row, limit),
        ).fetchall()

    def _read_traits(self, row: int) -> PersonTraits:
        found = self._database.execute("SELECT traits FROM rows WHERE row = ?", (row,)).fetchone()
        return self._decode(found[0])

    def _write(self, statement: str, values: Iterable[tuple[object, ...]]) -> None:
        try:
            self._database.executemany(statement, values)
        except sqlite3.OperationalError as error:
            raise RecordsRefused(
                f"the temporary files cannot be written ({error}); "
                "SQLITE_TMPDIR names a directory with more room"
            ) from None


def _digest(content: bytes) -> int:
    """64 bits of a row's content, as SQLite's integers are."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), signed=True)
