"""What a frame of the ring is bound to, where it is a row's own and not its column's alone."""

from uuid import UUID


def event_name(provider: str, event_id: str) -> str:
    return f"webhook {provider} {event_id}"


def secret_name(account_id: UUID, endpoint_id: UUID) -> str:
    return f"webhook:{account_id}:{endpoint_id}"


def address_name(mailbox: str) -> str:
    return f"mailbox_reports.address {mailbox}"


def erasure_name(erasure_id: UUID) -> str:
    return f"erasure {erasure_id}"


def answer_name(account_id: UUID, operation: str, key: bytes) -> str:
    """Of an answer kept under an Idempotency-Key, `key`: the digest of that."""
    return f"answer {account_id} {operation} {key!r}"


def reply_name(question: bytes) -> str:
    return f"call_intents.reply {question.hex()}"
