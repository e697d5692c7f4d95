"""What is answered to who sends a webhook."""

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED


@with_config(DOCUMENTED)
class WebhookAnswer(TypedDict):
    """What was delivered is kept."""

    events: int
    """How many events were in the body."""
    new: int
    """How many of them had not come before."""
