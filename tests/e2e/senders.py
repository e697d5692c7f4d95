"""Who sends webhooks to the installation, and how it knows them."""

from tests.webhooks.signers import SendGridSigner

SENDGRID = SendGridSigner()
STRIPE_OLD, STRIPE_NEW = "test-secret-that-goes", "test-secret-that-comes"
APOLLO = "zzcanary-address-of-apollos"


def webhooks_of(account_id: str) -> dict[str, str]:
    """The settings; the mail is that account's."""
    return {
        "ROLEFERRY_WEBHOOKS__SENDGRID__SECRET": SENDGRID.public_key,
        "ROLEFERRY_WEBHOOKS__SENDGRID__ACCOUNT": account_id,
        "ROLEFERRY_WEBHOOKS__STRIPE__SECRET": f"{STRIPE_OLD},{STRIPE_NEW}",
        "ROLEFERRY_WEBHOOKS__APOLLO__SECRET": APOLLO,
    }
