"""For a sender that signs nothing and calls the address it was given: the address is the secret.

Apollo posts phones and waterfall results to the `webhook_url` of a request, unsigned
(https://docs.apollo.io/reference/people-enrichment).
"""

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import WebhookRefused
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_one_of


@dataclass(frozen=True, slots=True)
class PathToken:
    tokens: tuple[str, ...]

    def verify(self, delivery: Delivery) -> None:
        if not delivery.token:
            raise WebhookRefused("missing")
        require_one_of(self.tokens, (delivery.token,))
