"""The identities by which people and companies are known, in canonical form.

`normalise/` is the only place that makes these from text a person or a provider wrote.
"""

from typing import NewType

Email = NewType("Email", str)
"""A mailbox address, local part as given, domain in lower-case ASCII."""

Domain = NewType("Domain", str)
"""A registrable domain in lower-case ASCII (`acme.co.uk`), never a host below it."""

CompanyNumber = NewType("CompanyNumber", str)
"""A register's number, padded as that register pads it (`00445790`)."""

ProfileUrl = NewType("ProfileUrl", str)
"""A public profile without scheme, `www.`, query or trailing slash (`linkedin.com/in/ada`)."""

PhoneNumber = NewType("PhoneNumber", str)
"""E.164 (`+442079460000`)."""

MicroUsd = NewType("MicroUsd", int)
"""Money in millionths of a US dollar; integers so that sums are exact."""
