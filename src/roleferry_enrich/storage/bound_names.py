"""What a frame of the ring is bound to, where it is a row's own and not its column's alone."""

from uuid import UUID


def event_name(provider: str, event_id: str) -> str:
    return f"webhook {provider} {event_id}"


def secret_name(account_id: UUID, endpoint_id: UUID) -> str:
    return f"webhook:{account_id}:{endpoint_id}"


def address_name(mailbox: str) -> str:
    return f"mailbox_reports.address {mailbox}"


def reply_name(question: bytes) -> str:
    return f"call_intents.reply {question.hex()}"
