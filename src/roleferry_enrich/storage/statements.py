"""The statements that are files of `storage/sql`, for SQLAlchemy."""

from importlib import resources

from sqlalchemy import TextClause, text


def statement(name: str) -> TextClause:
    return text((resources.files(__package__) / "sql" / f"{name}.sql").read_text())
