"""Mailgun signs a time and a token inside the body, and nothing else of it.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
So a signature that somebody has seen proves any body. The token is good for one: whoever keeps
events has to refuse it with a second.
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import WebhookRefused
from roleferry_enrich.webhooks.documents import read_document
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_fresh, require_one_of


@dataclass(frozen=True, slots=True)
class MailgunSignature:
    keys: tuple[bytes, ...]
    tolerance: timedelta

    def verify(self, delivery: Delivery) -> str:
        """The token."""
        block = _block(read_document(delivery.body))
        timestamp, token, signature = (_text(block, n) for n in ("timestamp", "token", "signature"))
        require_fresh(timestamp, delivery, self.tolerance)
        signed = (timestamp + token).encode()
        require_one_of(
            (hmac.digest(key, signed, "sha256").hex() for key in self.keys), (signature,)
        )
        return token


def _block(document: object) -> Mapping[str, object]:
    block = document.get("signature") if isinstance(document, dict) else None
    if not isinstance(block, dict):
        raise WebhookRefused("missing")
    return block


def _text(block: Mapping[str, object], name: str) -> str:
    value = block.get(name)
    if not isinstance(value, str) or not value:
        raise WebhookRefused("missing")
    return value
