"""What the tables are made of: how keys are named, and the columns that many tables have."""

from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# Any: a Column carries its Python type only as a parameter that Core queries do not use.
def moment(name: str, *, nullable: bool = False, now: bool = False) -> "Column[Any]":
    default = func.now() if now else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def text(name: str, *, nullable: bool = False) -> "Column[Any]":
    return Column(name, Text, nullable=nullable)


def json(name: str, *, nullable: bool = False) -> "Column[Any]":
    return Column(name, JSONB(none_as_null=True), nullable=nullable)


def account(*, key: bool = True) -> "Column[Any]":
    owner = ForeignKey("accounts.id", ondelete="CASCADE")
    return Column("account_id", Uuid, owner, primary_key=key, nullable=False)


def within_account(column: str, table: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["account_id", column], [f"{table}.account_id", f"{table}.id"], ondelete=ondelete
    )
