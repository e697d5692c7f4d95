"""Where a provider wants its key, if not in a header."""

from collections.abc import Mapping

from roleferry_enrich.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class InBody:
    """A `Spec.authenticate` whose key is one more member of each call's JSON body.

    It is put there as the call is sent. The call itself stays without it, so that nothing made
    from a call (a cache key, a note in the books, a trace) can show it.
    """

    member: str

    def __call__(self, secret: str) -> Mapping[str, str]:
        return {self.member: secret}
