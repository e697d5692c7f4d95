"""What an account says of its processing: to what end, on which ground, and by whom not."""

from enum import StrEnum

from roleferry_enrich.domain.values import dataclass


class LawfulBasis(StrEnum):
    """Article 6(1) of the GDPR, (a) to (f)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Carried by whatever is learned while it holds."""

    purpose: str | None = None
    lawful_basis: LawfulBasis | None = None
    providers_off: frozenset[str] = frozenset()
    """Providers that are told nothing of this account's people."""
