"""Each provider as this installation runs it: the adapter with the operator's key and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.gateway.buckets import Bucket
from roleferry_enrich.gateway.carriers import Carrier
from roleferry_enrich.providers.contract import Call, Offer, Provider, Window
from roleferry_enrich.providers.credentials import InBody
from roleferry_enrich.providers.own_store import OwnStore
from roleferry_enrich.providers.profile import Profile, profile_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """An adapter, configured. The credential is in no repr, so that no log can show it."""

    provider: Provider
    key: "Credential | None" = None
    spare_keys: tuple["Credential", ...] = ()
    """Used in this order once those before are refused; see `standing.py`."""
    base_url: str | None = None
    """From the settings; replaces the adapter's own."""
    enabled: bool = True
    permits: tuple[Window, ...] | None = None
    credit_price: MicroUsd | None = None
    timeout: timedelta | None = None
    concurrency: int | None = None
    """How many calls all processes together may have under way, where the contract says so."""
    carrier: Carrier | None = None
    """Where its calls do not go over HTTP."""

    @property
    def name(self) -> str:
        return self.provider.spec.name

    @property
    def is_ready(self) -> bool:
        """Whether it may be asked at all: switched on, and with a key where one is needed."""
        needs_key = self.provider.spec.authenticate is not None
        return self.enabled and (self.key is not None or not needs_key)

    @property
    def keys(self) -> tuple["Credential", ...]:
        return () if self.key is None else (self.key, *self.spare_keys)

    def with_key(self, key: "Credential") -> "Channel":
        """This channel, speaking with one of its keys."""
        return replace(self, key=key, spare_keys=())

    @property
    def call_timeout(self) -> timedelta:
        return self.timeout or self.provider.spec.timeout

    @property
    def is_open_web(self) -> bool:
        """Whether calls go to hosts that others named, and must be checked one by one."""
        return self.provider.spec.open_web and self.base_url is None

    @property
    def is_own_store(self) -> bool:
        """Whether it speaks of what one account has stored: nothing to cache or to share."""
        return isinstance(self.provider, OwnStore)

    def in_the_name_of(self, account_id: UUID, max_age: timedelta | None) -> "Channel":
        """The channel as one account may use it for one request."""
        if self.carrier is None:
            return self
        return replace(self, carrier=self.carrier.in_the_name_of(account_id, max_age))

    def offers(self) -> tuple[Offer, ...]:
        return offers_of(self.provider)

    def profile(self) -> Profile:
        return profile_of(
            self.provider,
            permits=self.permits,
            credit_price=self.credit_price,
            offers=self.offers(),
        )

    def price(self, credits: int) -> MicroUsd:
        one = self.provider.spec.credit_price if self.credit_price is None else self.credit_price
        return MicroUsd(credits * one)

    def url(self, call: Call) -> str:
        spec = self.provider.spec
        if self.base_url is None:
            return (call.origin or spec.base_url) + call.path
        if spec.open_web and call.origin:
            return f"{self.base_url}/{urlsplit(call.origin).netloc}{call.path}"
        return self.base_url + call.path

    def headers(self, call: Call) -> Mapping[str, str]:
        credential = {} if self._key_in_body else self._credential()
        return {**dict(call.headers), **credential}

    def params(self, call: Call) -> tuple[tuple[str, str], ...]:
        """The call's own, and what proves the key where that has no other place."""
        sign = self.provider.spec.sign
        return call.params + (tuple(sign(self.key.secret).items()) if sign and self.key else ())

    def body(self, call: Call) -> bytes | None:
        """The call's JSON; this is where a key that belongs into the body gets into it."""
        if not self._key_in_body:
            return None if call.json is None else orjson.dumps(call.json)
        assert isinstance(call.json, Mapping), "a key in the body needs an object to be in"
        return orjson.dumps({**call.json, **self._credential()})

    @property
    def _key_in_body(self) -> bool:
        return isinstance(self.provider.spec.authenticate, InBody)

    def _credential(self) -> Mapping[str, str]:
        authenticate = self.provider.spec.authenticate
        return authenticate(self.key.secret) if authenticate and self.key else {}

    def bucket(self, call: Call) -> Bucket:
        spec = self.provider.spec
        if self.permits is not None:
            return Bucket(self.name, "all", self.permits)
        lane = call.lane if call.lane in spec.lanes else None
        windows = spec.lanes[lane] if lane else spec.permits
        return Bucket(self.name, lane or "all", windows)


@cache
def offers_of(provider: Provider) -> tuple[Offer, ...]:
    """Read from the adapter's class once; every request and every answer asks for them."""
    return tuple(provider.offers())


class Credential:
    """A provider key that does not show itself."""

    __slots__ = ("secret",)

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return "Credential(***)"
