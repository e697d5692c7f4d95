"""Hunter's quirks: ambiguous 403 and 429, 202 and 222 for "not yet", 451 for an opt-out."""

from tests.providers.conformance import ProviderConformance


class TestHunter(ProviderConformance):
    provider_name = "hunter"
