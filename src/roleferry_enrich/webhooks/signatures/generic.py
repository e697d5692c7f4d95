"""An HMAC over the raw body whose header, encoding and algorithm the operator names.

With a time's header the signed text is `<time>.<body>`, as most who sign a time have it.
"""

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_fresh, require_one_of

ENCODINGS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {
        "hex": bytes.hex,
        "base64": lambda digest: base64.b64encode(digest).decode(),
        "base64url": lambda digest: base64.urlsafe_b64encode(digest).decode(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericSignature:
    keys: tuple[bytes, ...]
    header: str
    prefix: str
    """What stands before the digest, such as `sha256=`."""
    algorithm: str
    encoding: str
    timestamp_header: str | None
    tolerance: timedelta

    def verify(self, delivery: Delivery) -> None:
        given = delivery.header(self.header)
        signed = self._signed(delivery)
        encode = ENCODINGS[self.encoding]
        digests = (hmac.digest(key, signed, self.algorithm) for key in self.keys)
        require_one_of((self.prefix + encode(digest) for digest in digests), (given,))

    def _signed(self, delivery: Delivery) -> bytes:
        if self.timestamp_header is None:
            return delivery.body
        timestamp = delivery.header(self.timestamp_header)
        require_fresh(timestamp, delivery, self.tolerance)
        return timestamp.encode() + b"." + delivery.body
