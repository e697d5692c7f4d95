"""The table of subjects' keys; see `storage/at_rest.py`.

No foreign key to the subject: what is to be unreadable stays so whatever else is restored, and
what one has shredded must not come back with a row.
"""

from sqlalchemy import Column, LargeBinary, Table, Uuid

from roleferry_enrich.storage.columns import account, metadata, moment

subject_keys = Table(
    "subject_keys",
    metadata,
    account(),
    Column("subject_id", Uuid, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    moment("created_at", now=True),
)
