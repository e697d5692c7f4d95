"""From the options by which a person is known to whom is meant."""

from roleferry_enrich.errors import ConfigurationError, InvalidQuery
from roleferry_enrich.privacy.somebody import Somebody, forms_of
from roleferry_enrich.terminal.subject_options import Given


def readable(given: Given) -> Somebody:
    """Raises ConfigurationError for what cannot be read, and where nobody can be recognised."""
    somebody = Somebody(**given)
    try:
        forms_of(somebody)
    except InvalidQuery as error:
        told = "; ".join(f"{fault.field} {fault.message}".strip() for fault in error.faults)
        # Without `from`: the cause may show what was typed.
        raise ConfigurationError(told) from None
    return somebody
