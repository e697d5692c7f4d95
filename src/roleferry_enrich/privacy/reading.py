"""Whether a text gives one person away: by an address, number, profile or name in it. Pure."""

import re
from collections.abc import Callable, Iterator

from roleferry_enrich.normalise.text import words
from roleferry_enrich.privacy import normal_forms
from roleferry_enrich.privacy.traces import Traces

_MAILBOX = re.compile(r"[^\s<>\"'(),:;\[\]]+@[^\s<>\"'(),:;\[\]]+")
_ADDRESS = re.compile(r"(?:https?://)?[\w.-]+\.\w+/[^\s<>\"')\]]+")
_NUMBER = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
_NOT_A_DIGIT = re.compile(r"\D")
_FEWEST_DIGITS = 8


def names_value(subject: Traces, value: object) -> bool:
    """Whether a text, or any text within, has an address, number or profile of the person."""
    return any(_has_value(subject, text) for text in _texts(value))


def mentions(subject: Traces, value: object) -> bool:
    """Likewise, or has the name."""
    return any(_has_value(subject, text) or _has_name(subject, text) for text in _texts(value))


def _has_value(subject: Traces, text: str) -> bool:
    if "@" in text and _has(subject, normal_forms.of_email, text, _MAILBOX):
        return True
    if "/" in text and _has(subject, normal_forms.of_profile, text, _ADDRESS):
        return True
    return _has_phone(subject, text)


def _has(
    subject: Traces,
    forms: Callable[[str], tuple[normal_forms.NormalForm, ...]],
    text: str,
    written: re.Pattern[str],
) -> bool:
    pieces = (text, *written.findall(text))
    return any(form in subject.forms for piece in pieces for form in forms(piece))


def _has_phone(subject: Traces, text: str) -> bool:
    phones = [number.lstrip("+") for number in subject.values("phone")]
    for written in _NUMBER.findall(text) if phones else ():
        digits = _NOT_A_DIGIT.sub("", written).lstrip("0")
        if len(digits) >= _FEWEST_DIGITS and any(
            phone.endswith(digits) or digits.endswith(phone) for phone in phones
        ):
            return True
    return False


def _has_name(subject: Traces, text: str) -> bool:
    if not subject.names:
        return False
    written = f" {' '.join(words(text))} "
    return any(f" {name} " in written for name in subject.names)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from _texts(member)
        case list() | tuple():
            for member in value:
                yield from _texts(member)
