"""The statements that are files of `storage/sql`."""

from importlib import resources

from sqlalchemy import TextClause, text


def sql(name: str) -> str:
    """As asyncpg takes it, with $1 for a parameter."""
    return (resources.files(__package__) / "sql" / f"{name}.sql").read_text()


def statement(name: str) -> TextClause:
    """As SQLAlchemy takes it, with :name for a parameter."""
    return text(sql(name))
