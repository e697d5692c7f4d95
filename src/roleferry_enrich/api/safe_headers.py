"""Headers that every answer carries, whatever made it: an operation, a refusal, the server."""

from collections.abc import Mapping

Headers = list[tuple[bytes, bytes]]

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Read only by browsers that came by https, so it says nothing false where a proxy ends TLS.
_ONLY_TLS = (b"strict-transport-security", b"max-age=31536000")

STAMPED = frozenset(
    {b"x-request-id", b"content-security-policy", _ONLY_TLS[0], *(name for name, _ in _ALWAYS)}
)
"""All that `safe_headers` may name."""


def safe_headers(request_id: str, *, scheme: str = "http") -> Headers:
    tls = (_ONLY_TLS,) if scheme == "https" else ()
    return [
        (b"x-request-id", request_id.encode()),
        *_ALWAYS,
        (b"content-security-policy", _NOTHING),
        *tls,
    ]


def page_headers(digest: str) -> Mapping[str, str]:
    """Of a page with one style sheet inside it, known by its SHA-256 in base64.

    What a page may do beside loading: data neither refers anywhere nor opens a window.
    """
    return {
        "Content-Security-Policy": f"{_NOTHING.decode()}; style-src 'sha256-{digest}'",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
