"""What may be set for each sender of webhooks; a sender without a secret is not listened to.

Names are `ROLEFERRY_WEBHOOKS__<SENDER>__*`. `webhooks/endpoints.py` makes the senders of these.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from roleferry_enrich.configuration.environment import DELIMITER, PREFIX
from roleferry_enrich.configuration.texts import each_secret, no_placeholder

_EVERY = frozenset({"secret"})
_TIMED = _EVERY | {"tolerance_s"}
_MAIL = _TIMED | {"account"}
_OWN = _TIMED | {"header", "prefix", "algorithm", "encoding", "timestamp_header", "id_field"}

SENDERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "sendgrid": _MAIL,
        "mailgun": _MAIL,
        "stripe": _TIMED,
        "explorium": _TIMED,
        "clearbit": _EVERY,
        "apollo": _EVERY,
        "clay": _EVERY,
        "generic": _OWN,
    }
)
"""Who may send, and what may be set for each."""
# Whoever signs nothing is known by the address it calls: that has to be past guessing.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,200}")

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class WebhookSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    secret: Annotated[SecretStr, AfterValidator(no_placeholder)] | None = None
    """Whatever the sender proves itself by. Two, with a comma, while one replaces the other."""
    tolerance_s: int = Field(default=300, ge=1, le=86_400)
    """How far a signed time may be from ours, either way."""
    account: UUID | None = None
    """Whose mail it is that bounces and complaints are about."""
    header: HeaderName | None = None
    prefix: str = Field(default="", max_length=64)
    algorithm: Literal["sha1", "sha256", "sha384", "sha512"] = "sha256"
    encoding: Literal["hex", "base64", "base64url"] = "hex"
    timestamp_header: HeaderName | None = None
    id_field: str = Field(default="id", max_length=200, pattern=r"^[A-Za-z0-9_.-]+$")

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        return each_secret(self.secret)

    @property
    def tolerance(self) -> timedelta:
        return timedelta(seconds=self.tolerance_s)


def webhook_names() -> frozenset[str]:
    """Every variable there is for a sender."""
    return frozenset(
        _prefix(sender) + field.upper() for sender, fields in SENDERS.items() for field in fields
    )


def check_sender(sender: str, given: WebhookSettings) -> None:
    """Raises ValueError, naming the setting that cannot be right."""
    setting = _prefix(sender)
    known = SENDERS.get(sender)
    if known is None:
        raise ValueError(f"{setting}*: there is no such sender of webhooks")
    strange = sorted(given.model_fields_set - known)
    if strange:
        raise ValueError(f"{setting}{strange[0].upper()}: this sender has none")
    if given.secret is None:
        return
    if "account" in known and given.account is None:
        raise ValueError(f"{setting}ACCOUNT is needed: whose mail the events are about")
    if sender == "generic" and given.header is None:
        raise ValueError(f"{setting}HEADER is needed: where the signature is")
    tokens = [secret.get_secret_value() for secret in given.secrets]
    if sender == "apollo" and not all(map(_TOKEN.fullmatch, tokens)):
        raise ValueError(f"{setting}SECRET: expected 24 or more of A-Z, a-z, 0-9, _ and -")


def _prefix(sender: str) -> str:
    return DELIMITER.join((f"{PREFIX}WEBHOOKS", sender.upper(), ""))
