"""What a statement can be about, and how long such statements stay true.

A half-life is the time after which half of such facts about people and companies have changed.
Work changes fast: of the e-mail addresses in a sales database about 2.1 % go bad each month
(MarketingSherpa), which halves them in 33 months, and the median employee had been with the same
employer for 3.9 years in January 2024 (U.S. Bureau of Labor Statistics). Who somebody is, and what
a company is called, changes far more slowly; those figures are our own estimates.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Matter(StrEnum):
    """The kinds of facts that go out of date, and that sources err in, at a rate of their own."""

    PERSON = "person"
    """That there is such a person at all, and that it is the one described."""
    NAME = "name"
    TITLE = "title"
    """Title, seniority and department."""
    EMPLOYER = "employer"
    OFFICE = "office"
    """An office held in law, with its first and last day."""
    PLACE = "place"
    MAILBOX = "mailbox"
    PHONE = "phone"
    PROFILE = "profile"
    COMPANY = "company"
    """What a company is: its name, number, domain, trade and address."""
    SIZE = "size"
    """Head count and revenue."""


HALF_LIFE: Mapping[Matter, timedelta] = MappingProxyType(
    {
        Matter.PERSON: timedelta(days=3_650),
        Matter.NAME: timedelta(days=7_300),
        Matter.TITLE: timedelta(days=990),
        Matter.EMPLOYER: timedelta(days=1_420),
        Matter.OFFICE: timedelta(days=1_420),
        Matter.PLACE: timedelta(days=1_825),
        Matter.MAILBOX: timedelta(days=990),
        Matter.PHONE: timedelta(days=1_420),
        Matter.PROFILE: timedelta(days=3_650),
        Matter.COMPANY: timedelta(days=3_650),
        Matter.SIZE: timedelta(days=1_095),
    }
)
