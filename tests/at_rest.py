"""The keys under which tests store people."""

from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.storage.at_rest import AtRest

AT_REST = AtRest(KeyRing([b"of the tests"], purpose="at rest"), b"of the tests")
