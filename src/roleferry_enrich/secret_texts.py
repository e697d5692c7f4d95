"""What any setting that holds secrets may look like: one, or several with commas between."""

import re
from typing import Annotated

from pydantic import AfterValidator, SecretStr

# What documentation and templates write where a secret belongs.
_PLACEHOLDER = re.compile(
    r"<.*>|\$\{.*\}|\{\{.*\}\}|x{3,}|\*{3,}|\.{3,}|change[-_ ]?(me|this|it).*"
    r"|replace[-_ ]?(me|this|with).*|(put|insert|enter|your)[-_ ].*"
    r"|todo|secret|password|none|null|example|placeholder|dummy|sk[-_]\.+",
    re.IGNORECASE,
)


def no_placeholder(secret: SecretStr) -> SecretStr:
    for part in secret.get_secret_value().split(","):
        if not part.strip() or _PLACEHOLDER.fullmatch(part.strip()):
            raise ValueError("expected a secret, found a placeholder")
        if not part.isascii() or not part.strip().isprintable():
            raise ValueError("expected printable ASCII characters")
    return secret


def each(secrets: SecretStr | None) -> tuple[SecretStr, ...]:
    """Two may be given, with a comma, so that one can be replaced while both work."""
    text = secrets.get_secret_value() if secrets else ""
    return tuple(SecretStr(part.strip()) for part in text.split(",") if part.strip())


Secret = Annotated[SecretStr, AfterValidator(no_placeholder)]
