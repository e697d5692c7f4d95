"""The setting of the keys that seal what PostgreSQL keeps of people."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from roleferry_enrich.configuration.texts import key_ring, no_placeholder

SealingKeys = Annotated[SecretStr, AfterValidator(no_placeholder), AfterValidator(key_ring)] | None
"""The first seals, all open; the key derived from the secret comes behind them, or alone."""
