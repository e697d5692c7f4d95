"""Who may send here, made of the settings: how each proves itself and whom its events are about."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from roleferry_enrich.configuration.environment import DELIMITER, PREFIX
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.configuration.webhooks import WebhookSettings
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.webhooks.signatures.body_only import clay_signature, clearbit_signature
from roleferry_enrich.webhooks.signatures.delivery import Verifier
from roleferry_enrich.webhooks.signatures.explorium import ExploriumSignature, decoded_secret
from roleferry_enrich.webhooks.signatures.generic import GenericSignature
from roleferry_enrich.webhooks.signatures.mailgun import MailgunSignature
from roleferry_enrich.webhooks.signatures.path_token import PathToken
from roleferry_enrich.webhooks.signatures.sendgrid import SendGridSignature, public_key
from roleferry_enrich.webhooks.signatures.stripe import StripeSignature

BY_PATH = frozenset({"apollo"})
"""Senders whose secret is a part of the address; the others have one address each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    sender: str
    verifier: Verifier
    id_field: str


def endpoints_of(settings: Settings) -> Mapping[str, Endpoint]:
    """Those with a secret. Raises ConfigurationError for one that its scheme cannot use."""
    return {
        sender: Endpoint(sender=sender, verifier=_verifier(sender, given), id_field=given.id_field)
        for sender, given in settings.webhooks.items()
        if given.secret is not None
    }


def accounts_of(settings: Settings) -> Mapping[str, UUID]:
    """Whose mail a sender reports on."""
    given = settings.webhooks.items()
    return {sender: webhook.account for sender, webhook in given if webhook.account is not None}


def _verifier(sender: str, given: WebhookSettings) -> Verifier:
    secrets = [secret.get_secret_value() for secret in given.secrets]
    try:
        return _scheme(sender, secrets, given)
    except ValueError:
        # Without `from`: the cause may show the secret.
        setting = DELIMITER.join((f"{PREFIX}WEBHOOKS", sender.upper(), "SECRET"))
        raise ConfigurationError(f"{setting}: this is no key of {sender}'s") from None


def _scheme(sender: str, secrets: Sequence[str], given: WebhookSettings) -> Verifier:
    keys = tuple(secret.encode() for secret in secrets)
    match sender:
        case "sendgrid":
            return SendGridSignature(tuple(map(public_key, secrets)), given.tolerance)
        case "mailgun":
            return MailgunSignature(keys, given.tolerance)
        case "stripe":
            return StripeSignature(keys, given.tolerance)
        case "explorium":
            return ExploriumSignature(tuple(map(decoded_secret, secrets)), given.tolerance)
        case "clearbit":
            return clearbit_signature(tuple(secrets))
        case "clay":
            return clay_signature(tuple(secrets))
        case "apollo":
            return PathToken(tuple(secrets))
        case _:
            return _generic(keys, given)


def _generic(keys: tuple[bytes, ...], given: WebhookSettings) -> GenericSignature:
    assert given.header is not None  # the settings see to it
    return GenericSignature(
        keys=keys,
        header=given.header,
        prefix=given.prefix,
        algorithm=given.algorithm,
        encoding=given.encoding,
        timestamp_header=given.timestamp_header,
        tolerance=given.tolerance,
    )
