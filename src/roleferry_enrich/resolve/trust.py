"""How often each origin is right, by subject. Written by `python -m evaluation.fit`.

Counted on invented worlds and drawn towards 0.9 where there was little to count. The figures say
how well this product weighs evidence, and nothing of any real provider's quality.
"""

from collections.abc import Mapping
from types import MappingProxyType

from roleferry_enrich.resolve.matters import Matter

REGISTERS = frozenset({"companies_house"})
"""Origins whose word on company and office is the law's."""

TRUST: Mapping[Matter, Mapping[str, float]] = MappingProxyType(
    {
        Matter.PERSON: MappingProxyType(
            {
                "apollo": 0.962,
                "clay": 0.953,
                "clearbit": 0.913,
                "companies_house": 0.98,
                "explorium": 0.968,
                "hunter": 0.973,
                "website": 0.98,
            }
        ),
        Matter.NAME: MappingProxyType(
            {
                "apollo": 0.98,
                "clay": 0.979,
                "clearbit": 0.98,
                "companies_house": 0.98,
                "explorium": 0.98,
                "hunter": 0.98,
                "website": 0.98,
            }
        ),
        Matter.TITLE: MappingProxyType(
            {
                "apollo": 0.937,
                "clay": 0.922,
                "clearbit": 0.842,
                "companies_house": 0.3,
                "explorium": 0.925,
                "hunter": 0.9,
                "website": 0.977,
            }
        ),
        Matter.EMPLOYER: MappingProxyType(
            {
                "apollo": 0.974,
                "clay": 0.964,
                "clearbit": 0.927,
                "explorium": 0.973,
                "hunter": 0.98,
                "website": 0.98,
            }
        ),
        Matter.OFFICE: MappingProxyType(
            {
                "companies_house": 0.98,
            }
        ),
        Matter.PLACE: MappingProxyType(
            {
                "apollo": 0.98,
                "clay": 0.98,
                "clearbit": 0.98,
                "companies_house": 0.98,
                "explorium": 0.98,
                "hunter": 0.98,
            }
        ),
        Matter.MAILBOX: MappingProxyType(
            {
                "apollo": 0.912,
                "clearbit": 0.948,
                "explorium": 0.98,
                "hunter": 0.915,
                "website": 0.957,
            }
        ),
        Matter.PHONE: MappingProxyType(
            {
                "apollo": 0.98,
                "clearbit": 0.98,
                "facebook": 0.98,
                "hunter": 0.98,
                "website": 0.98,
            }
        ),
        Matter.PROFILE: MappingProxyType(
            {
                "apollo": 0.98,
                "clay": 0.98,
                "clearbit": 0.98,
                "explorium": 0.98,
                "hunter": 0.98,
                "linkedin": 0.98,
                "website": 0.98,
            }
        ),
        Matter.COMPANY: MappingProxyType(
            {
                "apollo": 0.98,
                "clay": 0.98,
                "clearbit": 0.98,
                "companies_house": 0.98,
                "explorium": 0.98,
                "facebook": 0.98,
                "hunter": 0.98,
                "linkedin": 0.98,
                "website": 0.98,
                "x": 0.98,
            }
        ),
        Matter.SIZE: MappingProxyType(
            {
                "apollo": 0.904,
                "clay": 0.812,
                "clearbit": 0.753,
                "explorium": 0.804,
                "hunter": 0.98,
                "website": 0.98,
            }
        ),
    }
)
"""The share of an origin's statements that are right on the day they are made."""

OTHERS: Mapping[Matter, float] = MappingProxyType(
    {
        Matter.PERSON: 0.9,
        Matter.NAME: 0.9,
        Matter.TITLE: 0.842,
        Matter.EMPLOYER: 0.9,
        Matter.OFFICE: 0.9,
        Matter.PLACE: 0.9,
        Matter.MAILBOX: 0.9,
        Matter.PHONE: 0.9,
        Matter.PROFILE: 0.9,
        Matter.COMPANY: 0.9,
        Matter.SIZE: 0.804,
    }
)
"""The trust in an origin never measured: that of one a quarter up those that were."""

INDEPENDENCE: Mapping[Matter, float] = MappingProxyType(
    {
        Matter.PERSON: 0.3,
        Matter.NAME: 0.3,
        Matter.TITLE: 0.3,
        Matter.EMPLOYER: 0.3,
        Matter.OFFICE: 0.3,
        Matter.PLACE: 0.3,
        Matter.MAILBOX: 0.2,
        Matter.PHONE: 0.3,
        Matter.PROFILE: 0.2,
        Matter.COMPANY: 0.3,
        Matter.SIZE: 0.2,
    }
)
"""How much of a further origin's word counts: 1 if errors are made apart, 0 if copied."""

RIVALRY: Mapping[Matter, float] = MappingProxyType(
    {
        Matter.PERSON: 1.0,
        Matter.NAME: 0.1,
        Matter.TITLE: 0.3,
        Matter.EMPLOYER: 1.0,
        Matter.OFFICE: 1.0,
        Matter.PLACE: 1.0,
        Matter.MAILBOX: 0.1,
        Matter.PHONE: 1.0,
        Matter.PROFILE: 1.0,
        Matter.COMPANY: 1.0,
        Matter.SIZE: 0.8,
    }
)
"""How far another value speaks against one: 1 if only one can be true, 0 if all may be."""

STILL_SHOWN: Mapping[str, float] = MappingProxyType(
    {
        "apollo": 0.079,
        "clay": 0.064,
        "clearbit": 0.099,
        "companies_house": 0.003,
        "explorium": 0.059,
        "hunter": 0.039,
        "website": 0.008,
    }
)
"""The share of those who led a company and left whom an origin goes on showing."""

OTHERS_STILL_SHOWN = 0.099

HELD = 2.15
"""The odds that somebody who ever led a company leads it still."""
