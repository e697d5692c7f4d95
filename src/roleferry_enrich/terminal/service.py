"""The command line's way to a running service."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from roleferry_enrich.errors import ConfigurationError, RoleferryError

_PATIENCE_S = 30.0
_ANSWERS = frozenset({"meta", "dry_run"})
"""One of these is in every answer."""
_BUSY = frozenset({429, 503})
_IN_USE = 409
"""Where the same is being done just now, as who went away asked for it, it is busy too."""
_GATEWAY = frozenset({502, 503, 504})
"""What a proxy says while the service behind it restarts."""


class ServiceRefused(RoleferryError):
    """The service answered with a problem; the message is for the person who typed the command."""

    def __init__(
        self, message: str, *, status: int = 0, faults: Sequence[Mapping[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        """0 where nothing of ours answered."""
        self.faults = faults
        """As the problem's `errors`."""


class ServiceAway(ServiceRefused):
    """The service does not answer just now, or has no time for us: it may in a while."""

    def __init__(self, message: str, *, status: int = 0, retry_after_s: float = 0.0) -> None:
        super().__init__(message, status=status)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Service:
    """An API that can be asked."""

    client: httpx.AsyncClient

    # Any: JSON as any client of the API gets it.
    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's JSON. Raises ServiceRefused with the reasons the service gave."""
        return await self.ask("POST", path, _ANSWERS, json=body)

    async def ask(
        self, method: str, path: str, having: Collection[str], **sent: Any
    ) -> dict[str, Any]:
        """Likewise, of any route whose answers have one of these members.

        `replayed` is in it where it was given before, to the same Idempotency-Key.
        """
        try:
            response = await self.client.request(method, path, **sent)
        except httpx.TimeoutException as error:
            raise ServiceAway(
                f"{self.client.base_url} did not answer within {_PATIENCE_S:g} s"
            ) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise ServiceAway(
                f"no service answers at {self.client.base_url}: is it running, and is --url right?"
            ) from error
        content = _content(response, having)
        is_old = response.headers.get("Idempotent-Replayed") == "true"
        return {**content, "replayed": True} if is_old else content


@asynccontextmanager
async def remote(
    url: str,
    key: str,
    *,
    by_proxy: bool = True,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Service]:
    """`by_proxy`: through the proxy that the environment names, if it names one."""
    async with httpx.AsyncClient(
        base_url=_checked(url),
        headers=_headers(key),
        timeout=_PATIENCE_S,
        transport=transport,
        trust_env=by_proxy,
    ) as client:
        yield Service(client)


def _checked(url: str) -> httpx.URL:
    try:
        checked = httpx.URL(url)
    except httpx.InvalidURL:
        checked = httpx.URL()
    if checked.scheme not in {"http", "https"} or not checked.host:
        raise ConfigurationError("--url (or RFE_URL) must look like https://enrich.acme.test")
    return checked


def _headers(key: str) -> dict[str, str]:
    if not key.isascii() or not key.isprintable():
        raise ConfigurationError("--key (or RFE_KEY) is no API key: it has characters none has")
    return {"Authorization": f"Bearer {key}"}


def _content(response: httpx.Response, having: Collection[str]) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:  # not JSON, or not even text
        content = None
    status = response.status_code
    if response.is_success and isinstance(content, dict) and not content.keys().isdisjoint(having):
        return content
    if response.is_success or not isinstance(content, dict) or "title" not in content:
        refused = ServiceAway if status in _GATEWAY else ServiceRefused
        raise refused(
            f"{response.url.copy_with(query=None)} answered with status {status} and "
            "nothing that RoleFerry Enrich would say: is --url right, or is a proxy between?",
            status=status,
        )
    if status in _BUSY or (status == _IN_USE and "Retry-After" in response.headers):
        wait_s = _seconds(response.headers.get("Retry-After"))
        raise ServiceAway(_reasons(content), status=status, retry_after_s=wait_s)
    raise ServiceRefused(_reasons(content), status=status, faults=content.get("errors") or ())


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 0.0


def _reasons(problem: Mapping[str, Any]) -> str:
    faults = [f"{fault['field']}: {fault['message']}" for fault in problem.get("errors") or ()]
    said = problem.get("detail") or problem["title"]
    # "see `errors`" is for programs; a person sees them.
    return "; ".join(faults or [said])
