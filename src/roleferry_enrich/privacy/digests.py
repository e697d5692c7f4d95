"""What is kept of a suppressed person: digests under a key, too many to hold as Python objects.

Enough to recognise them when they are asked for again, and nothing that could be read. An address
book cannot be tried against the list without the installation's secret.
"""

import hmac
from bisect import bisect_left

from roleferry_enrich.gateway.sealing import derived
from roleferry_enrich.privacy.deletion_hashes import HASHES, listed_kind
from roleferry_enrich.privacy.normal_forms import NormalForm

SIZE = 16
_MOST_LOOSE = 10_000
"""Changes looked up in a set before they are worked into the packed digests."""


class Digester:
    """Makes digests. Shows neither its key nor what they were made of."""

    def __init__(self, secret: bytes) -> None:
        self._key = derived(secret, "suppression")
        self.key_id = derived(secret, "suppression key identity", 8)
        """Tells a list made with another secret, which would recognise nobody."""

    def of(self, form: NormalForm) -> bytes:
        return self.digest(form.kind, form.value)

    def all_of(self, form: NormalForm) -> tuple[bytes, ...]:
        """Each under which the form may be listed: our own, and that of a deletion list's hash."""
        if form.written is None:
            return (self.of(form),)
        hashed = HASHES[form.kind](form.written)
        return self.of(form), self.digest(listed_kind(form.kind), hashed)

    def digest(self, kind: str, value: str) -> bytes:
        written = f"{kind} {value}".encode(errors="surrogatepass")
        return hmac.digest(self._key, written, "sha256")[:SIZE]


class DigestSet:
    """Digests in one sorted run of bytes, 16 each, with the latest changes beside it."""

    def __init__(self, packed: bytes = b"") -> None:
        """`packed`: digests in ascending order, without separator."""
        if len(packed) % SIZE:
            raise ValueError("these are no whole digests")
        self._pack(packed)

    def __contains__(self, digest: bytes) -> bool:
        if digest in self._added:
            return True
        return self._is_packed(digest) and digest not in self._removed

    def __len__(self) -> int:
        return len(self._places) + len(self._added) - len(self._removed)

    def add(self, digest: bytes) -> None:
        self._removed.discard(digest)
        if not self._is_packed(digest):
            self._added.add(digest)
        self._pack_if_many()

    def remove(self, digest: bytes) -> None:
        self._added.discard(digest)
        if self._is_packed(digest):
            self._removed.add(digest)
        self._pack_if_many()

    def _is_packed(self, digest: bytes) -> bool:
        place = bisect_left(self._places, digest, key=self._at)
        return place < len(self._places) and self._at(place) == digest

    def _at(self, place: int) -> bytes:
        return self._packed[place * SIZE : (place + 1) * SIZE]

    def _pack_if_many(self) -> None:
        if len(self._added) + len(self._removed) > _MOST_LOOSE:
            kept = (d for d in map(self._at, self._places) if d not in self._removed)
            self._pack(b"".join(sorted([*kept, *self._added])))

    def _pack(self, packed: bytes) -> None:
        self._packed = packed
        self._places = range(len(packed) // SIZE)
        self._added: set[bytes] = set()
        self._removed: set[bytes] = set()
