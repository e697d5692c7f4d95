"""A row of somebody's file in the forms that are compared."""

import re

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.domain.people import EmailClaim, PersonClaim, PhoneClaim
from roleferry_enrich.normalise.addresses import address_words, postcode_key
from roleferry_enrich.normalise.birthdays import parse_birthday
from roleferry_enrich.normalise.emails import is_role_account
from roleferry_enrich.normalise.text import clean, words
from roleferry_enrich.resolve.traits import PersonTraits, name_of, traits_of_claim
from roleferry_enrich.resolve.typed import Typed

_LIMIT = 320
_NUMBER = re.compile(r"\D+")
_PHONE_END = 9
"""Digits of a number that its country's code and trunk zero leave alone."""


def record_traits(record: LooseRecord) -> PersonTraits:
    """The traits of one row; what cannot be read is taken as it was typed."""
    claim = _claim(record)
    return traits_of_claim(claim, typed=_typed(record, claim))


def _claim(record: LooseRecord) -> PersonClaim:
    return PersonClaim(
        full_name=record.full_name,
        first_name=record.first_name,
        last_name=record.last_name,
        title=record.title,
        company_name=record.company,
        company_domain=record.domain,
        company_number=record.company_number,
        linkedin_url=record.linkedin_url,
        emails=(EmailClaim(address=record.email),) if record.email else (),
        phones=(PhoneClaim(number=record.phone),) if record.phone else (),
        city=record.city,
        country=record.country,
    )


def _typed(record: LooseRecord, claim: PersonClaim) -> Typed:
    given, family = _names(claim)
    return Typed(
        given=given,
        family=family,
        email=_email(record.email or ""),
        phone=_NUMBER.sub("", clean(record.phone or "", _LIMIT))[-_PHONE_END:],
        born=parse_birthday(record.date_of_birth or ""),
        street=address_words(record.address or ""),
        postcode=postcode_key(record.postcode or ""),
        identifier="".join(words(clean(record.identifier or "", _LIMIT))),
    )


def _names(claim: PersonClaim) -> tuple[str, str]:
    """Given name and surname without spaces, which typists put anywhere."""
    name = name_of(claim)
    if name is None:
        return "", ""
    return "".join(words(name.first)), "".join(words(name.last))


def _email(text: str) -> str:
    written = clean(text, _LIMIT).lower()
    if "@" in written and is_role_account(Email(written)):
        return ""
    return written
